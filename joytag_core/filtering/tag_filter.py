"""Which rules hold, and what do they make of a prompt?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import SettingError
from ..prompts.format import PromptFormat, check_choice
from ..prompts.items import Item, Prompt
from ..prompts.parser import parse
from ..prompts.writer import Writer
from ..rules.rule_book import RuleBook, RuleTexts, folder_state, read_rules
from ..settings.parameters import IMPLICATIONS
from ..tags.names import name_index
from ..tags.ordering import ORDERS
from ..tags.scores import ScoredTag
from ..tags.vocabulary import PUBLISHED_THRESHOLD, Vocabulary
from .pipeline import Tools, Work
from .result import FilterResult
from .scoring import ScoreLookup

Rules = str | Sequence[str]
"""Rules as one text, or as several lines."""

DUPLICATES = ("merge", "keep")


@dataclass(frozen=True, kw_only=True)
class TagFilter:
    """Hold the rules of one filter; docs/tag-filter.md says what each means.

    Without any rule, tags come out as they went in, each once, written for `target`. `exclude`, `keep_only` and
    `protect` are patterns, `replace` lines `old -> new`, `lists` names of lists that are used as they say themselves,
    `max_per_group` limits such as `clothing 5`. `min_score` is 0..1; limits of 0 are none. `lists_folder` holds a
    person's own lists, `<name>.txt`. What is wrong with a setting or a rule is said when the filter is made.
    """

    exclude: Rules = ""
    keep_only: Rules = ""
    protect: Rules = ""
    replace: Rules = ""
    lists: Rules = ""
    min_score: float = 0.0
    exclusive: bool = False
    implications: str = "off"
    duplicates: str = "merge"
    max_tags: int = 0
    max_per_group: Rules = ""
    max_tokens: int = 0
    order: str = "given"
    add_first: str = ""
    add_last: str = ""
    target: str = "comfyui"
    spaces: bool = True
    names: str = "model"
    weights: str = "off"
    weight_range: tuple[float, float] = (0.8, 1.2)
    separator: str = ", "
    trailing_separator: bool = False
    keep_line_breaks: bool = False
    lists_folder: str | Path | None = None

    def __post_init__(self) -> None:
        """Check everything that can be wrong.

        Raises:
            SettingError: a setting is out of its range; as RuleError: a rule is malformed.
        """
        check_choice("implications", self.implications, IMPLICATIONS)
        check_choice("duplicates", self.duplicates, DUPLICATES)
        check_choice("order", self.order, ORDERS)
        if not (math.isfinite(self.min_score) and 0.0 <= self.min_score <= 1.0):
            raise SettingError(f"min_score {self.min_score} is out of range; expected a number from 0 to 1")
        for name, value in {"max_tags": self.max_tags, "max_tokens": self.max_tokens}.items():
            if value < 0:
                raise SettingError(f"{name} {value} is out of range; expected 0 (no limit) or more")
        for name in ("exclude", "keep_only", "protect", "replace", "lists", "max_per_group"):
            # A list could not be hashed, and a frozen value has to be.
            object.__setattr__(self, name, _as_text(name, getattr(self, name)))
        object.__setattr__(self, "weight_range", tuple(self.weight_range))
        self.format  # noqa: B018  Checks the settings of the text.
        self._rules()

    @property
    def format(self) -> PromptFormat:
        """Return how the remaining tags are written."""
        return PromptFormat(
            target=self.target, spaces=self.spaces, names=self.names, weights=self.weights,
            weight_range=self.weight_range, separator=self.separator, trailing_separator=self.trailing_separator,
        )  # fmt: skip

    def apply(
        self,
        text: str,
        *,
        scores: Mapping[str, float] | None = None,
        vocabulary: Vocabulary | None = None,
        count_tokens: Callable[[str], int] | None = None,
    ) -> FilterResult:
        """Filter a prompt or tag list.

        `scores` are by tag name, 0..1; tags without one pass score rules untouched. `vocabulary` is the published
        model's by default. `count_tokens` counts the CLIP tokens of a text without start and end marks; without it
        they are estimated.

        Raises:
            RuleError: the regular expressions together took more than a second.
        """
        index = name_index(vocabulary or Vocabulary.joytag())
        prompt = parse(text, self.target, index)
        if scores:
            lookup = ScoreLookup(scores, index)
            items = tuple(item if item.verbatim else replace(item, score=lookup.score(item)) for item in prompt.items)
            prompt = replace(prompt, items=items)
        return self._filtered(prompt, _tools(self._rules(), index.vocabulary), PUBLISHED_THRESHOLD, count_tokens)

    def apply_scored(
        self,
        tags: Iterable[ScoredTag],
        *,
        vocabulary: Vocabulary | None = None,
        threshold: float = PUBLISHED_THRESHOLD,
        count_tokens: Callable[[str], int] | None = None,
    ) -> FilterResult:
        """Filter tags that a model scored; `threshold` (0..1) is the score that gets the lowest mapped weight.

        Raises:
            RuleError: the regular expressions together took more than a second.
        """
        index = name_index(vocabulary or Vocabulary.joytag())
        items = [
            Item(text=scored.name, facts=index.facts(scored.name), position=place, score=scored.score)
            for place, scored in enumerate(tags)
        ]
        return self._filtered(Prompt(tuple(items)), _tools(self._rules(), index.vocabulary), threshold, count_tokens)

    def _filtered(
        self, prompt: Prompt, tools: Tools, threshold: float, count_tokens: Callable[[str], int] | None
    ) -> FilterResult:
        writer = Writer(self.format, threshold=self.min_score or threshold, keep_lines=self.keep_line_breaks)
        work = Work(self, tools, writer, count_tokens)
        done = work.done(prompt)
        names = tuple(writer.name(item) for item in done.items if not item.verbatim)
        return FilterResult(writer.text(done), names, tuple(work.dropped), tuple(work.replaced))

    def _rules(self) -> RuleBook:
        texts: dict[str, Any] = {name: getattr(self, name) for name in ("exclude", "keep_only", "protect", "replace")}
        folder = None if self.lists_folder is None else str(self.lists_folder)
        return read_rules(
            RuleTexts(
                **texts,
                lists=str(self.lists),
                limits=str(self.max_per_group),
                folder=folder,
                state=folder_state(folder),
            )
        )


def _as_text(name: str, rules: Rules) -> str:
    if isinstance(rules, str):
        return rules
    if not all(isinstance(line, str) for line in rules):
        raise SettingError(f"{name} {rules!r} is no text; expected rules as text, or a list of lines")
    return "\n".join(rules)


@lru_cache(maxsize=16)
def _tools(rules: RuleBook, vocabulary: Vocabulary) -> Tools:
    return Tools.of(rules, name_index(vocabulary))
