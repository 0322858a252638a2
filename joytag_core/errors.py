"""Which errors can this package raise on purpose?"""

from __future__ import annotations

import os
from pathlib import Path

_LONGEST_MESSAGE = 1_000
"""Characters of the longest message about a setting: a person's text in it may fill many screens."""


def reason_of(error: Exception) -> str:
    """Return what an error says, without the path that the system repeats."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class JoyTagError(Exception):
    """The base of every error that JoyTag raises on purpose; its message is meant for people."""


class ModelError(JoyTagError):
    """A model cannot be used."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """No model of that name or folder is on this machine, and none could be downloaded."""

    # OSError's own __str__ would print "None" in front of a single argument under some Python versions.
    __str__ = Exception.__str__


class ModelDownloadError(ModelNotFoundError):
    """A download was tried and failed; what had arrived is kept for the next try."""


class ModelFileError(ModelError, ValueError):
    """A model file is there and is not what it should be (truncated, another class, wrong shapes, not finite)."""


class PictureError(JoyTagError, ValueError):
    """A picture cannot be turned into pixels; `path` is its file, None where it came from elsewhere."""

    path: Path | None

    def __init__(self, message: str, *, path: str | os.PathLike[str] | None = None) -> None:
        super().__init__(message)
        self.path = None if path is None else Path(path)


class UnreadablePictureError(PictureError, OSError):
    """A picture file is missing, empty, cut off, or not a picture."""

    __str__ = Exception.__str__


class PictureTooLargeError(PictureError):
    """A picture has more pixels than Pillow's limit against decompression bombs."""


class DeviceError(JoyTagError, ValueError):
    """A device or dtype is unknown or not available on this machine."""


class SettingError(JoyTagError, ValueError):
    """A setting is out of its range or not one of its choices; a long message is shortened in its middle."""

    def __init__(self, message: str) -> None:
        super().__init__(message if len(message) <= _LONGEST_MESSAGE else f"{message[:500]} ... {message[-400:]}")


class RuleError(SettingError):
    """A Tag Filter rule is malformed or took too long; the message names the line and the reason."""


class CancelledError(JoyTagError):
    """The person stopped the work."""


class ScoreStoreError(JoyTagError, OSError):
    """The database of kept scores cannot be opened, read or written."""

    __str__ = Exception.__str__


class CaptionError(JoyTagError, OSError):
    """A caption file or table cannot be read or written."""

    __str__ = Exception.__str__
