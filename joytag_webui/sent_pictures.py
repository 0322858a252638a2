"""How does what a client or a page sends become a picture, within limits?"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PIL import Image

from joytag_core.errors import PictureError, PictureTooLargeError, UnreadablePictureError
from joytag_core.pictures.files import opened_picture, why_unreadable

from .settings import option

SentPicture = Image.Image | bytes
"""A picture that a page has opened, or a picture file's content."""

_MEGA = 1_000_000


class PixelBudget:
    """Hold how many pixels the pictures of one call may still have."""

    def __init__(self, *, each: int = 1) -> None:
        """Begin with what the settings allow; each picture counts `each` times, for what is made of it."""
        self._each = each
        self._most = int(option("api_max_call_megapixels"))
        self._taken = 0

    def take(self, size: tuple[int, int]) -> None:
        """Take one picture's pixels.

        Raises:
            PictureTooLargeError: the call's pictures have more together than the settings allow.
        """
        self._taken += size[0] * size[1] * self._each
        if self._taken > self._most * _MEGA:
            raise PictureTooLargeError(
                f"the pictures{' and maps' * (self._each > 1)} have more than {self._most} megapixels together, the "
                f"limit of one call in the settings"
            )


def check_pictures(texts: Sequence[str]) -> None:
    """Look at the first bytes of a call's pictures, one at a time, so that what is wrong is told before any work.

    Raises:
        PictureError: as `picture_content`; of several, the message says which.
        PictureTooLargeError: they have more pixels together than the settings allow.
    """
    budget = PixelBudget()
    for number, text in enumerate(texts, 1):
        with telling_which(number, len(texts)):
            picture_content(text, budget)


@contextmanager
def telling_which(number: int, count: int) -> Iterator[None]:
    """Put the number of a picture, from 1 on, in front of its error, where there are several."""
    try:
        yield
    except PictureError as error:
        if count == 1:
            raise
        raise type(error)(f"picture {number} of {count}: {error}", path=error.path) from error


def picture_from(value: Any) -> SentPicture | None:
    """Return the picture in a component's or an API's value: a Pillow picture, base64, a data URI, bytes, or None.

    Raises:
        PictureError: as `picture_content`, or the error that a picture box gave instead of a picture.
    """
    if isinstance(value, PictureError):
        raise value
    if value is None or value == "":
        return None
    if isinstance(value, Image.Image):
        return value
    if isinstance(value, dict):  # gradio 3's sketch pictures: the picture below, the mask apart
        return picture_from(value.get("image"))
    if isinstance(value, (bytes, bytearray)):
        return _checked(bytes(value))
    if isinstance(value, str):
        return picture_content(value)
    raise PictureError(f"a picture of type {type(value).__name__} is unknown; expected base64 or a data URI")


def picture_content(text: str, budget: PixelBudget | None = None) -> bytes:
    """Return the content of the picture file in base64 or a data URI, its pixels taken from a call's budget.

    The pixels are not decoded yet.

    Raises:
        PictureError: it is not base64.
        PictureTooLargeError: it has more bytes or pixels than the settings allow.
        UnreadablePictureError: it is no picture.
    """
    return _checked(_content_of(text), budget)


def _content_of(text: str) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    most = int(option("api_max_megabytes")) * _MEGA
    if len(text) > most * 4 // 3 + 4:
        raise PictureTooLargeError(f"the picture has more than {most // _MEGA} megabytes, the limit in the settings")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(f"the picture is not base64: {error}; expected base64 or a data URI, no address") from error


def _checked(content: bytes, budget: PixelBudget | None = None) -> bytes:
    """Return a picture file's content, whose first bytes say how large the picture is."""
    size = _size_of(content)
    most = int(option("api_max_megapixels"))
    if size[0] * size[1] > most * _MEGA:
        width, height = size
        raise PictureTooLargeError(f"the picture is {width}x{height}; the limit in the settings is {most} megapixels")
    if budget is not None:
        budget.take(size)
    return content


def _size_of(content: bytes) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with opened_picture(io.BytesIO(content)) as opened:
                return opened.size
    except Image.DecompressionBombError as error:
        raise PictureTooLargeError(
            f"the picture has more pixels than Pillow reads at all ({2 * (Image.MAX_IMAGE_PIXELS or 0):,})"
        ) from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(why_unreadable(error)) from error
