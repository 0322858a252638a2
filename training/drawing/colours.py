"""What is a colour called, and which colours carry a name beyond doubt?"""

from __future__ import annotations

import colorsys
import random
from typing import NamedTuple

Rgb = tuple[int, int, int]

ACHROMATIC = ("white", "black", "grey")
CHROMATIC = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "aqua")
COLOUR_NAMES = (*ACHROMATIC, *CHROMATIC)


class Ink(NamedTuple):
    """A colour as it is drawn, with the name that a person gives it ("" where people would disagree)."""

    rgb: Rgb
    name: str

    @property
    def is_chromatic(self) -> bool:
        return self.name not in ACHROMATIC


# Hue in degrees, saturation and value in percent: (low, high) each. Between the boxes lie colours that people
# name differently; they are never drawn where a colour tag depends on them.
_BOXES: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "red": ((-9, 8), (78, 100), (69, 100)),
    "orange": ((22, 38), (78, 100), (88, 100)),
    "yellow": ((49, 61), (45, 100), (85, 100)),
    "green": ((88, 155), (35, 100), (35, 100)),
    "blue": ((203, 242), (35, 100), (45, 100)),
    "purple": ((264, 294), (40, 100), (38, 92)),
    "pink": ((328, 352), (22, 58), (90, 100)),
    "brown": ((15, 32), (48, 95), (28, 58)),
    "aqua": ((172, 187), (40, 100), (72, 100)),
}

# Colours that drawing programs, style sheets and people often reach for.
_FAVOURITES: dict[str, tuple[Rgb, ...]] = {
    "white": ((255, 255, 255),),
    "black": ((0, 0, 0),),
    "grey": ((128, 128, 128), (192, 192, 192), (169, 169, 169), (211, 211, 211), (105, 105, 105)),
    "red": ((255, 0, 0), (220, 20, 60), (200, 30, 30), (220, 40, 40), (178, 34, 34)),
    "orange": ((255, 165, 0), (255, 140, 0), (255, 128, 0), (240, 140, 30)),
    "yellow": ((255, 255, 0), (255, 215, 0), (255, 220, 50), (240, 220, 60), (255, 240, 120)),
    "green": ((0, 128, 0), (0, 255, 0), (34, 139, 34), (60, 180, 75), (50, 205, 50), (144, 238, 144)),
    "blue": ((0, 0, 255), (30, 144, 255), (65, 105, 225), (40, 80, 200), (0, 0, 128), (100, 149, 237)),
    "purple": ((128, 0, 128), (75, 0, 130), (138, 43, 226), (120, 60, 160), (147, 112, 219), (160, 32, 240)),
    "pink": ((255, 192, 203), (255, 105, 180), (255, 182, 193), (255, 150, 200), (255, 20, 147)),
    "brown": ((139, 69, 19), (165, 42, 42), (101, 67, 33), (150, 75, 0), (120, 72, 40), (160, 82, 45)),
    "aqua": ((0, 255, 255), (0, 220, 220), (64, 224, 208), (127, 255, 212), (80, 220, 230)),
}


def hsv(hue: float, saturation: float, value: float) -> Rgb:
    """Return the 8-bit colour of a hue in degrees and a saturation and value of 0 to 1."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the colour that lies `share` (0 to 1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def distance(first: Rgb, second: Rgb) -> float:
    """Return how far two colours look apart: 0 for equal ones, 765 for black and white."""
    red, green, blue = (a - b for a, b in zip(first, second, strict=True))
    return float((2 * red * red + 4 * green * green + 3 * blue * blue) ** 0.5)


def grey(rng: random.Random, *, low: int = 62, high: int = 214) -> Ink:
    """Return a neutral grey whose level lies in [low, high] of 255."""
    level = rng.randint(low, high)
    return Ink((level, level, level), "grey")


def ink(rng: random.Random, name: str) -> Ink:
    """Return a colour that a person calls `name`."""
    if rng.random() < 0.4:
        return Ink(_jitter(rng, rng.choice(_FAVOURITES[name]), name), name)
    if name == "grey":
        return grey(rng)
    if name in ACHROMATIC:
        level = rng.randint(248, 255) if name == "white" else rng.randint(0, 14)
        return Ink((level, level, level), name)
    hue, saturation, value = (rng.uniform(*limits) for limits in _BOXES[name])
    return Ink(hsv(hue, saturation / 100, value / 100), name)


def hue_of(name: str, rng: random.Random) -> float:
    """Return a hue in degrees out of a chromatic name's range."""
    return rng.uniform(*_BOXES[name][0])


def name_of(rgb: Rgb) -> str:
    """Return the name that people agree on for a colour, "" where they would not."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb))
    if saturation < 0.06:
        return "white" if value > 0.96 else "black" if value < 0.07 else "grey" if 0.24 < value < 0.85 else ""
    for name, ((low, high), saturations, values) in _BOXES.items():
        turned = (hue * 360 - low) % 360 <= high - low
        if turned and saturations[0] <= saturation * 100 <= saturations[1] and values[0] <= value * 100 <= values[1]:
            return name
    return ""


def _jitter(rng: random.Random, rgb: Rgb, name: str) -> Rgb:
    if name in ACHROMATIC or rng.random() < 0.5:
        return rgb
    red, green, blue = (min(255, max(0, channel + rng.randint(-7, 7))) for channel in rgb)
    return red, green, blue
