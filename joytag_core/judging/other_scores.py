"""What did another tagger say? Its scores, in any of the forms that taggers give them in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import SettingError
from ..filtering.duplicates import weight_of
from ..prompts.parser import parse
from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary

_RATINGS = frozenset({"general", "sensitive", "questionable", "explicit", "safe"})
_RATING_KEYS = frozenset({"rating", "ratings"})
_NAME_KEYS = ("tag", "name", "label")
_SCORE_KEYS = ("score", "confidence", "probability")
# A number above 1 is a wrong score after a blank (`smile: 95`), and a part of the name without one (`12:30`).
_LINE = re.compile(
    r"\s*(?P<name>\S(?:[^,，、\n]*\S)?)\s*:"
    r"(?:\s*(?P<percent>\d+(?:\.\d+)?)\s*%|(?P<score>\s+\d*\.?\d+(?:e-?\d+)?|[01]|0?\.\d+|1\.0+))\s*,?\s*",
    re.I,
)

Scores = dict[str, float]


def read_scores(source: Any, *, target: str = "comfyui") -> Scores:
    """Return scores 0..1 by name, as written, best first.

    `source` is a mapping of scores; the nested form of imgutils, as a mapping or sequence of mappings, its ratings
    left out; a sequence of pairs, or of objects with `tag` and `score`; or text: JSON of any of these, lines
    `tag: 0.95` or `tag: 95%`, or a prompt with `(tag:0.95)`, escaped as `target` does. A tag of a prompt without a
    number is taken as sure: 1.

    Raises:
        SettingError: it is none of these, or a score is no number from 0 to 1.
    """
    pairs = _from_text(source, target) if isinstance(source, str) else _from_value(source)
    best: Scores = {}
    try:
        for name, score in pairs:
            best[name] = max(_checked(name, score), best.get(name, 0.0))
    except RecursionError as error:
        raise SettingError("the scores are nested too deeply; expected scores by tag") from error
    except TypeError as error:  # a tensor says that it can be gone through, and cannot
        raise SettingError(f"{type(source).__name__} holds no scores; expected scores by tag") from error
    return dict(sorted(best.items(), key=lambda pair: -pair[1]))


def _from_value(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from _from_mapping(value)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for one in value:
            yield from [_pair(one)] if _is_pair(one) else _from_value(one)
    else:
        raise SettingError(f"{value!r} holds no scores; expected scores by tag, such as {{'smile': 0.9}}")


def _from_mapping(value: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    if value and set(value) <= _RATINGS and not any(isinstance(inner, Mapping) for inner in value.values()):
        return  # how daring the whole picture is: no tags, though one of them is called "general"
    if isinstance(value.get("tags"), list | tuple | Mapping):  # a result of our own, or of the WD14 tagger's API
        value = {"tags": value["tags"]}
    for name, inner in value.items():
        if isinstance(inner, Mapping | list | tuple):
            if name not in _RATING_KEYS:
                yield from _from_value(inner)
        else:
            yield str(name), inner


def _is_pair(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(key in value for key in _NAME_KEYS) and any(key in value for key in _SCORE_KEYS)
    return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)


def _pair(value: Any) -> tuple[str, Any]:
    if not isinstance(value, Mapping):
        return value[0], value[1]
    # The first key that says something: what a model does not know has the name, but no tag.
    name = next((value[key] for key in _NAME_KEYS if value.get(key)), "")
    return str(name), next(value[key] for key in _SCORE_KEYS if key in value)


def _from_text(text: str, target: str) -> Iterator[tuple[str, Any]]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            yield from _from_value(json.loads(text))
            return
        except json.JSONDecodeError:
            pass  # a prompt may begin with a bracket too
    for line in text.splitlines():
        scored = _LINE.fullmatch(line)
        if scored:
            yield scored["name"], _number(scored)
        elif not line.lstrip().startswith("#"):
            yield from _from_prompt(line, target)


def _from_prompt(text: str, target: str) -> Iterator[tuple[str, Any]]:
    for item in parse(text, target, name_index(Vocabulary.joytag())).items:
        scored = _LINE.fullmatch(item.text)
        if item.facts.tag is None and scored:
            yield scored["name"], _number(scored)
        elif not item.verbatim:
            has_score = any(group.weight is not None for group in item.groups)
            yield item.text, weight_of(item.groups, target) if has_score else 1.0


def _number(scored: re.Match[str]) -> float:
    return float(scored["percent"]) / 100 if scored["percent"] else float(scored["score"])


def _checked(name: str, score: Any) -> float:
    try:
        number = float(score)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(score, bool) or not 0.0 <= number <= 1.0:
        raise SettingError(f"the score of {name!r} is {score!r}; expected a number from 0 to 1")
    return number
