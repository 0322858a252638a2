"""What does Ray cost beside the plain command, and how does that grow with the shards? One run, ratios.

    python -m benchmarks.cluster growth [--shards 10 100 1000]
    python -m benchmarks.cluster overhead FOLDER [--model demo] [--rounds 2] [--actors 1]

`growth` captions so many shards of one tiny picture each with a tiny model. `overhead` captions a folder's tars with
`joytag caption --shards` and with Ray, in turns. Beside other jobs the processor time says more than the
clock: it is the command's own, and for Ray that of all processes it has started.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import ray
from PIL import Image

from joytag_core.captions.shard_names import expand_shards
from joytag_ray.__main__ import make_parser
from joytag_ray.job import caption_shards
from tests.checkpoints import write_checkpoint
from tests.joytag_ray.kills import is_below


def main() -> None:
    """Run one part and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    growth = parts.add_parser("growth")
    growth.add_argument("--shards", type=int, nargs="+", default=[10, 100, 1000])
    growth.set_defaults(run=report_growth)
    overhead = parts.add_parser("overhead")
    overhead.add_argument("folder", type=Path)
    overhead.add_argument("--model", default="demo")
    overhead.add_argument("--rounds", type=int, default=2)
    overhead.add_argument("--actors", type=int, default=1)
    overhead.set_defaults(run=report_overhead)
    given = parser.parse_args()
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    given.run(given)


def report_growth(given: argparse.Namespace) -> None:
    """Caption more and more tiny shards; print the time a shard between the first outcome and the last."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model = write_checkpoint(folder / "model", "tiny")
        _write_tiny_shards(folder / "tars", max(given.shards))
        for count in given.shards:
            last = folder / "tars" / f"{{00000..{count - 1:05d}}}.tar"
            worked = time.process_time()
            times = _caption(str(last), folder / f"out-{count}", str(model), actors=1)
            each, own = (times[-1] - times[0]) / max(count - 1, 1), (time.process_time() - worked) / count
            print(
                f"- {count} shards: {1000 * each:.0f} ms a shard on the clock, {1000 * own:.1f} ms of the driver's "
                f"processor, {_resident_megabytes():.0f} MB of its memory",
                flush=True,
            )


def report_overhead(given: argparse.Namespace) -> None:
    """Caption a folder's tars with and without Ray, in turns."""
    rates: dict[str, list[float]] = {"the plain command": [], "Ray": []}
    spent: dict[str, list[float]] = {name: [] for name in rates}
    shards = str(given.folder / "*.tar")
    with tempfile.TemporaryDirectory() as place:
        for number in range(given.rounds):
            out = Path(place, f"plain-{number}")
            before = _children_seconds()
            words = ["caption", "--shards", shards, "--output-folder", str(out), "--model", given.model]
            subprocess.run([sys.executable, "-m", "joytag_core", *words, "--device", "cpu", "--format", "parquet"],
                           check=True, capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"})  # fmt: skip
            spent["the plain command"].append(_children_seconds() - before)
            marks = sorted(path.stat().st_mtime for path in out.glob("*.done"))
            rates["the plain command"].append((len(marks) - 1) / (marks[-1] - marks[0]))
            before = _ray_seconds()
            times = _caption(shards, Path(place, f"ray-{number}"), given.model, actors=given.actors)
            spent["Ray"].append(sum(_SECONDS_AT_THE_END) - before)
            rates["Ray"].append((len(times) - 1) / (times[-1] - times[0]))
    for name, values in rates.items():
        work = statistics.median(spent[name])
        print(
            f"- {name}: {statistics.median(values):.3f} shards/s from the first on, {work:.1f} s of a processor in all"
        )
    plain, with_ray = (statistics.median(values) for values in rates.values())
    print(f"- Ray over the plain command on the clock: {with_ray / plain:.3f}")
    plain, with_ray = (statistics.median(values) for values in spent.values())
    print(f"- the plain command's processor time over Ray's, all its processes included: {plain / with_ray:.3f}")


_SECONDS_AT_THE_END: list[float] = []


def _children_seconds() -> float:
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _ray_seconds() -> float:
    """Return the processor time of this process and all that Ray has started below it."""
    ticks = 0
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdecimal() and is_below(int(process.name), os.getpid()):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _caption(shards: str, out: Path, model: str, *, actors: int) -> list[float]:
    words = ["caption", shards, "--out", str(out), "--model", model, "--device", "cpu", "--actors", str(actors)]
    arguments = make_parser().parse_args(words)
    times = []
    for outcome in caption_shards(expand_shards([shards]), arguments):
        assert outcome["error"] is None, outcome
        times.append(time.perf_counter())
        if len(times) == len(list(Path(shards).parent.glob(Path(shards).name))):  # the actors are about to end
            _SECONDS_AT_THE_END[:] = [_ray_seconds()]
    return times


def _write_tiny_shards(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        member = tarfile.TarInfo("a.png")
        member.size = file.tell()
        file.seek(0)
        with tarfile.open(folder / f"{number:05d}.tar", "w") as tar:
            tar.addfile(member, file)


def _resident_megabytes() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main()
