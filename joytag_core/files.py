"""Which picture files are meant, and how are many of them scored although some are broken?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image

from .errors import PictureError, UnreadablePictureError
from .images import SUFFIXES, load_picture
from .scores import TagScores
from .tagger import Tagger

_CHUNK = 32  # pictures held at a time: enough for two of a device's batches


def find_pictures(paths: Iterable[str | os.PathLike[str]], *, recursive: bool = False) -> list[Path]:
    """Return files as they are given, and for a folder the pictures in it by name, those below it too if `recursive`.

    Raises:
        UnreadablePictureError: a folder holds no picture.
    """
    return [found for path in paths for found in _pictures_at(Path(path), recursive=recursive)]


def score_files(tagger: Tagger, paths: Iterable[Path]) -> Iterator[tuple[Path, TagScores | PictureError]]:
    """Yield every path with its scores, or with the error of a picture that cannot be read; in order."""
    chunk: list[Path] = []
    for path in paths:
        chunk.append(path)
        if len(chunk) == _CHUNK:
            yield from _score_chunk(tagger, chunk)
            chunk = []
    if chunk:
        yield from _score_chunk(tagger, chunk)


def _score_chunk(tagger: Tagger, paths: list[Path]) -> Iterator[tuple[Path, TagScores | PictureError]]:
    loaded = [_load(path) for path in paths]
    scores = iter(tagger.score([picture for picture in loaded if isinstance(picture, Image.Image)]))
    for path, picture in zip(paths, loaded, strict=True):
        yield path, next(scores) if isinstance(picture, Image.Image) else picture


def _load(path: Path) -> Image.Image | PictureError:
    try:
        return load_picture(path)
    except PictureError as error:
        return error


def _pictures_at(path: Path, *, recursive: bool) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = path.rglob("*") if recursive else path.iterdir()
    pictures = sorted(found for found in below if found.suffix.lower() in SUFFIXES and found.is_file())
    if not pictures:
        raise UnreadablePictureError(f"{path}: there is no picture in this folder")
    return pictures
