"""How does a picture become the network's pixels? As published: white square, bicubic, CLIP's mean and spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import PictureTooLargeError
from .strips import fit_strip

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
"""Per channel, of pixels in 0..1; from OpenAI's CLIP, used by the published model."""

MOST_SIDE = 1 << 22
"""Of a 4,194,304 x 1 picture the weights alone are 128 MiB in Pillow."""

# From these shares of the sides on, Pillow's way over the white square's rows is the slower one (measured).
_TALL_STRIP = 2
_WIDE_STRIP = 4
WHITE = (255, 255, 255)
_STRIP_PIXELS = 1 << 24  # how many pixels of the white square exist at a time: 64 MiB in Pillow


def to_pixels(pictures: Sequence[Image.Image], size: int) -> Tensor:
    """Return normalised pixels [N, 3, size, size] float32 for RGB pictures of any sizes."""
    return normalise(to_squares(pictures, size))


def to_squares(pictures: Sequence[Image.Image], size: int) -> Tensor:
    """Return pixels [N, 3, size, size] uint8, not yet normalised, for RGB pictures of any sizes."""
    squares = np.stack([np.asarray(fit_square(picture, size)) for picture in pictures])
    return torch.from_numpy(squares).permute(0, 3, 1, 2)


def normalise(squares: Tensor) -> Tensor:
    """Return pixels [N, 3, S, S] uint8 as the network's float32 input, on the same device."""
    mean, std = (torch.tensor(values, device=squares.device).view(1, 3, 1, 1) for values in (CLIP_MEAN, CLIP_STD))
    return squares.float().div_(255.0).sub_(mean).div_(std)


def fit_square(picture: Image.Image, size: int) -> Image.Image:
    """Centre an RGB picture on a white square and scale that to size x size, bicubic.

    Equal, bit for bit, to padding first and resizing then, but without ever making the whole square: time and memory
    grow with the picture's pixels, whatever its shape.

    Raises:
        PictureTooLargeError: a side has more than `MOST_SIDE` pixels.
    """
    side = max(picture.size)
    if side > MOST_SIDE:
        raise PictureTooLargeError(
            f"the picture is {picture.width}x{picture.height}; expected at most {MOST_SIDE:,} pixels a side. Cut it."
        )
    if side > size and (side > _TALL_STRIP * picture.width or side > _WIDE_STRIP * picture.height):
        return fit_strip(picture, size)
    # Pillow resamples rows first and columns second, so each strip of rows can go the first step alone.
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    if side == size:
        return _on_white(picture, (side, side), (left, top))
    narrow = _on_white(_narrowed(picture, side, left, size), (size, side), (0, top))
    return narrow.resize((size, size), Image.Resampling.BICUBIC)


def _narrowed(picture: Image.Image, side: int, left: int, size: int) -> Image.Image:
    """Pad each row of a picture to `side` and scale the rows to `size`; the height stays."""
    rows = max(_STRIP_PIXELS // side, 1)
    narrowed = Image.new("RGB", (size, picture.height))
    for top in range(0, picture.height, rows):
        bottom = min(top + rows, picture.height)
        strip = _on_white(picture.crop((0, top, picture.width, bottom)), (side, bottom - top), (left, 0))
        narrowed.paste(strip.resize((size, bottom - top), Image.Resampling.BICUBIC), (0, top))
    return narrowed


def _on_white(picture: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    canvas = Image.new("RGB", size, WHITE)
    canvas.paste(picture, place)
    return canvas
