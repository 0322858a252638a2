"""Is a value what a setting may be, and which one does a text mean? What settings, rules and formats share."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from .errors import SettingError

YES_OR_NO = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
"""How a person may write what is on or off, in lower case."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")


def read_number(text: str) -> float | None:
    """Return the number that a text is, None where it is none: no `nan`, no exponent."""
    return float(text) if _NUMBER.fullmatch(text) else None


def setting_name(text: str) -> str:
    """Return a setting's name however a person writes it: `Max tags` and `max-tags` are max_tags."""
    return re.sub(r"[ -]", "_", text.strip().lower())


def setting_line(line: str) -> tuple[str, str]:
    """Return name and value of a line `NAME = VALUE`, its quotes taken off; the name is empty where there is no `=`."""
    name, equals, value = line.partition("=")
    return setting_name(name) if equals else "", unquoted(value.strip())


def read_yes_or_no(name: str, text: str) -> bool:
    """Return what a text means that is on or off.

    Raises:
        SettingError: it means neither.
    """
    meant = YES_OR_NO.get(text.strip().lower())
    if meant is None:
        raise SettingError(f"{name} is {text!r}; expected yes, on, true or no, off, false")
    return meant


def unquoted(text: str) -> str:
    """Return a text without the quotes around it, which keep the blanks at its ends: `"; "`."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def check_choice(name: str, value: Any, choices: Collection[str]) -> None:
    """Raise SettingError unless the value is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{name} is {value!r}; expected one of {', '.join(choices)}")


def check_number(
    name: str, value: Any, *, minimum: float | None = None, maximum: float | None = None, whole: bool = False
) -> None:
    """Raise SettingError unless the value is a number (a whole one, by choice) from `minimum` to `maximum`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (whole and not float(value).is_integer()):
        raise SettingError(f"{name} is {value!r}; expected {'a whole number' if whole else 'a number'}")
    low, high = -float("inf") if minimum is None else minimum, float("inf") if maximum is None else maximum
    if not low <= value <= high:  # NaN lies in no range
        raise SettingError(f"{name} is {value!r}; expected {_range_text(minimum, maximum)}")


def check_unit(name: str, value: Any) -> None:
    """Raise SettingError unless the value is a number from 0 to 1."""
    check_number(name, value, minimum=0.0, maximum=1.0)


def check_bool(name: str, value: Any) -> None:
    """Raise SettingError unless the value is true or false."""
    if not isinstance(value, bool):
        raise SettingError(f"{name} is {value!r}; expected true or false")


def check_range(name: str, value: Any) -> None:
    """Raise SettingError unless the value is two finite numbers, 0 < low <= high."""
    is_pair = isinstance(value, tuple) and len(value) == 2
    numbers = [v for v in value if isinstance(v, int | float) and not isinstance(v, bool)] if is_pair else []
    if len(numbers) != 2 or not 0.0 < numbers[0] <= numbers[1] < float("inf"):
        raise SettingError(f"{name} is {value!r}; expected two numbers, 0 < low <= high")


def _range_text(minimum: float | None, maximum: float | None) -> str:
    if maximum is None:
        return "a number" if minimum is None else f"{minimum:g} or more"
    return f"{maximum:g} or less" if minimum is None else f"a number from {minimum:g} to {maximum:g}"
