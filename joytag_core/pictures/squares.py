"""How does whatever is given become the square that the network looks at?"""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image

from .inputs import OnePicture, read_one
from .pixels import fit_square
from .reading import Reading

_FAST_SIDES = 2
"""How much larger than the square a fast reading's picture is: with less, scaling it again would show."""
_EXACT = Reading()


class Square(NamedTuple):
    """Hold a picture on its white square, RGB, and the picture's own width and height."""

    image: Image.Image
    size: tuple[int, int]


def read_square(picture: OnePicture, side: int, *, reading: Reading = _EXACT, name: str = "") -> Square:
    """Read one picture as a square of `side` pixels; `name` is for errors of a file's content.

    Raises: as `read_one` and `fit_square`.
    """
    found = read_one(picture, reading=reading, side=_FAST_SIDES * side, name=name)
    return Square(fit_square(found.picture, side), found.size)
