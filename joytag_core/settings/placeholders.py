"""Where do a picture's tags go in a prompt that is already there?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import SettingError
from ..filtering.result import FilterResult
from ..prompts.merging import merge_prompts, said_in
from .parameters import PARAMETERS, unquoted

PLACEMENTS = ("append", "prepend")
"""Where the tags go in a prompt that has no placeholder."""

Settings = Mapping[str, Any]
WriteTags = Callable[[Settings, Collection[str]], FilterResult]
"""Makes the tags for some settings, less the names that the prompt says already."""

_PLACEHOLDER = re.compile(r"\{joytag(?::((?:\\.|/(?:\\.|[^/\n\\])*/|[^{}\\])*))?\}", re.IGNORECASE)
_OPTION = re.compile(r"(?:\\.|/(?:\\.|[^/\n\\])*/|[^|\\])+")
_NUMBER = re.compile(r"\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Mark one `{joytag}` in a prompt: where it stands, and the settings that its options change."""

    start: int
    end: int
    options: Settings = field(default_factory=dict)

    def over(self, settings: Settings) -> dict[str, Any]:
        """Return settings with the options over them; tags to exclude are added to those already excluded."""
        merged = {**settings, **self.options}
        merged["exclude"] = _lines(settings.get("exclude", ""), self.options.get("exclude", ""))
        return merged


def find_placeholders(prompt: str) -> list[Placeholder]:
    """Return the placeholders of a prompt, in order.

    Options follow a colon and are separated by `|`: a number is the threshold, `name=value` any setting, `-pattern`
    what to exclude, and every other pattern is among those to keep: `{joytag:0.5|category:character}`.

    Raises:
        SettingError: an option names no setting, or its value is out of range.
    """
    return [Placeholder(m.start(), m.end(), _options(m.group(1) or "")) for m in _PLACEHOLDER.finditer(prompt)]


def fill_prompt(
    prompt: str,
    write: WriteTags,
    *,
    settings: Settings,
    placement: str = "append",
    negative: str = "",
) -> str:
    """Put tags at every placeholder of a prompt or, where there is none, at its end or beginning.

    What the prompt or the `negative` prompt says already is handed to `write`, which does not say it again.

    Raises:
        SettingError: as `find_placeholders`.
    """
    placeholders = find_placeholders(prompt)
    target = settings.get("target", PARAMETERS["target"].default)
    if not placeholders:
        said = said_in(prompt, target=target) | said_in(negative, target=target)
        return merge_prompts(prompt, write(settings, said).text, how=placement, target=target)
    bounds = [0, *(edge for one in placeholders for edge in (one.start, one.end)), len(prompt)]
    pieces = [prompt[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    filled = pieces[0]
    said = said_in(", ".join([*pieces, negative]), target=target)
    for placeholder, piece in zip(placeholders, pieces[1:], strict=True):
        written = write(placeholder.over(settings), said)
        filled = _put(filled, written.text, piece)
        said |= written.said
    return filled


def clear_placeholders(prompt: str) -> str:
    """Return a prompt without its placeholders, whatever is in them, and without the commas they leave behind."""
    while (match := _PLACEHOLDER.search(prompt)) is not None:
        prompt = _put(prompt[: match.start()], "", prompt[match.end() :])
    return prompt


def has_placeholder(prompt: str) -> bool:
    """Say whether `{joytag}` stands in a prompt."""
    return _PLACEHOLDER.search(prompt) is not None


def _options(text: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    keep: list[str] = []
    exclude: list[str] = []
    for option in (found.strip() for found in _OPTION.findall(text)):
        name, equals, value = (part.strip() for part in option.partition("="))
        if _NUMBER.fullmatch(option):
            options["threshold"] = PARAMETERS["threshold"].parse(option)
        elif equals and name.isidentifier():
            options[name] = _setting(name, value)
        elif option.startswith("-"):
            exclude.append(option[1:].strip())
        elif option:
            keep.append(option)
    patterns = {"keep_only": _lines(*keep), "exclude": _lines(*exclude)}
    return options | {name: text for name, text in patterns.items() if text}


def _setting(name: str, value: str) -> Any:
    if name not in PARAMETERS:
        raise SettingError(f"{{joytag:{name}={value}}}: setting {name!r} is unknown")
    return PARAMETERS[name].parse(unquoted(value))


def _put(before: str, tags: str, after: str) -> str:
    """Return a prompt with tags, perhaps none, between what stands before and after their place."""
    if tags:
        return before + tags.rstrip(" ,") + after
    left, right = before.rstrip(), after.lstrip()
    if right.startswith(",") or not right:
        return left.rstrip(",") + after if left else right[1:].lstrip()
    return before + after


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
