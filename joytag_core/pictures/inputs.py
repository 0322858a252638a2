"""What may be given as a picture, and how does each kind become RGB?"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, BinaryIO, TypeGuard, cast

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch import Tensor

from ..errors import PictureError, UnreadablePictureError
from .arrays import as_tensor, picture_from_tensor, split_tensor
from .files import ReadPicture, read_picture
from .reading import Reading
from .rgb import to_rgb

Picture = Image.Image | str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""One picture: opened by Pillow, the path of its file, the file's content, or the file, opened in binary."""

OnePicture = Picture | Tensor
"""One picture, or a tensor [H, W, C]."""

Pictures = Picture | Tensor | npt.NDArray[Any] | Iterable["Pictures"]
"""One or many pictures, also a generator of them.

A tensor or array is [B, H, W, C], [H, W, C], [B, C, H, W], [C, H, W] or [H, W], uint8 or floating in 0..1, C 1, 3 or 4.
"""

_EXACT = Reading()
_CONTENTS = (bytes, bytearray, memoryview)


def pictures_from(pictures: Pictures, *, reading: Reading = _EXACT) -> list[Image.Image]:
    """Return RGB pictures, in order, for whatever is given; raises as `open_picture`."""
    return [open_picture(picture, reading=reading) for picture in split_pictures(pictures, reading=reading)]


def count_pictures(pictures: Pictures, *, reading: Reading = _EXACT) -> int | None:
    """Return how many pictures there are, opening none; None for what can be gone through only once.

    What is no picture counts as one: it has one error.
    """
    if isinstance(pictures, Tensor | np.ndarray):
        return sum(1 for _ in split_each(pictures, reading=reading))
    if _is_one(pictures) or not _is_many(pictures):
        return 1
    many: Iterable[Any] = pictures
    if not isinstance(many, Sequence):
        return None
    counts = [count_pictures(one, reading=reading) for one in many]
    return None if None in counts else sum(count or 0 for count in counts)


def split_pictures(pictures: Pictures, *, reading: Reading = _EXACT) -> Iterator[OnePicture]:
    """Yield the pictures one by one, opening none; a batch tensor as its pictures [H, W, C].

    Raises:
        PictureError: a tensor has no shape of pictures, or something given is no picture at all.
    """
    for one in split_each(pictures, reading=reading):
        if isinstance(one, PictureError):
            raise one
        yield one


def split_each(pictures: Pictures, *, reading: Reading = _EXACT) -> Iterator[OnePicture | PictureError]:
    """Yield the pictures as `split_pictures`; in the place of what is none, its error."""
    if isinstance(pictures, Tensor | np.ndarray):
        try:
            yield from split_tensor(as_tensor(pictures), reading.layout)
        except PictureError as error:
            yield error
    elif _is_one(pictures):
        yield cast(OnePicture, pictures)
    elif _is_many(pictures):
        for one in pictures:
            yield from split_each(one, reading=reading)
    else:
        yield PictureError(
            f"a {type(pictures).__name__} is no picture; expected a path, a Pillow picture, a file or its content, a "
            "tensor or array, or a list of them"
        )


def open_picture(picture: OnePicture, *, reading: Reading = _EXACT) -> Image.Image:
    """Return one picture as RGB of 8 bits, whole; raises as `read_one`."""
    return read_one(picture, reading=reading).picture


def read_one(picture: OnePicture, *, reading: Reading = _EXACT, side: int | None = None, name: str = "") -> ReadPicture:
    """Return one picture as RGB of 8 bits with its size; a fast reading may give one whose longer side is `side`.

    `name` is for errors of a file's content.

    Raises:
        PictureError: a tensor has the wrong dtype or values that are not finite.
        UnreadablePictureError: a file is missing, empty, cut off, or not a picture.
        PictureTooLargeError: a picture is a decompression bomb.
    """
    if isinstance(picture, Tensor):
        return _whole(picture_from_tensor(picture, floats=reading.floats))
    if isinstance(picture, Image.Image):
        return _whole(to_rgb(picture, colours=reading.colours))
    source = picture if isinstance(picture, str | os.PathLike) else content_of(picture)
    return read_picture(source, name, reading=reading, side=side)


def content_of(picture: bytes | bytearray | memoryview | BinaryIO) -> bytes:
    """Return a picture file's content, from its start; an open file stays open.

    Raises:
        UnreadablePictureError: the file cannot be read, or was opened as text.
    """
    if isinstance(picture, _CONTENTS):
        return bytes(picture)
    content: Any = ""
    if not isinstance(cast(object, picture), io.TextIOBase):
        try:
            # Python 3.10's SpooledTemporaryFile, which web frameworks hand over, has no `seekable`.
            if getattr(picture, "seekable", lambda: hasattr(picture, "seek"))():
                picture.seek(0)
            content = picture.read()
        except Exception as error:  # whatever a caller's own object raises
            reason = f"{type(error).__name__}: {error}"
            raise UnreadablePictureError(f"the file given cannot be read: {reason}") from error
    if not isinstance(content, _CONTENTS):
        raise UnreadablePictureError("the file given was opened as text; expected one opened in binary, with 'rb'")
    return bytes(content)


def _whole(picture: Image.Image) -> ReadPicture:
    return ReadPicture(picture, picture.size)


def _is_one(pictures: Any) -> bool:
    return isinstance(pictures, (Image.Image, str, os.PathLike, *_CONTENTS)) or hasattr(pictures, "read")


def _is_many(pictures: Any) -> TypeGuard[Iterable[Any]]:
    # Of a set nobody could say which result is whose.
    return isinstance(pictures, Iterable) and not isinstance(pictures, Mapping | Set)
