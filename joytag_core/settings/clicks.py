"""What does a click on a tag make of the settings? Never, always; a second click takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..prompts.format import PromptFormat
from ..prompts.merging import merge_prompts, said_in, without
from ..rules.patterns import exact_pattern

ACTIONS = ("ban", "keep", "add")
"""Drop a tag always; protect one from every rule; put one in that was not chosen."""


def click_tag(settings: Mapping[str, Any], tag: str, action: str) -> dict[str, str]:
    """Return `exclude`, `protect` and `add_last` after a click on a tag, given by the model's name or as written.

    Raises:
        KeyError: one of the three, or `target`, is missing from the settings, or the action is none of `ACTIONS`.
    """
    exclude, protect, added = settings["exclude"], settings["protect"], settings["add_last"]
    target = settings["target"]
    was_added = is_added(settings, tag)
    rest = without(added, _written(tag, target), target=target)
    changed = {
        "ban": (_toggled(exclude, tag), _less(protect, tag), rest),
        "keep": (_less(exclude, tag), _toggled(protect, tag), added),
        "add": (_less(exclude, tag), _less(protect, tag), rest if was_added else _with(added, tag, target)),
    }[action]
    return dict(zip(("exclude", "protect", "add_last"), changed, strict=True))


def is_banned(settings: Mapping[str, Any], tag: str) -> bool:
    """Tell whether a click has banned a tag."""
    return exact_pattern(tag) in _lines(settings["exclude"])


def is_added(settings: Mapping[str, Any], tag: str) -> bool:
    """Tell whether a tag is put in though it was not chosen, by a click or by hand."""
    target = settings["target"]
    return said_in(_written(tag, target), target=target) <= said_in(settings["add_last"], target=target)


def _with(text: str, tag: str, target: str) -> str:
    return merge_prompts(text, _written(tag, target), how="append", target=target)


def _written(tag: str, target: str) -> str:
    return PromptFormat(target=target, spaces=False).render_tag(tag)


def _toggled(rules: str, tag: str) -> str:
    if exact_pattern(tag) in _lines(rules):
        return _less(rules, tag)
    return "\n".join(filter(None, (rules.strip(), exact_pattern(tag))))


def _less(rules: str, tag: str) -> str:
    return "\n".join(line for line in rules.strip().splitlines() if line.strip() != exact_pattern(tag))


def _lines(rules: str) -> list[str]:
    return [line.strip() for line in rules.splitlines()]
