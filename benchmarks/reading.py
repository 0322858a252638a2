"""What does a fast reading of JPEG files save, and how far does it move scores? One run, ratios.

    python -m benchmarks.reading [--model demo] [--pictures 40] [--megapixels 1 2 4]

Drawn pictures, enlarged and saved as JPEG files; one thread's processor time a megapixel, and the tags that change.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from joytag_core import Tagger
from joytag_core.datasets.agreement import Agreement
from joytag_core.pictures.reading import READINGS, Reading
from joytag_core.pictures.squares import read_square
from training.drawing import draw_picture

_SIDE = 448
_THRESHOLD = 0.4


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[1.0, 2.0, 4.0])
    given = parser.parse_args()
    tagger = Tagger.load(given.model, device="cpu", dtype="float32")
    print("| megapixels | exact, ms a megapixel | fast | fast/exact | same tags | largest difference | mean |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for megapixels in given.megapixels:
        with drawn_jpegs(given.pictures, megapixels) as paths:
            exact, fast = reading_times(paths, megapixels)
            print(f"| {megapixels:g} | {exact:.1f} | {fast:.1f} | {fast / exact:.2f} | {_drift(tagger, paths)} |")


@contextmanager
def drawn_jpegs(count: int, megapixels: float) -> Iterator[list[Path]]:
    """Draw `count` pictures, each another, as JPEG files of 3:4 and some megapixels."""
    width = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:05}.jpg" for number in range(count)]
        for number, path in enumerate(paths):
            drawn = draw_picture(11, number).image.convert("RGB")
            drawn.resize((width, round(width * 4 / 3)), Image.Resampling.BICUBIC).save(path, quality=92)
        yield paths


def reading_times(paths: Sequence[Path], megapixels: float) -> list[float]:
    """Return what an exact and a fast reading of a file take, to the network's square: medians, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in READINGS}
    for path in paths:
        for name in READINGS:
            begun = time.process_time()
            read_square(path, _SIDE, reading=Reading.from_settings({"reading": name}))
            seconds[name].append(time.process_time() - begun)
    return [statistics.median(seconds[name]) * 1e3 / megapixels for name in ("exact", "fast")]


def _drift(tagger: Tagger, paths: Sequence[Path]) -> str:
    agreement = Agreement(_THRESHOLD)
    pairs = zip(
        paths, tagger.score(list(paths)), tagger.score(list(paths), reading=Reading(reading="fast")), strict=True
    )
    for path, exact, fast in pairs:
        agreement.add(path.name, exact, fast)
    assert agreement.largest is not None
    total = agreement.both + len(agreement.changed)
    difference = abs(agreement.largest.exact - agreement.largest.other)
    return f"{agreement.both} of {total} ({agreement.share:.2%}) | {difference:.4f} | {agreement.mean:.5f}"


if __name__ == "__main__":
    main()
