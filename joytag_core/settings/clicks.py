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

    To keep a tag that was put in is to take it out again.

    Raises:
        KeyError: one of the three, `target` or `spaces` is missing from the settings, or the action is none of
            `ACTIONS`.
    """
    exclude, protect, added = settings["exclude"], settings["protect"], settings["add_last"]
    was_added = ClickedTags(settings).is_added(tag)
    rest = without(added, _written(tag, settings), target=settings["target"])
    changed = {
        "ban": (_toggled(exclude, tag), _less(protect, tag), rest),
        "keep": (_less(exclude, tag), _toggled(protect, tag), added),
        "add": (_less(exclude, tag), _less(protect, tag), _with(added, tag, settings)),
    }[action]
    if was_added and action != "ban":
        changed = (_less(exclude, tag), _less(protect, tag), rest)
    return dict(zip(("exclude", "protect", "add_last"), changed, strict=True))


class ClickedTags:
    """Tell which tags clicks, or a person's own hand, have banned, protected and put in."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Take the settings that `click_tag` takes."""
        self._settings = settings
        self._banned, self._protected = (set(_lines(settings[rule])) for rule in ("exclude", "protect"))
        self._added = said_in(settings["add_last"], target=settings["target"])

    def is_banned(self, tag: str) -> bool:
        """Tell whether a tag alone is dropped."""
        return exact_pattern(tag) in self._banned

    def is_kept(self, tag: str) -> bool:
        """Tell whether a tag is there whatever the rules say."""
        return exact_pattern(tag) in self._protected or self.is_added(tag)

    def is_added(self, tag: str) -> bool:
        """Tell whether a tag is put in though it was not chosen."""
        return bool(self._added) and said_in(_written(tag, self._settings), target=self._settings["target"]) <= (
            self._added
        )


def _with(text: str, tag: str, settings: Mapping[str, Any]) -> str:
    return merge_prompts(text, _written(tag, settings), how="append", target=settings["target"])


def _written(tag: str, settings: Mapping[str, Any]) -> str:
    """Return the tag for a text that is later written as it stands."""
    written = PromptFormat(target=settings["target"], spaces=settings["spaces"])
    return written.escape(written.spell(tag, is_tag=True))


def _toggled(rules: str, tag: str) -> str:
    if exact_pattern(tag) in _lines(rules):
        return _less(rules, tag)
    return "\n".join(filter(None, (rules.strip(), exact_pattern(tag))))


def _less(rules: str, tag: str) -> str:
    return "\n".join(line for line in rules.strip().splitlines() if line.strip() != exact_pattern(tag))


def _lines(rules: str) -> list[str]:
    return [line.strip() for line in rules.splitlines()]
