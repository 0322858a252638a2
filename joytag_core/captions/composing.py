"""Which caption do one picture's scores and the caption that is there make?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..filtering.tag_filter import TagFilter
from ..prompts.merging import said_in
from ..settings.interrogation import Interrogation
from ..tags.names import name_index
from ..tags.scores import TagScores
from ..tags.selection import Selection
from ..tags.vocabulary import CATEGORIES, Vocabulary
from .combining import TARGET, combine, combine_keywords, split_end, split_fixed, with_triggers
from .naming import folder_trigger
from .packing import FLOOR


@dataclass(frozen=True, slots=True)
class Tags:
    """Hold the tags for one picture: as text and as names, trigger words not among them."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Make captions: choose and filter tags, combine them with what is there, put trigger words first.

    `allowed` are the tags that are common enough, by index; None where all are.
    """

    interrogation: Interrogation
    vocabulary: Vocabulary
    how: str = "overwrite"
    triggers: tuple[str, ...] = ()
    folder_triggers: bool = False
    keep_separator: str = ""
    allowed: npt.NDArray[np.bool_] | None = None

    def chosen(self, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
        """Return the indexes of the tags that pass the thresholds, before any rule, of scores [T]."""
        found = self._selection.choose(TagScores(self.vocabulary, scores))
        return np.array([item.tag.index for item in found], dtype=np.intp)

    def tags(self, scores: npt.NDArray[np.float32], said: Collection[str] = ()) -> Tags:
        """Return the tags for scores [T], chosen, filtered and written, without the names `said` already."""
        if self.allowed is not None:
            scores = np.where(self.allowed, scores, np.float32(0.0))
        chosen = self._selection.choose(TagScores(self.vocabulary, scores))
        result = self.interrogation.tag_filter.apply_scored(
            # Filling up to the least number may reach tags whose scores were too low to be kept.
            [item for item in chosen if item.score > 0.0],
            vocabulary=self.vocabulary,
            threshold=self.interrogation.selection.threshold,
            said=said,
        )
        return Tags(result.text, result.tags)

    def caption(self, picture: Path, scores: npt.NDArray[np.float32], existing: str | None) -> str:
        """Return the text of a picture's caption; `existing` is what is there, None where nothing is."""
        new = "" if existing is not None and self.how == "prune" else self.tags(scores, self._said(existing)).text
        triggers = self._triggers(picture)
        if existing is None:
            return with_triggers(new, triggers, self.keep_separator, self.vocabulary)
        fixed, free = split_fixed(existing, self.keep_separator) if self.how != "overwrite" else ("", existing)
        free, end = split_end(free, self.keep_separator) if fixed else (free, "")
        text = fixed + combine(free, new, how=self.how, is_shown=self._judge(scores, free), vocabulary=self.vocabulary)
        text = text.rstrip() + end
        return with_triggers(text, triggers, self.keep_separator, self.vocabulary)

    def keywords(self, picture: Path, scores: npt.NDArray[np.float32], existing: Sequence[str]) -> list[str]:
        """Return a picture's keywords, for formats that keep a list; `existing` may be empty."""
        new = self.tags(scores).names
        how = self.how if existing or self.how == "prune" else "overwrite"
        if not existing and how == "prune":
            how = "overwrite"
        is_shown = self._judge(scores, "\n".join(existing))
        found = combine_keywords(existing, new, how=how, is_shown=is_shown, vocabulary=self.vocabulary)
        first = self._triggers(picture)
        index = name_index(self.vocabulary)
        keys = {index.facts(name).model_key for name in first}
        return [*first, *(name for name in found if index.facts(name).model_key not in keys)]

    def _said(self, existing: str | None) -> Collection[str]:
        """Return what a caption that stays says already, whatever separates it and the new tags."""
        stays = existing is not None and self.how in ("prepend", "append", "merge")
        return said_in(existing or "", target=TARGET, vocabulary=self.vocabulary) if stays else ()

    def _triggers(self, picture: Path) -> tuple[str, ...]:
        own = folder_trigger(picture) if self.folder_triggers else ""
        return (*self.triggers, own) if own and own not in self.triggers else self.triggers

    def _judge(self, scores: npt.NDArray[np.float32], existing: str) -> _Judge:
        protected = self._protected(existing) if self.how == "prune" else frozenset()
        return _Judge(self, scores, protected)

    def _protected(self, existing: str) -> frozenset[str]:
        rules = self.interrogation.tag_filter
        if not str(rules.protect).strip():
            return frozenset()
        only = TagFilter(keep_only=rules.protect, target=TARGET, spaces=False, lists_folder=rules.lists_folder)
        index = name_index(self.vocabulary)
        return frozenset(index.facts(name).model_key for name in only.apply(existing, vocabulary=self.vocabulary).tags)

    @cached_property
    def _selection(self) -> Selection:
        """Return which tags are chosen; made once, for lists of measured thresholds are long."""
        return self.interrogation.selection_for(self.vocabulary)

    @cached_property
    def judging(self) -> Selection:
        """Return what judges tags that are there already: the thresholds, not which kinds of tags were asked for."""
        return replace(self._selection, categories=CATEGORIES, min_tags=0, max_tags=0, min_precision=0.0)


class _Judge:
    """Say whether a picture shows a tag: its score passes its threshold. Computed only where someone asks."""

    def __init__(self, composer: Composer, scores: npt.NDArray[np.float32], protected: frozenset[str]) -> None:
        self._composer = composer
        self._scores = scores
        self._protected = protected

    def __call__(self, name: str) -> bool:
        facts = name_index(self._composer.vocabulary).facts(name)
        return facts.tag is None or facts.model_key in self._protected or facts.tag.index in self._shown

    @cached_property
    def _shown(self) -> frozenset[int]:
        found = self._composer.judging.choose(TagScores(self._composer.vocabulary, self._scores))
        return frozenset(item.tag.index for item in found)


def check_floor(interrogation: Interrogation) -> None:
    """Refuse thresholds that ask for scores which are not kept.

    Raises:
        SettingError: one is lower than the floor.
    """
    selection = interrogation.selection
    by_pattern = (rule.value for rule in interrogation.threshold_rules())
    lowest = min([selection.threshold, *selection.category_thresholds.values(), *by_pattern])
    if lowest < FLOOR:
        raise SettingError(
            f"a threshold of {lowest:g} needs scores below {FLOOR:g}, which are not kept; use {FLOOR:g} or more, or "
            f"--no-scores"
        )
