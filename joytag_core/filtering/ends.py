"""What is put at the two ends of a prompt, and from where else is it taken away?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..prompts.items import Item
from .duplicates import identity, weight_of


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Hold what stands first and last whatever the rules drop, and the items between that the rules are about."""

    first: list[Item]
    last: list[Item]
    between: list[Item]
    again: list[Item]
    """What stood in the text more than once, and stands at an end now."""

    def around(self, items: Sequence[Item]) -> list[Item]:
        """Put the ends around items; the weight of a whole part, with comments behind it, stays behind all of it."""
        end = len(items)
        while end > 0 and items[end - 1].role == "comment":
            end -= 1
        end = end - 1 if end > 0 and items[end - 1].role == "weight" else len(items)
        return [*self.first, *items[:end], *self.last, *items[end:]]


def split_ends(items: Sequence[Item], first: Sequence[Item], last: Sequence[Item], names: str, target: str) -> Ends:
    """Take what is to stand at an end away from where it stands, each once, spelled as it was asked for.

    Brackets that a person put around it in the text come along, unless it was asked for with brackets of its own.
    """
    if not (first or last):
        return Ends([], [], list(items), [])
    asked = {identity(item, names): item for item in reversed([*first, *last])}
    found: dict[str, Item] = {}
    between: list[Item] = []
    again: list[Item] = []
    for item in items:
        key = identity(item, names)
        if item.role or key not in asked:
            between.append(item)
            continue
        if key in found:
            again.append(item)
        if key not in found or weight_of(item.groups, target) > weight_of(found[key].groups, target):
            found[key] = item

    def placed(end: Sequence[Item]) -> list[Item]:
        new = []
        for item in end:
            key = identity(item, names)
            if item.role or asked.pop(key, None) is not None:
                groups = item.groups or (found[key].groups if key in found else ())
                new.append(replace(item, groups=groups, score=found[key].score if key in found else item.score))
        return new

    return Ends(placed(first), placed(last), between, again)
