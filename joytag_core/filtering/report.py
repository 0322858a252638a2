"""What has gone from a prompt so far, and by which rule?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..prompts.items import Item
from .result import Dropped, Replaced


class Report:
    """Take items out of lists, unless they are protected, and remember why."""

    def __init__(self, name_of: Callable[[Item], str], is_protected: Callable[[Item], bool]) -> None:
        """Take how an item is named in the report, and what no rule may drop."""
        self.dropped: list[Dropped] = []
        self.replaced: list[Replaced] = []
        self.name_of = name_of
        self.is_protected = is_protected

    def drop(self, item: Item, rule: str) -> None:
        """Remember that a rule drops an item."""
        self.dropped.append(Dropped(self.name_of(item), rule))

    def replace(self, item: Item, rule: str) -> None:
        """Remember that a rule puts something else in an item's place."""
        self.replaced.append(Replaced(self.name_of(item), rule))

    def without(self, items: list[Item], reasons: Iterable[tuple[Item, str]]) -> list[Item]:
        """Return the items without those that have a reason to go and are not protected."""
        gone = set()
        for item, reason in reasons:
            if not self.is_protected(item):
                gone.add(id(item))
                self.drop(item, reason)
        return [item for item in items if id(item) not in gone] if gone else items

    def drop_all(self, items: Sequence[Item], rule: str) -> None:
        """Remember that a rule drops some items."""
        for item in items:
            self.drop(item, rule)
