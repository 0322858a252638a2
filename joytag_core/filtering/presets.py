"""Which settings does a list make, such as that of a target model?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import RuleError

_WORDS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_NO_PRESETS = ("lists", "base_model", "lists_folder", "weight_range")


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
        return name, _value(text, type(defaults[name]))
    except (KeyError, ValueError) as error:
        raise RuleError(f"{where}: {line!r} has no value that {name} can have") from error


def _value(text: str, kind: type) -> Any:
    if kind is bool:
        return _WORDS[text.lower()]
    return text.strip('"') if kind is str else kind(text)
