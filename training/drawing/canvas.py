"""How do parts become pixels? Places, turns and colours a shape and draws it with Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from .colours import Rgb
from .geometry import Part, Points, rotation


@dataclass(frozen=True)
class Placement:
    """Where a shape goes: its centre and half its size in pixels, then turned, squeezed and mirrored."""

    x: float
    y: float
    radius: float
    turn: float = 0.0
    squeeze: float = 1.0
    mirrored: bool = False

    def apply(self, points: Points) -> Points:
        sides = np.array([-self.squeeze if self.mirrored else self.squeeze, 1.0])
        return (points * sides) @ rotation(self.turn) * self.radius + np.array([self.x, self.y])

    def moved(self, dx: float, dy: float) -> Placement:
        return Placement(self.x + dx, self.y + dy, self.radius, self.turn, self.squeeze, self.mirrored)


def draw_parts(
    draw: ImageDraw.ImageDraw,
    parts: Sequence[Part],
    placement: Placement,
    *,
    fills: Sequence[Rgb],
    outline: Rgb | None = None,
    outline_width: float = 0.0,
    each_outlined: bool = False,
) -> None:
    """Draw the parts in order; `fills[role]` is a part's colour, an outline is `outline_width` pixels wide.

    The outline runs around the union of the parts, or around every part where `each_outlined`.
    """
    placed = [(placement.apply(part.points), part) for part in parts]
    if outline is not None and not each_outlined:
        for points, part in placed:
            _outline(draw, points, part.width * placement.radius, outline, outline_width)
    for points, part in placed:
        if outline is not None and each_outlined:
            _outline(draw, points, part.width * placement.radius, outline, outline_width)
        if part.width:
            _stroke(draw, points, part.width * placement.radius, fills[part.role])
        else:
            draw.polygon(_flat(points), fill=fills[part.role])


def _outline(draw: ImageDraw.ImageDraw, points: Points, stroke_width: float, colour: Rgb, width: float) -> None:
    if stroke_width:
        _stroke(draw, points, stroke_width + 2 * width, colour)
    else:
        _stroke(draw, np.concatenate([points, points[:2]]), 2 * width, colour)


def _stroke(draw: ImageDraw.ImageDraw, points: Points, width: float, colour: Rgb) -> None:
    pixels = max(1, round(width))
    draw.line(_flat(points), fill=colour, width=pixels, joint="curve" if pixels > 2 else None)


def _flat(points: Points) -> list[float]:
    flat: list[float] = points.ravel().tolist()
    return flat
