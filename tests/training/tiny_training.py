"""A training small enough for a test: a network of a few thousand weights and a folder of two kinds of pictures."""

from pathlib import Path

import torch
from PIL import Image

from training.dataset import find_examples
from training.loop import Training
from training.recipe import Recipe, Stage
from training.session import start_network

CONFIG = {
    "class": "ViT",
    "num_blocks": 2,
    "patch_size": 16,
    "d_model": 16,
    "mlp_dim": 32,
    "num_heads": 2,
    "stochdepth_rate": 0.2,
    "use_sine": True,
    "cnn_stem": "conv:c=4;ln;relu;conv:c=8;ln;relu;conv:c=12;ln;relu;conv:c=16",
    "image_size": 32,
    "n_tags": 2,
    "loss_type": "focal2",
}
TAGS = ["red_background", "blue_background"]


def write_pictures(folder: Path, count: int = 16) -> None:
    """Write red and blue pictures, each with its tag beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        tag, colour = (TAGS[0], (220, 10 + number, 0)) if number % 2 else (TAGS[1], (0, 10 + number, 220))
        Image.new("RGB", (32, 24 + number), colour).save(folder / f"{number:02d}.png")
        (folder / f"{number:02d}.txt").write_text(tag, encoding="utf-8")


def make_training(
    folder: Path, *, checkpoint: Path | None = None, pictures: int = 48, config: dict[str, object] = CONFIG
) -> Training:
    """Return a training of two stages, 16 and 32 pixels, in batches of 8."""
    torch.manual_seed(0)
    recipe = Recipe((Stage(16, pictures, 0.02), Stage(32, pictures, 0.02)), batch_size=8)
    return Training(start_network(config, None), find_examples(folder), TAGS, recipe, checkpoint=checkpoint)
