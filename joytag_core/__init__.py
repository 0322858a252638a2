"""Tag pictures with JoyTag. Knows images, tags and torch, and no host.

Names are imported when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .captions.folder import caption_folder
    from .captions.options import CaptionOptions
    from .captions.score_store import ScoreStore
    from .captions.summary import CaptionSummary
    from .errors import (
        CancelledError,
        CaptionError,
        DeviceError,
        JoyTagError,
        ModelDownloadError,
        ModelError,
        ModelFileError,
        ModelNotFoundError,
        PictureError,
        PictureTooLargeError,
        RuleError,
        ScoreStoreError,
        SettingError,
        UnreadablePictureError,
    )
    from .filtering.result import Dropped, FilterResult, Kept, Replaced
    from .filtering.tag_filter import TagFilter
    from .host.local import LocalHost
    from .host.protocol import Host, Placement, Progress, Residence
    from .judging.combination import Combination
    from .judging.frames import combine_frames
    from .judging.other_scores import read_scores
    from .judging.prompt_check import AskedTag, PromptCheck, PromptReport
    from .judging.tag_switch import TagSwitch, Verdict
    from .maps.masks import MaskSettings
    from .maps.regions import Box, Point
    from .maps.tag_maps import TagMaps
    from .pictures.reading import Reading
    from .prompts.format import PromptFormat
    from .settings.interrogation import Interrogation
    from .tagging.session import Session, shared_session
    from .tagging.tagger import Tagger
    from .tags.scored_tag import ScoredTag
    from .tags.scores import TagScores
    from .tags.selection import Selection
    from .tags.vocabulary import Tag, Vocabulary

__version__ = "0.1.0"

__all__ = [
    "AskedTag",
    "Box",
    "CancelledError",
    "CaptionError",
    "CaptionOptions",
    "CaptionSummary",
    "Combination",
    "DeviceError",
    "Dropped",
    "FilterResult",
    "Host",
    "Interrogation",
    "JoyTagError",
    "Kept",
    "LocalHost",
    "MaskSettings",
    "ModelDownloadError",
    "ModelError",
    "ModelFileError",
    "ModelNotFoundError",
    "PictureError",
    "PictureTooLargeError",
    "Placement",
    "Point",
    "Progress",
    "PromptCheck",
    "PromptFormat",
    "PromptReport",
    "Reading",
    "Replaced",
    "Residence",
    "RuleError",
    "ScoreStore",
    "ScoreStoreError",
    "ScoredTag",
    "Selection",
    "Session",
    "SettingError",
    "Tag",
    "TagFilter",
    "TagMaps",
    "TagScores",
    "TagSwitch",
    "Tagger",
    "UnreadablePictureError",
    "Verdict",
    "Vocabulary",
    "caption_folder",
    "combine_frames",
    "read_scores",
    "shared_session",
]

_HOMES = {
    "captions.folder": ("caption_folder",),
    "captions.options": ("CaptionOptions",),
    "captions.score_store": ("ScoreStore",),
    "captions.summary": ("CaptionSummary",),
    "errors": (
        "CancelledError",
        "CaptionError",
        "DeviceError",
        "JoyTagError",
        "ModelDownloadError",
        "ModelError",
        "ModelFileError",
        "ModelNotFoundError",
        "PictureError",
        "PictureTooLargeError",
        "RuleError",
        "ScoreStoreError",
        "SettingError",
        "UnreadablePictureError",
    ),
    "filtering.result": ("Dropped", "FilterResult", "Kept", "Replaced"),
    "filtering.tag_filter": ("TagFilter",),
    "host.local": ("LocalHost",),
    "host.protocol": ("Host", "Placement", "Progress", "Residence"),
    "maps.masks": ("MaskSettings",),
    "maps.regions": ("Box", "Point"),
    "maps.tag_maps": ("TagMaps",),
    "judging.combination": ("Combination",),
    "judging.frames": ("combine_frames",),
    "judging.other_scores": ("read_scores",),
    "judging.prompt_check": ("AskedTag", "PromptCheck", "PromptReport"),
    "judging.tag_switch": ("TagSwitch", "Verdict"),
    "pictures.reading": ("Reading",),
    "prompts.format": ("PromptFormat",),
    "settings.interrogation": ("Interrogation",),
    "tagging.session": ("Session", "shared_session"),
    "tagging.tagger": ("Tagger",),
    "tags.scored_tag": ("ScoredTag",),
    "tags.scores": ("TagScores",),
    "tags.selection": ("Selection",),
    "tags.vocabulary": ("Tag", "Vocabulary"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(importlib.import_module(f".{_HOME_OF[name]}", __name__), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
