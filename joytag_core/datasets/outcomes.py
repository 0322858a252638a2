"""Which scores had the pictures that deserve a tag, and which those that do not?

Scores below the floor of what is kept count as 0: they stand last, together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Hold one tag's scores, best first, [n] in 0..1, and whether each picture deserves the tag, [n].

    `pictures` is the number of all pictures, `positives` of those that deserve the tag; those that are not among the n
    have the score 0. Several tags' outcomes may be pooled: `pictures` counts pairs of picture and tag then.
    """

    scores: npt.NDArray[Any]
    deserved: npt.NDArray[np.bool_]
    pictures: int
    positives: int

    @classmethod
    def of(cls, scores: npt.NDArray[Any], deserved: npt.NDArray[np.bool_]) -> Outcomes:
        """Sort every picture's score [N] and whether it deserves the tag [N]."""
        order = np.argsort(-scores, kind="stable")
        return cls(scores[order], deserved[order], len(scores), int(deserved.sum()))

    @classmethod
    def pooled(cls, several: list[Outcomes]) -> Outcomes:
        """Put the outcomes of several tags together."""
        scores = np.concatenate([one.scores for one in several]) if several else np.zeros(0, dtype=np.float32)
        deserved = np.concatenate([one.deserved for one in several]) if several else np.zeros(0, dtype=bool)
        order = np.argsort(-scores, kind="stable")
        pictures, positives = sum(one.pictures for one in several), sum(one.positives for one in several)
        return cls(scores[order], deserved[order], pictures, positives)

    def counts(self, threshold: float) -> Counts:
        """Return how a threshold does: a tag is said where its score is greater."""
        said = int(np.searchsorted(-self.scores, -np.float32(threshold), side="left"))
        hits = int(self.deserved[:said].sum())
        return Counts(hits, said - hits, self.positives - hits)

    @cached_property
    def steps(self) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
        """Return for each distinct score, best first: how many are at least that, true positives, the score [k].

        Equal scores are one step: they stand or fall together. The pictures that have the score 0 are the last.
        """
        ends = np.flatnonzero(np.diff(self.scores)) + 1 if len(self.scores) else np.zeros(0, dtype=np.intp)
        said = np.append(ends, len(self.scores)) if len(self.scores) else ends
        hits = np.append(0, np.cumsum(self.deserved))[said].astype(np.float64)
        values = self.scores[said - 1].astype(np.float64)
        if len(self.scores) < self.pictures:
            if len(values) and values[-1] == 0.0:
                said, hits, values = said[:-1], hits[:-1], values[:-1]
            said, hits = np.append(said, self.pictures), np.append(hits, self.positives)
            values = np.append(values, 0.0)
        return said, hits, values

    @property
    def average_precision(self) -> float:
        """Return the precision at each distinct score, weighted by the recall that it adds; NaN without positives."""
        if not self.positives:
            return float("nan")
        said, hits, _ = self.steps
        return float(np.sum(np.diff(hits, prepend=0.0) / self.positives * (hits / said)))

    def best_threshold(self) -> float:
        """Return the threshold with the highest F1, of equally good ones the highest; 1 where nothing is worth saying.

        It lies in the middle between the last score that is said and the next one.
        """
        said, hits, values = self.steps
        is_kept = values > 0.0
        if not self.positives or not is_kept.any():
            return 1.0
        f1 = 2 * hits[is_kept] / (said[is_kept] + self.positives)
        best = int(f1.argmax())
        if f1[best] == 0.0:
            return 1.0
        below = values[best + 1] if best + 1 < len(values) else 0.0
        return _between(float(values[best]), float(below))


@dataclass(frozen=True, slots=True)
class Counts:
    """Count true positives, false positives and false negatives, and what follows from them (0..1)."""

    hits: int
    alarms: int
    misses: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.alarms + other.alarms, self.misses + other.misses)

    @property
    def support(self) -> int:
        """Return how many deserve the tag."""
        return self.hits + self.misses

    @property
    def precision(self) -> float:
        """Return the share of what is said that is true; 0 where nothing is said."""
        return _ratio(self.hits, self.hits + self.alarms)

    @property
    def recall(self) -> float:
        """Return the share of what is true that is said; 0 where nothing is true."""
        return _ratio(self.hits, self.support)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return _ratio(2 * self.hits, 2 * self.hits + self.alarms + self.misses)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _between(above: float, below: float) -> float:
    """Return a number between two, with as few digits as leave it there."""
    middle = (above + below) / 2
    for digits in range(2, 7):
        rounded = round(middle, digits)
        if below <= rounded < above and rounded > 0.0:
            return rounded
    return middle
