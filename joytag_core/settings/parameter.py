"""What is one setting: its default, range and words, what it may be, and what a text means by it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..checks import check_choice, check_number, check_range, read_number, read_yes_or_no
from ..errors import SettingError


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """Describe one setting; its kind is the type of its default.

    `choices` of a text setting are all that it may be; of a tuple setting, all that it may hold; a tuple without
    choices is a range, two numbers. `multiline` texts take one rule a line; `advanced` settings are folded away where
    a host can.
    """

    name: str
    default: Any
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    multiline: bool = False
    advanced: bool = False

    def check(self, value: Any) -> Any:
        """Return a value in the setting's own type: as JSON, a control or Python hands it over.

        Raises:
            SettingError: it is of another kind, out of range, or no choice.
        """
        converted = self._converted(value)
        if self.kind in (int, float):
            check_number(self.name, converted, minimum=self.minimum, maximum=self.maximum)
        elif self.kind is str and self.choices:
            check_choice(self.name, converted, self.choices)
        elif self.is_range:
            check_range(self.name, converted)
        elif self.kind is tuple and not set(converted) <= set(self.choices):
            raise self._error(value, f"some of {', '.join(self.choices)}")
        return converted

    def parse(self, text: str) -> Any:
        """Return the value that a text means: on a command line, in a placeholder, in a rules file.

        Raises:
            SettingError: it means none, or one that is out of range or no choice.
        """
        stripped = text.strip()
        if self.kind is bool:
            return read_yes_or_no(self.name, text)
        if self.kind in (int, float):
            return self.check(_number(stripped, text))
        return self.check(stripped if self.choices else text)

    @property
    def kind(self) -> type:
        """Return the type of the values."""
        return type(self.default)

    @property
    def is_range(self) -> bool:
        """Say whether the values are two numbers."""
        return self.kind is tuple and not self.choices

    def text(self, value: Any) -> str:
        """Write a value as people read it, and as `parse` reads it back."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def shown(self, value: Any) -> Any:
        """Return a value as controls hold it: a list of choices, a range as text, all else as it is."""
        if self.is_range:
            return value if isinstance(value, str) else self.text(tuple(value))
        return list(value) if isinstance(value, tuple) else value

    def _converted(self, value: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if self.kind in (int, float) and is_number and (self.kind is float or float(value).is_integer()):
            return self.kind(value)
        if self.kind is tuple and isinstance(value, Iterable):
            items = value.replace(",", " ").split() if isinstance(value, str) else value
            return tuple(_number(str(item), item) if self.is_range else str(item) for item in items)
        if self.kind in (bool, str) and isinstance(value, self.kind):
            return value
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list"}
        raise self._error(value, wanted[self.kind])

    def _error(self, value: Any, wanted: str) -> SettingError:
        return SettingError(f"{self.name} is {value!r}; expected {wanted}")


def _number(text: str, otherwise: Any) -> Any:
    """Return the number that a text is; what is none comes back as it was, for the check to name it."""
    number = read_number(text)
    return otherwise if number is None else number
