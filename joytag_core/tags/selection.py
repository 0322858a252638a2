"""Which of a picture's scored tags are chosen?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..checks import check_choice, check_number, check_unit
from ..errors import SettingError
from .ordering import ORDERS, arrange
from .scored_tag import ScoredTag
from .vocabulary import CATEGORIES, PUBLISHED_THRESHOLD, Vocabulary


class Scores(Protocol):
    """Hold what is chosen from, as `TagScores` does: one picture's `values` [T] float32 0..1 over a vocabulary."""

    vocabulary: Vocabulary
    values: npt.NDArray[np.float32]

    def at(self, indices: Iterable[int]) -> list[ScoredTag]:
        """Return the tags at some places of the vocabulary with their scores."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Say which tags to choose: those whose score is greater than their category's threshold.

    `threshold` and the values of `category_thresholds` and, over those, `tag_thresholds` (by the model's name) are in
    0..1. `categories` names those to choose from, all by default. `max_tags` 0 means no limit; `min_tags` fills up with
    the best scores below the threshold. `min_precision` (0..1) drops tags whose published precision is lower; tags of
    unknown precision stay. `order` is one of `ORDERS`.
    """

    threshold: float = PUBLISHED_THRESHOLD
    category_thresholds: Mapping[str, float] = field(default_factory=dict)
    tag_thresholds: Mapping[str, float] = field(default_factory=dict)
    categories: tuple[str, ...] = CATEGORIES
    max_tags: int = 0
    min_tags: int = 0
    min_precision: float = 0.0
    order: str = "score"

    def __post_init__(self) -> None:
        for name, value in {"threshold": self.threshold, "min_precision": self.min_precision}.items():
            check_unit(name, value)
        for category, value in self.category_thresholds.items():
            check_choice("category", category, CATEGORIES)
            check_unit(f"{category} threshold", value)
        for name, value in self.tag_thresholds.items():
            check_unit(f"{name} threshold", value)
        for category in self.categories:
            check_choice("category", category, CATEGORIES)
        check_choice("order", self.order, ORDERS)
        for name, value in {"max_tags": self.max_tags, "min_tags": self.min_tags}.items():
            check_number(name, value, minimum=0, whole=True)
            object.__setattr__(self, name, int(value))
        if 0 < self.max_tags < self.min_tags:
            raise SettingError(f"min_tags {self.min_tags} is more than max_tags {self.max_tags}")

    def thresholds(self, vocabulary: Vocabulary) -> npt.NDArray[np.float32]:
        """Return each tag's threshold [T] float32, 0..1: its own, else its category's, else that of all."""
        return _facts(vocabulary).thresholds(self)

    def choose(self, scores: Scores) -> list[ScoredTag]:
        """Choose from one picture's scores."""
        values = scores.values
        allowed = _facts(scores.vocabulary).allowed(self.categories, self.min_precision)
        over = values > self.thresholds(scores.vocabulary)
        chosen = np.flatnonzero(over & allowed)
        if len(chosen) < self.min_tags:
            candidates = np.flatnonzero(allowed)
            chosen = candidates[_best(values[candidates], self.min_tags)]
        if self.max_tags:
            chosen = chosen[_best(values[chosen], self.max_tags)]
        by_score = chosen[np.argsort(-values[chosen], kind="stable")]
        return arrange(scores.at(by_score.tolist()), self.order)

    def near_misses(self, scores: Scores, count: int) -> list[ScoredTag]:
        """Return the best `count` tags that `choose` leaves out although their categories are asked for, best first."""
        allowed = _facts(scores.vocabulary).allowed(self.categories, self.min_precision).copy()
        allowed[[one.tag.index for one in self.choose(scores)]] = False
        candidates = np.flatnonzero(allowed)
        return scores.at(candidates[_best(scores.values[candidates], count)].tolist())


def those_over(threshold: float, character_threshold: float) -> Selection:
    """Return the choice of all tags whose score is greater than a threshold, 0..1; 0 for characters means the same.

    Raises:
        SettingError: a threshold is out of its range.
    """
    return Selection(threshold=threshold, category_thresholds={"character": character_threshold or threshold})


def is_over(score: float, threshold: float) -> bool:
    """Say whether one score is greater than a threshold, to the same digit as where all are compared: as float32."""
    return bool(np.float32(score) > np.float32(threshold))


def _best(values: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.intp]:
    return np.argsort(-values, kind="stable")[:count]


class _VocabularyFacts:
    """Keep a vocabulary's categories and precisions as arrays, so that a choice costs no loop over all tags."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._index = {tag.name: tag.index for tag in vocabulary}
        self._category: npt.NDArray[Any] = np.array([CATEGORIES.index(tag.category) for tag in vocabulary])
        self._precision = np.array([1.0 if tag.precision is None else tag.precision for tag in vocabulary])
        self._thresholds: tuple[Selection | None, npt.NDArray[np.float32]] = None, np.zeros(0, dtype=np.float32)
        self._allowed: dict[tuple[tuple[str, ...], float], npt.NDArray[np.bool_]] = {}

    def allowed(self, categories: tuple[str, ...], min_precision: float) -> npt.NDArray[np.bool_]:
        if (categories, min_precision) not in self._allowed:
            of_category = np.isin(np.arange(len(CATEGORIES)), [CATEGORIES.index(name) for name in categories])
            self._allowed = {
                (categories, min_precision): of_category[self._category] & (self._precision >= min_precision)
            }
        return self._allowed[categories, min_precision]

    def thresholds(self, selection: Selection) -> npt.NDArray[np.float32]:
        """Return each tag's threshold; those of the last selection are kept, for thousands of pictures in a row."""
        last, thresholds = self._thresholds
        if last is not selection:
            thresholds = self._thresholds_of(selection)
            self._thresholds = selection, thresholds
        return thresholds

    def _thresholds_of(self, selection: Selection) -> npt.NDArray[np.float32]:
        by_category, by_tag = selection.category_thresholds, selection.tag_thresholds
        wanted = np.array([by_category.get(name, selection.threshold) for name in CATEGORIES], dtype=np.float32)
        thresholds: npt.NDArray[np.float32] = wanted[self._category]
        known = [name for name in by_tag if name in self._index]
        thresholds[[self._index[name] for name in known]] = [by_tag[name] for name in known]
        return thresholds


@lru_cache(maxsize=4)
def _facts(vocabulary: Vocabulary) -> _VocabularyFacts:
    return _VocabularyFacts(vocabulary)
