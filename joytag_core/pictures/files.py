"""How does a picture file, or its content, become RGB?"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

from ..errors import PictureError, PictureTooLargeError, UnreadablePictureError, reason_of
from .formats import SUFFIXES_OF_FORMATS
from .paths import why_no_path
from .png import SIGNATURE, without_metadata
from .reading import Reading
from .rgb import to_rgb, turn_of

_EXACT = Reading()
_REDUCED_SHAPE = 4
"""How many times longer than wide a picture may be, or the other way, to be reduced."""
_SWAPPING = (
    Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90
)  # fmt: skip


class Reduction(NamedTuple):
    """Say by what a picture's sides were divided when it was decoded, its sides in the file, and its turn, not done."""

    by: int
    sides: tuple[int, int]
    turn: Image.Transpose | None


class ReadPicture(NamedTuple):
    """Hold an RGB picture, and the width and height that it has upright; a reduced one lies as it is stored."""

    picture: Image.Image
    size: tuple[int, int]
    reduction: Reduction | None = None


def load_picture(path: str | os.PathLike[str], *, reading: Reading = _EXACT) -> Image.Image:
    """Open a picture file as RGB, whole: the first frame, turned as its EXIF says, over white, in sRGB.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the path in the message, and as `path`.
    """
    return read_picture(path, reading=reading).picture


def read_picture(
    source: str | os.PathLike[str] | bytes, name: str = "", *, reading: Reading = _EXACT, side: int | None = None
) -> ReadPicture:
    """Open a picture file, or its content, as RGB.

    With a `side`, a fast reading may give a reduced picture, whose longer side has at least `side` pixels.

    Raises: as `load_picture`; a content's `name` is in the message.
    """
    if not isinstance(source, bytes) and (reason := why_no_path(source)):
        raise UnreadablePictureError(reason, path=Path(source))
    content = source if isinstance(source, bytes) else None
    path = Path(source) if not isinstance(source, bytes) else Path(name) if name else None
    try:
        opening = io.BytesIO(content) if content is not None else open(source, "rb")  # noqa: SIM115, PTH123
        with opening as file, opened_picture(file) as opened:
            return _read(opened, reading, side)
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise _explained(error, path) from error


@contextmanager
def opened_picture(file: io.BufferedIOBase) -> Iterator[Image.Image]:
    """Open a file's picture for a `with` block, its pixels not yet decoded; only `SUFFIXES_OF_FORMATS` are tried.

    Raises: Pillow's own errors, OSError where the file is empty or cannot be read.
    """
    start = file.read(len(SIGNATURE))
    if not start:
        raise OSError("the file is empty")
    profile = None
    if start == SIGNATURE:
        content, profile = without_metadata(start + file.read())
        file = io.BytesIO(content)
    elif not file.seekable():  # a pipe
        file = io.BytesIO(start + file.read())
    file.seek(0)
    Image.init()  # the formats that Pillow does not know from the start
    formats = [name for name in SUFFIXES_OF_FORMATS if name in Image.OPEN]
    with Image.open(file, formats=formats) as opened:  # type: ignore[arg-type]
        if profile is not None:
            opened.info["icc_profile"] = profile
        yield opened


def _read(opened: Image.Image, reading: Reading, side: int | None) -> ReadPicture:
    width, height = sides = opened.size
    longest = max(sides)
    # Of a strip, not even a part of the square should be made.
    if reading.reading == "fast" and side is not None and longest <= _REDUCED_SHAPE * min(sides):
        # Only JPEG's decoder heeds this: to decode at 1/2, 1/4 or 1/8 costs it less than at full size.
        opened.draft(None, tuple(-(-length * side // longest) for length in sides))  # type: ignore[arg-type]
    if opened.size == sides:
        rgb = to_rgb(opened, colours=reading.colours)
        return ReadPicture(rgb, rgb.size)
    turn = turn_of(opened)
    reduction = Reduction(round(longest / max(opened.size)), sides, turn)
    flat = to_rgb(opened, colours=reading.colours, turned=False)
    return ReadPicture(flat, (height, width) if turn in _SWAPPING else sides, reduction)


def _explained(error: Exception, path: Path | None) -> PictureError:
    """Return our own error for whatever was raised while a picture was read."""
    place = "" if path is None else f"{path}: "
    if isinstance(error, Image.DecompressionBombError | PictureTooLargeError):
        hint = "" if isinstance(error, PictureError) else " Scale it down; only in Python may the limit be raised."
        return PictureTooLargeError(f"{place}{error}{hint}", path=path)
    if isinstance(error, PictureError):
        return UnreadablePictureError(f"{place}{error}", path=path)
    return UnreadablePictureError(f"{place}{why_unreadable(error, path)}", path=path)


def why_unreadable(error: Exception, path: Path | None = None) -> str:
    """Say what an error means that Pillow or Python raised while a picture was read."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if path is not None and os.path.isdir(path):  # noqa: PTH112 - Windows has no error for it; Path's own raises
        return "this is a folder; expected a picture"
    if isinstance(error, MemoryError):
        return "the picture does not fit into memory"
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture that Pillow can read here (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and some more)"
    reason = reason_of(error)
    return reason if reason == "the file is empty" else f"the picture cannot be read: {reason}"
