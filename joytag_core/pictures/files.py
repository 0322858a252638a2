"""How does a picture file, or its content, become RGB?"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..errors import PictureError, PictureTooLargeError, UnreadablePictureError
from .formats import SUFFIXES_OF_FORMATS
from .png import SIGNATURE, without_metadata
from .reading import Reading
from .rgb import to_rgb

_EXACT = Reading()


def load_picture(path: str | os.PathLike[str], *, reading: Reading = _EXACT, side: int | None = None) -> Image.Image:
    """Open a picture file as RGB: the first frame, turned as its EXIF says, over white, in sRGB.

    With a `side`, a fast reading may give a smaller picture, whose longer side has at least `side` pixels.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the path in the message, and as `path`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file, opened_picture(file) as opened:
            return _read(opened, reading, side)
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise _explained(error, f"{path}: ", path) from error


def decode_picture(
    content: bytes, name: str = "", *, reading: Reading = _EXACT, side: int | None = None
) -> Image.Image:
    """Open a picture file's content, such as a member of an archive, as `load_picture` does; `name` is for errors.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the name in the message.
    """
    try:
        with opened_picture(io.BytesIO(content)) as opened:
            return _read(opened, reading, side)
    except Exception as error:  # as in load_picture
        raise _explained(error, f"{name}: " if name else "", Path(name) if name else None) from error


@contextmanager
def opened_picture(file: io.BufferedIOBase) -> Iterator[Image.Image]:
    """Open a file's picture for a `with` block, its pixels not yet decoded; only `SUFFIXES_OF_FORMATS` are tried.

    Raises: Pillow's own errors, OSError where the file is empty or cannot be read.
    """
    start = file.read(len(SIGNATURE))
    if not start:
        raise OSError("the file is empty")
    if start == SIGNATURE:
        file = io.BytesIO(without_metadata(start + file.read()))
    file.seek(0)
    Image.init()  # the formats that Pillow does not know from the start
    formats = [name for name in SUFFIXES_OF_FORMATS if name in Image.OPEN]
    with Image.open(file, formats=formats) as opened:  # type: ignore[arg-type]
        yield opened


def _read(opened: Image.Image, reading: Reading, side: int | None) -> Image.Image:
    if reading.reading == "fast" and side is not None:
        longest = max(opened.size)
        # Only JPEG's decoder heeds this: to decode at 1/2, 1/4 or 1/8 costs it less than at full size.
        opened.draft(None, tuple(-(-length * side // longest) for length in opened.size))  # type: ignore[arg-type]
    return to_rgb(opened, colours=reading.colours)


def _explained(error: Exception, place: str = "", path: Path | None = None) -> PictureError:
    """Return our own error for whatever was raised while a picture was read."""
    if isinstance(error, Image.DecompressionBombError | PictureTooLargeError):
        hint = "" if isinstance(error, PictureError) else " Scale it down, or raise PIL.Image.MAX_IMAGE_PIXELS."
        return PictureTooLargeError(f"{place}{error}{hint}", path=path)
    if isinstance(error, PictureError):
        return UnreadablePictureError(f"{place}{error}", path=path)
    return UnreadablePictureError(f"{place}{_why_unreadable(error, path)}", path=path)


def _why_unreadable(error: Exception, path: Path | None) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if path is not None and os.path.isdir(path):  # noqa: PTH112 - Windows has no error for it; Path's own raises
        return "this is a folder; expected a picture"
    if isinstance(error, MemoryError):
        return "the picture does not fit into memory"
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture that Pillow can read here (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and some more)"
    reason = str(error) or type(error).__name__
    return reason if reason == "the file is empty" else f"the picture cannot be read: {reason}"
