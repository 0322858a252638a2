"""How good are a model's tags on pictures whose true tags are known?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..captions.scoring import Found
from ..tags.names import name_index
from ..tags.vocabulary import CATEGORIES, Tag, Vocabulary
from .outcomes import Counts, Outcomes


@dataclass(frozen=True, slots=True)
class TagQuality:
    """Say how good one tag is: its counts at its threshold, and its average precision over all thresholds."""

    tag: Tag
    threshold: float
    counts: Counts
    average_precision: float


@dataclass(frozen=True, slots=True)
class Averages:
    """Average over some tags: micro over all pictures and tags alike, macro as the mean of the tags' figures."""

    tags: int
    micro: Counts
    precision: float
    recall: float
    f1: float
    average_precision: float

    @classmethod
    def of(cls, qualities: Sequence[TagQuality]) -> Averages:
        """Average tags; macro figures are NaN where there is none."""
        count = len(qualities)

        def mean(values: Iterable[float]) -> float:
            return math.fsum(values) / count if count else float("nan")

        return cls(
            tags=count,
            micro=sum((one.counts for one in qualities), Counts(0, 0, 0)),
            precision=mean(one.counts.precision for one in qualities),
            recall=mean(one.counts.recall for one in qualities),
            f1=mean(one.counts.f1 for one in qualities),
            average_precision=mean(one.average_precision for one in qualities),
        )


@dataclass
class Evaluation:
    """Gather scores and true tags, picture by picture, and measure.

    True tags may be written in any spelling, with old or current names. With `implied`, what a true tag implies is true
    as well, as in the model's own training and report.
    """

    vocabulary: Vocabulary
    implied: bool = True
    pictures: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with no picture."""
        self._columns: list[npt.NDArray[np.int32]] = []
        self._scores: list[npt.NDArray[np.float32]] = []
        self._deserved: list[npt.NDArray[np.bool_]] = []
        self._positives = np.zeros(len(self.vocabulary), dtype=np.int64)
        self._outcomes: dict[int, Outcomes] | None = None

    def add(self, found: Found, true_tags: Iterable[str]) -> None:
        """Take one picture's scores and the names of its true tags; names that the model does not know are counted."""
        deserved = np.zeros(len(self.vocabulary), dtype=bool)
        deserved[list(self._indexes(true_tags))] = True
        (columns,) = np.nonzero(found.scores)
        self._columns.append(columns.astype(np.int32))
        self._scores.append(found.scores[columns])
        self._deserved.append(deserved[columns])
        self._positives += deserved
        self.pictures += 1
        self._outcomes = None

    def outcomes(self, index: int) -> Outcomes:
        """Return one tag's outcomes."""
        if self._outcomes is None:
            self._outcomes = self._sorted()
        none = np.zeros(0, dtype=np.float32)
        empty = Outcomes(none, none.astype(bool), self.pictures, int(self._positives[index]))
        return self._outcomes.get(index, empty)

    def measured(self) -> list[Tag]:
        """Return the tags that some picture deserves: only of these anything can be said."""
        return [tag for tag in self.vocabulary if self._positives[tag.index]]

    def qualities(self, thresholds: npt.NDArray[Any]) -> list[TagQuality]:
        """Measure every tag that some picture deserves, at thresholds [T] in 0..1."""
        found = []
        for tag in self.measured():
            outcomes, threshold = self.outcomes(tag.index), float(thresholds[tag.index])
            found.append(TagQuality(tag, threshold, outcomes.counts(threshold), outcomes.average_precision))
        return found

    def _indexes(self, names: Iterable[str]) -> set[int]:
        index = name_index(self.vocabulary)
        found: set[int] = set()
        for name in names:
            tag = index.facts(name).tag
            if tag is None:
                self.unknown[name] += 1
                continue
            found.add(tag.index)
            if self.implied:
                above = (self.vocabulary.find(parent) for parent in self.vocabulary.ancestors(tag.name))
                found.update(parent.index for parent in above if parent is not None)
        return found

    def _sorted(self) -> dict[int, Outcomes]:
        if not self._columns:
            return {}
        columns, scores = np.concatenate(self._columns), np.concatenate(self._scores)
        order = np.lexsort((-scores, columns))
        columns, scores, deserved = columns[order], scores[order], np.concatenate(self._deserved)[order]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        ends = np.append(starts[1:], len(columns))
        return {
            int(columns[start]): Outcomes(
                scores[start:end], deserved[start:end], self.pictures, int(self._positives[columns[start]])
            )
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        }


def by_category(qualities: Sequence[TagQuality]) -> Mapping[str, Averages]:
    """Return the averages over each category that occurs, and over all tags under `all`."""
    found = {name: [one for one in qualities if one.tag.category == name] for name in CATEGORIES}
    averages = {name: Averages.of(some) for name, some in found.items() if some}
    return averages | {"all": Averages.of(qualities)}
