"""Where in a drawn picture is each shape? Found by what drawing it changed, and what that encloses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageOps

_CHANGED, _OUTSIDE = 255, 128


@dataclass(frozen=True)
class Place:
    """One shape's tag and where drawing it changed the picture: `changed` is a grey picture, over 0 there."""

    tag: str
    changed: Image.Image

    def pixels(self) -> npt.NDArray[np.bool_]:
        """Return [H, W], true where the shape is; the inside of a hollow one is its own."""
        # A rim of one pixel leads around whatever touches the edges.
        flooded = ImageOps.expand(self.changed.point([0] + [_CHANGED] * 255), border=1)
        ImageDraw.floodfill(flooded, (0, 0), _OUTSIDE)
        filled: npt.NDArray[np.bool_] = np.asarray(flooded)[1:-1, 1:-1] != _OUTSIDE
        return filled

    def framed(self, size: tuple[int, int], margins: tuple[int, int]) -> Place:
        """Return the place in a picture of `size` whose frame is `margins` wide at the left and top."""
        changed = Image.new("L", size)
        changed.paste(self.changed, margins)
        return Place(self.tag, changed)

    def resized(self, size: tuple[int, int]) -> Place:
        """Return the place in the picture at another size."""
        return Place(self.tag, self.changed.resize(size, Image.Resampling.BOX))


def drawn_between(before: Image.Image, after: Image.Image, tag: str) -> Place:
    """Return where two RGB pictures differ."""
    red, green, blue = ImageChops.difference(before, after).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return Place(tag, largest.point([0] + [_CHANGED] * 255))
