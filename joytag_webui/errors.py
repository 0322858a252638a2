"""Which HTTP status tells a client what went wrong?"""

from __future__ import annotations

from typing import Any

from joytag_core.errors import (
    CancelledError,
    JoyTagError,
    ModelDownloadError,
    ModelNotFoundError,
    PictureError,
    PictureTooLargeError,
    SettingError,
)


class TextTooLongError(SettingError):
    """A prompt or a rule of an API call has more characters than the settings allow."""


# Asked in this order: the first class that fits decides.
_STATUS: tuple[tuple[type[JoyTagError], int], ...] = (
    (PictureTooLargeError, 413),
    (TextTooLongError, 413),
    (PictureError, 422),
    (SettingError, 422),
    (ModelDownloadError, 503),
    (ModelNotFoundError, 404),
    (CancelledError, 409),
    (JoyTagError, 500),
)


def status_of(error: JoyTagError) -> int:
    """Return 4xx where the client can mend it, 5xx where only the machine's owner can."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def as_http_error(error: JoyTagError) -> Any:
    """Return a FastAPI HTTPException with the error's own sentence."""
    from fastapi import HTTPException

    return HTTPException(status_code=status_of(error), detail=str(error))
