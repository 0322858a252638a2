"""How does what a client or a page sends become a picture, within limits?"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from joytag_core.errors import PictureError, PictureTooLargeError, UnreadablePictureError
from joytag_core.pictures.files import opened_picture
from joytag_core.pictures.rgb import to_rgb

from .settings import option

_MEGA = 1_000_000


class PixelBudget:
    """Hold how many pixels the pictures of one call may still have."""

    def __init__(self) -> None:
        """Begin with what the settings allow."""
        self._most = int(option("api_max_call_megapixels"))
        self._taken = 0

    def take(self, size: tuple[int, int]) -> None:
        """Take one picture's pixels.

        Raises:
            PictureTooLargeError: the call's pictures have more together than the settings allow.
        """
        self._taken += size[0] * size[1]
        if self._taken > self._most * _MEGA:
            raise PictureTooLargeError(
                f"the pictures have more than {self._most} megapixels together, the limit of one call in the settings"
            )


def picture_from(value: Any) -> Image.Image | None:
    """Return the picture in a component's or an API's value: a Pillow picture, base64, a data URI, bytes, or None.

    Raises:
        PictureError: as `decode_picture`, or the error that a picture box gave instead of a picture.
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
        return open_picture(bytes(value))
    if isinstance(value, str):
        return decode_picture(value)
    raise PictureError(f"a picture of type {type(value).__name__} is unknown; expected base64 or a data URI")


def decode_picture(text: str, budget: PixelBudget | None = None) -> Image.Image:
    """Return the RGB picture in base64 or a data URI, its pixels taken from a call's budget.

    Raises:
        PictureError: it is not base64.
        PictureTooLargeError: it has more bytes or pixels than the settings allow.
        UnreadablePictureError: it is no picture, or broken.
    """
    return open_picture(_content_of(text), budget)


def check_picture(value: Any) -> None:
    """Look at what an API call gives as a picture without decoding its pixels.

    Raises:
        PictureError: as `picture_from`, but for pixels that are broken.
    """
    if isinstance(value, str) and value:
        with _opened(_content_of(value)):
            pass
    elif value is not None and not isinstance(value, Image.Image | dict):
        picture_from(value)


def open_picture(content: bytes, budget: PixelBudget | None = None) -> Image.Image:
    """Return the RGB picture in a picture file's content, its pixels counted before they are decoded.

    Raises:
        PictureTooLargeError, UnreadablePictureError: as `decode_picture`.
    """
    with _opened(content) as opened:
        if budget is not None:
            budget.take(opened.size)
        return to_rgb(opened)


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


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    most = int(option("api_max_megapixels"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with opened_picture(io.BytesIO(content)) as opened:
                if opened.width * opened.height > most * _MEGA:
                    size = f"{opened.width}x{opened.height}"
                    raise PictureTooLargeError(f"the picture is {size}; the limit in the settings is {most} megapixels")
                yield opened
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureTooLargeError(str(error)) from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(f"the picture cannot be read: {error or type(error).__name__}") from error
