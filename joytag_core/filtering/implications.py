"""Which tags say nothing more beside another, because one implies the other?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..prompts.items import Item
    from ..tags.vocabulary import Vocabulary

IMPLICATIONS = ("off", "specific", "general")
"""Keep both; drop what another tag implies; drop what implies another tag."""


def redundant(items: Sequence[Item], vocabulary: Vocabulary, implications: str) -> Iterator[tuple[Item, Item]]:
    """Yield each item that goes under one of `IMPLICATIONS`, with the item that makes it superfluous."""
    if implications == "off":
        return
    by_name = {item.facts.tag.name: item for item in items if item.facts.tag is not None}
    because: dict[str, Item] = {}
    for child, item in by_name.items():
        for parent in sorted(filter(by_name.__contains__, vocabulary.ancestors(child))):
            if implications == "specific":
                because.setdefault(parent, item)
            else:
                because.setdefault(child, by_name[parent])
    for item in items:
        if item.facts.tag is not None and item.facts.tag.name in because:
            yield item, because[item.facts.tag.name]
