"""What do the captioning tests share? Small drawn pictures, and the small model."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from joytag_core import LocalHost, Tagger
from joytag_core.captions.lazy_model import LazyModel

Draw = Callable[..., list[Path]]


@pytest.fixture
def draw() -> Draw:
    """Return what draws noise pictures, each another, into a folder, with a time of change long ago."""
    return draw_pictures


def draw_pictures(folder: Path, names: Sequence[str], *, first: int = 0) -> list[Path]:
    """Draw one picture of 40x30 for each name."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, start=first):
        pixels = np.random.default_rng(number).integers(0, 256, (3, 4, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((40, 30), Image.Resampling.BICUBIC).save(folder / name)
        os.utime(folder / name, (1_000_000_000, 1_000_000_000))
    return [folder / name for name in names]


@pytest.fixture
def model(tiny: Path) -> LazyModel:
    """Return the small model, loaded at its first use."""
    return lazy(tiny)


def lazy(folder: Path) -> LazyModel:
    """Return a model on the CPU."""
    host = LocalHost(device="cpu")
    return LazyModel.find(folder, host, load=lambda: Tagger.load(folder, host=host))


def captions_in(folder: Path) -> dict[str, str]:
    """Return the captions of a folder and those below it, by their paths."""
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))}


def expected_captions(tiny: Path, paths: list[Path]) -> list[str]:
    """Return what `tag` would say."""
    scores = Tagger.load(tiny, device="cpu").score(list(paths))
    return [", ".join(item.name.replace("_", " ") for item in one.select()) + "\n" for one in scores]
