"""Kill Ray's workers at random moments, and compare what comes out with the plain command's.

    python -m tests.joytag_ray.kills FOLDER [--kills 20] [--actors 2] [--seed 0]

`FOLDER` holds tars of pictures; the demo model captions them.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet
import ray

from joytag_core.cli.main import main as plain
from joytag_ray.__main__ import main as with_ray

_WORKER = b"ray::MapWorker"
_MOST_SECONDS = 5.0


def main() -> None:
    """Caption, kill, go on until there were enough kills, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--actors", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    ray.init(address="local", num_cpus=given.actors, include_dashboard=False, log_to_driver=False)
    killer = Killer(random.Random(given.seed), given.kills)
    with tempfile.TemporaryDirectory(prefix="joytag-ray-") as place:
        asked = [str(given.folder / "*.tar"), "--model", "demo", "--device", "cpu"]
        plain(["caption", "--shards", *asked, "--output-folder", f"{place}/plain", "--format", "parquet"])
        expected = rows(Path(place, "plain"))
        rounds = 0
        while killer.kills < given.kills:
            rounds += 1
            with killer:
                status = with_ray(["caption", *asked, "--out", f"{place}/{rounds}", "--actors", str(given.actors)])
            assert status == 0, f"the job ended with {status}"
            assert rows(Path(place, str(rounds))) == expected, "not what the plain command gives"
    assert killer.at_once == given.actors, f"{killer.at_once} workers at once, of {given.actors}"
    pictures = sum(map(len, expected.values()))
    print(
        f"{killer.kills} workers killed, of {killer.at_once} at once, in {rounds} jobs of {len(expected)} shards and "
        f"{pictures} pictures: every row as the plain command's, none twice, none missing"
    )


class Killer:
    """End one of Ray's workers now and then, as long as the `with` block lasts and enough kills are left."""

    def __init__(self, chance: random.Random, most: int) -> None:
        self.kills = 0
        self.at_once = 0
        self._chance = chance
        self._most = most
        self._stopped = threading.Event()

    def __enter__(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _kill(self) -> None:
        while self.kills < self._most and not self._stopped.wait(self._chance.uniform(0.0, _MOST_SECONDS)):
            workers = sorted(own_workers())
            self.at_once = max(self.at_once, len(workers))
            if workers:
                os.kill(self._chance.choice(workers), signal.SIGKILL)
                self.kills += 1
                print(f"kill {self.kills}", flush=True)


def own_workers() -> list[int]:
    """Return the ids of the workers that this process's Ray has started and that caption shards."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            is_worker = process.name.isdecimal() and (process / "cmdline").read_bytes().startswith(_WORKER)
            if is_worker and is_below(int(process.name), os.getpid()):
                found.append(int(process.name))
        except OSError:  # it has ended
            continue
    return found


def is_below(process: int, ancestor: int) -> bool:
    """Say whether a process was started by another, directly or not."""
    while process > 1:
        if process == ancestor:
            return True
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every table's rows; each table has to have its mark."""
    tables = sorted(folder.glob("*.parquet"))
    assert [path.stem for path in tables] == sorted(path.stem for path in folder.glob("*.done"))
    return {path.name: pyarrow.parquet.read_table(path).to_pylist() for path in tables}


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s")
