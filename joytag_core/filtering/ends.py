"""What is put at the two ends of a prompt, and what of it stands there already?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..prompts.items import Item
from .duplicates import identity


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Hold what is to be added, and what an earlier run, or the person, put at the ends already."""

    first: Sequence[Item]
    last: Sequence[Item]
    before: Sequence[Item]
    after: Sequence[Item]
    names: str

    @property
    def fixed(self) -> list[Item]:
        """Return what will stand at the ends whatever the rules drop."""
        there = {identity(item, self.names) for item in (*self.before, *self.after)}
        new = (item for item in (*self.first, *self.last) if identity(item, self.names) not in there)
        return [*self.before, *new, *self.after]

    def around(self, items: Sequence[Item]) -> list[Item]:
        """Put what is to be added around items, unless it is present anywhere; what stood there already stays."""
        present = {identity(item, self.names) for item in (*self.before, *items, *self.after)}
        head: list[Item] = []
        tail: list[Item] = []
        for added, place in ((self.first, head), (self.last, tail)):
            for item in added:
                if identity(item, self.names) not in present:
                    present.add(identity(item, self.names))
                    place.append(item)
        return [*head, *self.before, *items, *self.after, *tail]


def split_ends(
    items: Sequence[Item], first: Sequence[Item], last: Sequence[Item], names: str
) -> tuple[Ends, list[Item], list[Item]]:
    """Take off what is to be added and stands at an end already; return the ends, the rest, and its duplicates.

    So a second run neither filters nor sorts what the first has added.
    """
    at_first, at_last = ({identity(item, names): item for item in added} for added in (first, last))
    start, end = 0, len(items)
    while start < end and identity(items[start], names) in at_first:
        start += 1
    while end > start and identity(items[end - 1], names) in at_last:
        end -= 1
    # A trigger word is written as given; the weight is the one that the person gave it in the prompt.
    before = [replace(item, text=at_first[identity(item, names)].text, as_given=True) for item in items[:start]]
    after = [replace(item, text=at_last[identity(item, names)].text, as_given=True) for item in items[end:]]
    seen = {identity(item, names) for item in (*before, *after)}
    again = [item for item in items[start:end] if not item.verbatim and identity(item, names) in seen]
    between = [item for item in items[start:end] if item.verbatim or identity(item, names) not in seen]
    return Ends(first, last, before, after, names), between, again
