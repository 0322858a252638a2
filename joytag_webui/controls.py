"""How do settings become controls on a page, and back?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joytag_core.settings.parameters import PARAMETERS, READING_NAMES

from .components import component_for
from .settings import current_settings

CONTROLS = tuple(name for name in PARAMETERS if name not in ("model", "target", "keep_line_breaks", *READING_NAMES))
"""The settings that act after the model has run: changing one never runs it again."""


class Controls:
    """Hold one control for each setting that filters, in the order of `CONTROLS`."""

    def __init__(self, prefix: str) -> None:
        """Build the controls here and now; the advanced ones are folded away."""
        import gradio as gr

        settings = current_settings()
        self._by_name: dict[str, Any] = {}
        for name in CONTROLS:
            if not PARAMETERS[name].advanced:
                self._by_name[name] = _build(name, settings[name], prefix)
        with gr.Accordion("More settings", open=False, elem_id=f"{prefix}_more"):
            for name in CONTROLS:
                if PARAMETERS[name].advanced:
                    self._by_name[name] = _build(name, settings[name], prefix)

    def __getitem__(self, name: str) -> Any:
        """Return one control."""
        return self._by_name[name]

    @property
    def components(self) -> list[Any]:
        """Return all controls, in the order of `CONTROLS`."""
        return [self._by_name[name] for name in CONTROLS]


def values_by_name(values: Sequence[Any]) -> dict[str, Any]:
    """Return the values of `Controls.components` by the names of their settings."""
    return dict(zip(CONTROLS, values, strict=True))


def shown_values(settings: Mapping[str, Any]) -> list[Any]:
    """Return what `Controls.components` have to show for some settings."""
    return [PARAMETERS[name].shown(settings[name]) for name in CONTROLS]


def _build(name: str, value: Any, prefix: str) -> Any:
    parameter = PARAMETERS[name]
    component, arguments = component_for(parameter)
    arguments = arguments() if callable(arguments) else arguments
    info = {} if parameter.multiline else {"info": parameter.help}
    if parameter.multiline:
        info = {"placeholder": parameter.help}
    control = component(
        label=parameter.label, value=parameter.shown(value), elem_id=f"{prefix}_{name}", **info, **arguments
    )
    # The settings page says what a control begins with; ui-config.json would hold on to the first value for ever.
    control.do_not_save_to_config = True
    return control
