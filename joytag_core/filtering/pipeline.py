"""What do the rules do to the items of one prompt, in their fixed order?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..prompts.items import Item, Prompt
from ..prompts.parser import parse
from ..prompts.writer import Writer
from ..rules.matcher import Matcher
from ..rules.patterns import Candidate
from ..rules.regexes import Stopwatch
from ..rules.rule_book import RuleBook
from ..tags.names import NameIndex
from .duplicates import merged
from .ends import split_ends
from .exclusive_sets import losers
from .limits import beyond, estimate_tokens, too_long
from .order import arranged
from .result import Dropped, Replaced

if TYPE_CHECKING:
    from .tag_filter import TagFilter


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """Hold a filter's rules made ready for one vocabulary."""

    index: NameIndex
    rules: RuleBook
    exclude: Matcher
    keep_only: Matcher
    protect: Matcher

    @classmethod
    def of(cls, rules: RuleBook, index: NameIndex) -> Tools:
        """Make the rules ready."""
        matchers = (Matcher(patterns, index) for patterns in (rules.exclude, rules.keep_only, rules.protect))
        return cls(index, rules, *matchers)


class Work:
    """Filter one prompt, and remember which rule dropped or replaced what."""

    def __init__(
        self, settings: TagFilter, tools: Tools, writer: Writer, count_tokens: Callable[[str], int] | None
    ) -> None:
        self.dropped: list[Dropped] = []
        self.replaced: list[Replaced] = []
        self._settings = settings
        self._tools = tools
        self._writer = writer
        self._count_tokens = count_tokens or estimate_tokens
        self._stopwatch = Stopwatch()

    def done(self, prompt: Prompt) -> Prompt:
        """Return the prompt with what remains, in order, what is to be added included."""
        last_line = prompt.items[-1].line if prompt.items else 0
        first = self._added(self._settings.add_first, 0)
        last = self._added(self._settings.add_last, last_line)
        ends, items, again = split_ends(prompt.items, first, last, self._settings.names)
        for item in again:
            self._drop(item, "duplicate")
        items = self._replaced(items)
        items = self._matched(items)
        items = self._settled(items, spent=ends.fixed)
        return replace(prompt, items=tuple(ends.around(self._in_order(items))))

    def _drop(self, item: Item, rule: str) -> None:
        self.dropped.append(Dropped(self._writer.name(item), rule))

    def _is_protected(self, item: Item) -> bool:
        return item.verbatim or self._found(self._tools.protect, item) is not None

    def _found(self, matcher: Matcher, item: Item) -> str | None:
        return matcher.find(item.facts, item.score, self._stopwatch)

    def _replaced(self, items: Sequence[Item]) -> list[Item]:
        rules = self._tools.rules.replace
        if not rules:
            return list(items)
        done: list[Item] = []
        for item in items:
            done.extend([item] if self._is_protected(item) else self._replacement(item))
        return done

    def _replacement(self, item: Item) -> list[Item]:
        candidate = Candidate(item.facts, item.score, self._tools.index, self._stopwatch)
        for rule in self._tools.rules.replace:
            carried = rule.match(candidate)
            if carried is not None:
                if not rule.new:
                    self._drop(item, f"replace {rule.text}")
                    return []
                self.replaced.append(Replaced(self._writer.name(item), f"replace {rule.text}"))
                return rule.items(item, carried, self._tools.index, self._settings.target)
        return [item]

    def _matched(self, items: Sequence[Item]) -> list[Item]:
        """Drop what single tags are dropped for: keep-only, exclude, minimum score."""
        kept = []
        for item in items:
            reason = None if item.verbatim else self._reason(item)
            if reason is None or self._is_protected(item):
                kept.append(item)
            else:
                self._drop(item, reason)
        return kept

    def _reason(self, item: Item) -> str | None:
        if self._tools.rules.keep_only.rules and self._found(self._tools.keep_only, item) is None:
            return "keep only: no pattern matches"
        excluded = self._found(self._tools.exclude, item)
        if excluded is not None:
            return f"exclude {excluded}"
        if item.score is not None and item.score < self._settings.min_score:
            return f"minimum score {self._settings.min_score:g}: has {item.score:.3g}"
        return None

    def _settled(self, items: list[Item], *, spent: Sequence[Item]) -> list[Item]:
        """Drop what tags are dropped for beside each other, until nothing changes.

        A limit may drop the tag that switched a set off, so the rules are asked again: a second run finds nothing.
        """
        count = -1
        while count != len(items):
            count = len(items)
            items = self._one_of_each_set(items)
            items = self._without_implied(items)
            items = self._merged(items)
            items = self._limited(items, spent)
        return items

    def _one_of_each_set(self, items: list[Item]) -> list[Item]:
        if not self._settings.exclusive:
            return items
        beaten = losers(items, self._tools.index.vocabulary, self._is_protected)
        return self._without(items, [(item, f"exclusive {name}: {self._writer.name(best)} stays")
                                     for item, name, best in beaten])  # fmt: skip

    def _without_implied(self, items: list[Item]) -> list[Item]:
        if self._settings.implications == "off":
            return items
        by_name = {item.facts.tag.name: item for item in items if item.facts.tag is not None}
        reasons: dict[str, str] = {}
        for child, item in by_name.items():
            for parent in sorted(self._tools.index.vocabulary.ancestors(child) & by_name.keys()):
                if self._settings.implications == "specific":
                    reasons.setdefault(parent, f"implied by {self._writer.name(item)}")
                else:
                    reasons.setdefault(child, f"implies {self._writer.name(by_name[parent])}")
        return self._without(items, [(item, reasons[item.facts.tag.name]) for item in items
                                     if item.facts.tag is not None and item.facts.tag.name in reasons])  # fmt: skip

    def _merged(self, items: list[Item]) -> list[Item]:
        if self._settings.duplicates == "keep":
            return items
        kept, again = merged(items, self._settings.target, self._settings.names)
        for item in again:
            self._drop(item, "duplicate")
        return kept

    def _limited(self, items: list[Item], spent: Sequence[Item]) -> list[Item]:
        settings = self._settings
        if not (settings.max_tags or settings.max_tokens or self._tools.rules.limits):
            return items
        for name, most in self._tools.rules.limits:
            members = [item for item in self._in_order(items) if _is_of(item, name)]
            over = beyond(members, most, self._is_protected)
            items = self._without(items, [(item, f"at most {most} of {name}") for item in over])
        if settings.max_tags:
            tags = [item for item in self._in_order(items) if not item.verbatim]
            over = beyond(tags, settings.max_tags, self._is_protected)
            items = self._without(items, [(item, f"at most {settings.max_tags} tags") for item in over])
        if settings.max_tokens:
            # The comma after the last item is not written, so one token more may be spent.
            spare = settings.max_tokens + 1 - sum(map(self._cost, spent))
            over = list(too_long(self._in_order(items), spare, self._cost, self._is_protected))
            items = self._without(items, [(item, f"at most {settings.max_tokens} tokens") for item in over])
        return items

    def _in_order(self, items: list[Item]) -> list[Item]:
        return arranged(items, self._settings.order, keep_lines=self._settings.keep_line_breaks)

    def _cost(self, item: Item) -> int:
        """Return the tokens of an item and of the separator after it; networks and marks cost none."""
        if item.barrier or item.text.startswith("<"):
            return 0
        return self._count_tokens(self._writer.name(item)) + 1

    def _without(self, items: list[Item], reasons: Iterable[tuple[Item, str]]) -> list[Item]:
        gone = set()
        for item, reason in reasons:
            if not self._is_protected(item):
                gone.add(id(item))
                self._drop(item, reason)
        return [item for item in items if id(item) not in gone] if gone else items

    def _added(self, text: str, line: int) -> list[Item]:
        items = parse(text, self._settings.target, self._tools.index).items
        return [replace(item, position=-1, gap=None, line=line, as_given=True) for item in items]


def _is_of(item: Item, name: str) -> bool:
    tag = item.facts.tag
    return tag is not None and name in (tag.group, tag.category)
