"""What may be given as a picture, and how does each kind become RGB?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image
from torch import Tensor

from ..errors import PictureError
from .arrays import EXPECTED_SHAPE, picture_from_tensor, shape_of
from .files import load_picture
from .rgb import to_rgb

Picture = Image.Image | str | os.PathLike[str]
"""One picture: opened by Pillow, or the path of its file."""

OnePicture = Picture | Tensor
"""One picture, or a tensor [H, W, C]."""

Pictures = Picture | Tensor | Sequence[Picture | Tensor]
"""One or many pictures; a tensor is [B, H, W, C] or [H, W, C], floating, 0..1, C 1, 3 or 4."""


def pictures_from(pictures: Pictures) -> list[Image.Image]:
    """Return RGB pictures, in order, for whatever is given; raises as `open_picture`."""
    return [open_picture(picture) for picture in split_pictures(pictures)]


def count_pictures(pictures: Pictures) -> int:
    """Return how many pictures there are, opening none; raises as `split_pictures`."""
    if isinstance(pictures, Tensor):
        return len(pictures) if pictures.ndim == 4 else 1
    if isinstance(pictures, Image.Image | str | os.PathLike):
        return 1
    return sum(count_pictures(one) for one in _sequence(pictures))


def split_pictures(pictures: Pictures) -> Iterator[OnePicture]:
    """Yield the pictures one by one, opening none; a batch tensor [B, H, W, C] as B tensors [H, W, C].

    Raises:
        PictureError: a tensor has neither three nor four dimensions, or something given is no picture at all.
    """
    if isinstance(pictures, Tensor):
        if pictures.ndim not in (3, 4):
            raise PictureError(f"the tensor is {shape_of(pictures)}; {EXPECTED_SHAPE}")
        yield from pictures if pictures.ndim == 4 else [pictures]
    elif isinstance(pictures, Image.Image | str | os.PathLike):
        yield pictures
    else:
        for one in _sequence(pictures):
            yield from split_pictures(one)


def open_picture(picture: OnePicture) -> Image.Image:
    """Return one picture as RGB of 8 bits.

    Raises:
        PictureError: a tensor has the wrong shape, dtype or values that are not finite.
        UnreadablePictureError: a file is missing, empty, cut off, or not a picture.
        PictureTooLargeError: a picture is a decompression bomb.
    """
    if isinstance(picture, Tensor):
        return picture_from_tensor(picture)
    if isinstance(picture, Image.Image):
        return to_rgb(picture)
    return load_picture(picture)


def _sequence(pictures: Any) -> Sequence[Picture | Tensor]:
    # What can be gone through only once would be counted, and then be empty.
    if not isinstance(pictures, Sequence) or isinstance(pictures, bytes):
        kind = type(pictures).__name__
        raise PictureError(f"a {kind} is no picture; expected a path, a Pillow picture, a tensor, or a list of them")
    return pictures
