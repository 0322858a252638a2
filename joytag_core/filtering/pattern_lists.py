"""Which tags do several patterns together mean, the later ones taking back what the earlier ones said?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..errors import RuleError
from ..prompt import is_face
from .names import NameIndex
from .patterns import Candidate, Compared, Match, Name, Pattern, parse_pattern

_PATTERN = re.compile(
    r"""\s*(
        !?\s*/.*?/(?=\s*(?:[,，、]|$))
        | !?\s*"[^"]*"(?=\s*(?:[,，、]|$))
        | (?:\\.|[^,，、\\]|\\$)*
    )(?:[,，、]|$)""",
    re.VERBOSE,
)
_LIST_NAME = re.compile(r"\w[\w -]{0,63}")
_CACHED_VERDICTS = 50_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one pattern as written; a negated one takes back what earlier ones matched."""

    pattern: Pattern
    negated: bool
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PatternList:
    """Hold patterns in their order; the last one that matches decides, as in .gitignore."""

    rules: tuple[Rule, ...]

    def __add__(self, other: PatternList) -> PatternList:
        return PatternList((*self.rules, *other.rules))

    def labelled(self, label: str) -> PatternList:
        """Return the same patterns, named in reports as those of a list."""
        return PatternList(tuple(replace(rule, text=f"{label}: {rule.text}") for rule in self.rules))

    @property
    def depends_on_scores(self) -> bool:
        """Say whether a pattern, here or in a list named here, asks for a score."""
        return any(
            rule.pattern.patterns.depends_on_scores
            if isinstance(rule.pattern, Listed)
            else isinstance(rule.pattern, Compared) and rule.pattern.field == "score"
            for rule in self.rules
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """Mean every tag that a list means."""

    name: str
    patterns: PatternList

    def match(self, candidate: Candidate) -> Match:
        """Match by the list's own patterns, its `!` included."""
        return () if Matcher(self.patterns, candidate.index).find(candidate) is not None else None


class Matcher:
    """Try the patterns of a list on the tags of one vocabulary, and remember what does not depend on scores."""

    def __init__(self, patterns: PatternList, index: NameIndex) -> None:
        self._rules = patterns.rules
        self._by_key: dict[str, int] = {}
        self._others: list[tuple[int, Rule, Matcher | None]] = []
        for number, rule in enumerate(patterns.rules):
            if isinstance(rule.pattern, Name):
                self._by_key.update(dict.fromkeys(rule.pattern.keys(index), number))
            else:
                inner = Matcher(rule.pattern.patterns, index) if isinstance(rule.pattern, Listed) else None
                self._others.insert(0, (number, rule, inner))
        self._verdicts: dict[str, str | None] | None = None if patterns.depends_on_scores else {}

    def find(self, candidate: Candidate) -> str | None:
        """Return the rule that means a tag, as written, or None.

        Raises:
            RuleError: the regular expressions have used up their time.
        """
        if not self._rules:
            return None
        if self._verdicts is None:
            return self._decide(candidate)
        key = candidate.facts.key
        if key not in self._verdicts:
            if len(self._verdicts) >= _CACHED_VERDICTS:
                self._verdicts.clear()
            self._verdicts[key] = self._decide(candidate)
        return self._verdicts[key]

    def _decide(self, candidate: Candidate) -> str | None:
        latest = max((self._by_key.get(name, -1) for name in candidate.facts.names), default=-1)
        for number, rule, inner in self._others:
            if number < latest:
                break
            if inner is None:
                if rule.pattern.match(candidate) is not None:
                    return None if rule.negated else rule.text
            else:
                reason = inner.find(candidate)
                if reason is not None:
                    return None if rule.negated else f"{rule.text}: {reason}"
        rule_by_name = self._rules[latest] if latest >= 0 else None
        return None if rule_by_name is None or rule_by_name.negated else rule_by_name.text


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


def _pattern(text: str, find_list: Callable[[str], PatternList]) -> Pattern:
    if not text.startswith("@") or is_face(text):
        return parse_pattern(text)
    name = text[1:].strip()
    if not _LIST_NAME.fullmatch(name):
        raise RuleError(f"{text} is no list; expected the name of one, without folders and file ending")
    return Listed(name, find_list(name))
