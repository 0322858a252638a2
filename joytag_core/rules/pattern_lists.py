"""Which tags do several patterns together mean, the later ones taking back what the earlier ones said?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..errors import RuleError
from ..tags.names import is_face
from .patterns import Pattern, parse_pattern

_PATTERN = re.compile(
    r"""\s*(
        !?\s*/.*?/(?=\s*(?:[,，、]|$))
        | !?\s*"[^"]*"(?=\s*(?:[,，、]|$))
        | !?\s*(?i:score|precision)\s*[<>=]+\s*[01],\d+(?=\s*(?:[,，、]|$))  # a decimal comma, to be told
        | (?:\\.|[^,，、\\]|\\$)*
    )(?:[,，、]|$)""",
    re.VERBOSE,
)
_LIST_NAME = re.compile(r"\w[\w -]{0,63}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one pattern as written; a negated one takes back what earlier ones matched."""

    pattern: Pattern | Listed
    negated: bool
    text: str

    def said(self, reason: str | None = None) -> str | None:
        """Return how a report names the rule, with what a list says beside it; None where it takes back."""
        return None if self.negated else f"{self.text}: {reason}" if reason else self.text


@dataclass(frozen=True, slots=True, eq=False)
class PatternList:
    """Hold patterns in their order; the last one that matches decides, as in .gitignore."""

    rules: tuple[Rule, ...]

    def __add__(self, other: PatternList) -> PatternList:
        return PatternList((*self.rules, *other.rules))

    def labelled(self, label: str) -> PatternList:
        """Return the same patterns, named in reports as those of a list."""
        return PatternList(tuple(replace(rule, text=f"{label}: {rule.text}") for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Listed:
    """Mean every tag that a list means by its own patterns, its `!` included."""

    name: str
    patterns: PatternList


def parse_patterns(text: str, where: str, find_list: Callable[[str], PatternList]) -> PatternList:
    """Take patterns apart that are separated by commas or newlines; a line that begins with `#` is a comment.

    Raises:
        RuleError: a pattern is malformed; the message begins with `where` and the line.
    """
    rules = []
    for number, token in _tokens(text):
        try:
            rules.append(_rule(token, find_list))
        except RuleError as error:
            raise RuleError(f"{where}, line {number}: {error}") from error
    return PatternList(tuple(rules))


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        for match in _PATTERN.finditer(line):
            if match[1].strip():
                yield number, match[1].strip()


def _rule(text: str, find_list: Callable[[str], PatternList]) -> Rule:
    # `!`, `!!` and `!?` are tags.
    negated = text.startswith("!") and bool(text.strip("!? "))
    pattern = text[1:].strip() if negated else text
    return Rule(_pattern(pattern, find_list), negated, text)


def _pattern(text: str, find_list: Callable[[str], PatternList]) -> Pattern | Listed:
    if not text.startswith("@") or (is_face(text) and "/" not in text):
        return parse_pattern(text)
    name = text[1:].strip()
    if not _LIST_NAME.fullmatch(name):
        raise RuleError(f"{text} is no list; expected the name of one, without folders and file ending")
    return Listed(name, find_list(name))
