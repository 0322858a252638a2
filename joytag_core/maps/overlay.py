"""How is a map shown over its picture, so that everybody can read it?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..tags.vocabulary import PUBLISHED_THRESHOLD
from .grid import Floats, Mask
from .tag_maps import TagMaps

FOR = (230, 159, 0)
AGAINST = (0, 114, 178)
"""Orange and blue of Okabe and Ito's palette (Color Universal Design, 2008): told apart with any colour vision."""

_TEXT_SHARE = 24  # a line of text is this part of the picture's shorter side


def draw_overlay(
    picture: Image.Image,
    maps: TagMaps,
    tags: Sequence[str] | None = None,
    *,
    strength: float = 0.75,
    threshold: float = PUBLISHED_THRESHOLD,
    character_threshold: float = 0.0,
) -> Image.Image:
    """Return an RGB picture in grey with its tags' maps (all, by default) over it.

    What speaks for a tag is orange, what speaks against it blue, the more so the stronger; `strength` (0..1) is how far
    the strongest covers the picture. Of several tags, the strongest is shown for, and against only what is against all.
    A tag that does not hold at the thresholds (`TagMaps.holds`) is named below, with its score.
    """
    names = maps.tags if tags is None else tuple(tags)
    pixels = np.array(picture.convert("L").convert("RGB"))
    most = {tag: maps.most(tag) for tag in names}
    for band in maps.grid.bands:
        values = np.maximum.reduce([maps.contributions(tag, band) / most[tag] for tag in names])
        laid = pixels[band].astype(np.float32)
        for colour, share in ((AGAINST, -values), (FOR, values)):
            laid = _laid_over(laid, colour, np.clip(share * strength, 0, 1))
        pixels[band] = np.rint(laid).astype(np.uint8)
    shown = Image.fromarray(pixels)
    limits = {"threshold": threshold, "character_threshold": character_threshold}
    absent = [tag for tag in names if not maps.holds(tag, **limits)]
    if absent:
        _write_below(shown, [f"not there: {tag} ({maps.score_of(tag):.2f})" for tag in absent])
    return shown


def draw_mask(mask: Floats | Mask) -> Image.Image:
    """Return a mask [H, W] (bool, or 0..1) as a grey picture, 255 where it is."""
    return Image.fromarray(np.rint(np.asarray(mask, dtype=np.float32) * 255).astype(np.uint8))


def _laid_over(pixels: Floats, colour: tuple[int, int, int], opacity: Floats) -> Floats:
    laid: Floats = pixels + (np.array(colour, dtype=np.float32) - pixels) * opacity[..., None]
    return laid


def _write_below(picture: Image.Image, lines: Sequence[str]) -> None:
    """Write lines on a dark strip at the lower edge."""
    draw = ImageDraw.Draw(picture)
    size = max(min(picture.size) // _TEXT_SHARE, 10)
    font = _font(size)
    height = round(size * 1.4)
    top = picture.height - height * len(lines)
    draw.rectangle((0, top, picture.width, picture.height), fill=(0, 0, 0))
    for number, line in enumerate(lines):
        draw.text((size // 3, top + height * number + size * 0.15), line, fill=(255, 255, 255), font=font)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one size only
        return ImageFont.load_default()
