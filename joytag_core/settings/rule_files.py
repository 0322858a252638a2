"""What does a rules file say: rules in sections, as in a list, and settings?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..checks import setting_line
from ..errors import RuleError, SettingError
from ..rules.library import SECTIONS, RuleList, read_text
from .parameters import FILTER_NAMES, PARAMETERS


def load_rule_file(path: str | Path) -> dict[str, Any]:
    """Return the fields of a `TagFilter` that a file gives.

    Raises:
        RuleError: the file cannot be read, or a line of its settings is malformed.
    """
    path = Path(path)
    rules = RuleList(path.name, read_text(path, f"rules file {path.name!r}"), kind="rules file")
    fields: dict[str, Any] = {section.replace(" ", "_"): rules.section(section) for section in SECTIONS}
    for number, line in enumerate(rules.section("settings").splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            try:
                name, value = _setting(text)
            except SettingError as error:
                raise RuleError(f"{rules.where}, line {number}: {error}") from error
            fields[name] = value
    return {name: value for name, value in fields.items() if not isinstance(value, str) or value.strip()}


def _setting(line: str) -> tuple[str, Any]:
    name, value = setting_line(line)
    if name not in FILTER_NAMES or PARAMETERS[name].multiline:
        choices = [name for name in FILTER_NAMES if not PARAMETERS[name].multiline]
        raise SettingError(f"{line!r} is no setting; expected NAME = VALUE with one of {', '.join(choices)}")
    return name, PARAMETERS[name].parse(value)
