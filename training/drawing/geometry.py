"""How are parts of a shape described before anybody chose their place, size or colour?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Points = np.ndarray  # float64 [n, 2], x to the right and y downwards, within about [-1, 1]


@dataclass(frozen=True)
class Part:
    """A filled polygon (`width` 0) or a stroke; `role` chooses its colour: 0 main, 1 second, 2 third."""

    points: Points
    role: int = 0
    width: float = 0.0


def polygon(points: Iterable[Sequence[float]], *, role: int = 0) -> Part:
    return Part(np.array(list(points), dtype=float), role)


def stroke(points: Iterable[Sequence[float]], *, width: float, role: int = 0) -> Part:
    return Part(np.array(list(points), dtype=float), role, width)


def arc(
    centre: tuple[float, float],
    radii: tuple[float, float],
    start: float = 0.0,
    end: float = 360.0,
    *,
    tilt: float = 0.0,
) -> Points:
    """Return points along an ellipse from `start` to `end` degrees (clockwise from the right), turned by `tilt`."""
    steps = max(8, int(abs(end - start) / 9) + 1)
    angles = np.radians(np.linspace(start, end, steps))
    points = np.stack([radii[0] * np.cos(angles), radii[1] * np.sin(angles)], axis=1)
    return points @ rotation(tilt) + np.array(centre)


def disc(x: float, y: float, radius: float, *, role: int = 0) -> Part:
    return Part(arc((x, y), (radius, radius)), role)


def ring_of_points(count: int, radii: Sequence[float], *, turn: float = -90.0) -> Points:
    """Return `count` points around the centre whose distances repeat `radii`: a polygon or a star."""
    angles = np.radians(turn + np.arange(count) * 360 / count)
    lengths = np.resize(np.array(radii, dtype=float), count)
    return np.stack([lengths * np.cos(angles), lengths * np.sin(angles)], axis=1)


def rotation(degrees: float) -> np.ndarray:
    """Return the matrix that turns row vectors clockwise (y points downwards)."""
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
