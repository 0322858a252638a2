"""What does a pixel of a long picture cost beside one of a square picture? One run, ratios.

    python -m benchmarks.strips [--rounds 5]

From a Pillow picture to the network's square, against a square picture of as many pixels; processor time, medians.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from PIL import Image

from joytag_core.pictures.pixels import to_squares
from joytag_core.pictures.rgb import to_rgb

SHAPES = (
    (2000, 2000), (1440, 3200), (3200, 1440), (100, 1000), (1000, 100), (30, 30_000), (30_000, 30), (10, 80_000),
    (80_000, 10), (720, 60_000), (60_000, 720),
)  # fmt: skip


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("| picture | ms | times a square one of as many pixels | aim |\n| --- | --- | --- | --- |")
    for width, height in SHAPES:
        side = round((width * height) ** 0.5)
        pair = _noise(width, height), _noise(side, side)
        times = [[_seconds(picture) for picture in pair] for _ in range(rounds)]
        long, square = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"| {width}x{height} | {long * 1e3:.0f} | {long / square:.2f} | at most 3 |")


def _noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def _seconds(picture: Image.Image) -> float:
    begun = time.process_time()
    to_squares([to_rgb(picture)], 448)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
