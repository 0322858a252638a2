"""How does a picture file become RGB?"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..errors import PictureError, PictureTooLargeError, UnreadablePictureError
from .rgb import to_rgb


def load_picture(path: str | os.PathLike[str]) -> Image.Image:
    """Open a picture file as RGB: the first frame, turned as its EXIF says, over white.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the path in the message.
    """
    return _read(Path(path), Path(path))


def decode_picture(content: bytes, name: str) -> Image.Image:
    """Open the bytes of a picture file, such as a member of an archive, as `load_picture` does; `name` is for errors.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the name in the message.
    """
    if not content:
        raise UnreadablePictureError(f"{name}: the file is empty")
    return _read(BytesIO(content), Path(name))


def _read(source: Path | BytesIO, path: Path) -> Image.Image:
    try:
        with Image.open(source) as opened:
            return to_rgb(opened)
    except Image.DecompressionBombError as error:
        raise PictureTooLargeError(f"{path}: {error} Scale it down, or raise PIL.Image.MAX_IMAGE_PIXELS.") from error
    except FileNotFoundError as error:
        raise UnreadablePictureError(f"{path}: there is no such file") from error
    except PictureError as error:
        raise UnreadablePictureError(f"{path}: {error}") from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(f"{path}: {_why_unreadable(path, error)}") from error


def _why_unreadable(path: Path, error: Exception) -> str:
    if os.path.isdir(path):  # noqa: PTH112 - Windows gives no IsADirectoryError; pathlib's raises for a long name
        return "this is a folder; expected a picture"
    if os.path.isfile(path) and path.stat().st_size == 0:  # noqa: PTH113
        return "the file is empty"
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture that Pillow can read"
    return f"the picture cannot be read: {error}"
