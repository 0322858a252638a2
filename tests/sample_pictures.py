"""Which small pictures do tests make, and how do they compare them?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from joytag_core.pictures.inputs import pictures_from
from joytag_core.pictures.rgb import to_rgb

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def one(pictures: Any) -> Image.Image:
    """Return the only picture that is found in what is given."""
    (picture,) = pictures_from(pictures)
    assert "RGB" == picture.mode
    return picture


def pixel(picture: Image.Image, x: int = 0, y: int = 0) -> tuple[int, ...]:
    """Return one pixel of a picture as RGB."""
    value = to_rgb(picture).getpixel((x, y))
    assert isinstance(value, tuple)
    return value


def upright() -> Image.Image:
    """Return a 3x2 picture in which every pixel differs."""
    steps = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 14
    return Image.fromarray(steps)


def same(expected: Image.Image, actual: Image.Image) -> bool:
    """Say whether two RGB pictures are equal, bit for bit."""
    return expected.size == actual.size and expected.tobytes() == actual.tobytes()


def saved(path: Path, picture: Image.Image, **options: Any) -> Path:
    """Write a picture file and return its path."""
    picture.save(path, **options)
    return path
