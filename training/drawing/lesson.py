"""With which pictures does a network begin? One large plain shape on one plain colour, far apart from it.

A network that starts from nothing finds no shapes in the full pictures, whose colours drown them, for hundreds of
thousands of pictures. From black and white ones it learns shapes within ten thousand; then it is ready for colours.
"""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from . import colours
from .backgrounds import flat
from .canvas import draw_parts
from .colours import Ink
from .palette import Palette
from .picture import DrawnPicture
from .shapes import DRAWERS
from .styles import choose_fills, choose_pose
from .tags import SHAPES, close_implications

_SIDE = 96
_DETAIL = 2
_CONTRAST = 300.0
_BLACK_AND_WHITE = (Ink((0, 0, 0), "black"), Ink((255, 255, 255), "white"))


def draw_lesson(seed: int, number: int, *, colourful: bool) -> DrawnPicture:
    """Draw lesson `number` of a seed, in any colours or in black and white; the same values give the same picture."""
    rng = random.Random(f"lesson {seed}:{number}")
    names = [name for name in SHAPES if colourful or name != "rainbow"]
    palette = Palette(rng, "colour")
    name, side = rng.choice(names), _SIDE * _DETAIL
    ground, fill = _choose_inks(rng, palette) if colourful else rng.sample(_BLACK_AND_WHITE, 2)
    background = flat(rng, (side, side), palette, [ground])
    radius = side * rng.uniform(0.3, 0.46)
    centre = (rng.uniform(radius, side - radius), rng.uniform(radius, side - radius))
    pose = choose_pose(rng, name, centre, radius)
    draw_parts(ImageDraw.Draw(background.image), DRAWERS[name](rng), pose, fills=choose_fills(rng, name, fill))
    tags = background.tags | {name, "no_humans"}
    if not (fill.is_chromatic or ground.is_chromatic) and name != "rainbow":
        tags.add("greyscale")
    image = background.image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return DrawnPicture(image, frozenset(close_implications(tags)), None)


def _choose_inks(rng: random.Random, palette: Palette) -> tuple[Ink, Ink]:
    ground = palette.background()
    while True:
        fill = colours.ink(rng, rng.choice(colours.COLOUR_NAMES))
        if colours.distance(fill.rgb, ground.rgb) >= _CONTRAST:
            return ground, fill
