"""One seed and one number, one picture: plans it, draws it and says which tags it deserves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from . import effects
from .backgrounds import draw_background
from .colours import Ink
from .contents import fill_scene
from .palette import TONES, Palette
from .places import Place
from .scene import Scene
from .tags import close_implications


@dataclass(frozen=True)
class DrawnPicture:
    """A picture (RGB), its tags, the JPEG quality to store it with (None: PNG), and where each of its shapes is."""

    image: Image.Image
    tags: frozenset[str]
    jpeg_quality: int | None
    places: tuple[Place, ...] = ()


def draw_picture(seed: int, number: int, *, tone: str | None = None, crowded: bool = False) -> DrawnPicture:
    """Draw picture `number` of a seed, in one of `TONES`; the same values always give the same picture.

    A `crowded` one holds many shapes and no effect: a lesson that shows four times as many shapes in the same time.
    """
    rng = random.Random(f"{seed}:{number}")
    size = _choose_size(rng)
    detail = rng.choice((1, 2, 2, 2))  # drawn larger and reduced: smooth edges; 1 leaves them jagged
    palette = Palette(rng, tone or rng.choices(list(TONES), list(TONES.values()))[0])
    may_have_effect = (palette.tone == "colour" or tone) and not crowded
    effect = rng.choices(("", "blurry", "pixel_art"), (0.78, 0.11, 0.11))[0] if may_have_effect else ""

    scene, image, frame, places = _draw_framed(
        rng, (size[0] * detail, size[1] * detail), palette, bold=bool(effect), framed=not effect, crowded=crowded
    )
    image = image.resize(size, Image.Resampling.BOX)
    if effect == "blurry":
        image = effects.blur(rng, image)
    elif effect == "pixel_art":
        image = effects.pixelate(rng, image)
    tags = scene.tags | ({effect} - {""}) | ({frame} - {""}) | _tone_tags(scene, palette)
    if rng.random() < 0.1 and not effect:
        image = effects.add_noise(rng, image, in_colour="monochrome" not in tags)
    quality = rng.randint(60, 95) if rng.random() < 0.4 else None
    places = tuple(place.resized(size) for place in places)
    return DrawnPicture(image, frozenset(close_implications(tags)), quality, places)


def _choose_size(rng: random.Random) -> tuple[int, int]:
    """Return width and height: up to twice as wide as high, and the other way round."""
    long_side = rng.choice((112, 128, 144, 160, 160, 176, 192, 192, 224, 256))
    if rng.random() < 0.3:
        return long_side, long_side
    short_side = round(long_side / 2 ** rng.uniform(0, 1))
    return (long_side, short_side) if rng.random() < 0.5 else (short_side, long_side)


def _draw_framed(
    rng: random.Random, size: tuple[int, int], palette: Palette, *, bold: bool, framed: bool, crowded: bool
) -> tuple[Scene, Image.Image, str, list[Place]]:
    kind = rng.choices(list(effects.FRAMES), list(effects.FRAMES.values()))[0] if framed else ""
    margins = effects.frame_margins(rng, kind, size)
    avoid: tuple[Ink, ...] = (effects.frame_ink(rng, kind, palette),) if kind else ()
    inner = (size[0] - 2 * margins[0], size[1] - 2 * margins[1])
    background = draw_background(rng, inner, palette, avoid=avoid)
    scene = Scene(rng, background, palette)
    fill_scene(scene, bold=bold, crowded=crowded)
    image = effects.lay_tone(background.image, palette)
    if not kind:
        return scene, image, kind, scene.places
    scene.inks += avoid
    framed = effects.add_frame(rng, kind, image, margins=margins, ink=avoid[0])
    return scene, framed, kind, [place.framed(size, margins) for place in scene.places]


def _tone_tags(scene: Scene, palette: Palette) -> set[str]:
    """Return what the colours of a whole picture earn."""
    if palette.tone == "sepia":
        return {"sepia", "monochrome"}
    if palette.tone == "tint":
        return {"monochrome"}
    if not any(ink.is_chromatic for ink in scene.inks):
        return {"greyscale", "monochrome"}
    if _is_spot_colour(scene.background.inks, scene.figures):
        return {"spot_color"}
    return set()


def _is_spot_colour(backdrop: Sequence[Ink], figures: Sequence[Ink]) -> bool:
    """True where greys stand on a grey ground and exactly one colour stands out from them."""
    colour_names = {ink.name for ink in figures if ink.is_chromatic}
    has_grey_figure = any(not ink.is_chromatic for ink in figures)
    return not any(ink.is_chromatic for ink in backdrop) and has_grey_figure and len(colour_names) == 1
