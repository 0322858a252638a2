"""What do JoyTag and another tagger say together?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ..checks import check_choice, check_unit
from ..tags.names import name_index
from ..tags.scored_tag import ScoredTag
from ..tags.scores import TagScores
from ..tags.selection import Selection, is_over
from ..tags.vocabulary import CATEGORIES, Tag, Vocabulary
from .choices import OTHER_THRESHOLD, WAYS

_UNKNOWN_TO_JOYTAG = -1
_Values = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Combine JoyTag's scores with another tagger's.

    `way` is one of `WAYS`, `by_category` holds another one for some categories. A tag of which only one of them has a
    score keeps it, but for `agree`: what the other tagger knows and does not name has the score 0 there. `threshold`
    (0..1) is the other tagger's own: `agree` and `union` ask of each tagger whether its score is greater than its own
    threshold; `max` and `mean` hold the combined score against JoyTag's. Tags that JoyTag does not know are kept with
    the other's score, if that is greater than `threshold`.
    """

    way: str = "max"
    by_category: Mapping[str, str] = field(default_factory=dict)
    threshold: float = OTHER_THRESHOLD

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            SettingError: one is out of its range.
        """
        check_choice("combine", self.way, WAYS)
        for category, way in self.by_category.items():
            check_choice("combine, category", category, CATEGORIES)
            check_choice(f"combine, {category}", way, WAYS)
        check_unit("threshold", self.threshold)

    @classmethod
    def parse(cls, text: str, *, threshold: float = OTHER_THRESHOLD) -> Combination:
        """Read `mean`, or `mean, character: union`: a way, and others for some categories.

        Raises:
            SettingError: it is no such text.
        """
        ways: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in re.split(r"[,\n]", text))):
            category, colon, way = part.partition(":")
            ways[category.strip().lower() if colon else ""] = (way if colon else part).strip().lower()
        return cls(way=ways.pop("", cls.way), by_category=ways, threshold=threshold)

    def scores(
        self, ours: Mapping[str, float], other: Mapping[str, float], *, vocabulary: Vocabulary | None = None
    ) -> dict[str, float]:
        """Return the combined scores by name, for the Tag Filter to look up, best first."""
        vocabulary = vocabulary or Vocabulary.joytag()
        values = np.zeros(len(vocabulary), dtype=np.float32)
        for name, score in ours.items():
            tag = vocabulary.find(name)
            if tag is not None:
                values[tag.index] = score
        theirs, unknown = _by_index(other, vocabulary)
        combined = TagScores(vocabulary, self._combined(TagScores(vocabulary, values), theirs))
        named = {scored.name: scored.score for scored in combined.top(len(combined)) if scored.score > 0}
        return dict(sorted((named | unknown).items(), key=lambda pair: -pair[1]))

    def choose(
        self, scores: TagScores, other: Mapping[str, float], *, selection: Selection | None = None
    ) -> list[ScoredTag]:
        """Return the tags of both that are chosen, best first, with their combined scores.

        `selection` says what JoyTag's own rule is: thresholds, categories, reliability, at least and at most how many.
        A tag that JoyTag does not know has the index -1, and counts as general.
        """
        selection = selection or Selection()
        theirs, unknown = _by_index(other, scores.vocabulary)
        combined = TagScores(scores.vocabulary, self._combined(scores, theirs))
        own = TagScores(scores.vocabulary, np.nan_to_num(theirs, nan=0.0))
        indices: set[int] = set()
        for way in WAYS:
            categories = tuple(name for name in selection.categories if self.by_category.get(name, self.way) == way)
            of_way = replace(selection, categories=categories, min_tags=0, max_tags=0)
            indices |= self._chosen(way, of_way, scores, own, combined)
        chosen = combined.at(sorted(indices))
        if "general" in selection.categories:
            chosen += [_unknown(name, score) for name, score in unknown.items() if is_over(score, self.threshold)]
        return _limited(chosen, combined, selection)

    def _chosen(
        self, way: str, selection: Selection, ours: TagScores, theirs: TagScores, combined: TagScores
    ) -> set[int]:
        if way in ("max", "mean"):
            return _indices(selection.choose(combined))
        of_other = replace(selection, threshold=self.threshold, category_thresholds={}, tag_thresholds={})
        both = _indices(selection.choose(ours)), _indices(of_other.choose(theirs))
        return both[0] & both[1] if way == "agree" else both[0] | both[1]

    def _combined(self, scores: TagScores, theirs: _Values) -> _Values:
        """Return the combined scores [T]; `theirs` [T] is not a number where the other tagger says nothing."""
        ours = scores.values
        known = np.where(np.isnan(theirs), ours, theirs)
        by_way = {
            "max": np.maximum(ours, known),
            "mean": (ours + known) / 2,
            "agree": np.minimum(ours, np.nan_to_num(theirs, nan=0.0)),
            "union": np.maximum(ours, known),
        }
        ways = [self.by_category.get(category, self.way) for category in CATEGORIES]
        combined = by_way[self.way].astype(np.float32)
        for category, way in zip(CATEGORIES, ways, strict=True):
            if way != self.way:
                places = [tag.index for tag in scores.vocabulary if tag.category == category]
                combined[places] = by_way[way][places]
        return combined


def _by_index(other: Mapping[str, float], vocabulary: Vocabulary) -> tuple[_Values, dict[str, float]]:
    """Return another tagger's scores [T], not a number where it has none, and those of tags unknown here."""
    index = name_index(vocabulary)
    values = np.full(len(vocabulary), np.nan, dtype=np.float32)
    unknown: dict[str, float] = {}
    for name, score in other.items():
        tag = index.facts(name).tag
        if tag is None:
            unknown[name] = max(score, unknown.get(name, 0.0))
        else:
            values[tag.index] = np.fmax(values[tag.index], score)
    return values, unknown


def _limited(chosen: Iterable[ScoredTag], combined: TagScores, selection: Selection) -> list[ScoredTag]:
    """Return the chosen tags best first, filled up to the selection's minimum, cut at its maximum."""
    best = list(chosen)
    if len(best) < selection.min_tags:
        there = _indices(best)
        anything = replace(selection, threshold=0.0, category_thresholds={}, tag_thresholds={}, min_tags=0, max_tags=0)
        more = [one for one in anything.choose(combined) if one.tag.index not in there]
        best += more[: selection.min_tags - len(best)]
    return sorted(best, key=lambda one: -one.score)[: selection.max_tags or None]


def _indices(chosen: Iterable[ScoredTag]) -> set[int]:
    return {one.tag.index for one in chosen}


def _unknown(name: str, score: float) -> ScoredTag:
    return ScoredTag(Tag(index=_UNKNOWN_TO_JOYTAG, name=name), score)
