"""Is what a pattern asks for in a picture, yes or no?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ..errors import RuleError
from ..filtering.scoring import ScoreLookup
from ..prompts.parser import parse
from ..rules.library import Library
from ..rules.matcher import Matcher
from ..rules.pattern_lists import PatternList, parse_patterns
from ..rules.patterns import Compared
from ..rules.regexes import Budget
from ..rules.rule_book import folder_state
from ..tags.names import Facts, NameIndex, name_index
from ..tags.scores import TagScores
from ..tags.selection import those_over
from ..tags.vocabulary import PUBLISHED_THRESHOLD, Vocabulary

_TERM = re.compile(
    r"""\s*(?P<term>
        !?\s*(?:/(?:\\.|[^/\\])+/ | "[^"]*")(?=\s*(?:&(?:\s|$)|[,，、]|$))
        | (?:\\.|(?!(?<!\S)&(?:\s|$))[^,，、\\]|\\$)*
    )(?P<end>&(?=\s|$)|[,，、]|$)""",
    re.VERBOSE,
)
"""One term of a line, and what follows: `&` stands between blanks, so that names with one in them stay whole."""


class Verdict(NamedTuple):
    """Hold a switch's answer, and how strongly it holds, 0..1."""

    holds: bool
    score: float


class _Found(NamedTuple):
    """Hold one tag of a picture; `is_there` says whether it counts where no score is asked for."""

    facts: Facts
    score: float | None
    is_there: bool


class _Term(NamedTuple):
    """Hold one part of a pattern: as written, what it means, whether it must not be there, what field it compares."""

    text: str
    matcher: Matcher
    negated: bool
    compared: str

    def among(self, found: Iterable[_Found], budget: Budget) -> list[_Found]:
        """Return the tags that the term means."""
        return [one for one in found if self.matcher.find(one.facts, one.score, budget) is not None]

    def judged(self, there: Iterable[_Found], counted: Iterable[_Found], budget: Budget) -> Verdict:
        """Answer whether one of the tags that are there is meant, or none; the score is the best that counts."""
        is_there, best = bool(self.among(there, budget)), _best(self.among(counted, budget))
        return Verdict(not is_there, 1.0 - best) if self.negated else Verdict(is_there, best)


@dataclass(frozen=True, kw_only=True)
class TagSwitch:
    """Answer whether a picture, or a tag list, is as a pattern says.

    `pattern` holds alternatives, separated by commas or lines, of which one is enough. An alternative is one term or
    several joined by ` & `, each of which has to hold: a pattern of the Tag Filter (`cat ears`, `*hair`,
    `category:character`, `@list`) holds if a tag that it means is there; with `!` before it, if none is; and
    `score>0.6` or `precision>0.5` says which tags count as there. Without `score`, those do whose score is greater
    than `threshold` (0..1), a character's than `character_threshold`, where 0 means as `threshold`.
    """

    pattern: str
    threshold: float = PUBLISHED_THRESHOLD
    character_threshold: float = 0.0
    lists_folder: str | Path | None = None

    def __post_init__(self) -> None:
        """Check everything that can be wrong.

        Raises:
            SettingError: a threshold is out of its range; as RuleError: the pattern is empty or malformed.
        """
        those_over(self.threshold, self.character_threshold)
        self._alternatives(name_index(Vocabulary.joytag()))

    def judge(self, scores: TagScores) -> Verdict:
        """Answer for one picture's scores.

        The verdict's score is that of the strongest alternative: in it the weakest term's, a term's being the score of
        the best tag that it means, and 1 less that with `!`.
        """
        index = name_index(scores.vocabulary)
        there = {one.tag.index for one in those_over(self.threshold, self.character_threshold).choose(scores)}
        tags = zip(scores.vocabulary, scores.values.tolist(), strict=True)
        found = [_Found(index.facts(tag.name), score, tag.index in there) for tag, score in tags]
        return self._verdict(found, index)

    def judge_text(
        self,
        text: str,
        *,
        scores: Mapping[str, float] | None = None,
        target: str = "comfyui",
        vocabulary: Vocabulary | None = None,
    ) -> Verdict:
        """Answer for a prompt or tag list: all its tags are there, with `scores` by name (0..1) where they have one."""
        index = name_index(vocabulary or Vocabulary.joytag())
        lookup = ScoreLookup(scores or {}, index)
        items = [item for item in parse(text, target, index).items if not item.verbatim]
        return self._verdict([_Found(item.facts, lookup.score(item), True) for item in items], index)

    def unknown_terms(self, vocabulary: Vocabulary) -> list[str]:
        """Return the terms that mean no tag of a model, such as misspelt ones, as they are written.

        By the model's scores they never hold, and with `!` always.
        """
        index, budget = name_index(vocabulary), Budget()
        known = [_Found(index.facts(tag.name), None, True) for tag in vocabulary]
        terms = {term.text: term for terms in self._alternatives(index) for term in terms if not term.compared}
        return [text for text, term in terms.items() if not term.among(known, budget)]

    def _verdict(self, found: Sequence[_Found], index: NameIndex) -> Verdict:
        budget = Budget()
        verdicts = [_judged(terms, found, budget) for terms in self._alternatives(index)]
        return Verdict(any(one.holds for one in verdicts), max(one.score for one in verdicts))

    def _alternatives(self, index: NameIndex) -> Sequence[Sequence[_Term]]:
        folder = None if self.lists_folder is None else str(self.lists_folder)
        return _ready(self.pattern, folder, folder_state(folder), index)


@lru_cache(maxsize=32)
def _ready(
    pattern: str, folder: str | None, state: tuple[tuple[str, int, int], ...], index: NameIndex
) -> Sequence[Sequence[_Term]]:
    """Return a pattern's alternatives for one vocabulary; `state` says when the person's own lists last changed."""
    library = Library(folder)
    alternatives = [[_term(text, line, library, index) for text in terms] for line, terms in _split(pattern)]
    if not alternatives:
        raise RuleError("the pattern is empty; expected a tag, or a pattern such as category:character")
    return alternatives


def _split(pattern: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each alternative's line and terms; a line that begins with `#` is a comment."""
    for number, line in enumerate(pattern.splitlines(), start=1):
        terms: list[str] = []
        for match in _TERM.finditer("" if line.lstrip().startswith("#") else line):
            if match["term"].strip() or match["end"] == "&" or terms:
                terms.append(match["term"].strip())
            if match["end"] != "&" and terms:
                yield number, terms
                terms = []


def _term(text: str, line: int, library: Library, index: NameIndex) -> _Term:
    rules = parse_patterns("\n" * (line - 1) + text, "pattern", library.patterns).rules
    if len(rules) != 1:
        raise RuleError(f"pattern, line {line}: {text!r} is no term; expected one pattern on each side of &")
    [rule] = rules
    compares = isinstance(rule.pattern, Compared) and not rule.negated
    matcher = Matcher(PatternList((replace(rule, negated=False),)), index)
    return _Term(text, matcher, rule.negated, getattr(rule.pattern, "field", "") if compares else "")


def _judged(terms: Sequence[_Term], found: Sequence[_Found], budget: Budget) -> Verdict:
    """Answer for one alternative: the comparisons say which tags count, and every other term has to hold of those."""
    asks_score = any(term.compared == "score" for term in terms)
    there = [one for one in found if asks_score or one.is_there]
    counted = [one for one in found if not asks_score or one.score is not None]
    for term in terms:
        if term.compared:
            there = term.among(there, budget)
        if term.compared not in ("", "score"):
            counted = term.among(counted, budget)
    verdicts = [term.judged(there, counted, budget) for term in terms if not term.compared]
    if not verdicts:
        return Verdict(bool(there), _best(counted))
    return Verdict(all(one.holds for one in verdicts), min(one.score for one in verdicts))


def _best(found: Iterable[_Found]) -> float:
    """Return the best score, 0 where there is no tag; a tag that nobody scored is sure."""
    return max((1.0 if one.score is None else one.score for one in found), default=0.0)
