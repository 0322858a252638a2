"""In which colours, at which angles and from which characters is each shape drawn?"""

from __future__ import annotations

import random

from . import colours
from .canvas import Placement
from .colours import Ink, Rgb

# Colours that people give to a shape half the time.
LIKES: dict[str, tuple[str, ...]] = {
    "heart": ("red", "pink"),
    "star_(symbol)": ("yellow",),
    "sun": ("yellow", "orange"),
    "crescent_moon": ("yellow", "white"),
    "cloud": ("white", "grey"),
    "snowflakes": ("white", "aqua", "blue"),
    "lightning_bolt_symbol": ("yellow",),
    "musical_note": ("black", "white"),
    "spade_(shape)": ("black",),
    "speech_bubble": ("white",),
}
_UPRIGHT = {"speech_bubble", "cloud", "rainbow", "cube", "musical_note", "spade_(shape)", "crescent_moon"}
SOLID = {"rainbow", "musical_note", "snowflakes", "sun", "yin_yang", "cube"}  # never hollow
DETAILED = {"yin_yang", "cube", "snowflakes", "musical_note", "rainbow", "hexagram", "sun", "speech_bubble"}
_LARGEST_TURN = {"diamond_(shape)": 7.0, "cross": 16.0, "lightning_bolt_symbol": 25.0, "snowflakes": 30.0}
_ANY_TURN = {"star_(symbol)", "triangle", "arrow_(symbol)", "circle", "sun", "hexagram"}

# The characters of a symbol font that show a shape.
GLYPHS: dict[str, str] = {
    "heart": "♥♡❤",
    "star_(symbol)": "★☆",
    "circle": "●○",
    "triangle": "▲△▼▽",
    "diamond_(shape)": "◆◇♦♢",
    "spade_(shape)": "♠♤",
    "cross": "✚✝✙",
    "crescent_moon": "☾☽",
    "sun": "☀☼",
    "cloud": "☁",
    "snowflakes": "❄❅❆",
    "musical_note": "♪♫♩♬",
    "lightning_bolt_symbol": "⚡",
    "arrow_(symbol)": "➜→←↑↓➡⬆⇨➔",
    "hexagram": "✡",
    "yin_yang": "☯",
}


def choose_pose(rng: random.Random, name: str, centre: tuple[float, float], radius: float) -> Placement:
    """Place a shape, turned, squeezed and mirrored only as far as it stays what it is called."""
    most = _LARGEST_TURN.get(name, 15.0 if name in _UPRIGHT else 35.0)
    turn = 0.0 if rng.random() < 0.4 else rng.uniform(-most, most)
    if name in _ANY_TURN and rng.random() < 0.4:
        turn = rng.choice((0, 90, 180, 270, rng.uniform(0, 360)))
    if name == "heart" and rng.random() < 0.06:
        turn = rng.uniform(0, 360)
    squeeze = 1.0 if name in ("circle", "yin_yang") or rng.random() < 0.6 else rng.uniform(0.82, 1.0)
    mirrored = name not in ("musical_note",) and rng.random() < 0.5
    return Placement(*centre, radius, turn=turn, squeeze=squeeze, mirrored=mirrored)


def choose_fills(rng: random.Random, name: str, fill: Ink) -> list[Rgb]:
    """Return the colours of a shape's roles."""
    if name == "cube":
        shade = rng.uniform(0.2, 0.45)
        sides = [colours.mix(fill.rgb, (0, 0, 0), shade), colours.mix(fill.rgb, (255, 255, 255), shade)]
        return [fill.rgb, *(sides if rng.random() < 0.7 else reversed(sides))]
    if name == "yin_yang":
        dark = (0, 0, 0) if sum(fill.rgb) > 380 else fill.rgb
        light = (255, 255, 255) if dark == fill.rgb else fill.rgb
        return [dark, *((dark, light) if rng.random() < 0.7 else (light, dark))]
    if name == "rainbow":
        return [fill.rgb] * 3 + _rainbow_bands(rng)
    return [fill.rgb] * 3


def _rainbow_bands(rng: random.Random) -> list[Rgb]:
    hues = [0, 28, 54, 120, 200, 235, 280]
    if rng.random() < 0.12:
        hues.reverse()
    soft = rng.choice((1.0, 1.0, 0.85, 0.5))
    return [colours.hsv(hue + rng.uniform(-5, 5), soft, rng.uniform(0.88, 1)) for hue in hues]
