"""What do the texts of a filter's rules mean, the lists that they name included?"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..errors import RuleError
from ..tags.vocabulary import CATEGORIES, GROUPS
from .library import PATTERN_SECTIONS, Library, list_files
from .pattern_lists import PatternList, parse_patterns
from .replacements import Replacement, parse_replacements

FolderState = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of every list in a folder."""

_LIMIT = re.compile(r"(\w+)(?:\s*[:=]\s*|\s+)(\d+)")
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """Hold the rules of one filter, taken apart."""

    exclude: PatternList
    keep_only: PatternList
    protect: PatternList
    replace: tuple[Replacement, ...]
    limits: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, str], ...] = ()
    """Lines of the lists' own settings, each with how messages name its place."""


@dataclass(frozen=True, slots=True)
class RuleTexts:
    """Hold the rules of one filter as written; `state` says when the person's own lists last changed."""

    exclude: str
    keep_only: str
    protect: str
    replace: str
    lists: str
    limits: str
    folder: str | None
    state: FolderState = ()


def read_rules(texts: RuleTexts) -> RuleBook:
    """Return the rules that the texts mean; equal texts are taken apart once.

    Raises:
        RuleError: a rule is malformed; the message names the field or list, the line and the reason.
    """
    return _read_rules(texts)


def folder_state(folder: str | Path | None) -> FolderState:
    """Return name, time of change and size of every list in a folder."""
    if folder is None:
        return ()
    states = []
    for path in list_files(Path(folder)):
        with suppress(FileNotFoundError):  # gone meanwhile
            state = path.stat()
            states.append((path.name, state.st_mtime_ns, state.st_size))
    return tuple(states)


@lru_cache(maxsize=64)
def _read_rules(texts: RuleTexts) -> RuleBook:
    library = Library(texts.folder)
    named = [library.find(name) for name in list_names(texts.lists)]

    def patterns(text: str, section: str) -> PatternList:
        # A list's patterns come first, so that `!` in the filter's own can take them back.
        found = PatternList(())
        for rules in named:
            found += parse_patterns(rules.section(section), rules.where, library.patterns).labelled(f"@{rules.name}")
        return found + parse_patterns(text, section, library.patterns)

    def replacements(name: str) -> tuple[Replacement, ...]:
        with library.reading(name) as rules:
            return parse_replacements(rules.section("replace"), rules.where, replacements)

    # A person's own replacements come first: only the first that matches an item is applied.
    replace = list(parse_replacements(texts.replace, "replace", replacements))
    for rules in named:
        replace.extend(replacements(rules.name))
    exclude, keep_only, protect = (
        patterns(text, section)
        for text, section in zip((texts.exclude, texts.keep_only, texts.protect), PATTERN_SECTIONS, strict=True)
    )
    settings = tuple(line for rules in named for line in rules.settings())
    return RuleBook(exclude, keep_only, protect, tuple(replace), _limits(texts.limits), settings)


def list_names(text: str) -> list[str]:
    """Return the names in `character-lora, @photo`."""
    return [name.strip().lstrip("@") for name in re.split(r"[,，、\n]", text) if name.strip().lstrip("@")]


def _limits(text: str) -> tuple[tuple[str, int], ...]:
    limits: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for part in filter(None, (part.strip() for part in re.split(r"[,，、]", line))):
            match = _LIMIT.fullmatch(part)
            if match is None:
                raise RuleError(f"max_per_group, line {number}: {part!r} is no limit; expected e.g. clothing 5")
            name = match[1].lower()
            if name not in GROUPS and name not in CATEGORIES:
                raise RuleError(
                    f"max_per_group, line {number}: {match[1]!r} is no group; expected one of "
                    f"{', '.join(dict.fromkeys((*GROUPS, *CATEGORIES)))}"
                )
            if len(match[2]) > _MOST_DIGITS:
                raise RuleError(f"max_per_group, line {number}: {match[1]} has a number of {len(match[2])} digits; "
                                f"expected at most {_MOST_DIGITS}")  # fmt: skip
            limits[name] = min(int(match[2]), limits.get(name, int(match[2])))
    return tuple(limits.items())
