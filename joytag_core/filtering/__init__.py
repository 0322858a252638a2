"""Which tags of a prompt remain, as what text, and which rule dropped the others?"""

from __future__ import annotations

from .result import Dropped, FilterResult
from .tag_filter import TagFilter

__all__ = ["Dropped", "FilterResult", "TagFilter"]
