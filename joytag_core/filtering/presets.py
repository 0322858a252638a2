"""Which settings does a list make, such as that of a target model?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..checks import read_number, read_yes_or_no, setting_line
from ..errors import RuleError, SettingError

_NO_PRESETS = ("lists", "base_model", "lists_folder")


def read_preset(where: str, line: str, defaults: Mapping[str, Any]) -> tuple[str, Any]:
    """Return name and value of a line `name = value`; `defaults` are all settings that there are.

    Raises:
        RuleError: there is no such setting, or it takes no such value.
    """
    name, text = setting_line(line)
    names = [one for one in defaults if one not in _NO_PRESETS]
    if name not in names:
        raise RuleError(f"{where}: {line!r} is no setting; expected NAME = VALUE with one of {', '.join(names)}")
    try:
        return name, _value(name, text, type(defaults[name]))
    except (SettingError, ValueError) as error:
        raise RuleError(f"{where}: {line!r} has no value that {name} can have") from error


def _value(name: str, text: str, kind: type) -> Any:
    if kind is str:
        return text
    if kind is bool:
        return read_yes_or_no(name, text)
    numbers = [read_number(word) for word in text.replace(",", " ").split()]
    if None in numbers or (kind is not tuple and len(numbers) != 1):
        raise ValueError(text)
    return tuple(numbers) if kind is tuple else numbers[0]
