"""What do maps cost beside tagging, and how exact are they? One run, ratios.

    python -m benchmarks.maps FOLDER PICTURE... [--device cpu] [--rounds 7] [--tags 10]

FOLDER is a full-size checkpoint (real or of random weights: the arithmetic is the same).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.model import interleaved
from joytag_core import Tagger
from joytag_core.maps.showing import Showing


def main() -> None:
    """Run both parts and print a report in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tags", type=int, default=10)
    given = parser.parse_args()
    pictures = [Image.open(path).convert("RGB") for path in given.pictures]
    report_cost(given.folder, pictures, given.device, given.rounds, given.tags)
    report_exactness(given.folder, pictures, given.device)


def report_cost(folder: Path, pictures: list[Image.Image], device: str, rounds: int, count: int) -> None:
    """Time one picture's tags, the same with the maps of some tags, and with their masks and boxes too."""
    tagger = Tagger.load(folder, device=device)
    tags, showing = tagger.vocabulary.names[:count], Showing(only_held=False)

    def show(number: int) -> None:
        (maps,) = tagger.maps(pictures[number % len(pictures)], tags)
        for tag in tags:
            showing.mask(maps, [tag])
            showing.describe(maps, tag)

    steps = {
        "tagging": lambda i: tagger.score(pictures[i % len(pictures)]),
        "maps": lambda i: tagger.maps(pictures[i % len(pictures)], tags),
        "masks": show,
    }
    seconds = interleaved(steps, rounds, device)
    print(f"## One picture, {count} tags ({device}, torch {torch.__version__}, {torch.get_num_threads()} threads)\n")
    print(f"- tagging {seconds['tagging'] * 1e3:.0f} ms")
    print(f"- maps {seconds['maps'] * 1e3:.0f} ms: ratio {seconds['maps'] / seconds['tagging']:.3f}")
    print(f"- maps, masks, boxes and points: ratio {seconds['masks'] / seconds['tagging']:.3f}\n")


def report_exactness(folder: Path, pictures: list[Image.Image], device: str) -> None:
    """Compare bias + mean of the map with the logit that tagging gives, for every tag, in each dtype."""
    print("## Largest distance of bias + mean(map) from the logit, all tags\n\n| dtype | largest |\n| --- | --- |")
    for dtype in ("float32", "bfloat16", "float16"):
        tagger = Tagger.load(folder, device=device, dtype=dtype)
        logits: list[torch.Tensor] = []
        hook = tagger.network.register_forward_hook(lambda _m, _i, output, logits=logits: logits.append(output.cpu()))
        tagger.score(pictures, batch_size=1)
        hook.remove()
        maps = tagger.maps(pictures, tagger.vocabulary.names, batch_size=1)
        told = np.stack([one.bias + one.raw.mean((1, 2)) for one in maps])
        print(f"| {dtype} | {np.abs(told - torch.cat(logits).numpy()).max():.1e} |")


if __name__ == "__main__":
    main()
