"""Is every setting described once, checked at its limits, and meant alike everywhere?"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from joytag_core import PromptFormat, Selection, SettingError, TagFilter
from joytag_core.pictures.reading import Reading
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, READING_NAMES, check_settings


def test_defaults_pass_their_own_checks() -> None:
    """A setting left alone is a valid one, and comes back as it is."""
    defaults = {name: parameter.default for name, parameter in PARAMETERS.items()}
    assert defaults == check_settings(defaults)


def test_every_setting_has_words_for_people() -> None:
    """A label and a help text that ends as a sentence."""
    for parameter in PARAMETERS.values():
        assert parameter.label and parameter.label[0].isupper(), parameter.name
        assert parameter.help.endswith((".", "%.")), parameter.name


def test_defaults_agree_with_the_classes_that_use_them() -> None:
    """A setting means the same under the same name: in the doors, in TagFilter, in PromptFormat and in Selection."""
    filter_fields = {field.name: field for field in dataclasses.fields(TagFilter)}
    assert set(FILTER_NAMES) <= set(filter_fields)
    for cls in (TagFilter, PromptFormat, Selection):
        fields = {field.name: field.default for field in dataclasses.fields(cls)}
        for name in set(fields) & set(PARAMETERS):
            if cls is Selection and name in ("max_tags", "order"):
                continue  # the filter's, which come after the selection's own
            assert PARAMETERS[name].default == fields[name], (cls, name)


def test_a_reading_is_made_of_the_settings_that_are_about_it() -> None:
    """All of them, at the same defaults."""
    defaults = {name: parameter.default for name, parameter in PARAMETERS.items()}
    assert Reading() == Reading.from_settings(defaults) == Reading.from_settings({})
    others = {name: PARAMETERS[name].choices[1] for name in READING_NAMES}
    made = Reading.from_settings(defaults | others)
    assert others == {name: getattr(made, name) for name in READING_NAMES}
    with pytest.raises(SettingError, match="colours"):
        Reading.from_settings({"colours": "cmyk"})


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("threshold", 0.0, 1.0), ("min_tags", 0, 500), ("max_tags", 0, 5813), ("min_score", 0.0, 1.0)],
)
def test_both_ends_of_a_range_are_in_it(name: str, low: float, high: float) -> None:
    """And the next value outside is not."""
    step = PARAMETERS[name].step
    assert step is not None
    assert [low, high] == [check_settings({name: value})[name] for value in (low, high)]
    for value in (low - step, high + step, float("nan")):
        with pytest.raises(SettingError, match=name):
            check_settings({name: value})


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("threshold", 1, 1.0),
        ("max_tags", 3.0, 3),
        ("categories", "general, meta", ("general", "meta")),
        ("categories", ["general"], ("general",)),
        ("categories", [], ()),
        ("spaces", False, False),
        ("exclude", "", ""),
    ],
)
def test_a_value_comes_back_in_the_setting_s_own_type(name: str, given: Any, expected: Any) -> None:
    """As JSON, a text field or a control may hand it over."""
    actual = check_settings({name: given})[name]
    assert expected == actual
    assert type(expected) is type(actual)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", "0.5"), ("threshold", None), ("threshold", True), ("max_tags", 2.5), ("max_tags", float("inf")),
        ("spaces", 1), ("spaces", "true"), ("exclude", 3), ("exclude", None), ("order", "best"), ("target", ""),
        ("categories", ["hair"]), ("categories", 5),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_named(name: str, value: Any) -> None:
    """With the setting, the value and what was expected."""
    with pytest.raises(SettingError, match=f"{name} is .*expected"):
        check_settings({name: value})


def test_an_unknown_setting_is_named() -> None:
    """A slip of the pen is not silently ignored."""
    with pytest.raises(SettingError, match="treshold"):
        check_settings({"treshold": 0.3})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("spaces", "yes", True), ("spaces", "ON", True), ("spaces", "true", True),
        ("spaces", "no", False), ("spaces", "Off", False), ("spaces", " false ", False),
        ("threshold", ".5", 0.5), ("max_tags", "12", 12), ("order", " score", "score"), ("separator", "; ", "; "),
        ("categories", "general, meta", ("general", "meta")), ("weight_range", "0.9 1.1", (0.9, 1.1)),
    ],
)  # fmt: skip
def test_a_text_is_read_alike_by_every_door_that_has_text(name: str, text: str, expected: Any) -> None:
    """A command line, a placeholder, a rules file: one spelling of values; and what is written is read back."""
    parameter = PARAMETERS[name]
    assert expected == parameter.parse(text)
    assert expected == parameter.parse(parameter.text(expected))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("spaces", "1"), ("spaces", ""), ("threshold", "1.1"), ("threshold", "nan"), ("threshold", "1e-1"),
        ("max_tags", "2.5"), ("order", "best"), ("weight_range", "0.9"), ("weight_range", "1.2, 0.8"),
        ("weight_range", "a, b"),
    ],
)  # fmt: skip
def test_a_text_that_means_no_value_is_named(name: str, text: str) -> None:
    """With the setting and what was expected."""
    with pytest.raises(SettingError, match=f"{name} is .*expected"):
        PARAMETERS[name].parse(text)
