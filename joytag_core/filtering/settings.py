"""What can be set on a Tag Filter, and what is wrong with a setting?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..checks import check_bool, check_choice, check_number, check_range, check_unit
from ..errors import SettingError
from ..prompts.choices import PROSE
from ..prompts.format import PromptFormat
from ..rules.rule_book import RuleBook, RuleTexts, folder_state, read_rules
from ..tags.ordering import ORDERS
from .choices import BASE_MODELS, DUPLICATES
from .implications import IMPLICATIONS
from .presets import read_preset

if TYPE_CHECKING:
    from typing_extensions import Self

Rules = str | Sequence[str]
"""Rules as one text, or as several lines."""

_RULES = ("exclude", "keep_only", "protect", "replace", "lists", "max_per_group")


@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """Hold the rules of one filter; docs/tag-filter.md says what each means.

    Without any rule, tags come out as they went in, each once, written for `target`. `exclude`, `keep_only` and
    `protect` are patterns, `replace` lines `old -> new`, `lists` names of lists that are used as they say themselves,
    `base_model` one of `BASE_MODELS`, `max_per_group` limits such as `clothing 5`. `min_score` is 0..1; limits of 0 are
    none. `lists_folder` holds a person's own lists, `<name>.txt`. What is wrong with a setting or a rule is said when
    it is made.
    """

    exclude: Rules = ""
    keep_only: Rules = ""
    protect: Rules = ""
    replace: Rules = ""
    lists: Rules = ""
    base_model: str = "any"
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
    prose: str = "keep"
    artist_style: str = "as written"
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
        check_choice("prose", self.prose, PROSE)
        check_choice("base_model", self.base_model, BASE_MODELS)
        check_choice("order", self.order, ORDERS)
        check_unit("min_score", self.min_score)
        for name, value in {"max_tags": self.max_tags, "max_tokens": self.max_tokens}.items():
            check_number(name, value, minimum=0, whole=True)
            object.__setattr__(self, name, int(value))
        for name in _RULES:
            # A list could not be hashed, and a frozen value has to be.
            object.__setattr__(self, name, _as_text(name, getattr(self, name)))
        for name in ("add_first", "add_last", "separator"):
            if not isinstance(getattr(self, name), str):
                raise SettingError(f"{name} {getattr(self, name)!r} is no text; expected tags as text")
        for name in ("exclusive", "spaces", "trailing_separator", "keep_line_breaks"):
            check_bool(name, getattr(self, name))
        if not isinstance(self.weight_range, str | int | float | None):
            object.__setattr__(self, "weight_range", tuple(self.weight_range))
        check_range("weight_range", self.weight_range)
        self.format  # noqa: B018  Checks the settings of the text.
        self.with_presets()

    @cached_property
    def format(self) -> PromptFormat:
        """Return how the remaining tags are written."""
        return PromptFormat(
            target=self.target, spaces=self.spaces, names=self.names, weights=self.weights,
            weight_range=self.weight_range, separator=self.separator, trailing_separator=self.trailing_separator,
            artist_style=self.artist_style,
        )  # fmt: skip

    def with_presets(self) -> Self:
        """Return the same with the settings of its lists, where nothing else was set.

        Raises:
            RuleError: a rule is malformed, or a setting of a list.
        """
        lines = self.rule_book().settings
        if not lines:
            return self
        defaults = {field.name: field.default for field in fields(self)}
        found = dict(read_preset(where, line, defaults) for where, line in lines)
        new = {name: value for name, value in found.items() if getattr(self, name) == defaults[name] != value}
        return replace(self, **new) if new else self

    def rule_book(self) -> RuleBook:
        """Return the rules taken apart, as the lists in the person's folder are now.

        Raises:
            RuleError: a rule is malformed.
        """
        folder = None if self.lists_folder is None else str(self.lists_folder)
        return read_rules(
            RuleTexts(
                exclude=str(self.exclude),
                keep_only=str(self.keep_only),
                protect=str(self.protect),
                replace=str(self.replace),
                lists=str(self.lists) if self.base_model == "any" else f"{self.base_model}\n{self.lists}",
                limits=str(self.max_per_group),
                folder=folder,
                state=folder_state(folder),
            )
        )


def _as_text(name: str, rules: Rules) -> str:
    if isinstance(rules, str):
        return rules
    if not isinstance(rules, Sequence) or not all(isinstance(line, str) for line in rules):
        raise SettingError(f"{name} {rules!r} is no text; expected rules as text, or a list of lines")
    return "\n".join(rules)
