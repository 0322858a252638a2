"""Which regular expressions keep a matcher waiting that goes back, and which are made at random?"""

from __future__ import annotations

import itertools
import random

LETTERS = ("a", "[a-c]", "[^b]", r"\w", ".", "[а-я]", "[一-龥]", "é", r"[^\W\d]", "(?:a|k)")
"""What is repeated: letters, sets within and beyond ASCII, and what matches the same in two ways."""

SHAPES = (
    "({0}+)+!", "({0}*)*!", "({0}+ ?)+!", "({0}|{0})*!", "({0}|{0}{0})+!", "({0}?){{40}}{0}{{40}}!", "(?:{0}+?)+?!",
    "{0}*{0}*{0}*{0}*{0}*{0}*!", "(?=({0}+)+!){0}*", "(?!({0}+)+!)({0}*)*!", "(?:(?=(?:(?={0}*!){0})*!){0})*!",
    "(?:(?=(?:(?=(?:(?={0}*!){0})*!){0})*!){0})*!", "(({0}{{1,9}}){{1,9}}){{1,9}}!", "(.*{0}){{25}}!",
    "(({0}+)*)*(({0}+)*)*!", "(?:(?<={0})|{0})*!", r"(?:\b{0}*|{0}?)*!", "({0}*,)*({0}*;)*!", "^(({0})+.)+[A-Z]({0})+$",
    "(?i:({0}+)+)!", "({0}{{1,4000}}){{1,4000}}!",
)  # fmt: skip

HOSTILE = [shape.format(letter) for shape, letter in itertools.product(SHAPES, LETTERS)]
NAMES = [
    "a" * 100, "a" * 99 + "!", "ab" * 50, "a " * 50, "я" * 100, "龥" * 99 + "?", "é" * 100, "ak" * 50, "!" * 100,
    "abc " * 25,
]  # fmt: skip

_LEAVES = ("a", "b", "x", " ", ".", r"\w", r"\d", "[ab]", "[^a]", "[а-я]", r"\b", "^", "$", "é", "k", "_")
_AROUND = ("({0})", "(?:{0})*", "(?:{0})+", "(?:{0})?", "(?:{0}){{2}}", "(?:{0}){{1,3}}", "(?:{0})*?", "(?={0})",
           "(?!{0})")  # fmt: skip


def random_patterns(count: int, seed: int) -> list[str]:
    """Return patterns that Python reads, made of a few parts each; the same for the same seed."""
    dice = random.Random(seed)
    return [_random_pattern(dice, 4) for _ in range(count)]


def _random_pattern(dice: random.Random, depth: int) -> str:
    kind = dice.random() if depth else 0.0
    if kind < 0.35:
        return dice.choice(_LEAVES)
    if kind < 0.6:
        return _random_pattern(dice, depth - 1) + _random_pattern(dice, depth - 1)
    if kind < 0.7:
        return f"({_random_pattern(dice, depth - 1)}|{_random_pattern(dice, depth - 1)})"
    return dice.choice(_AROUND).format(_random_pattern(dice, depth - 1))
