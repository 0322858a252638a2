"""Which items are the same tag, and what remains of them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..prompts.items import Group, Item


def identity(item: Item, names: str) -> str:
    """Return what two items share that are the same tag once written; a verbatim piece is only ever itself."""
    if item.verbatim:
        return f"\0{item.text}"
    return item.facts.current_key if names == "current" else item.facts.model_key


def merged(items: Sequence[Item], target: str, names: str) -> tuple[list[Item], list[Item]]:
    """Return each tag once, at its first place with its highest weight and score, and the others."""
    kept: dict[str, int] = {}
    done: list[Item] = []
    again: list[Item] = []
    for item in items:
        key = identity(item, names)
        if item.verbatim or key not in kept:
            kept.setdefault(key, len(done))
            done.append(item)
            continue
        first = done[kept[key]]
        if weight_of(item.groups, target) > weight_of(first.groups, target):
            # The heavier brackets move along whole, so that a tag is never wrapped twice.
            first = replace(first, groups=item.groups)
        if item.score is not None and (first.score is None or item.score > first.score):
            first = replace(first, score=item.score)
        done[kept[key]] = first
        again.append(item)
    return done, again


def weight_of(groups: Sequence[Group], target: str) -> float:
    """Return the weight that brackets give: A1111 multiplies nested ones, in ComfyUI an explicit one stands alone."""
    weight = 1.0
    for group in groups:
        if group.weight is not None:
            weight = group.weight if target == "comfyui" else weight * group.weight
        elif group.opening == "(":
            weight *= 1.1
        elif group.opening == "[" and target != "comfyui":
            weight /= 1.1
    return weight
