"""With which pictures does a network begin? One large plain shape on one plain colour, far apart from it.

A network that starts from nothing sees no shapes in the full pictures for hundreds of thousands of them; from these it
learns shapes within some ten thousand, and keeps them.
"""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from . import colours
from .backgrounds import flat
from .canvas import draw_parts
from .palette import Palette
from .picture import DrawnPicture
from .shapes import DRAWERS
from .styles import choose_fills, choose_pose
from .tags import SHAPES, close_implications

_SIDE = 96
_DETAIL = 2
_CONTRAST = 300.0


def draw_lesson(seed: int, number: int) -> DrawnPicture:
    """Draw lesson `number` of a seed; the same two numbers always give the same picture."""
    rng = random.Random(f"lesson {seed}:{number}")
    palette = Palette(rng, "colour")
    ground, name, side = palette.background(), rng.choice(SHAPES), _SIDE * _DETAIL
    background = flat(rng, (side, side), palette, [ground])
    fill = colours.ink(rng, rng.choice(colours.COLOUR_NAMES))
    while colours.distance(fill.rgb, ground.rgb) < _CONTRAST:
        fill = colours.ink(rng, rng.choice(colours.COLOUR_NAMES))
    radius = side * rng.uniform(0.3, 0.46)
    centre = (rng.uniform(radius, side - radius), rng.uniform(radius, side - radius))
    pose = choose_pose(rng, name, centre, radius)
    draw_parts(ImageDraw.Draw(background.image), DRAWERS[name](rng), pose, fills=choose_fills(rng, name, fill))
    tags = background.tags | {name, "no_humans"}
    if not (fill.is_chromatic or ground.is_chromatic) and name != "rainbow":
        tags.add("greyscale")
    image = background.image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return DrawnPicture(image, frozenset(close_implications(tags)), None)
