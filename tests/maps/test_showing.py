"""Is the same shown of maps by every door?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from joytag_core import MaskSettings, SettingError
from joytag_core.maps.choices import SEPARATE
from joytag_core.maps.grid import PatchGrid
from joytag_core.maps.showing import Showing
from joytag_core.maps.tag_maps import TagMaps
from joytag_core.settings.map_parameters import MAP_PARAMETERS
from joytag_core.settings.showing import showing_of


def maps() -> TagMaps:
    """Return maps of `left`, which holds, and of `gone`, which does not, on a picture of 4x4 pixels and patches."""
    raw = np.array([[[9, 9, 0, 0]] * 4, [[0, 0, 1, 1]] * 4], dtype=np.float32)
    biases = np.array([-1, -5], dtype=np.float32)
    return TagMaps(("left", "gone"), raw, biases, biases + raw.mean((1, 2)), PatchGrid((4, 4), 8, (1.0, 3.0, 5.0, 7.0)))


def test_a_tag_that_does_not_hold_has_no_mask_boxes_or_points() -> None:
    """Unless asked for; and it is said either way."""
    strict, lenient = Showing(), Showing(only_held=False)
    assert 8 == strict.mask(maps(), ["left"]).sum() == lenient.mask(maps(), ["gone"]).sum()
    assert not strict.mask(maps(), ["gone"]).any()
    assert 0 == strict.soft_mask(maps(), ["gone"]).max() < lenient.soft_mask(maps(), ["gone"]).max()
    assert [] == strict.boxes(maps(), "gone") == strict.points(maps(), "gone")
    assert lenient.boxes(maps(), "gone") and lenient.points(maps(), "gone")
    assert strict.describe(maps(), "gone")["holds"] is lenient.describe(maps(), "gone")["holds"] is False
    assert "left 0.97, gone 0.01 (not there)" == strict.say(maps())
    assert strict.describe(maps(), "gone")["holds"] != Showing(threshold=0.0).describe(maps(), "gone")["holds"]


def test_tags_are_shown_apart_or_together() -> None:
    """What is not there adds nothing, takes nothing away, and leaves no intersection."""
    assert [("left",), ("gone",)] == Showing().groups(["left", "gone"])
    for combine, size in (("union", 8), ("intersection", 0), ("difference", 8)):
        showing = Showing(combine=combine)
        (tags,) = showing.groups(["left", "gone"])
        assert size == showing.mask(maps(), tags).sum()
    assert 8 == Showing(combine="union", mask_settings=MaskSettings(invert=True)).mask(maps(), ["left"]).sum()


def test_doors_make_it_of_their_settings() -> None:
    """Each setting has its place, and what the doors offer by default is the default here."""
    defaults = {name: parameter.default for name, parameter in MAP_PARAMETERS.items()}
    assert Showing() == showing_of(defaults) == showing_of({})
    changed = showing_of({"level": 0.2, "grow": 3, "points": 7, "threshold": 0.1, "combine": "union"})
    assert (0.2, 3, 7, 0.1, "union") == (
        changed.mask_settings.level, changed.mask_settings.grow, changed.most_points, changed.threshold,
        changed.combine,
    )  # fmt: skip
    assert 0.7 == showing_of({"character_threshold": 0.7, "model": "passed over"}).character_threshold
    for wrong in ({"level": 3}, {"threshold": 2}, {"character_threshold": "much"}, {"strength": -1}):
        with pytest.raises(SettingError, match=next(iter(wrong))):
            showing_of(wrong)


def test_every_field_of_a_mask_can_be_set_in_every_door() -> None:
    """And their words end as sentences."""
    assert {one.name for one in dataclasses.fields(MaskSettings)} <= set(MAP_PARAMETERS)
    assert SEPARATE in MAP_PARAMETERS["combine"].choices
    for parameter in MAP_PARAMETERS.values():
        assert parameter.default == parameter.check(parameter.default)
        assert parameter.label[0].isupper() and parameter.help.endswith(".")
