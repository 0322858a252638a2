"""Does any prompt, rule or tag list raise another error than ours? Run in long form by `python -m tests.fuzz`."""

from __future__ import annotations

from collections import Counter

import numpy as np

from joytag_core.errors import JoyTagError
from joytag_core.filtering.tag_filter import TagFilter
from joytag_core.tags.vocabulary import Vocabulary

_PIECES = (
    "(", ")", "[", "]", "{", "}", "<", ">", "\\", ":", "|", ",", ", ", ";", "\n", "\r\n", "\t", " ", "  ", "->", "=",
    "#", "@", "*", "?", "/", "/(a+)+$/", "!", "~", "-", "__", "BREAK", "AND", "<lora:x:1>", "embedding:x", ":1.2",
    ":-0.5", ":1e999", ":nan", "1girl", "long hair", "black_skirt", "saber_(fate)", "^_^", ":)", "\\(", "category:",
    "group:hair", "set:", "implies:skirt", "@sfw", "\0", "\ufeff", "\u200b", "\u7d75", "\U0001f600", "\ud800",
    "e\u0301", "0", "99",
)  # fmt: skip
_RULES = ("exclude", "keep_only", "protect", "replace", "lists", "add_first", "add_last", "max_per_group", "separator")


def fuzz_texts(count: int, *, seed: int = 0) -> Counter[str]:
    """Filter so many texts, with rules made of the same pieces; count what came of them.

    Raises: whatever is no `JoyTagError`.
    """
    random = np.random.default_rng(seed)
    names = Vocabulary.joytag().names
    found: Counter[str] = Counter()
    tag_filter = TagFilter()
    for number in range(count):
        try:
            if number % 4 == 0:
                rule = str(random.choice(_RULES))
                tag_filter = TagFilter(**{rule: _text(random, names, 8)})
            tag_filter.apply(_text(random, names, 40))
            found["texts"] += 1
        except JoyTagError as error:
            found[type(error).__name__] += 1
    return found


def _text(random: np.random.Generator, names: tuple[str, ...], most: int) -> str:
    parts = []
    for _ in range(random.integers(0, most)):
        pool = names if random.random() < 0.3 else _PIECES
        parts.append(pool[random.integers(len(pool))])
    return "".join(parts)
