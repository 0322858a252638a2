"""Is every setting in every door that is made of text, by the same name and with the same spelling of its values?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from joytag_core import SettingError, TagFilter
from joytag_core.cli.arguments import settings_of
from joytag_core.cli.main import make_parser
from joytag_core.settings.parameters import (
    FILTER_NAMES,
    PARAMETERS,
    READING_NAMES,
    SELECTION_NAMES,
    Parameter,
)
from joytag_core.settings.placeholders import find_placeholders
from joytag_core.settings.rule_files import load_rule_file

OF_THE_PICTURE = {"model", *READING_NAMES}
"""One picture is read and tagged for a whole prompt, whatever a placeholder says."""

OF_LISTS = {"lists", "base_model"}
"""What names lists stands in no list."""

SPELLINGS = {
    "yes": True, "on": True, "true": True, "No": False, "off": False, "FALSE": False,
}  # fmt: skip

TEXTS = {
    "thresholds": "smile 0.5", "replace": "smile -> sun", "lists": "sfw", "max_per_group": "hair 3",
    "weight_range": "0.9, 1.1", "separator": "; ",
}  # fmt: skip


def _text_of(parameter: Parameter) -> str:
    """Return a value that is not the default, as text."""
    if parameter.kind is bool:
        return parameter.text(not parameter.default)
    if parameter.choices:
        return parameter.choices[-1]
    return TEXTS.get(parameter.name, {int: "7", float: "0.25", str: "smile"}.get(parameter.kind, ""))


def _from_command(command: str, name: str, text: str) -> Any:
    words = ["x"] if command != "filter" else ["smile"]
    arguments = make_parser().parse_args([command, *words, f"--{name.replace('_', '-')}", text])
    return settings_of(arguments, [name])[name]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_setting_means_the_same_in_every_door(name: str, tmp_path: Path) -> None:
    """An option of each command, an option of a placeholder, a line of a rules file, a line of a list."""
    parameter = PARAMETERS[name]
    text = _text_of(parameter)
    value = parameter.parse(text)
    assert value != parameter.default

    for command in ("tag", "caption", *(["filter"] if name in FILTER_NAMES else [])):
        assert value == _from_command(command, name, text)
    if name in OF_THE_PICTURE:
        with pytest.raises(SettingError, match=f"set {name} in the settings"):
            find_placeholders(f"{{joytag:{name}={text}}}")
    else:
        assert {name: value} == find_placeholders(f'{{joytag:{name}="{text}"}}')[0].options
    if name in FILTER_NAMES and not parameter.multiline:
        rules = tmp_path / "rules.txt"
        rules.write_text(f'[settings]\n{name.replace("_", " ")} = "{text}"\n', encoding="utf-8")
        assert {name: value} == load_rule_file(rules)
        if name not in OF_LISTS:
            assert value == getattr(TagFilter(lists="rules", lists_folder=tmp_path).with_presets(), name)


@pytest.mark.parametrize(("text", "expected"), SPELLINGS.items())
def test_yes_and_no_are_spelled_alike_in_every_door(text: str, expected: bool, tmp_path: Path) -> None:
    """Six words, whatever their case."""
    rules = tmp_path / "rules.txt"
    rules.write_text(f"[settings]\nexclusive = {text}\n", encoding="utf-8")

    assert expected is _from_command("filter", "exclusive", text)
    assert expected is find_placeholders(f"{{joytag:exclusive={text}}}")[0].options["exclusive"]
    assert expected is load_rule_file(rules)["exclusive"]
    assert expected is TagFilter(lists="rules", lists_folder=tmp_path).with_presets().exclusive


def test_the_three_groups_of_settings_are_all_there_are() -> None:
    """A new setting belongs to one of them, and so comes into the doors."""
    assert set(PARAMETERS) == {*SELECTION_NAMES, *FILTER_NAMES, *READING_NAMES}
