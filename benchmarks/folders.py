"""What does a folder cost beside the bare model, and reading beside computing? One run, ratios.

    python -m benchmarks.folders FOLDER [--device cpu] [--dtype auto] [--pictures 64] [--megapixels 1.0] [--rounds 5]

FOLDER is a model; the pictures are drawn anew from a seed, as JPEG files.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from benchmarks.model import interleaved
from joytag_core import LocalHost, Session, TagFilter, Tagger
from joytag_core.pictures.inputs import open_picture
from joytag_core.pictures.pixels import to_squares
from training.drawing import draw_picture


def main() -> None:
    """Run every part and print a report in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--megapixels", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with drawn_files(given.pictures, given.megapixels) as paths:
        tagger = Tagger.load(given.folder, device=given.device, dtype=given.dtype)
        report_folder(tagger, paths, given.rounds)
        report_reading(paths, tagger.network.config.image_size, given.megapixels, given.rounds)
    report_repeats(given.folder, given.device, given.dtype, given.rounds)


@contextmanager
def drawn_files(count: int, megapixels: float) -> Iterator[list[Path]]:
    """Draw JPEG files of some megapixels into a temporary folder: 3:4, every tenth another picture."""
    width = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    size = (width, round(width * 4 / 3))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:05}.jpg" for number in range(count)]
        for number, path in enumerate(paths):
            if number < 10:
                draw_picture(7, number).image.convert("RGB").resize(size).save(path, quality=92)
            else:
                path.write_bytes(paths[number % 10].read_bytes())
        yield paths


def report_folder(tagger: Tagger, paths: Sequence[Path], rounds: int) -> None:
    """Time a folder beside the bare model on ready pixels, and beside reading alone."""
    folder, model, reading = folder_rates(tagger, paths, rounds)
    place = f"{tagger.placement.device}, {tagger.placement.dtype}"
    print(f"## A folder of {len(paths)} JPEG files ({place}, batches of {tagger.batch_size})\n")
    print(
        f"- the folder {folder:.1f} pictures/s; the bare model on ready pixels {model:.1f}; reading alone {reading:.1f}"
    )
    print(f"- the folder over the smaller of the two: {folder / min(model, reading):.1%}\n")


def folder_rates(tagger: Tagger, paths: Sequence[Path], rounds: int) -> tuple[float, float, float]:
    """Return pictures a second of a folder, of the bare model on ready pixels, and of reading alone."""
    size, count = tagger.batch_size, len(paths)
    side = tagger.network.config.image_size
    ready = to_squares([open_picture(paths[0])] * min(size, count), side)
    batches = -(-count // len(ready))
    seconds = interleaved(
        {
            "folder": lambda _: score_folder(tagger, paths),
            "model": lambda _: [tagger.score_pixels(ready) for _ in range(batches)],
            "reading": lambda _: read_all(paths, side),
        },
        rounds,
        tagger.placement.device.type,
    )
    return count / seconds["folder"], batches * len(ready) / seconds["model"], count / seconds["reading"]


def score_folder(tagger: Tagger, paths: Sequence[Path]) -> None:
    """Score every file anew."""
    tagger.forget()
    list(tagger.score_each(list(paths)))


def read_all(paths: Sequence[Path], side: int) -> None:
    """Read and scale files in as many threads as the product does."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(lambda path: to_squares([open_picture(path)], side), paths))


def report_reading(paths: Sequence[Path], side: int, megapixels: float, rounds: int) -> None:
    """Time reading alone on one thread, and a 4-megapixel IMAGE tensor as ComfyUI hands it over."""
    picture = open_picture(paths[0]).resize((2000, 2000))
    image = torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255.0)
    some = paths[: min(len(paths), 10)]
    seconds = interleaved(
        {
            "file": lambda _: [to_squares([open_picture(path)], side) for path in some],
            "tensor": lambda _: to_squares([open_picture(image)], side),
        },
        rounds,
        "cpu",
    )
    per_megapixel = seconds["file"] / len(some) / megapixels
    print("## Reading, one thread\n")
    print(f"- a JPEG file: {per_megapixel * 1e3:.1f} ms a megapixel")
    print(f"- an IMAGE of 4 megapixels: {seconds['tensor'] * 1e3:.1f} ms\n")


def report_repeats(folder: Path, device: str, dtype: str, rounds: int) -> None:
    """Time the same pictures again under other rules, from a float tensor [1, S, S, 3] to the text of 30 tags."""
    print("## The same picture again, with another threshold\n")
    for side, first, again in repeat_times(folder, device, dtype, rounds):
        print(f"- {side}x{side}: the first time {first * 1e3:.0f} ms (loading, if any); again {again * 1e3:.1f} ms")
    print()


def repeat_times(folder: Path, device: str, dtype: str, rounds: int) -> Iterator[tuple[int, float, float]]:
    """Yield a picture's side, and the seconds of its first time and of each other."""
    session = Session(LocalHost(device=device, dtype=dtype))
    model = str(folder)
    for side in (1024, 2048):
        image = torch.rand(1, side, side, 3, generator=torch.Generator().manual_seed(1))

        def tag(number: int, image: torch.Tensor = image) -> str:
            (scores,) = session.score(image, model=model)
            chosen = scores.select(threshold=0.9 - number / 100, min_tags=30)
            return TagFilter().apply_scored(chosen, vocabulary=scores.vocabulary).text

        start = time.perf_counter()
        tag(0)
        first = time.perf_counter() - start
        yield side, first, interleaved({"again": tag}, rounds, device)["again"]


if __name__ == "__main__":
    main()
