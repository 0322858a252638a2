"""Which tags does a pattern mean?"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..errors import RuleError
from ..tags.names import Facts, NameIndex
from ..tags.vocabulary import CATEGORIES, GROUPS, Vocabulary, tag_key
from .globs import Glob
from .regexes import Budget, RegularExpression

Match = tuple[str, ...] | None
"""What the stars or groups of a pattern stood for; None where it does not match."""

_COMPARISON = re.compile(r"(score|precision)\s*(<=|>=|<|>|==?)\s*(.*)", re.IGNORECASE)
_NO_COMPARISON = re.compile(r"(?:score|precision)\s+[01]?\.\d+", re.IGNORECASE)
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "==": operator.eq,
}  # fmt: skip
_ESCAPE = re.compile(r'\\([,*"#!@/|()\[\]\\]|->|=>)')
_STAR = "\0"
"""Stands for a star that is one, while escapes are read."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Hold one tag that patterns are tried on, and the work that they may take."""

    facts: Facts
    score: float | None
    index: NameIndex
    budget: Budget


class Pattern(Protocol):
    """Say of one tag whether it is meant."""

    def match(self, candidate: Candidate) -> Match:
        """Return what the pattern's stars or groups stood for, None where the tag is not meant."""


@dataclass(frozen=True, slots=True)
class Name:
    """Mean one tag, by any of its names."""

    key: str

    def keys(self, index: NameIndex) -> frozenset[str]:
        """Return the key as written and, where it is an old name only by a word in it, the tag's own."""
        bare = index.artist(self.key)
        if bare:
            artist = index.facts(self.key).tag
            return frozenset({self.key, f"@{bare}" if artist is None else artist.key})
        tag = index.tag(self.key)
        if tag is None or self.key in (tag.key, tag_key(tag.current_name)):
            return frozenset({self.key})
        return frozenset({self.key, tag.key})

    def match(self, candidate: Candidate) -> Match:
        """Match by the name as written, the model's, and today's."""
        return () if not self.keys(candidate.index).isdisjoint(candidate.facts.names) else None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Mean every tag with a name of this shape."""

    glob: Glob

    def match(self, candidate: Candidate) -> Match:
        """Match the name as written first, then the other names; an unknown phrase only by a glob that is one too."""
        if candidate.facts.is_phrase and not self.glob.names_phrases:
            return None
        for name in candidate.facts.names:
            found = self.glob.match(name)
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Regex:
    """Mean every tag that has a name which a regular expression matches in full."""

    pattern: RegularExpression

    def match(self, candidate: Candidate) -> Match:
        """Match the name as written first, then the other names.

        Raises:
            RuleError: the regular expressions of this prompt have used up their budget.
        """
        for name in candidate.facts.names:
            found = candidate.budget.fullmatch(self.pattern, name)
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Fact:
    """Mean every tag of a category, a group or an exclusive set."""

    kind: str
    value: str

    def match(self, candidate: Candidate) -> Match:
        """Match what the vocabulary says of the tag."""
        tag = candidate.facts.tag
        if tag is None:
            return () if self.value in marked_categories(candidate.facts) and self.kind == "category" else None
        known = tag.category if self.kind == "category" else tag.group if self.kind == "group" else tag.exclusive_set
        return () if known == self.value else None


def marked_categories(facts: Facts) -> tuple[str, ...]:
    """Return the categories of an unknown name: artist by its mark, character by a known series in brackets."""
    return (*(["artist"] if facts.artist else []), *(["character"] if facts.is_character else []))


@dataclass(frozen=True, slots=True)
class Implying:
    """Mean every tag that implies a certain one, through any number of steps."""

    key: str

    def match(self, candidate: Candidate) -> Match:
        """Match by real implications, never by the look of a name."""
        tag, implied = candidate.facts.tag, candidate.index.tag(self.key)
        if tag is None or implied is None:
            return None
        return () if implied.name in candidate.index.vocabulary.ancestors(tag.name) else None


@dataclass(frozen=True, slots=True)
class Compared:
    """Mean every tag whose score, or published precision, compares so; a tag without one is never meant."""

    field: str
    sign: str
    value: float

    def match(self, candidate: Candidate) -> Match:
        """Compare what is known."""
        tag = candidate.facts.tag
        known = candidate.score if self.field == "score" else tag.precision if tag else None
        return () if known is not None and _OPERATORS[self.sign](known, self.value) else None


def parse_pattern(text: str) -> Pattern:
    """Take one pattern apart (lists and `!` are the affair of `pattern_lists`).

    Raises:
        RuleError: it is malformed.
    """
    if text.startswith("/") and len(text) > 1:
        return _regex(text)
    if text.startswith('"'):
        if len(text) < 2 or not text.endswith('"'):
            raise RuleError(f"{text} has no closing quotation mark")
        return Name(tag_key(text[1:-1]))
    if _NO_COMPARISON.fullmatch(text):
        raise RuleError(f"{text} compares nothing; expected <, <=, >, >= or = before the number: score<0.5")
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        return _compared(*comparison.groups())
    kind, colon, value = text.partition(":")
    if colon and kind.strip().lower() in ("category", "group", "set", "implies"):
        return _fact(kind.strip().lower(), value.strip())
    return _name_or_glob(text)


def exact_pattern(name: str) -> str:
    """Write a tag as a pattern that means this tag alone: no character of it is read as a sign."""
    return f'"{name}"'


def _regex(text: str) -> Regex:
    if text == "//":
        raise RuleError("// is empty; expected a regular expression between the slashes, or \\/\\/ for the signs")
    if re.fullmatch(r"/.+/[a-z]+", text):
        raise RuleError(f"{text} has letters behind it; expected /.../ alone, since upper and lower case are alike")
    if len(text) < 3 or not text.endswith("/"):
        raise RuleError(f"{text} has no closing slash; write /.../ for a regular expression, or \\/ for a slash")
    return Regex(RegularExpression(text[1:-1]))


def _compared(field: str, sign: str, value: str) -> Compared:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not 0.0 <= number <= 1.0:
        raise RuleError(f"{field}{sign}{value} compares with {value!r}; expected a number from 0 to 1")
    return Compared(field.lower(), sign, number)


def _fact(kind: str, value: str) -> Pattern:
    if not value:
        raise RuleError(f"{kind}: says nothing; expected a value after the colon")
    if kind == "implies":
        return Implying(tag_key(value))
    choices = {"category": CATEGORIES, "group": GROUPS, "set": exclusive_sets()}[kind]
    key = value.lower().replace(" ", "_")
    if key not in choices:
        raise RuleError(f"{kind}:{value} is unknown; expected one of {', '.join(choices)}")
    return Fact(kind, key)


def exclusive_sets() -> tuple[str, ...]:
    """Return the names of the exclusive sets, in the vocabulary's order."""
    return tuple(dict.fromkeys(tag.exclusive_set for tag in Vocabulary.joytag() if tag.exclusive_set))


def _name_or_glob(text: str) -> Pattern:
    marked = unescape(text)
    if _STAR not in marked:
        key = tag_key(marked)
        if not key:
            raise RuleError(f"{text!r} names no tag")
        return Name(key)
    return AnyOf(Glob(star_pieces(marked)))


def unescape(text: str) -> str:
    r"""Read `\,` and `\*` as themselves, and mark the stars that are none."""
    parts = _ESCAPE.split(text)
    return "".join(part if index % 2 else part.replace("*", _STAR) for index, part in enumerate(parts))


def star_pieces(marked: str) -> tuple[str, ...]:
    """Split a text at its marked stars into keys; blanks beside a star are kept, since they mean something."""
    spaced = re.sub(r"[\s_]+", " ", marked).strip().lower()
    return tuple(spaced.split(_STAR))
