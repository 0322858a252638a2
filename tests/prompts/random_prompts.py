"""Which prompts are made at random from the grammar of the hosts, and what do two readings of one have in common?"""

from __future__ import annotations

import itertools
import random
import re
from typing import NamedTuple

from joytag_core import TagFilter

TAGS = ("hat", "blue sky", "1girl", "looking at viewer", "smile", "long hair", "cat", "night", "my words", ":3", "^_^",
        "score_9", "red dress", r"saber \(fate\)")  # fmt: skip
EXCLUDED = "cat"
COUNT = 300
SEED = 15

_PIECE = re.compile(r",|\b(?:BREAK|AND)\b")


class Reading(NamedTuple):
    """Hold a prompt, what the filter makes of it without rules, and without one tag."""

    text: str
    kept: str
    less: str


def readings(target: str, count: int = COUNT, seed: int = SEED) -> list[Reading]:
    """Return random prompts for a target; the same for the same seed."""
    dice = random.Random(f"{target} {seed}")
    plain = TagFilter(target=target, duplicates="keep", spaces=False)
    without = TagFilter(target=target, duplicates="keep", spaces=False, exclude=EXCLUDED)
    texts = [_prompt(dice, target) for _ in range(count)]
    return [Reading(text, plain.apply(text).text, without.apply(text).text) for text in texts]


def _prompt(dice: random.Random, target: str) -> str:
    parts = [_plain_end(_list(dice, target, depth=2)) for _ in range(dice.choice((1, 1, 2, 3)))]
    words = dice.choice((" BREAK ", " AND ", ", BREAK, ", " BREAK\n")) if target == "a1111" else " BREAK "
    if "AND" in words:
        parts = [f"{part} :{dice.choice(('0.8', '1.2'))}" if dice.random() < 0.5 else part for part in parts]
    return words.join(parts)


def _list(dice: random.Random, target: str, depth: int) -> str:
    items = [_item(dice, target, depth) for _ in range(dice.randint(1, 5))]
    between = (", ", ", ", ",", " ,  ", ",\n", *([", # cat, (note\n"] if target == "a1111" else []))
    return "".join(item + (dice.choice(between) if at < len(items) - 1 else "")
                   for at, item in enumerate(items))  # fmt: skip


def _item(dice: random.Random, target: str, depth: int) -> str:
    kind = dice.random()
    if kind < 0.55 or not depth:
        return dice.choice(TAGS)
    if kind < 0.7:
        weight = dice.choice(("1.1", "0.9", "1.25", ".5"))
        before, between, after = (dice.choice(("", "", "\n")) for _ in range(3))
        return f"({_list(dice, target, depth - 1)}{before}:{between}{weight}{after})"
    if kind < 0.8:
        return f"({_plain_end(_list(dice, target, depth - 1))})"
    if kind < 0.9 and target == "a1111":
        inside = _plain_end(_list(dice, target, depth - 1))
        return f"[{inside}]" if "|" not in inside else inside  # with a bar it would be [a|b], and verbatim
    network = "<lora:some_name:0.8>" if target == "a1111" else dice.choice(TAGS)
    pair = f"({dice.choice(TAGS[:9])}:1.2)({dice.choice(TAGS[:9])}:1.1)"
    return dice.choice((pair, network, "__hat__", "__a/b_c__", "{red|blue} hat"))


def _plain_end(text: str) -> str:
    """End by a word what must not end with `:3`: hosts read that as a weight there, and the filter mends it."""
    return f"{text}, sun" if text.endswith(":3") else text


def pieces(parsed: list[list[object]]) -> list[tuple[str, float]]:
    """Return what a reading has between commas and words of composition: texts of one weight.

    `parsed` are a host's pieces with their weights; where commas stand and how many blanks does not matter.
    """
    letters = [(letter, round(float(str(weight)), 6)) for text, weight in parsed for letter in str(text)]
    text = "".join(letter for letter, _ in letters)
    found: list[tuple[str, float]] = []
    start = 0
    for end, next_start, word in [*((m.start(), m.end(), m[0]) for m in _PIECE.finditer(text)), (len(text), 0, "")]:
        own = [(letter, weight) for letter, weight in letters[start:end] if not letter.isspace()]
        for weight, run in itertools.groupby(own, key=lambda letter: letter[1]):
            found.append(("".join(letter for letter, _ in run), weight))
        if word.isalpha():
            found.append((word, 1.0))
        start = next_start
    return found
