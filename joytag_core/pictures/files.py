"""Which picture files are meant?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import UnreadablePictureError
from .rgb import SUFFIXES


def find_pictures(paths: Iterable[str | os.PathLike[str]], *, recursive: bool = False) -> list[Path]:
    """Return files as they are given, and for a folder the pictures in it by name, those below it too if `recursive`.

    Raises:
        UnreadablePictureError: a folder holds no picture.
    """
    return [found for path in paths for found in _pictures_at(Path(path), recursive=recursive)]


def _pictures_at(path: Path, *, recursive: bool) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = path.rglob("*") if recursive else path.iterdir()
    pictures = sorted(found for found in below if found.suffix.lower() in SUFFIXES and found.is_file())
    if not pictures:
        raise UnreadablePictureError(f"{path}: there is no picture in this folder")
    return pictures
