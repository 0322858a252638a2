"""How does a folder of drawn pictures come about? One picture and one .txt of its tags for each number."""

from __future__ import annotations

import functools
import multiprocessing
from pathlib import Path

from tqdm import tqdm

from .lesson import draw_lesson
from .picture import draw_picture
from .tags import TAGS


def draw_folder(folder: Path, *, seed: int, count: int, processes: int = 1, lesson: str | None = None) -> None:
    """Draw pictures 0 to count-1 of a seed into `folder`; the same call always writes the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    write = functools.partial(write_picture, folder, seed, lesson=lesson)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        list(tqdm(pool.imap_unordered(write, range(count), chunksize=64), total=count, unit="picture", desc="draw"))


def write_picture(folder: Path, seed: int, number: int, *, lesson: str | None = None) -> Path:
    """Draw one picture, write it and its tags, and return the picture's path."""
    if lesson in ("black-and-white", "colour"):
        drawn = draw_lesson(seed, number, colourful=lesson == "colour")
    else:
        tone = "grey" if lesson == "grey" else None
        drawn = draw_picture(seed, number, tone=tone, crowded=lesson == "crowd")
    path = folder / f"{seed}-{number:06d}.{'png' if drawn.jpeg_quality is None else 'jpg'}"
    options = {"compress_level": 3} if drawn.jpeg_quality is None else {"quality": drawn.jpeg_quality}
    drawn.image.save(path, **options)
    path.with_suffix(".txt").write_text(", ".join(tag for tag in TAGS if tag in drawn.tags) + "\n", encoding="utf-8")
    return path
