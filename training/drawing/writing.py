"""What English words does a picture carry, and in which fonts?"""

from __future__ import annotations

import functools
import random
from pathlib import Path

from PIL import ImageFont

WORDS = """
    hello world welcome thank you open closed sale stop go yes no please good morning night happy birthday love
    music rain snow summer winter spring coffee tea fresh bread new old big small party today tomorrow title the end
    chapter one two three wow boom oh hey look wait what why help danger warning exit enter free best wishes dream
    star light moon sun heart flower garden school book story time home away quiet please keep calm news daily
    sample text example picture draft peace joy hope make it simple order menu menu price ticket
""".split()  # noqa: SIM905

# Where systems keep fonts; Pillow's own font serves where none is found.
_FOLDERS = (Path("/usr/share/fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
_LATIN = ("DejaVu", "Liberation", "Arial", "Helvetica", "Times", "Verdana", "Georgia", "NotoSans-", "FreeS")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@functools.lru_cache(maxsize=1)
def font_files() -> tuple[str, ...]:
    """Return the Latin fonts found on this machine, sorted so that a seed means the same font each time."""
    files = (path for folder in _FOLDERS if folder.is_dir() for path in folder.rglob("*.ttf"))
    return tuple(sorted(str(path) for path in files if path.name.startswith(_LATIN)))


def symbol_font(size: int) -> Font | None:
    """Return a font that draws hearts, stars and notes, or None where the machine has none."""
    path = next((path for path in font_files() if path.endswith("DejaVuSans.ttf")), None)
    return _font(path, size) if path else None


def word_font(rng: random.Random, size: int) -> Font:
    """Return a font for words, `size` pixels high."""
    files = font_files()
    if not files or rng.random() < 0.15:
        return _default_font(size)
    return _font(rng.choice(files), size)


def sentence(rng: random.Random, *, most_lines: int = 3) -> str:
    """Return one to `most_lines` lines of one to three English words."""
    lines = [" ".join(rng.choices(WORDS, k=rng.choice((1, 1, 2, 3)))) for _ in range(rng.randint(1, most_lines))]
    change = rng.choice((str.upper, str.title, str.lower, str.capitalize))
    return "\n".join(change(line) + rng.choice(("", "", "", "!", ".", "?")) for line in lines)


@functools.lru_cache(maxsize=512)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@functools.lru_cache(maxsize=64)
def _default_font(size: int) -> Font:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one size only
        return ImageFont.load_default()
