"""Where do a picture's tags go in a prompt that is already there?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks import setting_line
from ..errors import SettingError
from ..filtering.result import FilterResult
from ..prompts.merging import merge_prompts, said_by_region, said_in
from ..prompts.parser import parse
from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary
from .marks import Mark, find_marks
from .parameters import PARAMETERS, READING_NAMES

PLACEMENTS = ("append", "prepend")
"""Where the tags go in a prompt that has no placeholder."""

Settings = Mapping[str, Any]
WriteTags = Callable[[Settings, Collection[str]], FilterResult]
"""Makes the tags for some settings, less the names that the prompt says already."""

_NUMBER = re.compile(r"\d*\.?\d+")
_NO_THRESHOLD = re.compile(r"[+-]?\d*[.,]\d+\s*%?|[+-]?\d+\s*%")
_STAND_IN = re.compile(r"<joytag:(\d+)>")


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


def find_placeholders(prompt: str, *, target: str = "a1111") -> list[Placeholder]:
    """Return the placeholders of a prompt, in order; what stands in a comment of the target's is none.

    Options follow a colon and are separated by `|`: a number is the threshold, `name=value` any setting, `-pattern`
    what to exclude, and every other pattern is among those to keep: `{joytag:0.5|category:character}`.

    Raises:
        SettingError: one is not closed or misspelt, an option names no setting, or its value is out of range.
    """
    return [Placeholder(mark.start, mark.end, _options(mark)) for mark in find_marks(prompt, target)]


def fill_prompt(
    prompt: str,
    write: WriteTags,
    *,
    settings: Settings,
    placement: str = "append",
    negative: str = "",
) -> str:
    """Put tags at every placeholder of a prompt or, where there is none, at its end or beginning.

    What the `negative` prompt says already, or the prompt in the same region, is handed to `write`, which does not say
    it again.

    Raises:
        SettingError: as `find_placeholders`; a prompt is no text.
    """
    for text in (prompt, negative):
        if not isinstance(text, str):
            raise SettingError(f"{text!r} is no text; expected a prompt")
    target = settings.get("target", PARAMETERS["target"].default)
    placeholders = find_placeholders(prompt, target=target)
    unwanted = said_in(negative, target=target)
    if not placeholders:
        by_region = said_by_region(prompt, target=target)
        said = unwanted | by_region[-1 if placement == "append" else 0]
        return merge_prompts(prompt, write(settings, said).text, how=placement, target=target)
    pieces = _pieces(prompt, placeholders)
    regions = _regions_of(pieces, target)
    written = []
    for placeholder, region in zip(placeholders, regions, strict=True):
        result = write(placeholder.over(settings), unwanted | region)
        region.update(result.said)
        written.append(result.text)
    return _put_together(pieces, written)


def clear_placeholders(prompt: str, *, target: str = "a1111") -> str:
    """Return a prompt without its placeholders, whatever is in them, and without the commas they leave behind.

    What is only meant to be one, unclosed or misspelt, goes too: it would be drawn.
    """
    marks = [Placeholder(mark.start, mark.end) for mark in find_marks(prompt, target)]
    return _put_together(_pieces(prompt, marks), [""] * len(marks)) if marks else prompt


def has_placeholder(prompt: str, *, target: str = "a1111") -> bool:
    """Say whether `{joytag}` stands in a prompt, or what is meant to be one."""
    return next(find_marks(prompt, target), None) is not None


def _pieces(prompt: str, placeholders: Sequence[Placeholder]) -> list[str]:
    """Return what stands around placeholders: one piece more than there are of them."""
    bounds = [0, *(edge for one in placeholders for edge in (one.start, one.end)), len(prompt)]
    return [prompt[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]


def _regions_of(pieces: Sequence[str], target: str) -> list[set[str]]:
    """Return for each place between pieces what its region says; places in one region share one set."""
    marked = "".join(f"{piece}<joytag:{number}>" for number, piece in enumerate(pieces[:-1])) + pieces[-1]
    items = parse(marked, target, name_index(Vocabulary.joytag())).items
    said: dict[int, set[str]] = {}
    region_of: dict[int, int] = {}
    for item in items:
        names = said.setdefault(item.region, set())
        if not item.verbatim:
            names.add(item.facts.model_key)
        region_of |= {int(number): item.region for number in _STAND_IN.findall(item.text)}
    return [said[region_of[number]] for number in range(len(pieces) - 1)]


def _options(mark: Mark) -> dict[str, Any]:
    if mark.fault:
        raise SettingError(mark.fault)
    options: dict[str, Any] = {}
    keep: list[str] = []
    exclude: list[str] = []
    for option in mark.options:
        name, value = setting_line(option)
        if _NUMBER.fullmatch(option):
            options["threshold"] = PARAMETERS["threshold"].parse(option)
        elif _NO_THRESHOLD.fullmatch(option):
            raise SettingError(
                f"{{joytag:{option}}}: {option!r} is no threshold; expected a number from 0 to 1, as 0.5"
            )
        elif name.isidentifier():
            options[name] = _setting(name, value)
        elif option.startswith("-"):
            exclude.append(option[1:].strip())
        elif option:
            keep.append(option)
    patterns = {"keep_only": _lines(*keep), "exclude": _lines(*exclude)}
    return options | {name: text for name, text in patterns.items() if text}


def _setting(name: str, value: str) -> Any:
    if name in ("model", *READING_NAMES):
        raise SettingError(
            f"{{joytag:{name}={value}}}: the picture is tagged once for the whole prompt; set {name} in the settings"
        )
    if name not in PARAMETERS:
        raise SettingError(f"{{joytag:{name}={value}}}: setting {name!r} is unknown; docs/settings.md names all")
    return PARAMETERS[name].parse(value)


def _put_together(pieces: Sequence[str], written: Sequence[str]) -> str:
    """Put tags, perhaps none, between pieces of a prompt; none take a comma with them."""
    parts = [pieces[0]]
    for tags, piece in zip(written, pieces[1:], strict=True):
        text, right = piece, piece.lstrip()
        if tags:
            parts.append(tags.rstrip(" ,"))
        elif right.startswith(",") or not right:
            _strip_end(parts, None)
            text = piece if parts else right[1:].lstrip()
            _strip_end(parts, ",")
        parts.append(text)
    return "".join(parts)


def _strip_end(parts: list[str], signs: str | None) -> None:
    """Strip signs, blanks by default, from the end of a text in parts."""
    while parts:
        stripped = parts.pop().rstrip(signs)
        if stripped:
            parts.append(stripped)
            return


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
