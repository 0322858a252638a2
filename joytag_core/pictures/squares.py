"""How does whatever is given become the square that the network looks at?"""

from __future__ import annotations

import math
from typing import NamedTuple

from PIL import Image

from .files import Reduction
from .inputs import OnePicture, read_one
from .pixels import WHITE, fit_square
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
    if found.reduction is None:
        return Square(fit_square(found.picture, side), found.size)
    return Square(_fit_reduced(found.picture, found.reduction, side), found.size)


def _fit_reduced(picture: Image.Image, reduction: Reduction, side: int) -> Image.Image:
    """Do as `fit_square` with a reduced picture, whose last pixels may stand for less than a whole one.

    The picture's middle is the square's to a part of a pixel: half a pixel off would show.
    """
    width, height = (length / reduction.by for length in reduction.sides)
    longest = max(width, height)
    left, top = (longest - width) / 2, (longest - height) / 2
    place = math.ceil(left), math.ceil(top)
    canvas = Image.new("RGB", (math.ceil(longest) + 1,) * 2, WHITE)
    canvas.paste(picture, place)
    start = place[0] - left, place[1] - top
    box = (*start, start[0] + longest, start[1] + longest)
    fitted = canvas.resize((side, side), Image.Resampling.BICUBIC, box=box)
    return fitted if reduction.turn is None else fitted.transpose(reduction.turn)
