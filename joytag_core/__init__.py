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

__all__ = [
    "CancelledError",
    "DeviceError",
    "FilterResult",
    "Host",
    "JoyTagError",
    "LocalHost",
    "ModelDownloadError",
    "ModelError",
    "ModelFileError",
    "ModelNotFoundError",
    "PictureError",
    "PictureTooLargeError",
    "PromptFormat",
    "RuleError",
    "ScoredTag",
    "Selection",
    "Session",
    "SettingError",
    "Tag",
    "TagFilter",
    "TagScores",
    "Tagger",
    "UnreadablePictureError",
    "Vocabulary",
    "shared_session",
]

# Asked in this order, the modules that import torch last.
_MODULES = ("errors", "vocabulary", "filtering", "prompt", "selection", "scores", "host", "tagger", "session")


def __getattr__(name: str) -> object:
    if name in __all__:
        for module in _MODULES:
            home = importlib.import_module(f".{module}", __name__)
            if name in vars(home):
                globals()[name] = vars(home)[name]
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
