"""Which axes of ours does the WebUI's X/Y/Z plot have, and what has one of its pictures been given?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from joytag_core.settings.parameters import PARAMETERS

from .family import xyz_plot
from .presets import PAGE, Presets, preset_names, presets_file

LABEL = "[JoyTag] {}"
SETTINGS = ("threshold", "character_threshold", "max_tags")
"""Those whose effect somebody may want to see side by side."""
_FIELD = "joytag_axes"


@dataclass(frozen=True)
class AxisValues:
    """Hold what the plot's axes say for one picture: settings, and the preset that they lie over."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    preset: str | None = None

    def __bool__(self) -> bool:
        """Say whether an axis is ours."""
        return bool(self.settings) or self.preset is not None


def axis_values(p: Any) -> AxisValues:
    """Return what the plot's axes have given a processing object; nothing, outside a plot."""
    values: AxisValues = getattr(p, _FIELD, AxisValues())
    return values


def add_axes() -> None:
    """Put our axes at the end of the plot's list, each once, however often the WebUI loads its scripts.

    Raises:
        AttributeError, LookupError: this WebUI has no such plot, or makes its axes in another way.
    """
    plot = xyz_plot()
    known = {option.label for option in plot.axis_options}
    for option in _options(plot.AxisOption):
        if option.label not in known:
            plot.axis_options.append(option)


def _options(make: Callable[..., Any]) -> Iterator[Any]:
    for name in SETTINGS:
        parameter = PARAMETERS[name]
        yield make(LABEL.format(parameter.label), parameter.kind, _applying(name), confirm=_checking(parameter.check))
    yield make(LABEL.format("Preset"), str, _apply_preset, confirm=_checking(_load), choices=preset_names)


def _applying(name: str) -> Callable[[Any, Any, Any], None]:
    def apply(p: Any, value: Any, _: Any) -> None:
        values = axis_values(p)
        # The plot's pictures are copies of one object: what they share is never changed.
        setattr(p, _FIELD, replace(values, settings={**values.settings, name: value}))

    return apply


def _apply_preset(p: Any, value: str, _: Any) -> None:
    setattr(p, _FIELD, replace(axis_values(p), preset=value))


def _checking(check: Callable[[Any], Any]) -> Callable[[Any, list[Any]], None]:
    """Return what the plot calls with all values of an axis before it makes the first picture."""

    def confirm(_: Any, values: list[Any]) -> None:
        for value in values:
            check(value)

    return confirm


def _load(name: str) -> None:
    if name != PAGE:
        Presets(presets_file()).load(name)
