"""Which threshold holds for a tag, by patterns?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import RuleError
from ..tags.names import is_face, name_index
from ..tags.vocabulary import Vocabulary
from .library import Library
from .matcher import Matcher, asks_scores
from .pattern_lists import PatternList, parse_patterns
from .regexes import Budget
from .rule_book import FolderState

_INNER = re.compile(r"\s[01]?\.\d+\Z")


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdRule:
    """Give the tags that some patterns mean a threshold in 0..1."""

    patterns: PatternList
    value: float


@dataclass(frozen=True, slots=True)
class ThresholdTexts:
    """Hold rules as written, one a line; `state` says when the lists in the person's `folder` last changed."""

    text: str
    folder: str | None = None
    state: FolderState = ()


@lru_cache(maxsize=16)
def read_thresholds(texts: ThresholdTexts) -> tuple[ThresholdRule, ...]:
    """Take rules `pattern number` apart; `@name` alone on a line stands for the lines of that list.

    Raises:
        RuleError: a line is malformed; the message names it.
    """
    return tuple(_rules(texts.text, "thresholds", Library(texts.folder)))


@lru_cache(maxsize=16)
def tag_thresholds(rules: tuple[ThresholdRule, ...], vocabulary: Vocabulary) -> Mapping[str, float]:
    """Return the threshold of each tag (by its name) that a rule means; the last rule wins."""
    index = name_index(vocabulary)
    found: dict[str, float] = {}
    for rule in rules:
        matcher, budget = Matcher(rule.patterns, index), Budget()
        found.update(
            (tag.name, rule.value)
            for tag in vocabulary
            if matcher.find(index.facts(tag.name), None, budget) is not None
        )
    return found


def _rules(text: str, where: str, library: Library) -> Iterator[ThresholdRule]:
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        try:
            pattern, _, value = line.rpartition(" ")
            if line.startswith("@") and _number(value or line) is None:
                with library.reading(line[1:].strip()) as found:
                    yield from _rules(found.text, found.where, library)
            else:
                yield _rule(line, pattern.strip(), _number(value), library)
        except RuleError as error:
            raise RuleError(f"{where}, line {number}: {error}") from error


def _rule(line: str, pattern: str, value: float | None, library: Library) -> ThresholdRule:
    if not pattern or value is None:
        raise RuleError(f"{line!r} is no threshold; expected a pattern and a number from 0 to 1: group:hair 0.3")
    if pattern[-1] in ":=" and not is_face(pattern):
        better = f"{pattern[:-1].strip()} {value:g}"
        raise RuleError(f"{line!r} has a {pattern[-1]!r} before its number; expected {better!r}")
    patterns = parse_patterns(pattern, "pattern", library.patterns)
    inner = next((rule.text for rule in patterns.rules if _INNER.search(rule.text)), None)
    if inner is not None:
        raise RuleError(f"{line!r} has a number after {inner!r}; expected one rule a line, its number at the end")
    if all(rule.negated for rule in patterns.rules):
        raise RuleError(f"{line!r} takes back a pattern and names none before it")
    if any(asks_scores(rule.pattern) for rule in patterns.rules):
        raise RuleError(f"{line!r} asks for the score, which the threshold is compared with")
    return ThresholdRule(patterns, value)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0.0 <= number <= 1.0 else None
