"""What stands in a picture, where, and in which style? Puts shapes, words and people on a background."""

from __future__ import annotations

import math
import random

from PIL import ImageDraw

from . import colours, writing
from .backgrounds import Background
from .canvas import Placement, draw_parts
from .colours import Ink, Rgb
from .distractors import DISTRACTORS, lines_of_writing, person
from .palette import Palette
from .places import Place, drawn_between
from .shapes import DRAWERS, Parts
from .styles import DETAILED, GLYPHS, LIKES, SOLID, choose_fills, choose_pose


class Scene:
    """One background being filled; remembers what was drawn so that the tags tell the truth."""

    def __init__(self, rng: random.Random, background: Background, palette: Palette) -> None:
        self.rng = rng
        self.palette = palette
        self.background = background
        self.draw = ImageDraw.Draw(background.image)
        self.width, self.height = background.image.size
        self.tags = set(background.tags)
        self.figures: list[Ink] = []  # what stands on the background; outlines and shadows are not counted
        self.inks: list[Ink] = list(background.inks)
        self.places: list[Place] = []
        if background.is_pattern or len(background.inks) > 1:
            self.figures += background.inks[1:2]
        self._taken: list[tuple[float, float, float]] = []

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)

    def add_shape(self, name: str, *, share: tuple[float, float]) -> bool:
        """Draw a shape whose radius lies within `share` of the short side; False where it found no room."""
        smallest = 0.11 if name in DETAILED else 0.09
        radius = max(self.rng.uniform(*share) * min(self.width, self.height), smallest * self.long_side)
        centre = self._find_room(radius, spill=name in ("sun", "cloud"))
        if centre is None:
            return False
        fill = self.palette.figure(backdrop=self.background.inks, figures=self.figures, likes=LIKES.get(name, ()))
        before = self.background.image.copy()
        glyph_drawn = name in GLYPHS and self.rng.random() < 0.14 and self._draw_glyph(name, centre, radius, fill)
        if not glyph_drawn:
            self._draw_shape(DRAWERS[name](self.rng), choose_pose(self.rng, name, centre, radius), name, fill)
        self._note(fill)
        self.tags.add(name)
        self.places.append(drawn_between(before, self.background.image, name))
        return True

    def add_scattered(self, name: str) -> None:
        """Draw many small copies of one shape."""
        parts = DRAWERS[name](self.rng)
        fill = self.palette.figure(backdrop=self.background.inks, figures=self.figures, likes=LIKES.get(name, ()))
        before = self.background.image.copy()
        for _ in range(self.rng.randint(5, 14)):
            radius = self.long_side * self.rng.uniform(0.08, 0.12)
            centre = self._find_room(radius)
            if centre is not None:
                pose = choose_pose(self.rng, name, centre, radius)
                draw_parts(self.draw, parts, pose, fills=choose_fills(self.rng, name, fill))
        self._note(fill)
        self.tags.add(name)
        self.places.append(drawn_between(before, self.background.image, name))

    def add_distractor(self) -> None:
        """Draw something that earns no tag."""
        radius = self.rng.uniform(0.06, 0.2) * self.long_side
        centre = self._find_room(radius)
        if centre is None:
            return
        fill = self.palette.figure(backdrop=self.background.inks, figures=self.figures)
        parts = self.rng.choice(DISTRACTORS)(self.rng)
        turn = self.rng.uniform(-12, 12) if len(parts) == 1 and len(parts[0].points) == 4 else self.rng.uniform(-40, 40)
        self._draw_shape(parts, Placement(*centre, radius, turn=turn), "", fill)
        self._note(fill)

    def add_person(self) -> None:
        """Draw a cartoon person, the one thing that takes `no_humans` away."""
        radius = min(self.rng.uniform(0.3, 0.48) * self.height, 0.9 * self.width)
        centre = self._find_room(radius) or (self.width / 2, self.height / 2)
        self._taken.append((*centre, radius))
        if self.palette.tone == "colour":
            skin = Ink(colours.hsv(self.rng.uniform(18, 32), self.rng.uniform(0.2, 0.6), self.rng.uniform(0.45, 1)), "")
            cloth, hair = (colours.ink(self.rng, self.rng.choice(("red", "blue", "green", "brown"))) for _ in "ab")
        else:
            skin, cloth, hair = (colours.grey(self.rng) for _ in "abc")
        dark = Ink((20, 20, 20), "black")
        inks = [skin, cloth, hair, dark]
        outline = self.palette.plain(backdrop=self.background.inks)
        draw_parts(self.draw, person(self.rng), Placement(*centre, radius), fills=[ink.rgb for ink in inks],
                   outline=outline.rgb, outline_width=max(1, radius * 0.025), each_outlined=True)  # fmt: skip
        self.figures += [skin, cloth, hair]
        self.inks += inks
        self.tags.discard("no_humans")

    def add_text(self) -> bool:
        """Write English words; False where they found no room."""
        size = round(self.rng.uniform(0.13, 0.26) * self.long_side)
        text = writing.sentence(self.rng)
        font = writing.word_font(self.rng, size)
        left, top, right, bottom = self.draw.multiline_textbbox((0, 0), text, font=font)
        wide, high = right - left, bottom - top
        if wide > self.width * 0.96 or high > self.height * 0.8 or high < 0.08 * self.long_side:
            return False
        for _ in range(12):
            x, y = self.rng.uniform(0, self.width - wide), self.rng.uniform(0, self.height - high)
            if self._is_free(x, y, wide, high):
                break
        else:
            return False
        ink = self.palette.figure(backdrop=self.background.inks, figures=self.figures)
        rim: dict[str, object] = {}
        if self.background.is_pattern:
            rim_ink = self.palette.plain(backdrop=[ink])
            rim = {"stroke_width": max(1, size // 8), "stroke_fill": rim_ink.rgb}
            self.inks.append(rim_ink)
        self.draw.multiline_text((x - left, y - top), text, font=font, fill=ink.rgb, **rim)  # type: ignore[arg-type]
        self._taken.append((x + wide / 2, y + high / 2, max(wide, high) / 2))
        self._note(ink)
        self.tags.add("english_text")
        return True

    def _note(self, ink: Ink) -> None:
        self.figures.append(ink)
        self.inks.append(ink)

    def _find_room(self, radius: float, *, spill: bool = False) -> tuple[float, float] | None:
        margin = radius * (0.55 if spill and self.rng.random() < 0.25 else 1.0)
        margin_x, margin_y = min(margin, self.width / 2), min(margin, self.height / 2)
        for _ in range(14):
            x, y = self.rng.uniform(margin_x, self.width - margin_x), self.rng.uniform(margin_y, self.height - margin_y)
            if self.rng.random() < 0.25 and not self._taken:
                x, y = self.width / 2, self.height / 2
            if all(math.hypot(x - a, y - b) > 0.85 * (radius + r) for a, b, r in self._taken):
                self._taken.append((x, y, radius))
                return x, y
        return None

    def _is_free(self, x: float, y: float, wide: float, high: float) -> bool:
        return all(
            math.hypot(a - min(max(a, x), x + wide), b - min(max(b, y), y + high)) > 0.8 * r for a, b, r in self._taken
        )

    def _draw_shape(self, parts: Parts, place: Placement, name: str, fill: Ink) -> None:
        rng = self.rng
        fills = choose_fills(rng, name, fill)
        if name == "rainbow":
            self.inks += [Ink(rgb, "") for rgb in fills[3:]]
            self.figures += [Ink((255, 0, 0), "red"), Ink((0, 0, 255), "blue")]
        if rng.random() < 0.08:
            shift = place.radius * 0.1
            shadow = colours.mix(self.background.inks[0].rgb, (0, 0, 0), 0.35)
            draw_parts(self.draw, parts, place.moved(shift, shift), fills=[shadow] * len(fills))
        width = max(1.0, place.radius * rng.uniform(0.04, 0.14))
        hollow = rng.random() < (0.45 if name == "speech_bubble" else 0.22) and name not in SOLID
        if hollow:
            inside = self._inside(fill)
            draw_parts(self.draw, parts, place, fills=[inside] * 3, outline=fill.rgb, outline_width=width)
        elif self._needs_outline(name):
            rim = self.palette.plain(backdrop=[fill])
            self.inks.append(rim)
            draw_parts(self.draw, parts, place, fills=fills, outline=rim.rgb, outline_width=width * 0.7,
                       each_outlined=name in ("cube", "rainbow"))  # fmt: skip
        else:
            draw_parts(self.draw, parts, place, fills=fills)
        if name == "speech_bubble":
            self._fill_bubble(place, self._inside(fill) if hollow else fill.rgb)

    def _inside(self, line: Ink) -> Rgb:
        """Return what shows within a hollow shape: the background itself where that is one colour."""
        if len(self.background.inks) == 1:
            return self.background.inks[0].rgb
        return (255, 255, 255) if sum(line.rgb) < 500 else (0, 0, 0)

    def _needs_outline(self, name: str) -> bool:
        if self.background.is_pattern or name == "speech_bubble":
            return self.rng.random() < 0.9
        return self.rng.random() < (0.5 if name in ("cube", "yin_yang") else 0.25)

    def _fill_bubble(self, place: Placement, inside: Rgb) -> None:
        kind = self.rng.random()
        ink: Rgb = (0, 0, 0) if sum(inside) > 330 else (255, 255, 255)
        middle = Placement(place.x, place.y - 0.2 * place.radius, place.radius * 0.5)
        if kind < 0.2:
            draw_parts(self.draw, lines_of_writing(self.rng), middle, fills=[ink])
        elif kind < 0.65:
            text = self.rng.choice(
                ("HI", "HELLO", "Hello!", "YES", "No!", "WOW", "OH", "Hey", "Wait", "OK", "STOP", "hi")
            )
            font = writing.word_font(self.rng, round(place.radius * 1.7 / max(3, len(text)) * 1.1))
            left, top, right, bottom = self.draw.textbbox((0, 0), text, font=font)
            if right - left < 1.7 * place.radius and bottom - top > 0.045 * self.long_side:
                at = (middle.x - (left + right) / 2, middle.y - (top + bottom) / 2)
                self.draw.text(at, text, font=font, fill=ink)
                self.tags.add("english_text")

    def _draw_glyph(self, name: str, centre: tuple[float, float], radius: float, fill: Ink) -> bool:
        font = writing.symbol_font(round(radius * 2.6))
        if font is None:
            return False
        glyph = self.rng.choice(GLYPHS[name])
        left, top, right, bottom = self.draw.textbbox((0, 0), glyph, font=font)
        at = (centre[0] - (left + right) / 2, centre[1] - (top + bottom) / 2)
        thicker = self.rng.choice((0, 0, max(1, round(radius * 0.04))))
        self.draw.text(at, glyph, font=font, fill=fill.rgb, stroke_width=thicker, stroke_fill=fill.rgb)
        return True
