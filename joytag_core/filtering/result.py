"""What does a Tag Filter give back?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Dropped(NamedTuple):
    """Pair an item with the rule that dropped it."""

    item: str
    rule: str


class Replaced(NamedTuple):
    """Pair an item with the rule that put something else in its place."""

    item: str
    rule: str


@dataclass(frozen=True, slots=True)
class FilterResult:
    """Hold the text for the target, the names that remain (no escapes, no weights), what rules dropped or replaced."""

    text: str
    tags: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    replaced: tuple[Replaced, ...] = ()

    def explain(self) -> str:
        """Return a line for each dropped item: the item and the rule that dropped it."""
        width = max((len(item) for item, _ in self.dropped), default=0)
        return "\n".join(f"{item:{width}}  {rule}" for item, rule in self.dropped)
