"""Which of gradio's components shows a setting?"""

from __future__ import annotations

from typing import Any

from joytag_core.settings.parameter import Parameter

from .tagging import choosable_models


def component_for(parameter: Parameter) -> tuple[Any, Any]:
    """Return the gradio class for a parameter and its keyword arguments (without value and label)."""
    import gradio as gr

    if parameter.name == "model":
        return gr.Dropdown, lambda: {"choices": choosable_models()}
    if isinstance(parameter.default, bool):
        return gr.Checkbox, {}
    if isinstance(parameter.default, tuple) and parameter.choices:
        return gr.CheckboxGroup, {"choices": list(parameter.choices)}
    if parameter.choices:
        return gr.Radio, {"choices": list(parameter.choices)}
    if parameter.maximum is not None:
        return gr.Slider, {"minimum": parameter.minimum, "maximum": parameter.maximum, "step": parameter.step}
    return gr.Textbox, {"lines": 2} if parameter.multiline else {}
