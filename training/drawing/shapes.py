"""What does each shape look like? Several ways to draw every one of them, as parts within the unit square."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from .geometry import Part, arc, disc, polygon, ring_of_points, rotation, stroke

Parts = list[Part]


def heart(rng: random.Random) -> Parts:
    if rng.random() < 0.5:
        t = np.linspace(0, 2 * math.pi, 48)
        x = np.sin(t) ** 3
        y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16
        return [Part(np.stack([x, y * rng.uniform(0.85, 1.15)], axis=1))]
    radius = rng.uniform(0.46, 0.54)
    drop = rng.uniform(0.8, 1.0)
    lobes = [disc(-0.47, -0.4, radius), disc(0.47, -0.4, radius)]
    slope = rng.uniform(0.12, 0.22)
    return [*lobes, polygon([(-0.93, -0.4 + slope), (0, -0.45), (0.93, -0.4 + slope), (0, drop)])]


def star(rng: random.Random) -> Parts:
    if rng.random() < 0.1:  # a pentagram, drawn in one line
        order = ring_of_points(5, [1])[[0, 2, 4, 1, 3, 0]]
        return [stroke(order, width=rng.uniform(0.06, 0.14))]
    inner = rng.uniform(0.36, 0.52)
    return [polygon(ring_of_points(10, [1, inner]))]


def circle(rng: random.Random) -> Parts:
    if rng.random() < 0.25:  # a ring
        return [stroke(arc((0, 0), (0.85, 0.85)), width=rng.uniform(0.1, 0.35))]
    return [disc(0, 0, rng.uniform(0.8, 1))]


def triangle(rng: random.Random) -> Parts:
    kind = rng.random()
    if kind < 0.55:
        return [polygon(ring_of_points(3, [1]))]
    if kind < 0.85:
        half = rng.uniform(0.5, 1)
        return [polygon([(0, -0.9), (half, 0.8), (-half, 0.8)])]
    return [polygon([(-0.8, -0.9), (0.9, 0.8), (-0.8, 0.8)])]


def diamond(rng: random.Random) -> Parts:
    width = rng.uniform(0.55, 1)
    if rng.random() < 0.2:  # the card suit, with hollow sides
        bend = rng.uniform(0.36, 0.45)
        return [polygon([(0, -1), (width * bend, -bend), (width, 0), (width * bend, bend), (0, 1),
                         (-width * bend, bend), (-width, 0), (-width * bend, -bend)])]  # fmt: skip
    return [polygon([(0, -1), (width, 0), (0, 1), (-width, 0)])]


def spade(rng: random.Random) -> Parts:
    radius = rng.uniform(0.36, 0.44)
    stem = rng.uniform(0.2, 0.4)
    foot = rng.uniform(0.85, 1)
    blade = polygon([(0, -1), (0.78, 0.05), (0.4, 0.55), (-0.4, 0.55), (-0.78, 0.05)])
    stalk = polygon([(0, 0), (stem * 0.25, 0.4), (stem, foot), (-stem, foot), (-stem * 0.25, 0.4)])
    return [stalk, disc(-0.43, 0.2, radius), disc(0.43, 0.2, radius), blade]


def cross(rng: random.Random) -> Parts:
    arm = rng.uniform(0.14, 0.36)
    if rng.random() < 0.5:  # equal arms
        return _bars(arm, 0.95, 0.0, 0.95)
    arm = min(arm, 0.26)
    return _bars(arm, 1.0, rng.uniform(-0.45, -0.2), rng.uniform(0.55, 0.72))


def _bars(arm: float, height: float, level: float, reach: float) -> Parts:
    upright = polygon([(-arm, -height), (arm, -height), (arm, height), (-arm, height)])
    bar = polygon([(-reach, level - arm), (reach, level - arm), (reach, level + arm), (-reach, level + arm)])
    return [upright, bar]


def crescent_moon(rng: random.Random) -> Parts:
    spread = rng.uniform(38, 75)  # where the inner arc leaves the outer one, in degrees
    outer = arc((0, 0), (0.95, 0.95), spread, 360 - spread)
    x, y = 0.95 * math.cos(math.radians(spread)), 0.95 * math.sin(math.radians(spread))
    centre = x + rng.uniform(-0.25, 0.3)
    radius = math.hypot(x - centre, y)
    angle = math.degrees(math.atan2(y, x - centre))
    inner = arc((centre, 0), (radius, radius), 360 - angle, angle)
    return [Part(np.concatenate([outer, inner]))]


def sun(rng: random.Random) -> Parts:
    rays = rng.randint(7, 16)
    core = rng.uniform(0.42, 0.6)
    gap = core + rng.uniform(0.0, 0.14)
    parts: Parts = []
    lines = rng.random() < 0.45
    for index in range(rays):
        turn = rotation(index * 360 / rays)
        if lines:
            parts.append(stroke(np.array([(gap + 0.06, 0), (1, 0)]) @ turn, width=rng.uniform(0.07, 0.12), role=1))
        else:
            half = min(0.2, 2.6 * core / rays)
            parts.append(polygon(np.array([(gap, -half), (1, 0), (gap, half)]) @ turn, role=1))
    return [*parts, disc(0, 0, core)]


def cloud(rng: random.Random) -> Parts:
    bumps = rng.randint(3, 5)
    parts: Parts = []
    for index in range(bumps):
        x = -0.62 + 1.24 * index / (bumps - 1)
        middle = 1 - abs(x) / 0.9
        parts.append(disc(x, 0.12 - 0.25 * middle, 0.28 + 0.24 * middle * rng.uniform(0.7, 1.2)))
    base = rng.uniform(0.34, 0.48)
    if rng.random() < 0.4:  # bumps below, too
        parts += [disc(-0.4, 0.25, 0.3), disc(0.1, 0.28, 0.32), disc(0.5, 0.24, 0.28)]
    parts.append(Part(arc((0, 0.18), (0.92, base * 0.62))))
    return [*parts, polygon([(-0.62, -0.05), (0.62, -0.05), (0.66, base), (-0.66, base)])]


def rainbow(rng: random.Random) -> Parts:
    """Roles from 3 upwards are the rainbow's own bands, the outermost first."""
    bands = rng.randint(5, 7)
    thickness = rng.uniform(0.45, 0.7) / bands
    lift = rng.uniform(0, 0.25)
    ends = (180 - lift * 40, 360 + lift * 40)
    parts: Parts = []
    for index in range(bands):
        outer, inner = 1 - index * thickness, 1 - (index + 1) * thickness
        points = [arc((0, 0.45), (outer, outer), *ends), arc((0, 0.45), (inner, inner), *reversed(ends))]
        parts.append(Part(np.concatenate(points), 3 + index))
    return parts


def snowflake(rng: random.Random) -> Parts:
    width = rng.uniform(0.06, 0.14)
    twigs = [(rng.uniform(0.5, 0.7), rng.uniform(0.22, 0.36))]
    if rng.random() < 0.5:
        twigs.append((rng.uniform(0.28, 0.42), rng.uniform(0.16, 0.26)))
    parts: Parts = []
    for index in range(6):
        turn = rotation(index * 60 + 30)
        parts.append(stroke(np.array([(0, 0), (1, 0)]) @ turn, width=width))
        for place, length in twigs:
            reach = place + length * 0.6
            for side in (-1, 1):
                parts.append(stroke(np.array([(place, 0), (reach, side * length)]) @ turn, width=width * 0.85))
    return parts


def musical_note(rng: random.Random) -> Parts:
    stem = rng.uniform(0.07, 0.12)
    head = (rng.uniform(0.27, 0.34), rng.uniform(0.19, 0.25))
    if rng.random() < 0.45:  # two beamed notes
        slant = rng.uniform(-0.2, 0)
        beam = rng.uniform(0.16, 0.24)
        parts = [Part(arc((x, 0.72 + drop), head, tilt=-20)) for x, drop in ((-0.6, 0), (0.42, slant))]
        parts += [stroke([(x, -0.8 + drop), (x, 0.68 + drop)], width=stem) for x, drop in ((-0.36, 0), (0.66, slant))]
        left, right = -0.36 - stem / 2, 0.66 + stem / 2
        top = [(left, -0.85), (right, -0.85 + slant), (right, -0.85 + slant + beam), (left, -0.85 + beam)]
        parts.append(polygon(top))
        if rng.random() < 0.3:
            parts.append(polygon([(x, y + beam * 1.5) for x, y in top]))
        return parts
    parts = [Part(arc((-0.2, 0.68), head, tilt=-20)), stroke([(0.06, -0.95), (0.06, 0.66)], width=stem)]
    if rng.random() < 0.7:  # a flag
        parts.append(
            polygon([(0.03, -1), (0.12, -0.72), (0.5, -0.42), (0.55, 0), (0.42, 0.25), (0.42, -0.1), (0.03, -0.5)])
        )
    return parts


def lightning_bolt(rng: random.Random) -> Parts:
    lean = rng.uniform(-0.1, 0.15)
    kind = rng.random()
    if kind < 0.45:
        points = [(0.25, -1), (-0.6, 0.15), (-0.05, 0.15), (-0.3, 1), (0.6, -0.25), (0.05, -0.25)]
    elif kind < 0.75:
        points = [(0.45, -1), (-0.2, -1), (-0.5, 0.1), (-0.08, 0.1), (-0.35, 1), (0.5, -0.3), (0.08, -0.3)]
    else:  # three steps
        points = [(-0.45, -1), (0.15, -0.85), (0.08, -0.4), (0.4, -0.28), (0.28, 0.12), (0.52, 0.2), (0.55, 1),
                  (0.02, 0.3), (0.2, 0.22), (-0.22, -0.15), (0, -0.25)]  # fmt: skip
    return [polygon((x + lean * y, y) for x, y in points)]


def arrow(rng: random.Random) -> Parts:
    head = rng.uniform(0.35, 0.8)
    spread = rng.uniform(0.45, 0.75)
    shaft = rng.uniform(0.08, 0.3)
    kind = rng.random()
    if kind < 0.5:  # a block
        neck = 1 - head
        return [
            polygon([(-1, -shaft), (neck, -shaft), (neck, -spread), (1, 0), (neck, spread), (neck, shaft), (-1, shaft)])
        ]
    width = rng.uniform(0.1, 0.22)
    tip = [(1 - head * 0.8, -spread * 0.8), (0.95, 0), (1 - head * 0.8, spread * 0.8)]
    if kind < 0.75:  # a line with an open head
        return [stroke([(-1, 0), (0.95, 0)], width=width), stroke(tip, width=width)]
    if kind < 0.87:  # bent
        path = arc((0.4, 0.75), (1.2, 0.9), 185, 262)
        return [stroke(path, width=width), polygon([(0.15, -0.55), (0.95, -0.12), (0.15, 0.3)])]
    both = polygon([(-0.4, -spread), (-1, 0), (-0.4, spread)])
    return [stroke([(-0.6, 0), (0.6, 0)], width=width), both, polygon([(0.4, -spread), (1, 0), (0.4, spread)])]


def speech_bubble(rng: random.Random) -> Parts:
    height = rng.uniform(0.5, 0.72)
    side = rng.choice((-1, 1))
    root, tip = rng.uniform(0.15, 0.5) * side, rng.uniform(0.3, 0.85) * side
    tail = polygon([(root - 0.16, height * 0.55 - 0.2), (root + 0.16, height * 0.55 - 0.2), (tip, 0.98)])
    kind = rng.random()
    if kind < 0.5:
        body = Part(arc((0, -0.2), (1, height)))
    elif kind < 0.85:
        body = Part(_rounded(1.0, height, rng.uniform(0, 0.4)) + np.array([0, -0.2]))
    else:  # a shout
        body = Part(ring_of_points(rng.randrange(20, 30, 2), [1, 0.74]) * np.array([1, height]) + np.array([0, -0.2]))
    return [tail, body]


def _rounded(half_width: float, half_height: float, radius: float) -> np.ndarray:
    corners = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
    radius = min(radius, half_height)
    return np.concatenate(
        [
            arc((sx * (half_width - radius), sy * (half_height - radius)), (radius, radius), start, start + 90)
            for sx, sy, start in corners
        ]
    )


def hexagram(rng: random.Random) -> Parts:
    if rng.random() < 0.4:
        return [polygon(ring_of_points(12, [1, 3**-0.5]))]
    width = rng.uniform(0.07, 0.16)
    return [stroke([*points, points[0], points[1]], width=width) for points in
            (ring_of_points(3, [0.93]), ring_of_points(3, [0.93], turn=90))]  # fmt: skip


def yin_yang(rng: random.Random) -> Parts:
    """Role 2 is the light half, role 1 the dark one."""
    eye = rng.uniform(0.11, 0.18)
    dark = np.concatenate(
        [arc((0, 0), (1, 1), -90, 90), arc((0, 0.5), (0.5, 0.5), 90, 270), arc((0, -0.5), (0.5, 0.5), 90, -90)]
    )
    return [disc(0, 0, 1, role=2), Part(dark, 1), disc(0, -0.5, eye, role=2), disc(0, 0.5, eye, role=1)]


def cube(rng: random.Random) -> Parts:
    """Role 0 is the face towards the viewer or the left one, role 1 a darker side, role 2 the lighter top."""
    if rng.random() < 0.5:  # seen from a corner
        rim = ring_of_points(6, [1])
        rim[:, 1] *= rng.uniform(0.85, 1.05)
        top, upper_right, right, bottom, left, upper_left = rim
        middle = np.zeros(2)
        return [
            polygon([upper_left, middle, bottom, left]),
            polygon([upper_right, right, bottom, middle], role=1),
            polygon([top, upper_right, middle, upper_left], role=2),
        ]
    depth = rng.uniform(0.45, 0.7)
    rise = depth * rng.uniform(0.6, 1)
    size = 2 - depth
    x, y = -1, -1 + rise
    front = polygon([(x, y), (x + size, y), (x + size, y + size), (x, y + size)])
    top_face = polygon([(x, y), (x + depth, y - rise), (x + size + depth, y - rise), (x + size, y)], role=2)
    side = [(x + size, y), (x + size + depth, y - rise), (x + size + depth, y - rise + size), (x + size, y + size)]
    return [top_face, polygon(side, role=1), front]


DRAWERS: dict[str, Callable[[random.Random], Parts]] = {
    "heart": heart,
    "star_(symbol)": star,
    "circle": circle,
    "triangle": triangle,
    "diamond_(shape)": diamond,
    "spade_(shape)": spade,
    "cross": cross,
    "crescent_moon": crescent_moon,
    "sun": sun,
    "cloud": cloud,
    "rainbow": rainbow,
    "snowflakes": snowflake,
    "musical_note": musical_note,
    "lightning_bolt_symbol": lightning_bolt,
    "arrow_(symbol)": arrow,
    "speech_bubble": speech_bubble,
    "hexagram": hexagram,
    "yin_yang": yin_yang,
    "cube": cube,
}
