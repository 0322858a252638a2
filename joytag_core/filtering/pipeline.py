"""What do the rules do to the items of one prompt, in their fixed order?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from ..errors import SettingError
from ..lines import counted
from ..prompts.items import Item, Prompt, networks_in
from ..prompts.parser import parse
from ..prompts.writer import Writer
from ..rules.matcher import Matcher
from ..rules.patterns import Candidate
from ..rules.regexes import Budget
from ..rules.rule_book import RuleBook
from ..tags.names import NameIndex
from .duplicates import merged
from .ends import split_ends
from .exclusive_sets import losers
from .implications import redundant
from .limits import beyond, estimate_tokens, too_long
from .order import arranged
from .report import Report
from .settings import FilterSettings

Step = Callable[[list[Item]], list[Item]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Hold what a filter is told about the place where its text is used; docs are at `TagFilter.apply`."""

    count_tokens: Callable[[str], int] | None = None
    said: Collection[str] = ()
    tokens: Collection[str] = ()
    is_written: bool = True
    """Whether a person wrote what is filtered, whose spelling can be protected, or a model chose it."""

    def __post_init__(self) -> None:
        for name, names in {"said": self.said, "tokens": self.tokens}.items():
            is_collection = isinstance(names, Collection) and not isinstance(names, str)
            if not is_collection or not all(isinstance(one, str) for one in names):
                raise SettingError(f"{name} is {names!r}; expected a list or set of names")
        if self.count_tokens is not None and not callable(self.count_tokens):
            raise SettingError(f"count_tokens is {self.count_tokens!r}; expected a function that takes a text")


class Pipeline:
    """Filter one prompt step by step."""

    def __init__(self, settings: FilterSettings, tools: Tools, writer: Writer, place: Surroundings) -> None:
        """Take the rules, how names are written, and what is known of the place."""
        self.report = Report(writer.name, self._is_protected)
        self._settings = settings
        self._tools = tools
        self._count_tokens = place.count_tokens or estimate_tokens
        self._said = frozenset(place.said)
        self._is_written = place.is_written
        self._tokens = frozenset(name.lower() for name in place.tokens)
        self._budget = Budget()
        self._spent: Sequence[Item] = ()
        self._for_each_item: tuple[Step, ...] = (
            self._drop_prose,
            self._replace,
            self._drop_what_is_said,
            self._keep_and_exclude,
            self._protect_spelling,
        )
        self._among_items: tuple[Step, ...] = (
            self._one_of_each_set,
            self._without_implied,
            self._each_once,
            self._at_most_of_groups,
            self._at_most_tags,
            self._at_most_tokens,
        )

    def run(self, prompt: Prompt) -> Prompt:
        """Return the prompt with what remains, in order, what is to be added included."""
        end = prompt.items[-1] if prompt.items else Item("")
        first = self._added(self._settings.add_first, Item(""))
        last = self._added(self._settings.add_last, end)
        ends = split_ends(prompt.items, first, last, self._settings.names, self._settings.target)
        self.report.drop_all(ends.again, "duplicate")
        items = ends.between
        for step in self._for_each_item:
            items = step(items)
        regions = [list(region) for _, region in itertools.groupby(items, key=self._region_of)]
        for number, region in enumerate(regions):
            self._spent = [*(ends.first if number == 0 else []), *(ends.last if number == len(regions) - 1 else [])]
            regions[number] = self._in_order(self._settled(region))
        return replace(prompt, items=tuple(ends.around([item for region in regions for item in region])))

    def _region_of(self, item: Item) -> tuple[int, int]:
        """Return what items share that are judged together: nothing is a duplicate, or implied, across regions."""
        return item.region, item.line if self._settings.keep_line_breaks else 0

    def _settled(self, items: list[Item]) -> list[Item]:
        """Drop what tags are dropped for beside each other, until nothing changes.

        A limit may drop the tag that switched a set off, so the rules are asked again: a second run finds nothing.
        """
        count = -1
        while count != len(items):
            count = len(items)
            for step in self._among_items:
                items = step(items)
        return items

    def _is_protected(self, item: Item) -> bool:
        return item.verbatim or self._found(self._tools.protect, item) is not None

    def _found(self, matcher: Matcher, item: Item) -> str | None:
        return matcher.find(item.facts, item.score, self._budget)

    def _replace(self, items: list[Item]) -> list[Item]:
        if not self._tools.rules.replace:
            return items
        done: list[Item] = []
        for item in items:
            done.extend([item] if self._is_protected(item) else self._replacement(item))
        return _in_regions(done)

    def _replacement(self, item: Item) -> list[Item]:
        candidate = Candidate(item.facts, item.score, self._tools.index, self._budget)
        for rule in self._tools.rules.replace:
            carried = rule.match(candidate)
            if carried is not None:
                if not rule.new:
                    self.report.drop(item, f"replace {rule.text}")
                    return []
                self.report.replace(item, f"replace {rule.text}")
                return rule.items(item, carried, self._tools.index, self._settings.target)
        return [item]

    def _drop_what_is_said(self, items: list[Item]) -> list[Item]:
        if not self._said:
            return items
        again = [item for item in items if self._is_said(item)]
        self.report.drop_all(again, "the prompt says it already")
        return [item for item in items if not self._is_said(item)]

    def _is_said(self, item: Item) -> bool:
        return not item.verbatim and item.facts.model_key in self._said

    def _keep_and_exclude(self, items: list[Item]) -> list[Item]:
        """Drop what single tags are dropped for: keep-only, exclude, minimum score."""
        rules = self._tools.rules
        if not (rules.keep_only.rules or rules.exclude.rules or self._settings.min_score):
            return items
        reasons = ((item, self._reason(item)) for item in items if not item.verbatim)
        return self.report.without(items, [(item, reason) for item, reason in reasons if reason is not None])

    def _reason(self, item: Item) -> str | None:
        if self._tools.rules.keep_only.rules and self._found(self._tools.keep_only, item) is None:
            return "keep only: no pattern matches"
        excluded = self._found(self._tools.exclude, item)
        if excluded is not None:
            return f"exclude {excluded}"
        if item.score is not None and item.score < self._settings.min_score:
            return f"minimum score {self._settings.min_score:g}: has {item.score:.3g}"
        return None

    def _protect_spelling(self, items: list[Item]) -> list[Item]:
        """Keep protected names, and those of embeddings, as they were written."""
        tokens = self._tokens
        if not self._is_written or not (self._tools.rules.protect.rules or tokens):
            return items
        return [
            replace(item, as_given=True)
            if not item.verbatim and (self._is_protected(item) or item.text.lower() in tokens)
            else item
            for item in items
        ]

    def _drop_prose(self, items: list[Item]) -> list[Item]:
        if self._settings.prose == "keep":
            return items
        self.report.drop_all([item for item in items if item.role == "prose"], "prose drop")
        return [left for item in items for left in (networks_in(item) if item.role == "prose" else (item,))]

    def _one_of_each_set(self, items: list[Item]) -> list[Item]:
        if not self._settings.exclusive:
            return items
        beaten = losers(items, self._tools.index.vocabulary, self._is_protected)
        name_of = self.report.name_of
        return self.report.without(
            items, [(item, f"exclusive {name}: {name_of(best)} stays") for item, name, best in beaten]
        )

    def _without_implied(self, items: list[Item]) -> list[Item]:
        word = "implied by" if self._settings.implications == "specific" else "implies"
        gone = redundant(items, self._tools.index.vocabulary, self._settings.implications)
        return self.report.without(items, [(item, f"{word} {self.report.name_of(other)}") for item, other in gone])

    def _each_once(self, items: list[Item]) -> list[Item]:
        if self._settings.duplicates == "keep":
            return items
        kept, again = merged(items, self._settings.target, self._settings.names)
        self.report.drop_all(again, "duplicate")
        return kept

    def _at_most_of_groups(self, items: list[Item]) -> list[Item]:
        for name, most in self._tools.rules.limits:
            members = [item for item in self._in_order(items) if _is_of(item, name)]
            over = beyond(members, most, self._is_protected)
            items = self.report.without(items, [(item, f"at most {most} of {name}") for item in over])
        return items

    def _at_most_tags(self, items: list[Item]) -> list[Item]:
        most = self._settings.max_tags
        if not most:
            return items
        tags = [item for item in self._in_order(items) if item.facts.tag is not None]
        over = beyond(tags, most, self._is_protected)
        return self.report.without(items, [(item, f"at most {counted(most, 'tag')}") for item in over])

    def _at_most_tokens(self, items: list[Item]) -> list[Item]:
        most = self._settings.max_tokens
        if not most:
            return items
        # The comma after the last item is not written, so one token more may be spent.
        spare = most + 1 - sum(map(self._cost, self._spent))
        over = list(too_long(self._in_order(items), spare, self._cost, self._stays))
        return self.report.without(items, [(item, f"at most {counted(most, 'token')}") for item in over])

    def _stays(self, item: Item) -> bool:
        """Say whether no limit may drop an item: limits are about tags of the vocabulary alone."""
        return item.facts.tag is None or self._is_protected(item)

    def _in_order(self, items: list[Item]) -> list[Item]:
        return arranged(items, self._settings.order)

    def _cost(self, item: Item) -> int:
        """Return the tokens of an item and of the separator after it; networks and marks cost none."""
        if item.composes or item.role == "comment" or item.text.startswith("<"):
            return 0
        return self._count_tokens(self.report.name_of(item)) + 1

    def _added(self, text: str, beside: Item) -> list[Item]:
        if not text:
            return []
        items = parse(text, self._settings.target, self._tools.index).items
        new = [item for item in items if not self._is_said(item)]
        return [
            replace(
                item,
                position=-1,
                gap=item.gap if item.composes else None,
                line=beside.line,
                region=beside.region,
                as_given=True,
            )
            for item in new
        ]


def _in_regions(items: Sequence[Item]) -> list[Item]:
    """Count the regions anew, after words of composition have come in."""
    regions = itertools.accumulate(item.role == "word" for item in items)
    return [
        item if item.region == region else replace(item, region=region)
        for region, item in zip(regions, items, strict=True)
    ]


def _is_of(item: Item, name: str) -> bool:
    tag = item.facts.tag
    return tag is not None and name in (tag.group, tag.category)
