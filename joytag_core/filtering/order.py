"""In which order do items stand, when some of them have to stay where they are?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from ..prompts.items import Item
from ..tags.ordering import prompt_rank

_LAST = float("inf")

_KEYS: dict[str, Callable[[Item], tuple[float | str, ...]]] = {
    "score": lambda item: (_LAST if item.score is None else -item.score,),
    "alphabetical": lambda item: (item.facts.key,),
    "vocabulary": lambda item: (_LAST if item.facts.tag is None else item.facts.tag.index,),
    "prompt": lambda item: (_rank(item), -(item.score or 0.0)),
}


def arranged(items: Sequence[Item], order: str) -> list[Item]:
    """Sort the tags of a region by one of `ORDERS`; equals keep their places.

    A verbatim piece keeps its place in the row, and nothing crosses a comment.
    """
    if order == "given":
        return list(items)
    segment = itertools.accumulate(item.role == "comment" for item in items)
    rows = itertools.groupby(zip(segment, items, strict=True), key=lambda row: row[0])
    return [item for _, row in rows for item in _arranged_row([item for _, item in row], order)]


def _arranged_row(row: Sequence[Item], order: str) -> list[Item]:
    movable = iter(sorted((item for item in row if not _stays(item)), key=_KEYS[order]))
    return [item if _stays(item) else next(movable) for item in row]


def _stays(item: Item) -> bool:
    """Say whether an item keeps its place: a verbatim piece, or a tag that a full stop ends a list with."""
    return item.verbatim or bool(item.stop)


def _rank(item: Item) -> int:
    facts = item.facts
    category = "artist" if facts.artist else "character" if facts.is_character else ""
    return prompt_rank(facts.tag, key=facts.key, category=category)
