"""Which tags of a prompt remain, as what text, and which rule dropped the others?"""

from __future__ import annotations

from .patterns import exact_pattern
from .result import Dropped, FilterResult, Replaced
from .tag_filter import TagFilter

__all__ = ["Dropped", "FilterResult", "Replaced", "TagFilter", "exact_pattern"]
