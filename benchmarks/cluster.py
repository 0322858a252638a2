"""What does Ray cost beside the plain command, and how does that grow with the shards? One run, ratios.

    python -m benchmarks.cluster growth [--shards 10 100 1000]
    python -m benchmarks.cluster overhead FOLDER [--model demo] [--dtype auto] [--rounds 2] [--actors 1] [--cpus 1]

`growth` captions so many shards of a tiny picture each with a tiny model. `overhead` captions a folder's tars, in turns
with `joytag caption --shards`, which has as many threads as all actors together, and with Ray. Beside other jobs the
processor time says more than the clock: it is the command's own, and for Ray that of all processes it has started.
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
from dataclasses import dataclass
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
    overhead.add_argument("--cpus", type=int, default=1)
    overhead.add_argument("--dtype", default="auto")
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
            times = _caption(str(last), folder / f"out-{count}", ["--model", str(model)])
            each, own = (times[-1] - times[0]) / max(count - 1, 1), (time.process_time() - worked) / count
            print(
                f"- {count} shards: {1000 * each:.0f} ms a shard on the clock, {1000 * own:.1f} ms of the driver's "
                f"processor, {_resident_megabytes():.0f} MB of its memory",
                flush=True,
            )


def report_overhead(given: argparse.Namespace) -> None:
    """Caption a folder's tars with and without Ray, in turns."""
    spent: dict[str, list[Spent]] = {"the plain command": [], "Ray": []}
    shards = str(given.folder / "*.tar")
    words = ["--model", given.model, "--dtype", given.dtype]
    threads = str(given.actors * given.cpus)
    actors = ["--actors", str(given.actors), "--cpus", str(given.cpus)]
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        for number in range(given.rounds):
            spent["the plain command"].append(_plain(shards, Path(place, f"plain-{number}"), words, threads))
            spent["Ray"].append(_ray(shards, Path(place, f"ray-{number}"), [*words, *actors]))
    print(f"load behind: {os.getloadavg()[0]:.1f}")
    for name, rounds in spent.items():
        for one in rounds:
            print(
                f"- {name}: {one.rate:.3f} shards/s from the first on, {one.clock:.1f} s on the clock and "
                f"{one.processor:.1f} s of a processor in all"
            )
    plain, with_ray = (
        {what: statistics.median(getattr(one, what) for one in rounds) for what in ("rate", "processor")}
        for rounds in spent.values()
    )
    print(f"- Ray over the plain command on the clock, from the first shard on: {with_ray['rate'] / plain['rate']:.3f}")
    share = plain["processor"] / with_ray["processor"]
    print(f"- the plain command's processor time over Ray's, all its processes included: {share:.3f}")


@dataclass(frozen=True)
class Spent:
    """Say what a run took: shards a second from the first on, seconds on the clock and of a processor."""

    rate: float
    clock: float
    processor: float


def _plain(shards: str, out: Path, words: list[str], threads: str) -> Spent:
    before, started = _children_seconds(), time.perf_counter()
    command = [sys.executable, "-m", "joytag_core", "caption", "--shards", shards, "--output-folder", str(out), *words]
    environment = {**os.environ, "OMP_NUM_THREADS": threads}
    subprocess.run(
        [*command, "--threads", threads, "--device", "cpu", "--format", "parquet"],
        check=True,
        capture_output=True,
        env=environment,
    )
    clock = time.perf_counter() - started
    marks = sorted(path.stat().st_mtime for path in out.glob("*.done"))
    return Spent((len(marks) - 1) / (marks[-1] - marks[0]), clock, _children_seconds() - before)


def _ray(shards: str, out: Path, words: list[str]) -> Spent:
    before, started = _ray_seconds(), time.perf_counter()
    times = _caption(shards, out, words)
    rate = (len(times) - 1) / (times[-1] - times[0])
    return Spent(rate, time.perf_counter() - started, sum(_SECONDS_AT_THE_END) - before)


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


def _caption(shards: str, out: Path, words: list[str]) -> list[float]:
    arguments = make_parser().parse_args(["caption", shards, "--out", str(out), "--device", "cpu", *words])
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
