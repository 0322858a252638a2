"""Can a regular expression keep a person waiting, and does a name match it?

Python's `re` cannot be stopped inside a match, so a pattern is judged before it is ever used: how many ways through it
can there be for one name? Patterns that allow more than `MOST_TRIES` are refused, names longer than `LONGEST_NAME` are
not tried, and a `Stopwatch` ends the work between two matches.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from typing import Any

from ..errors import RuleError

if sys.version_info >= (3, 11):
    from re import _parser as sre_parse  # type: ignore[attr-defined]
else:
    import sre_parse

LONGEST_NAME = 100
"""Characters of the longest text that is taken for a name; the longest tag has 63."""

LONGEST_PATTERN = 300
MOST_TRIES = 1_100_000
"""Three `.*` that compete for one name of the longest kind, but not four."""

TIME_BUDGET = 1.0
"""Seconds that the regular expressions of a filter may take for one prompt."""

_ASCII = 128
_OTHERS, _END = 1 << _ASCII, 1 << (_ASCII + 1)
_ALL = (1 << _ASCII) - 1 | _OTHERS

# What a part of a pattern may begin with, as bits: the ASCII characters, all others together, the end of the name.
CharacterSet = int


class Stopwatch:
    """Add up the time that regular expressions take for one prompt."""

    def __init__(self, budget: float = TIME_BUDGET) -> None:
        """Take the seconds that all of them together may take."""
        self._left = budget

    def fullmatch(self, pattern: re.Pattern[str], name: str) -> re.Match[str] | None:
        """Match one name.

        Raises:
            RuleError: the time is used up; the message names the pattern that did it.
        """
        if len(name) > LONGEST_NAME:
            return None
        if self._left <= 0.0:
            raise RuleError(f"/{pattern.pattern}/ was stopped: it takes too long; make it simpler")
        start = time.perf_counter()
        match = pattern.fullmatch(name)
        self._left -= time.perf_counter() - start
        return match


def compile_regex(source: str) -> re.Pattern[str]:
    """Compile a pattern that matches whatever the case, once it is known to be quick.

    Raises:
        RuleError: it is malformed, or could take too long; the message names it.
    """
    if len(source) > LONGEST_PATTERN:
        raise RuleError(f"/{source[:40]}.../ has {len(source)} characters; expected at most {LONGEST_PATTERN}")
    try:
        pattern = re.compile(source, re.IGNORECASE)
        nodes: Any = sre_parse.parse(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise RuleError(f"/{source}/ is no regular expression: {error}") from error
    if _ways(nodes, _END, source) > MOST_TRIES:
        raise RuleError(
            f"/{source}/ could take too long; a repeat inside a repeat, or many .* in a row, has to be made simpler"
        )
    return pattern


def _ways(nodes: Sequence[Any], follow: CharacterSet, source: str) -> int:
    """Bound the ways through a sequence of nodes before what may follow it, capped just above `MOST_TRIES`."""
    ways = 1
    for node in reversed(list(nodes)):
        ways = min(ways * _node_ways(node, follow, source), MOST_TRIES + 1)
        first, empty = _first(node)
        follow = first | follow if empty else first
    return ways


def _node_ways(node: Any, follow: CharacterSet, source: str) -> int:
    kind, argument = str(node[0]), node[1]
    if kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY"):
        return 1
    if kind == "SUBPATTERN":
        return _ways(argument[-1], follow, source)
    if kind == "ATOMIC_GROUP":
        return _ways(argument, follow, source)
    if kind == "BRANCH":
        return _branch_ways(argument[1], follow, source)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _repeat_ways(argument, follow, source)
    if kind in ("ASSERT", "ASSERT_NOT"):
        return _ways(argument[1], _ALL | _END, source)
    raise RuleError(f"/{source}/ refers back to a group, which can take too long; write it out")


def _branch_ways(alternatives: Sequence[Any], follow: CharacterSet, source: str) -> int:
    """Add the alternatives up, unless the next character always decides between them."""
    ways = [_ways(alternative, follow, source) for alternative in alternatives]
    seen = 0
    for alternative in alternatives:
        first, empty = _sequence_first(alternative)
        begins = first | follow if empty else first
        if seen & begins:
            return sum(ways)
        seen |= begins
    return max(ways)


def _repeat_ways(argument: Any, follow: CharacterSet, source: str) -> int:
    """Count the ways to go on or to stop, unless the next character always decides."""
    least, most, body = int(argument[0]), min(int(argument[1]), LONGEST_NAME), argument[2]
    first, empty = _sequence_first(body)
    inner = _ways(body, follow | first if most > 1 else follow, source)
    decided = not empty and not first & follow
    if inner == 1:
        return 1 if decided or most <= least else most - least + 1
    tries: int = inner ** max(most, 1) + 1
    return min(tries, MOST_TRIES + 1)


def _sequence_first(nodes: Sequence[Any]) -> tuple[CharacterSet, bool]:
    """Return what a sequence may begin with, and whether it may be empty."""
    begins = 0
    for node in nodes:
        first, empty = _first(node)
        begins |= first
        if not empty:
            return begins, False
    return begins, True


def _first(node: Any) -> tuple[CharacterSet, bool]:
    kind, argument = str(node[0]), node[1]
    if kind in ("AT", "ASSERT", "ASSERT_NOT"):
        return 0, True
    if kind == "SUBPATTERN":
        return _sequence_first(argument[-1])
    if kind == "ATOMIC_GROUP":
        return _sequence_first(argument)
    if kind == "BRANCH":
        firsts = [_sequence_first(alternative) for alternative in argument[1]]
        begins = 0
        for first, _ in firsts:
            begins |= first
        return begins, any(empty for _, empty in firsts)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        first, empty = _sequence_first(argument[2])
        return first, empty or int(argument[0]) == 0
    return _characters(kind, argument), False


def _characters(kind: str, argument: Any) -> CharacterSet:
    """Return the characters that a node for a single one stands for; unknown kinds stand for all."""
    if kind == "LITERAL":
        return _either_case(range(argument, argument + 1))
    if kind == "RANGE":
        return _either_case(range(argument[0], min(argument[1], _ASCII) + 1))
    if kind == "CATEGORY":
        return _CATEGORIES.get(str(argument), _ALL)
    if kind == "IN":
        items = [(str(item[0]), item[1]) for item in argument]
        found = 0
        for item in items:
            found |= 0 if item[0] == "NEGATE" else _characters(*item)
        return _ALL & ~found | _OTHERS if items[0][0] == "NEGATE" else found
    return _ALL


def _either_case(codes: range) -> CharacterSet:
    found = 0
    for code in codes:
        if code >= _ASCII:
            return found | _OTHERS
        found |= 1 << ord(chr(code).lower()) | 1 << ord(chr(code).upper())
        # These letters have a partner beyond ASCII when case does not count.
        found |= _OTHERS if chr(code) in "iIkKsS" else 0
    return found


def _that(pattern: str) -> CharacterSet:
    matches = re.compile(pattern).match
    return sum(1 << code for code in range(_ASCII) if matches(chr(code))) | _OTHERS


_CATEGORIES = {
    "CATEGORY_DIGIT": _that(r"\d"), "CATEGORY_NOT_DIGIT": _that(r"\D"),
    "CATEGORY_SPACE": _that(r"\s"), "CATEGORY_NOT_SPACE": _that(r"\S"),
    "CATEGORY_WORD": _that(r"\w"), "CATEGORY_NOT_WORD": _that(r"\W"),
}  # fmt: skip
