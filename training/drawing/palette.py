"""Which colours may a picture use? Keeps a picture's colours in line with what its tags will say of them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from . import colours
from .colours import Ink, Rgb

# Full colour, shades of grey, brown tones, tones of one hue, greys with one coloured accent.
TONES = {"colour": 0.65, "grey": 0.11, "sepia": 0.07, "tint": 0.06, "spot": 0.11}

BACKDROP_CONTRAST = 230.0
PATTERN_CONTRAST = 180.0


class Palette:
    """Hands out inks for one picture; in the toned modes they are greys, which `ramp` colours at the end."""

    def __init__(self, rng: random.Random, tone: str) -> None:
        self.rng = rng
        self.tone = tone
        self.accent = rng.choice(colours.CHROMATIC)
        self.ramp = self._make_ramp()

    def background(self, *, avoid: Sequence[Ink] = (), chromatic: bool = False) -> Ink:
        """Return an ink for a background; `chromatic` asks for a real colour where the tone allows one."""
        names: Sequence[str] = colours.CHROMATIC
        if self.tone != "colour":
            names = ("white", "white", "grey", "grey", "black")
        elif not chromatic and self.rng.random() < 0.28:
            names = ("white", "black", "grey", "white")
        return self._far_from(avoid, PATTERN_CONTRAST, lambda: colours.ink(self.rng, self.rng.choice(names)))

    def figure(self, *, backdrop: Sequence[Ink], figures: Sequence[Ink], likes: Sequence[str] = ()) -> Ink:
        """Return an ink for a shape that stands out from the backdrop and keeps the picture's tone."""
        return self._far_from(backdrop, BACKDROP_CONTRAST, lambda: self._figure(backdrop, figures, likes))

    def plain(self, *, backdrop: Sequence[Ink]) -> Ink:
        """Return a white, black or grey that stands out: for outlines and shadows."""
        names = ("black", "black", "black", "white", "grey")
        return self._far_from(backdrop, BACKDROP_CONTRAST, lambda: colours.ink(self.rng, self.rng.choice(names)))

    def final(self, ink: Ink) -> Ink:
        """Return the ink as it looks once the tone is laid over the picture."""
        if self.ramp is None:
            return ink
        rgb = self.ramp[ink.rgb[0]]
        return Ink(rgb, colours.name_of(rgb))

    def _figure(self, backdrop: Sequence[Ink], figures: Sequence[Ink], likes: Sequence[str]) -> Ink:
        if self.tone == "spot":
            return colours.ink(self.rng, self.accent if not figures else self.rng.choice(("black", "white", "grey")))
        if self.tone != "colour":
            return colours.ink(self.rng, self.rng.choice(("black", "white", "grey", "grey")))
        taken = {ink.name for ink in backdrop}
        names = [name for name in colours.COLOUR_NAMES if name not in taken]
        # One colour beside a grey figure on a grey ground would be spot colour: leave that to its own tone.
        if not any(ink.is_chromatic for ink in backdrop) and len({ink.name for ink in figures if ink.is_chromatic}) < 2:
            names = [name for name in names if name not in colours.ACHROMATIC]
        liked = [name for name in likes if name in names]
        return colours.ink(self.rng, self.rng.choice(liked if liked and self.rng.random() < 0.5 else names))

    def _far_from(self, others: Sequence[Ink], least: float, choose) -> Ink:  # type: ignore[no-untyped-def]
        best, best_gap = None, -1.0
        for _ in range(24):
            ink = choose()
            gap = min((colours.distance(self.final(ink).rgb, self.final(other).rgb) for other in others), default=1e9)
            if gap > best_gap:
                best, best_gap = ink, gap
            if gap >= least:
                break
        assert best is not None
        return best

    def _make_ramp(self) -> list[Rgb] | None:
        if self.tone not in ("sepia", "tint"):
            return None
        rng = self.rng
        if self.tone == "sepia":
            hue, saturation, middle = rng.uniform(24, 40), rng.uniform(0.35, 0.65), rng.uniform(0.5, 0.66)
        else:
            hue = colours.hue_of(rng.choice(("red", "green", "blue", "blue", "purple", "pink", "aqua")), rng)
            saturation, middle = rng.uniform(0.6, 0.95), rng.uniform(0.55, 0.8)
        dark = colours.hsv(hue, min(1.0, saturation * 1.15), rng.uniform(0.1, 0.22))
        mid = colours.hsv(hue, saturation, middle)
        light = colours.hsv(hue, rng.uniform(0.12, 0.26), rng.uniform(0.92, 1.0))
        return [
            colours.mix(dark, mid, level / 128) if level < 128 else colours.mix(mid, light, (level - 128) / 127)
            for level in range(256)
        ]
