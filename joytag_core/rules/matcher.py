"""Which rule of a pattern list means a tag, found without trying every pattern?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..tags.names import Facts, NameIndex
from .pattern_lists import Listed, PatternList, Rule
from .patterns import AnyOf, Candidate, Compared, Fact, Name, Pattern, marked_categories
from .regexes import Budget

_CACHED_VERDICTS = 50_000

Verdict = tuple[int, str | None]
"""The number of the rule that decides, -1 for none, and what it says."""


class Matcher:
    """Try the patterns of a list on the tags of one vocabulary, and remember what does not depend on scores."""

    def __init__(self, patterns: PatternList, index: NameIndex) -> None:
        """Sort the patterns by what they can be found by; in each place the last one stands first."""
        self._index = index
        self._rules = patterns.rules
        self._by_key: dict[str, int] = {}
        self._by_fact: dict[tuple[str, str], int] = {}
        self._by_edge: dict[str, list[_Numbered]] = {}
        self._others: list[_Numbered] = []
        self._scored: list[_Numbered] = []
        for number, rule in enumerate(patterns.rules):
            self._place(number, rule)
        # A list may hold more than what asks for scores, so it is asked about tags without one too.
        self._asks_lists = any(one.inner is not None for one in self._scored)
        self._verdicts: dict[str, Verdict] = {}

    def _place(self, number: int, rule: Rule) -> None:
        pattern = rule.pattern
        if isinstance(pattern, Name):
            self._by_key.update(dict.fromkeys(pattern.keys(self._index), number))
        elif isinstance(pattern, Fact):
            self._by_fact[pattern.kind, pattern.value] = number
        else:
            inner = Matcher(pattern.patterns, self._index) if isinstance(pattern, Listed) else None
            edge = _edge(pattern)
            places = self._by_edge.setdefault(edge, []) if edge else self._others
            (self._scored if asks_scores(pattern) else places).insert(0, _Numbered(number, rule, inner))

    def find(self, facts: Facts, score: float | None, budget: Budget) -> str | None:
        """Return the rule that means a tag, as written, or None.

        Raises:
            RuleError: the regular expressions have used up their budget.
        """
        if not self._rules:
            return None
        verdict = self._verdicts.get(facts.key)
        if verdict is None:
            verdict = self._decide(Candidate(facts, None, self._index, budget))
            if len(self._verdicts) >= _CACHED_VERDICTS:
                self._verdicts.clear()
            self._verdicts[facts.key] = verdict
        if self._scored and (score is not None or self._asks_lists):
            verdict = _latest(self._scored, Candidate(facts, score, self._index, budget), verdict)
        return verdict[1]

    def _decide(self, candidate: Candidate) -> Verdict:
        """Find the last rule that matches, whatever the score."""
        facts = candidate.facts
        number = max(self._by_key.get(name, -1) for name in facts.names)
        if facts.tag is not None and self._by_fact:
            tag = facts.tag
            for fact in (("category", tag.category), ("group", tag.group), ("set", tag.exclusive_set)):
                number = max(number, self._by_fact.get(fact, -1))
        for category in marked_categories(facts) if facts.tag is None else ():
            number = max(number, self._by_fact.get(("category", category), -1))
        verdict = (number, None if number < 0 else self._rules[number].said())
        for edge in facts.edges & self._by_edge.keys():
            verdict = _latest(self._by_edge[edge], candidate, verdict)
        return _latest(self._others, candidate, verdict)


class _Numbered:
    """Hold a rule with its place in the list, and the matcher of the list that it names."""

    __slots__ = ("inner", "number", "rule")

    def __init__(self, number: int, rule: Rule, inner: Matcher | None) -> None:
        self.number = number
        self.rule = rule
        self.inner = inner

    def says(self, candidate: Candidate) -> tuple[bool, str | None]:
        """Return whether the rule matches, and what it then says."""
        if self.inner is not None:
            reason = self.inner.find(candidate.facts, candidate.score, candidate.budget)
            return reason is not None, self.rule.said(reason)
        pattern = self.rule.pattern
        return not isinstance(pattern, Listed) and pattern.match(candidate) is not None, self.rule.said()


def _latest(rules: Iterable[_Numbered], candidate: Candidate, verdict: Verdict) -> Verdict:
    """Return what the last rule that matches says, if it comes after the one that has decided so far."""
    for one in rules:
        if one.number < verdict[0]:
            break
        matches, said = one.says(candidate)
        if matches:
            return one.number, said
    return verdict


def _edge(pattern: Pattern | Listed) -> str:
    """Return the first or last character that a name has to have to match a glob; empty for other patterns."""
    pieces: Sequence[str] = pattern.glob.pieces if isinstance(pattern, AnyOf) else ("",)
    return pieces[-1][-1] + "$" if pieces[-1] else "^" + pieces[0][0] if pieces[0] else ""


def asks_scores(pattern: Pattern | Listed) -> bool:
    """Say whether a pattern, or one of the list that it names, compares scores."""
    if isinstance(pattern, Listed):
        return any(asks_scores(rule.pattern) for rule in pattern.patterns.rules)
    return isinstance(pattern, Compared) and pattern.field == "score"
