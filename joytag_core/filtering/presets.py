"""Which settings does a list make, such as that of a target model?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..checks import YES_OR_NO, read_number, unquoted
from ..errors import RuleError

_NO_PRESETS = ("lists", "base_model", "lists_folder")


def read_preset(where: str, line: str, defaults: Mapping[str, Any]) -> tuple[str, Any]:
    """Return name and value of a line `name = value`; `defaults` are all settings that there are.

    Raises:
        RuleError: there is no such setting, or it takes no such value.
    """
    name, equals, text = (part.strip() for part in line.partition("="))
    name = name.lower().replace(" ", "_").replace("-", "_")
    names = [one for one in defaults if one not in _NO_PRESETS]
    if not equals or name not in names:
        raise RuleError(f"{where}: {line!r} is no setting; expected NAME = VALUE with one of {', '.join(names)}")
    try:
        return name, _value(unquoted(text), type(defaults[name]))
    except (KeyError, ValueError) as error:
        raise RuleError(f"{where}: {line!r} has no value that {name} can have") from error


def _value(text: str, kind: type) -> Any:
    if kind is str:
        return text
    if kind is bool:
        return YES_OR_NO[text.strip().lower()]
    numbers = [read_number(word) for word in text.replace(",", " ").split()]
    if None in numbers or (kind is not tuple and len(numbers) != 1):
        raise ValueError(text)
    return tuple(numbers) if kind is tuple else numbers[0]
