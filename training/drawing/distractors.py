"""What else lies in a picture and earns no tag? Shapes outside the vocabulary, and a cartoon person."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from .geometry import Part, arc, disc, polygon, ring_of_points, rotation, stroke
from .shapes import Parts


def ellipse(rng: random.Random) -> Parts:
    return [Part(arc((0, 0), (1, rng.uniform(0.35, 0.62))))]


def rectangle(rng: random.Random) -> Parts:
    high = rng.uniform(0.25, 0.95)
    return [polygon([(-0.9, -high), (0.9, -high), (0.9, high), (-0.9, high)])]


def many_sided(rng: random.Random) -> Parts:
    return [polygon(ring_of_points(rng.choice((5, 5, 6)), [1], turn=-90))]


def half_disc(rng: random.Random) -> Parts:
    return [Part(arc((0, 0), (1, 1), 0, 180))]


def line(rng: random.Random) -> Parts:
    return [stroke([(-1, 0), (1, rng.uniform(-0.3, 0.3))], width=rng.uniform(0.04, 0.2))]


def scribble(rng: random.Random) -> Parts:
    steps = rng.randint(4, 9)
    points = [(-1 + 2 * index / steps, rng.uniform(-0.6, 0.6)) for index in range(steps + 1)]
    return [stroke(points, width=rng.uniform(0.04, 0.1))]


def flower(rng: random.Random) -> Parts:
    petals = rng.randint(5, 7)
    places = ring_of_points(petals, [0.62], turn=rng.uniform(0, 360))
    return [*(disc(x, y, 0.38) for x, y in places), disc(0, 0, 0.28, role=1)]


def club(rng: random.Random) -> Parts:
    leaves = [disc(0, -0.52, 0.4), disc(-0.48, 0.12, 0.4), disc(0.48, 0.12, 0.4), disc(0, -0.05, 0.2)]
    return [*leaves, polygon([(0, -0.1), (0.1, 0.3), (0.32, 0.95), (-0.32, 0.95), (-0.1, 0.3)])]


def sparkle(rng: random.Random) -> Parts:
    return [polygon(ring_of_points(8, [1, rng.uniform(0.15, 0.28)]))]


def blob(rng: random.Random) -> Parts:
    count = rng.randint(6, 9)
    corners = ring_of_points(count, [rng.uniform(0.45, 1) for _ in range(count)])
    smooth = [corners[i] * (1 - t) + corners[(i + 1) % count] * t for i in range(count) for t in (0.25, 0.5, 0.75)]
    return [polygon(smooth)]


def lines_of_writing(rng: random.Random) -> Parts:
    """Wavy lines where writing would be: nobody can read them."""
    parts: Parts = []
    for row in np.linspace(-0.6, 0.6, rng.randint(2, 4)):
        xs = np.linspace(-1, rng.uniform(0.3, 1), 14)
        parts.append(stroke(np.stack([xs, row + 0.06 * (-1.0) ** np.arange(14)], axis=1), width=0.05))
    return parts


DISTRACTORS: tuple[Callable[[random.Random], Parts], ...] = (
    ellipse,
    rectangle,
    many_sided,
    half_disc,
    line,
    scribble,
    flower,
    club,
    sparkle,
    blob,
    lines_of_writing,
)


def person(rng: random.Random) -> Parts:
    """A cartoon person: role 0 skin, 1 clothes, 2 hair, 3 lines."""
    parts: Parts = []
    hair_length = rng.choice((0, 0.25, 0.55))
    if hair_length:
        parts.append(
            polygon([(-0.36, -0.68), (0.36, -0.68), (0.4, -0.5 + hair_length), (-0.4, -0.5 + hair_length)], role=2)
        )
    lift = rng.uniform(-50, 50)
    for side in (-1, 1):
        parts.append(stroke([(side * 0.12, 0.5), (side * 0.15, 1)], width=0.13, role=rng.choice((0, 1))))
        hand = np.array([(0.0, 0.0), (0.5, 0.0)]) @ rotation(lift) * np.array([side, 1]) + np.array(
            [side * 0.15, -0.12]
        )
        parts.append(stroke(hand, width=0.11))
    hem = rng.uniform(0.24, 0.5)
    parts.append(polygon([(-0.2, -0.25), (0.2, -0.25), (hem, 0.6), (-hem, 0.6)], role=1))
    parts.append(Part(arc((0, -0.58), (0.33, 0.36))))
    parts.append(Part(np.concatenate([arc((0, -0.6), (0.37, 0.4), 180, 360), [(0.1, -0.72), (-0.12, -0.68)]]), 2))
    parts += [disc(-0.13, -0.53, 0.05, role=3), disc(0.13, -0.53, 0.05, role=3)]
    return [*parts, stroke(arc((0, -0.42), (0.1, 0.06), 20, 160), width=0.04, role=3)]
