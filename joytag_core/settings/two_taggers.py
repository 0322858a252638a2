"""How do JoyTag's scores and another tagger's become one text? The one way that every door takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..filtering.result import FilterResult
from ..judging.combination import Combination
from ..tags.scores import TagScores
from ..tags.vocabulary import Vocabulary
from .interrogation import Interrogation
from .other_parameters import OTHER_PARAMETERS

Other = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class TwoTaggers:
    """Hold the checked settings by which two taggers speak together; without the other, JoyTag speaks alone."""

    interrogation: Interrogation
    combination: Combination

    @classmethod
    def from_settings(cls, interrogation: Interrogation, settings: Mapping[str, Any]) -> TwoTaggers:
        """Make it from settings by their names in `other_parameters.py`; others are passed over.

        Raises:
            SettingError: one is out of its range.
        """
        given = {
            name: one.check(settings[name]) if name in settings else one.default
            for name, one in OTHER_PARAMETERS.items()
        }
        return cls(
            interrogation=interrogation,
            combination=Combination.parse(given["combine"], threshold=given["other_threshold"]),
        )

    def prompt(
        self,
        scores: TagScores | None,
        other: Other | None = None,
        *,
        count_tokens: Callable[[str], int] | None = None,
        said: Collection[str] = (),
    ) -> FilterResult:
        """Choose one picture's tags from what scores there are, filter and write them, as `Interrogation.prompt` does.

        Raises: as `Interrogation.prompt`.
        """
        combination = self.combination
        if scores is None:  # the other alone, by its own threshold
            scores, combination = _silent(Vocabulary.joytag()), replace(combination, way="union", by_category={})
        chosen = None
        if other is not None:
            selection = self.interrogation.selection_for(scores.vocabulary)
            chosen = combination.choose(scores, other, selection=selection)
        return self.interrogation.prompt(scores, chosen=chosen, count_tokens=count_tokens, said=said)

    def filter(
        self,
        text: str,
        scores: TagScores | None = None,
        other: Other | None = None,
        *,
        count_tokens: Callable[[str], int] | None = None,
        tokens: Collection[str] = (),
    ) -> FilterResult:
        """Filter a prompt or tag list by the scores that there are: of JoyTag, of the other tagger, of both together.

        Raises: as `TagFilter.apply`.
        """
        return self.filtering(scores, other)(text, count_tokens=count_tokens, tokens=tokens)

    def filtering(self, scores: TagScores | None = None, other: Other | None = None) -> Callable[..., FilterResult]:
        """Return what filters any number of texts as `filter` does, by the same scores: they are combined once."""
        return partial(
            self.interrogation.tag_filter.apply,
            scores=self.scores(scores, other),
            vocabulary=None if scores is None else scores.vocabulary,
        )

    def scores(self, scores: TagScores | None, other: Other | None) -> Other | None:
        """Return one score for each name that either tagger scored; None where neither spoke."""
        if scores is None or other is None:
            return other if scores is None else scores.as_dict()
        return self.combination.scores(scores.as_dict(), other, vocabulary=scores.vocabulary)


def _silent(vocabulary: Vocabulary) -> TagScores:
    return TagScores(vocabulary, [0.0] * len(vocabulary))
