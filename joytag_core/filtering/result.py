"""What does a Tag Filter give back?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..tags.vocabulary import Tag, tag_key


class Kept(NamedTuple):
    """Hold an item that remains: its name as written (no escapes, no weight), the tag it means, its score in 0..1.

    `tag` is None where the vocabulary has none, `score` where nobody has scored it.
    """

    name: str
    tag: Tag | None = None
    score: float | None = None


class Dropped(NamedTuple):
    """Pair an item, as it would have been written, with the rule that dropped it."""

    item: str
    rule: str


class Replaced(NamedTuple):
    """Pair an item with the rule that put something else in its place."""

    item: str
    rule: str


@dataclass(frozen=True, slots=True)
class FilterResult:
    """Hold the text for the target, what remains in it, and what rules dropped or replaced.

    `sentences` are those that were left alone, which no rule about tags can name.
    """

    text: str
    kept: tuple[Kept, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the names that remain, as written."""
        return tuple(kept.name for kept in self.kept)

    @property
    def said(self) -> frozenset[str]:
        """Return what the text says, for the `said` of another filter: one name of each tag, however written."""
        return frozenset(tag_key(kept.name if kept.tag is None else kept.tag.name) for kept in self.kept)

    def explain(self) -> str:
        """Return a line for each dropped item: the item and the rule that dropped it."""
        width = max((len(item) for item, _ in self.dropped), default=0)
        return "\n".join(f"{item:{width}}  {rule}" for item, rule in self.dropped)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as every door gives it in JSON.

        `tag` is the model's name and `category` Danbooru's, both None for what the vocabulary does not know; `name` is
        the tag as written; `score` (0..1) has four decimals, None where there is none.
        """
        return {
            "text": self.text,
            "tags": [_described(kept) for kept in self.kept],
            "dropped": [{"tag": item, "rule": rule} for item, rule in self.dropped],
            "replaced": [{"tag": item, "rule": rule} for item, rule in self.replaced],
            "sentences": list(self.sentences),
        }


def _described(kept: Kept) -> dict[str, Any]:
    tag, score = kept.tag, kept.score
    return {
        "tag": None if tag is None else tag.name,
        "name": kept.name,
        "score": None if score is None else round(score, 4),
        "category": None if tag is None else tag.category,
    }
