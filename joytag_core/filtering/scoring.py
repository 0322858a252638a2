"""Which score does a written tag have?"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

from ..errors import SettingError
from ..prompts.items import Item
from ..tags.names import NameIndex


class ScoreLookup:
    """Find scores by tag name, old or current, however either side is written."""

    def __init__(self, scores: Mapping[str, float], index: NameIndex) -> None:
        """Take scores in 0..1.

        Raises:
            SettingError: they are none.
        """
        if not isinstance(scores, Mapping) or not all(map(_is_score, scores.items())):
            raise SettingError("scores are no scores by name; expected numbers from 0 to 1, such as {'smile': 0.9}")
        self._scores = scores
        self._index = index
        self._by_key: dict[str, float] | None = None

    def score(self, item: Item) -> float | None:
        """Return an item's score, None where it has none."""
        tag = item.facts.tag
        exact = self._scores.get(tag.name if tag is not None else item.text)
        if exact is not None:
            return float(exact)
        if self._by_key is None:
            self._by_key = {self._key(name): float(score) for name, score in self._scores.items()}
        return self._by_key.get(item.facts.model_key)

    def _key(self, name: str) -> str:
        return self._index.facts(name).model_key


def _is_score(pair: tuple[object, object]) -> bool:
    name, score = pair
    # Floats first: to ask whether something is any kind of number takes long, for thousands of scores.
    is_number = isinstance(score, float) or (isinstance(score, Real) and not isinstance(score, bool))
    return isinstance(name, str) and is_number and 0.0 <= score <= 1.0  # type: ignore[operator]
