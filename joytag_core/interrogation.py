"""How do settings and one picture's scores become a prompt? The one way that every door takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .filtering import FilterResult, TagFilter
from .parameters import FILTER_NAMES, PARAMETERS, check_settings
from .scores import TagScores
from .selection import Selection


@dataclass(frozen=True, kw_only=True)
class Interrogation:
    """Hold the checked settings of one interrogation: which tags to choose, and how to filter and write them."""

    selection: Selection
    tag_filter: TagFilter

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Interrogation:
        """Make it from settings by their names in `parameters.py`; what is not given has its default.

        Raises:
            SettingError: a setting is unknown or out of range; as RuleError: a rule of the Tag Filter is malformed.
        """
        checked = {name: parameter.default for name, parameter in PARAMETERS.items()} | check_settings(settings)
        selection = Selection(
            threshold=checked["threshold"],
            category_thresholds={"character": checked["character_threshold"]},
            categories=checked["categories"],
            min_tags=checked["min_tags"],
            min_precision=checked["min_precision"],
        )
        return cls(selection=selection, tag_filter=TagFilter(**{name: checked[name] for name in FILTER_NAMES}))

    def prompt(self, scores: TagScores) -> FilterResult:
        """Choose, filter and write one picture's tags; the result's `text` is the prompt."""
        chosen = self.selection.choose(scores.values, scores.vocabulary)
        return self.tag_filter.apply_scored(chosen, vocabulary=scores.vocabulary, threshold=self.selection.threshold)
