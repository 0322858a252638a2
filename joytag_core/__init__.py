"""Tag pictures with JoyTag. Knows images, tags and torch, and no host.

Names are imported when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import (
        CancelledError,
        DeviceError,
        JoyTagError,
        ModelDownloadError,
        ModelError,
        ModelFileError,
        ModelNotFoundError,
        PictureError,
        PictureTooLargeError,
        RuleError,
        SettingError,
        UnreadablePictureError,
    )
    from .filtering import FilterResult, TagFilter
    from .host import Host, LocalHost
    from .prompt import PromptFormat
    from .scores import ScoredTag, TagScores
    from .selection import Selection
    from .session import Session, shared_session
    from .tagger import Tagger
    from .vocabulary import Tag, Vocabulary

__version__ = "0.1.0"

_HOMES = {
    "errors": (
        "CancelledError", "DeviceError", "JoyTagError", "ModelDownloadError", "ModelError", "ModelFileError",
        "ModelNotFoundError", "PictureError", "PictureTooLargeError", "RuleError", "SettingError",
        "UnreadablePictureError",
    ),
    "filtering": ("FilterResult", "TagFilter"),
    "host": ("Host", "LocalHost"),
    "prompt": ("PromptFormat",),
    "scores": ("ScoredTag", "TagScores"),
    "selection": ("Selection",),
    "session": ("Session", "shared_session"),
    "tagger": ("Tagger",),
    "vocabulary": ("Tag", "Vocabulary"),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - computed, so that no name is written twice
    *sorted(_HOME_OF),
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME_OF[name]}", __name__), name)
