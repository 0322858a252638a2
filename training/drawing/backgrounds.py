"""What lies behind the shapes? Flat colours, gradients and patterns, each with the tags that it earns."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

from . import colours
from .canvas import Placement, draw_parts
from .colours import Ink, Rgb
from .distractors import sparkle
from .palette import Palette
from .shapes import star

Size = tuple[int, int]


@dataclass
class Background:
    """A drawn background: its picture, the inks in it, the tags it earns and whether it is a pattern."""

    image: Image.Image
    inks: list[Ink]
    tags: set[str] = field(default_factory=set)
    is_pattern: bool = False


def draw_background(rng: random.Random, size: Size, palette: Palette, *, avoid: tuple[Ink, ...] = ()) -> Background:
    """Draw a background whose inks all stand out from those to `avoid`."""
    drawers, weights = zip(*_DRAWERS, strict=True)
    drawer = rng.choices(drawers, weights)[0]
    first = palette.background(avoid=avoid)
    if drawer is flat:
        return flat(rng, size, palette, [first])
    second = palette.background(avoid=(*avoid, first), chromatic=not first.is_chromatic)
    background: Background = drawer(rng, size, palette, [first, second])
    return background


def flat(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    return Background(Image.new("RGB", size, inks[0].rgb), inks, {"simple_background", *_colour_tag(palette, inks[0])})


def gradient(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if rng.random() < 0.2:  # from the middle outwards
        share = np.hypot(x - width / 2, y - height / 2) / math.hypot(width / 2, height / 2)
    else:
        angle = math.radians(rng.choice((0, 90, 180, 270)) if rng.random() < 0.6 else rng.uniform(0, 360))
        along = x * math.cos(angle) + y * math.sin(angle)
        share = (along - along.min()) / (along.max() - along.min())
    tags = {"gradient_background", "simple_background"}
    if palette.tone == "colour" and inks[0].is_chromatic and rng.random() < 0.25:  # light and dark of one colour
        inks = [inks[0], Ink(_other_shade(rng, inks[0]), inks[0].name)]
        tags |= _colour_tag(palette, inks[0])
    first, second = (np.array(ink.rgb, dtype=np.float32) for ink in inks)
    pixels = first + (second - first) * share[..., None]
    middle = Ink(colours.mix(inks[0].rgb, inks[1].rgb, 0.5), "")
    middle = middle._replace(name="grey") if palette.tone != "colour" else middle
    return Background(Image.fromarray(np.round(pixels).astype(np.uint8)), [*inks, middle], tags)


def two_tone(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    width, height = size
    image = Image.new("RGB", size, inks[0].rgb)
    a, b = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)
    if rng.random() < 0.65:
        b = a
    if rng.random() < 0.25:  # from corner to corner
        line = [(0, 0), size] if rng.random() < 0.5 else [(0, height), (width, 0)]
        corners = [*line, (0, height) if line[0] == (0, 0) else (width, height)]
    elif rng.random() < 0.5:
        corners = [(0, 0), (a * width, 0), (b * width, height), (0, height)]
    else:
        corners = [(0, 0), (width, 0), (width, a * height), (0, b * height)]
    ImageDraw.Draw(image).polygon(corners, fill=inks[1].rgb)
    return Background(image, inks, {"two-tone_background", "simple_background"})


def striped(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    image = Image.new("RGB", size, inks[0].rgb)
    draw = ImageDraw.Draw(image)
    period = max(size) * rng.uniform(0.085, 0.26)
    share = rng.uniform(0.3, 0.7)
    turn = rng.choice((0, 0, 90, 90, 45, 135)) if rng.random() < 0.7 else rng.uniform(0, 180)
    for start in _rows(size, period, rng):
        _band(draw, size, turn, (start, start + period * share), inks[1].rgb)
    return Background(image, inks, {"striped_background"}, True)


def polka_dot(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    image = Image.new("RGB", size, inks[0].rgb)
    draw = ImageDraw.Draw(image)
    step = max(size) * rng.uniform(0.11, 0.22)
    radius = step * rng.uniform(0.18, 0.37)
    shift = 0.5 if rng.random() < 0.65 else 0.0
    rows = step * (0.87 if shift and rng.random() < 0.5 else 1.0)
    left, top = rng.uniform(-1, 0) * step, rng.uniform(-1, 0) * step
    for row in range(int(size[1] / rows) + 3):
        for column in range(int(size[0] / step) + 3):
            x, y = left + (column + shift * (row % 2)) * step, top + row * rows
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=inks[1].rgb)
    return Background(image, inks, {"polka_dot_background", *_colour_tag(palette, inks[0])}, True)


def checkered(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    cell = max(size) * rng.uniform(0.075, 0.18)
    left, top = rng.uniform(0, cell), rng.uniform(0, cell)
    turn = rng.uniform(-25, 25) if rng.random() < 0.2 else 0.0
    rows, columns = (np.arange(extent) for extent in (size[1], size[0]))
    y, x = np.meshgrid(rows + top, columns + left, indexing="ij")
    angle = math.radians(turn)
    u, v = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    odd = (np.floor(u / cell) + np.floor(v / cell)).astype(int) % 2
    table = np.array([inks[0].rgb, inks[1].rgb], dtype=np.uint8)
    return Background(Image.fromarray(table[odd]), inks, {"checkered_background"}, True)


def plaid(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    """Bands across bands, each half transparent: gingham with even bands, tartan with uneven ones."""
    period = max(size) * rng.uniform(0.16, 0.34)
    even = rng.random() < 0.4
    bands = [(0.0, 0.5, 0.5)] if even else [
        (0.0, rng.uniform(0.25, 0.4), 0.5), (rng.uniform(0.48, 0.55), rng.uniform(0.6, 0.68), 0.5),
        (rng.uniform(0.75, 0.8), rng.uniform(0.83, 0.9), rng.uniform(0.4, 0.9)),
    ]  # fmt: skip
    ground = np.array(inks[0].rgb, dtype=np.float32)
    pixels = np.broadcast_to(ground, (size[1], size[0], 3)).copy()
    threads = [inks[1], inks[1], palette.background(avoid=inks[:1])]
    for axis, extent in ((0, size[1]), (1, size[0])):
        phase = (np.arange(extent) / period + rng.random()) % 1
        for (start, end, opacity), thread in zip(bands, threads, strict=False):
            cover = ((phase >= start) & (phase < end)).astype(np.float32) * opacity
            cover = cover[:, None, None] if axis == 0 else cover[None, :, None]
            pixels += (np.array(thread.rgb, dtype=np.float32) - pixels) * cover
    inks = [*inks, threads[2]] if not even else inks
    return Background(Image.fromarray(np.round(pixels).astype(np.uint8)), inks, {"plaid_background"}, True)


def argyle(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    """Upright diamonds edge to edge, and thin lines that cross in their middles."""
    image = Image.new("RGB", size, inks[0].rgb)
    draw = ImageDraw.Draw(image)
    half = max(size) * rng.uniform(0.08, 0.15)
    tall = half * rng.uniform(1.2, 1.9)
    left, top = rng.uniform(-2, 0) * half, rng.uniform(-2, 0) * tall
    centres = [
        (left + column * 2 * half, top + row * 2 * tall)
        for row in range(int(size[1] / tall / 2) + 3)
        for column in range(int(size[0] / half / 2) + 3)
    ]
    for x, y in centres:
        draw.polygon([(x, y - tall), (x + half, y), (x, y + tall), (x - half, y)], fill=inks[1].rgb)
    line = palette.plain(backdrop=inks[1:])
    width = max(1, round(half * rng.uniform(0.05, 0.12)))
    for x, y in centres:
        draw.line((x - half, y - tall, x + half, y + tall), fill=line.rgb, width=width)
        draw.line((x - half, y + tall, x + half, y - tall), fill=line.rgb, width=width)
    return Background(image, inks, {"argyle_background"}, True)


def starry(rng: random.Random, size: Size, palette: Palette, inks: list[Ink]) -> Background:
    """A night sky of points and sparkles, or a pattern of five-pointed stars."""
    tags = {"starry_background"}
    symbols = rng.random() < 0.4
    if not symbols:
        dark = colours.ink(rng, "black")
        if palette.tone == "colour" and rng.random() < 0.75:
            hue = rng.uniform(215, 275)
            dark = Ink(colours.hsv(hue, rng.uniform(0.6, 0.95), rng.uniform(0.16, 0.36)), "")
        light = colours.ink(rng, rng.choice(("white", "white", "yellow")) if palette.tone == "colour" else "white")
        inks = [dark, light]
    image = Image.new("RGB", size, inks[0].rgb)
    draw = ImageDraw.Draw(image)
    if symbols:
        _scatter_stars(rng, draw, size, inks[1].rgb)
        return Background(image, inks, tags | {"star_(symbol)"} | _colour_tag(palette, inks[0]), True)
    for _ in range(rng.randint(35, 110)):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        radius = max(size) * rng.choice((0.003, 0.004, 0.006, 0.009))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=inks[1].rgb)
    for _ in range(rng.randint(0, 9)):
        place = Placement(rng.uniform(0, size[0]), rng.uniform(0, size[1]), max(size) * rng.uniform(0.015, 0.04))
        draw_parts(draw, sparkle(rng), place, fills=[inks[1].rgb])
    return Background(image, inks, tags | _colour_tag(palette, inks[0]), True)


def _scatter_stars(rng: random.Random, draw: ImageDraw.ImageDraw, size: Size, rgb: Rgb) -> None:
    step = max(size) * rng.uniform(0.14, 0.22)
    radius = step * rng.uniform(0.26, 0.4)
    parts = star(rng)
    tilt = rng.choice((0.0, rng.uniform(-30, 30)))
    unrest = rng.choice((0.0, 0.18))
    for row in range(int(size[1] / step) + 2):
        for column in range(int(size[0] / step) + 2):
            x = (column + 0.5 * (row % 2) + rng.uniform(-unrest, unrest)) * step
            y = (row + 0.3 + rng.uniform(-unrest, unrest)) * step
            draw_parts(draw, parts, Placement(x, y, radius, turn=tilt), fills=[rgb])


def _rows(size: Size, period: float, rng: random.Random) -> list[float]:
    reach = math.hypot(*size) / 2 + period
    start = -reach - rng.random() * period
    return [start + index * period for index in range(int(2 * reach / period) + 3)]


def _band(draw: ImageDraw.ImageDraw, size: Size, turn: float, reaches: tuple[float, float], rgb: Rgb) -> None:
    """Fill the band that reaches from one distance from the centre to another, measured along `turn` degrees."""
    start, end = reaches
    angle, reach = math.radians(turn), math.hypot(*size)
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    middle = (size[0] / 2, size[1] / 2)
    corners = [
        (middle[0] + along[0] * a + across[0] * b, middle[1] + along[1] * a + across[1] * b)
        for a, b in ((start, -reach), (end, -reach), (end, reach), (start, reach))
    ]
    draw.polygon(corners, fill=rgb)


def _other_shade(rng: random.Random, ink: Ink) -> Rgb:
    """Return a shade of the same name that differs clearly, or failing that the ink's own neighbour."""
    shades = [colours.ink(rng, ink.name).rgb for _ in range(12)]
    return max(shades, key=lambda rgb: colours.distance(rgb, ink.rgb))


def _colour_tag(palette: Palette, ink: Ink) -> set[str]:
    name = palette.final(ink).name
    return {f"{name}_background"} if name else set()


Drawer = Callable[[random.Random, Size, Palette, "list[Ink]"], Background]
_DRAWERS: tuple[tuple[Drawer, float], ...] = (
    (flat, 0.49),
    (gradient, 0.1),
    (two_tone, 0.08),
    (striped, 0.06),
    (polka_dot, 0.06),
    (checkered, 0.05),
    (plaid, 0.05),
    (argyle, 0.05),
    (starry, 0.06),
)
