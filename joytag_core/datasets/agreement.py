"""How far do scores of the same pictures differ between two ways to compute them?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ..tags.scores import TagScores


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold one tag of one picture with its score, 0..1, in both ways."""

    picture: str
    tag: str
    exact: float
    other: float


@dataclass
class Agreement:
    """Gather how far the scores of `other` are from those of `exact`, and which tags change at a threshold, 0..1."""

    threshold: float
    pictures: int = 0
    same_pictures: int = 0
    """How many pictures have the very same tags in both ways."""
    both: int = 0
    """How many tags, over all pictures, are over the threshold in both ways."""
    changed: list[Difference] = field(default_factory=list)
    """Every tag that is over the threshold in one way alone."""
    largest: Difference | None = None
    mean: float = 0.0
    """The mean absolute difference over all scores."""

    def add(self, picture: str, exact: TagScores, other: TagScores) -> None:
        """Count one picture's scores, of the same vocabulary, in."""
        distance = np.abs(exact.values.astype(np.float64) - other.values)
        self.pictures += 1
        self.mean += (float(distance.mean()) - self.mean) / self.pictures
        farthest = self._difference(picture, exact, other, int(distance.argmax()))
        if self.largest is None or _size(farthest) > _size(self.largest):
            self.largest = farthest
        over, other_over = exact.values > self.threshold, other.values > self.threshold
        changed = np.flatnonzero(over != other_over).tolist()
        self.both += int((over & other_over).sum())
        self.same_pictures += not changed
        self.changed += [self._difference(picture, exact, other, index) for index in changed]

    @property
    def share(self) -> float:
        """Return the share, 0..1, of all tags over the threshold in either way that are so in both."""
        total = self.both + len(self.changed)
        return 1.0 if total == 0 else self.both / total

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return asdict(self) | {"share": self.share}

    def _difference(self, picture: str, exact: TagScores, other: TagScores, index: int) -> Difference:
        return Difference(picture, exact.vocabulary[index].name, float(exact.values[index]), float(other.values[index]))


def _size(difference: Difference) -> float:
    return abs(difference.exact - difference.other)
