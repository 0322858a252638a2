"""How strongly does each tag of a vocabulary hold for one picture?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .scored_tag import ScoredTag
from .selection import Selection
from .vocabulary import Vocabulary

_Default = TypeVar("_Default")


class TagScores:
    """Hold one picture's scores over a vocabulary: `values` [T] float32 0..1, in the vocabulary's order.

    It can be asked as a mapping from names to scores, but for `values`, which is the array.
    """

    def __init__(self, vocabulary: Vocabulary, values: npt.ArrayLike) -> None:
        """Take a vocabulary of T tags and T scores.

        Raises:
            ValueError: there are more or fewer scores than tags.
        """
        self.vocabulary = vocabulary
        self.values: npt.NDArray[np.float32] = np.array(values, dtype=np.float32)  # a copy: the caller keeps theirs
        if self.values.shape != (len(vocabulary),):
            raise ValueError(f"scores of shape {self.values.shape} for {len(vocabulary)} tags; expected one a tag")
        self.values.flags.writeable = False

    def __getitem__(self, name: str) -> float:
        """Return the score of a tag, old or current name, however written.

        Raises:
            KeyError: the vocabulary has no such tag.
        """
        tag = self.vocabulary.find(name)
        if tag is None:
            raise KeyError(name)
        return float(self.values[tag.index])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.vocabulary.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        """Go through the model's own names, in the vocabulary's order."""
        return iter(self.vocabulary.names)

    def __len__(self) -> int:
        return len(self.values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TagScores):
            return np.array_equal(self.values, other.values) and self.vocabulary.names == other.vocabulary.names
        return dict(self.items()) == other if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[TagScores], tuple[Vocabulary, npt.NDArray[np.float32]]]:
        return TagScores, (self.vocabulary, self.values)

    def keys(self) -> tuple[str, ...]:
        """Return the model's own names, in the vocabulary's order."""
        return self.vocabulary.names

    def items(self) -> Iterator[tuple[str, float]]:
        """Go through names and scores, in the vocabulary's order."""
        return zip(self.vocabulary.names, self.values.tolist(), strict=True)

    def get(self, name: str, default: _Default | None = None) -> float | _Default | None:
        """Return the score of a tag, old or current name, however written; `default` where there is no such tag."""
        tag = self.vocabulary.find(name)
        return default if tag is None else float(self.values[tag.index])

    def __repr__(self) -> str:
        best = ", ".join(f"{item.name} {item.score:.2f}" for item in self.top(3))
        return f"TagScores({len(self)} tags; {best}, ...)"

    def as_dict(self) -> dict[str, float]:
        """Return every tag's score by the model's name, best first."""
        return {item.name: item.score for item in self.top(len(self))}

    def top(self, count: int) -> list[ScoredTag]:
        """Return the `count` highest-scored tags, best first, whatever their scores."""
        return self.at(np.argsort(-self.values, kind="stable")[: max(count, 0)].tolist())

    def at(self, indices: Iterable[int]) -> list[ScoredTag]:
        """Return the tags at some places of the vocabulary with their scores, in the order of the places."""
        places = list(indices)
        scores = self.values[places].tolist() if places else ()
        return [ScoredTag(self.vocabulary[place], score) for place, score in zip(places, scores, strict=True)]

    def select(self, selection: Selection | None = None, **settings: Any) -> list[ScoredTag]:
        """Return the tags that a `Selection` chooses, with its fields given as keywords over it.

        Raises:
            SettingError: a setting is out of its range.
        """
        chosen = selection or Selection()
        return (replace(chosen, **settings) if settings else chosen).choose(self)
