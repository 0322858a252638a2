"""How do settings and one picture's scores become a prompt? The one way that every door takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..filtering.result import FilterResult
from ..filtering.tag_filter import TagFilter
from ..rules.rule_book import folder_state
from ..rules.thresholds import ThresholdRule, ThresholdTexts, read_thresholds, tag_thresholds
from ..tags.scored_tag import ScoredTag
from ..tags.scores import TagScores
from ..tags.selection import Selection, those_over
from ..tags.vocabulary import Vocabulary
from .parameters import FILTER_NAMES, PARAMETERS, check_settings


@dataclass(frozen=True, kw_only=True)
class Interrogation:
    """Hold the checked settings of one interrogation: which tags to choose, and how to filter and write them.

    `thresholds` are rules `pattern number`, over those of the selection.
    """

    selection: Selection
    tag_filter: TagFilter
    thresholds: str = ""

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any], *, lists_folder: str | os.PathLike[str] | None = None
    ) -> Interrogation:
        """Make it from settings by their names in `parameters.py`; what is not given has its default.

        `lists_folder` holds the person's own lists for `@name` and `lists`.

        Raises:
            SettingError: a setting is unknown or out of range; as RuleError: a rule of the Tag Filter is malformed.
        """
        checked = {name: parameter.default for name, parameter in PARAMETERS.items()} | check_settings(settings)
        selection = replace(
            those_over(checked["threshold"], checked["character_threshold"]),
            categories=checked["categories"],
            min_tags=checked["min_tags"],
            min_precision=checked["min_precision"],
        )
        rules = {name: checked[name] for name in FILTER_NAMES}
        made = cls(
            selection=selection,
            tag_filter=TagFilter(**rules, lists_folder=None if lists_folder is None else Path(lists_folder)),
            thresholds=checked["thresholds"],
        )
        made.threshold_rules()
        return made

    def threshold_rules(self) -> tuple[ThresholdRule, ...]:
        """Return the thresholds by pattern, as the lists in the person's folder are now.

        Raises:
            RuleError: one is malformed.
        """
        folder = None if self.tag_filter.lists_folder is None else str(self.tag_filter.lists_folder)
        return read_thresholds(ThresholdTexts(self.thresholds, folder, folder_state(folder)))

    def choose(self, scores: TagScores) -> list[ScoredTag]:
        """Choose one picture's tags, each by its own threshold."""
        return self.selection_for(scores.vocabulary).choose(scores)

    def selection_for(self, vocabulary: Vocabulary) -> Selection:
        """Return the selection with each tag's own threshold in a vocabulary."""
        return replace(self.selection, tag_thresholds=tag_thresholds(self.threshold_rules(), vocabulary))

    def prompt(
        self,
        scores: TagScores,
        *,
        count_tokens: Callable[[str], int] | None = None,
        said: Collection[str] = (),
        chosen: Sequence[ScoredTag] | None = None,
    ) -> FilterResult:
        """Choose, filter and write one picture's tags; the result's `text` is the prompt.

        `count_tokens` is the host's own CLIP tokenizer, for `max_tokens`; without it tokens are estimated. `said` are
        the names (`prompts.merging.said_in`) that the prompt says already. `chosen` are the tags where somebody else
        has chosen them, as a `Combination` does with `selection_for`.
        """
        return self.tag_filter.apply_scored(
            self.choose(scores) if chosen is None else chosen,
            vocabulary=scores.vocabulary,
            threshold=self.selection.threshold,
            count_tokens=count_tokens,
            said=said,
        )
