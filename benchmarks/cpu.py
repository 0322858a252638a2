"""How fast is all of it on this machine's CPU? One run, one table of ratios beside what is aimed at.

    python -m benchmarks.cpu FOLDER [--rounds 5] [--pictures 32]

FOLDER is a full-size checkpoint, real or of random weights. Everything else is drawn from seeds.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.folders import drawn_files, folder_rates, repeat_times
from benchmarks.model import GFLOP, measure_loading, time_one_picture
from benchmarks.reading import drawn_jpegs, reading_times
from joytag_core import Tagger
from joytag_core.host.devices import has_fast_bfloat16
from joytag_core.pictures.inputs import open_picture

_Row = tuple[str, str, str]
_AIMS = {"float32": ("at most 1.0", "under 1.3"), "bfloat16": ("at most 0.4", "under 0.7")}


def main() -> None:
    """Run every part and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=32)
    given = parser.parse_args()
    print(f"{os.cpu_count()} CPUs, {torch.get_num_threads()} threads; torch {torch.__version__}, ", end="")
    print(f"Python {platform.python_version()}; load {os.getloadavg()[0]:.1f} at the start\n")
    print("| what | measured | aim |\n| --- | --- | --- |", flush=True)
    for row in _rows(given.folder, given.rounds, given.pictures):
        print(f"| {' | '.join(row)} |", flush=True)


def _rows(folder: Path, rounds: int, count: int) -> Iterator[_Row]:
    dtypes = ("float32", "bfloat16") if has_fast_bfloat16() else ("float32",)
    with drawn_files(count, 1.0) as paths:
        pictures = [open_picture(path) for path in paths[:3]]
        for dtype in dtypes:
            ours, theirs, rate = time_one_picture(folder, pictures, "cpu", rounds, dtype=dtype)
            told = f"{ours / theirs:.2f} ({ours * 1e3:.0f} to {theirs * 1e3:.0f} ms)"
            yield f"{dtype}: one picture of 1 MP to tags, over the snippet's time in float32", told, _AIMS[dtype][0]
            if dtype == "float32":
                bound = GFLOP / rate
                told = f"{ours / bound:.2f} ({rate:.0f} GFLOP/s)"
                yield f"the same over the time of {GFLOP} GFLOP at the rate of large products", told, "at most 1.15"
            tagger = Tagger.load(folder, device="cpu", dtype=dtype)
            of_folder, bare, reading = folder_rates(tagger, paths, rounds)
            told = f"{of_folder / bare:.2f} ({of_folder:.2f} to {bare:.2f} pictures/s; reading alone {reading:.1f})"
            yield f"{dtype}: a folder of {count} files of 1 MP over the bare model on ready pixels", told, "0.97"
            peak, first, _ = measure_loading(folder, dtype)
            yield f"{dtype}: peak of memory while loading, in times of the file", f"{peak:.2f}", _AIMS[dtype][1]
            yield f"{dtype}: loading", f"{first:.2f} s", ""
    yield from _reading_rows()
    for side, first, again in repeat_times(folder, "cpu", "auto", rounds):
        told = f"{again * 1e3:.1f} ms (the first time {first * 1e3:.0f})"
        yield f"an IMAGE of {side}x{side} again, with another threshold, to text", told, "under 20 ms"
    yield "importing the core, and a Session without torch's own time", _import_times(), ""


def _reading_rows() -> Iterator[_Row]:
    for megapixels in (1.0, 4.0):
        with drawn_jpegs(10, megapixels) as paths:
            exact, fast = reading_times(paths, megapixels)
        told = f"{exact:.1f} and {fast:.1f} ms a megapixel: {fast / exact:.2f}"
        yield f"reading a JPEG of {megapixels:g} MP, exact and fast, one thread", told, ""


def _import_times() -> str:
    def milliseconds(before: str, imported: str) -> float:
        code = f"{before}; import time; begun = time.perf_counter(); {imported}; print(time.perf_counter() - begun)"
        runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in "123"]
        return min(float(run.stdout) for run in runs) * 1e3

    core = milliseconds("pass", "import joytag_core")
    session = milliseconds("import torch, numpy, PIL.Image", "from joytag_core import Session")
    return f"{core:.1f} and {session:.0f} ms"


if __name__ == "__main__":
    main()
