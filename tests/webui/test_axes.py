"""Do the X/Y/Z plot's axes of ours change each of its pictures, and nothing else?"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from PIL import Image

from joytag_core.errors import SettingError
from joytag_webui import automatic
from joytag_webui.axes import AxisValues, add_axes, axis_values
from joytag_webui.presets import PAGE, Presets, presets_file
from joytag_webui.section import fill_automatically
from tests.webui.fake_webui import AxisOption, FakeWebUI
from tests.webui.processing import Processing

LABELS = ["[JoyTag] Threshold", "[JoyTag] Character threshold", "[JoyTag] At most", "[JoyTag] Preset"]


@pytest.fixture
def axes(any_webui: FakeWebUI) -> dict[str, AxisOption]:
    """Return our axes of a plot, by their labels."""
    add_axes()
    return {option.label: option for option in any_webui.plot.axis_options if "JoyTag" in option.label}


def test_axes_come_once_after_the_hosts(any_webui: FakeWebUI) -> None:
    """However often the page is built; a plot whose script was loaded anew gets them too."""
    for _ in range(2):
        add_axes()
        assert ["Nothing", *LABELS] == [option.label for option in any_webui.plot.axis_options]
    del any_webui.plot.axis_options[1:]
    add_axes()
    assert ["Nothing", *LABELS] == [option.label for option in any_webui.plot.axis_options]


def test_a_picture_of_the_plot_has_its_own_values(axes: dict[str, AxisOption]) -> None:
    """The plot copies one processing object for each picture: what one axis gives one copy, no other sees."""
    p = Processing("a", [])
    first, second = copy.copy(p), copy.copy(p)
    axes["[JoyTag] Threshold"].apply(first, 0.2, [0.2, 0.6])
    third = copy.copy(first)
    axes["[JoyTag] At most"].apply(third, 3, [3])
    axes["[JoyTag] Preset"].apply(third, "mine", ["mine"])
    assert not axis_values(p)
    assert not axis_values(second)
    assert AxisValues({"threshold": 0.2}) == axis_values(first)
    assert AxisValues({"threshold": 0.2, "max_tags": 3}, "mine") == axis_values(third)


@pytest.mark.parametrize(
    ("label", "values"),
    [("Threshold", [0.5, 1.5]), ("Character threshold", [-0.1]), ("At most", [-1]), ("Preset", ["nobody"])],
)
def test_a_wrong_value_is_told_before_anything_is_made(
    axes: dict[str, AxisOption], label: str, values: list[Any]
) -> None:
    """The plot asks for all values of an axis at its beginning."""
    with pytest.raises(SettingError):
        axes[f"[JoyTag] {label}"].confirm(None, values)


def test_right_values_pass(axes: dict[str, AxisOption]) -> None:
    """The ends of the ranges, saved presets, and none."""
    Presets(presets_file()).save("mine", {"threshold": 0.7})
    axes["[JoyTag] Threshold"].confirm(None, [0.0, 1.0])
    axes["[JoyTag] Preset"].confirm(None, axes["[JoyTag] Preset"].choices())
    assert [PAGE, "mine"] == axes["[JoyTag] Preset"].choices()


@pytest.fixture
def filled(webui: FakeWebUI, picture: Image.Image) -> Any:
    """Return what fills a processing object's prompts for given axes, and the settings that it then used."""
    add_axes()
    Presets(presets_file()).save("mine", {"threshold": 0.7, "max_tags": 1})
    by_label = {option.label: option for option in webui.plot.axis_options}

    def fill(*section: Any, **values: Any) -> Processing:
        p = Processing("a photo", [picture])
        for label, value in values.items():
            by_label[f"[JoyTag] {label.replace('_', ' ')}"].apply(p, value, [value])
        fill_automatically(p, *section)
        return p

    return fill


def test_axes_lie_over_the_section_and_its_preset(filled: Any) -> None:
    """What an axis says holds over the section's own preset and settings, each alone and both together."""
    threshold = automatic.INFOTEXT_THRESHOLD
    assert 0.4 == filled({}).extra_generation_params[threshold]
    assert 0.5 == filled({"threshold": 0.2}, Threshold=0.5).extra_generation_params[threshold]
    preset = filled({}, Preset="mine")
    assert 0.7 == preset.extra_generation_params[threshold]
    assert 0.7 == filled({"preset": PAGE}, Preset="mine").extra_generation_params[threshold]
    assert 0.4 == filled({"preset": "mine"}, Preset=PAGE).extra_generation_params[threshold]
    assert 0.5 == filled({}, Preset="mine", Threshold=0.5).extra_generation_params[threshold]
    assert "a photo" != filled({}, At_most=1).all_prompts[0] != filled({}).all_prompts[0]


def test_an_axis_without_effect_says_so(webui: FakeWebUI, filled: Any) -> None:
    """Where neither automatic prompts nor the check are on, all pictures of the plot would be the same."""
    p = filled(False, Threshold=0.5)
    assert "a photo" == p.all_prompts[0]
    assert ["the plot's axis changes nothing" in text for text in p.comments] == [True]
    webui.opts.data["joytag_check_made"] = True
    assert {} == filled(False, Threshold=0.5).comments
