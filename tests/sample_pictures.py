"""Which small pictures do tests make, and how do they compare them?"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from joytag_core.pictures.inputs import pictures_from
from joytag_core.pictures.rgb import to_rgb

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)

ADOBE_PRIMARIES = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""Red, green and blue of Adobe RGB (1998) as CIE XYZ for D50, from its specification."""
ADOBE_GAMMA = 2.19921875


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


def wide_profile() -> bytes:
    """Return an ICC profile of Adobe RGB's gamut, made by hand from its figures."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    tags = {b"wtpt": b"XYZ \0\0\0\0" + number(0.9642) + number(1.0) + number(0.8249)}
    for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), ADOBE_PRIMARIES, strict=True):
        tags[name] = b"XYZ \0\0\0\0" + b"".join(map(number, primary))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(ADOBE_GAMMA * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(4 + 4 + 2 + 1 + 67 + 3)
    tags[b"cprt"] = b"text\0\0\0\0none\0\0\0\0"
    place, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        table += name + struct.pack(">II", place + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + number(0.9642) + number(1.0) + number(0.8249)
    return header.ljust(128, b"\0") + body


def wide_picture(kind: str = "PNG") -> bytes:
    """Return the content of a picture file with strong colours and the profile of a wide gamut."""
    steps = np.random.default_rng(7).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(steps).save(file, kind, icc_profile=wide_profile())
    return file.getvalue()
