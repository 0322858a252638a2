"""How does a person want pictures to be read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import SettingError

COLOURS = ("srgb", "stored")
READINGS = ("exact", "fast")
LAYOUTS = ("auto", "channels_last", "channels_first")
FLOATS = ("checked", "clamped")

Colours = Literal["srgb", "stored"]
Layout = Literal["auto", "channels_last", "channels_first"]
Floats = Literal["checked", "clamped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Hold how pictures are read.

    `colours`: srgb, as browsers show a picture with a colour profile of another gamut; stored, its bare numbers, as
    the published snippet takes them. `reading`: exact; fast, which decodes JPEGs at a fraction of their size.
    `layout`: where tensors and arrays have their channels; auto tells it by the shape.
    `floats`: checked refuses values far beside 0..1, which are of another scale; clamped takes them as the nearest end,
    as programs do whose pictures may be brighter than white (HDR).
    """

    colours: Colours = "srgb"
    reading: Literal["exact", "fast"] = "exact"
    layout: Layout = "auto"
    floats: Floats = "checked"

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Reading:
        """Make it from settings by their names in `settings/parameters.py`; what is not given has its default.

        Raises:
            SettingError: one is no choice.
        """
        return cls(**{name: settings[name] for name in ("colours", "reading") if name in settings})

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            SettingError: one is no choice.
        """
        for name, value, choices in (
            ("colours", self.colours, COLOURS), ("reading", self.reading, READINGS), ("layout", self.layout, LAYOUTS),
            ("floats", self.floats, FLOATS),
        ):  # fmt: skip
            if value not in choices:
                raise SettingError(f"{name} is {value!r}; expected one of {', '.join(choices)}")
