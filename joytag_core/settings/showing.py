"""How do settings say how maps are shown? The one way that every door takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..maps.masks import MaskSettings
from ..maps.showing import Showing
from .map_parameters import MAP_PARAMETERS
from .parameters import PARAMETERS, THRESHOLDS


def showing_of(settings: Mapping[str, Any]) -> Showing:
    """Return how maps are shown by settings by their names in `map_parameters.py`, and thresholds; others do nothing.

    What is not given has its default.

    Raises:
        SettingError: one is out of its range.
    """
    parameters = {**MAP_PARAMETERS, **{name: PARAMETERS[name] for name in THRESHOLDS}}
    checked = {name: one.check(settings[name]) if name in settings else one.default for name, one in parameters.items()}
    most_points = checked.pop("points")
    of_mask = {one.name: checked.pop(one.name) for one in fields(MaskSettings)}
    return Showing(mask_settings=MaskSettings(**of_mask), most_points=most_points, **checked)
