"""What happens to a finished scene? Frames, bars, tones, blur, pixels and noise."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from . import colours
from .colours import Ink, Rgb
from .palette import Palette

Size = tuple[int, int]

# Frame kind -> how often.
FRAMES = {
    "": 0.6,
    "white_border": 0.09,
    "black_border": 0.08,
    "border": 0.05,
    "letterboxed": 0.09,
    "pillarboxed": 0.09,
}


def frame_ink(rng: random.Random, kind: str, palette: Palette) -> Ink:
    """Return the colour of a frame or of bars."""
    if kind == "white_border":
        return Ink((255, 255, 255), "white") if rng.random() < 0.7 else colours.ink(rng, "white")
    if kind == "border":
        return palette.final(colours.ink(rng, rng.choice(colours.CHROMATIC if palette.tone == "colour" else ("grey",))))
    return Ink((0, 0, 0), "black") if rng.random() < 0.7 else colours.ink(rng, "black")


def frame_margins(rng: random.Random, kind: str, size: Size) -> tuple[int, int]:
    """Return how many pixels the frame takes from the left and right, and from the top and bottom."""
    width, height = size
    if kind == "letterboxed":
        return 0, round(height * rng.uniform(0.09, 0.25))
    if kind == "pillarboxed":
        return round(width * rng.uniform(0.09, 0.25)), 0
    if not kind:
        return 0, 0
    margin = round(max(size) * rng.uniform(0.03, 0.1))
    return margin, margin


def add_frame(rng: random.Random, kind: str, scene: Image.Image, *, margins: Size, ink: Ink) -> Image.Image:
    """Return the scene within its frame or bars, larger by the margins on both sides."""
    size = (scene.width + 2 * margins[0], scene.height + 2 * margins[1])
    framed = Image.new("RGB", size, ink.rgb)
    framed.paste(scene, margins)
    if kind.endswith("border") and rng.random() < 0.12:  # a thin line between frame and scene
        line: Rgb = (0, 0, 0) if sum(ink.rgb) > 380 else (255, 255, 255)
        x, y = margins[0] - 1, margins[1] - 1
        ImageDraw.Draw(framed).rectangle((x, y, size[0] - 1 - x, size[1] - 1 - y), outline=line, width=max(1, x // 5))
    return framed


def lay_tone(image: Image.Image, palette: Palette) -> Image.Image:
    """Return the picture in its palette's tone: greys stay greys or become sepia or one hue."""
    if palette.ramp is None:
        return image
    table = np.array(palette.ramp, dtype=np.uint8)
    return Image.fromarray(table[np.asarray(image.convert("L"))])


def blur(rng: random.Random, image: Image.Image) -> Image.Image:
    radius = max(image.size) * rng.uniform(0.018, 0.034)
    kind = ImageFilter.GaussianBlur if rng.random() < 0.75 else ImageFilter.BoxBlur
    return image.filter(kind(radius))


def pixelate(rng: random.Random, image: Image.Image) -> Image.Image:
    """Return the picture in large pixels, of few colours half the time."""
    cells = rng.randint(14, 30)
    width, height = image.size
    scale = cells / max(width, height)
    small = (max(6, round(width * scale)), max(6, round(height * scale)))
    image = image.resize(small, rng.choice((Image.Resampling.NEAREST, Image.Resampling.BOX)))
    if rng.random() < 0.5:
        image = image.quantize(
            rng.choice((8, 12, 16)), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        ).convert("RGB")
    return image.resize((width, height), Image.Resampling.NEAREST)


def add_noise(rng: random.Random, image: Image.Image, *, in_colour: bool) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float32)
    height, width, _ = pixels.shape
    noise = np.random.default_rng(rng.getrandbits(64)).standard_normal(
        (height, width, 3 if in_colour and rng.random() < 0.5 else 1), dtype=np.float32
    )
    return Image.fromarray(np.clip(pixels + noise * rng.uniform(2, 7), 0, 255).astype(np.uint8))
