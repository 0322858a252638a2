"""Which settings has a person made on the WebUI's settings page?"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from joytag_core.prompts.merging import PLACES
from joytag_core.settings.parameters import PARAMETERS, Parameter

PREFIX = "joytag_"
SECTION = ("joytag", "JoyTag")
TARGET = "a1111"
NOT_ON_PAGE = ("target", "keep_line_breaks")
"""The target is always this WebUI; line breaks are a matter of the text that is filtered."""

INSERT = Parameter(
    name="insert", default="missing", label="The interrogate buttons", choices=PLACES,
    help="missing: append the tags that the prompt lacks; append or prepend all of them; or replace the prompt",
)  # fmt: skip
TAGGER_ROUTES = Parameter(
    name="tagger_routes", default=False, label="Also answer on /tagger/v1",
    help="for clients of the WD14 tagger's API; off where another extension already answers there",
)  # fmt: skip
MAX_MEGABYTES = Parameter(
    name="api_max_megabytes", default=32, label="API: most megabytes of one picture", minimum=1, maximum=1024, step=1,
    help="larger pictures are refused",
)  # fmt: skip
MAX_MEGAPIXELS = Parameter(
    name="api_max_megapixels", default=64, label="API: most megapixels of one picture", minimum=1, maximum=1024,
    step=1, help="larger pictures are refused before they are decoded",
)  # fmt: skip
MAX_PICTURES = Parameter(
    name="api_max_pictures", default=64, label="API: most pictures of one call", minimum=1, maximum=1024, step=1,
    help="more are refused",
)  # fmt: skip
MODELS_FOLDER = Parameter(
    name="models_folder", default="", label="Another folder with JoyTag models",
    help="each in a folder of its own, as in models/joytag",
)  # fmt: skip
OURS = (INSERT, TAGGER_ROUTES, MODELS_FOLDER, MAX_MEGABYTES, MAX_MEGAPIXELS, MAX_PICTURES)


def option(name: str) -> Any:
    """Return one option of the settings page, its default where it was never set."""
    from modules import shared

    parameter = next((ours for ours in OURS if ours.name == name), None) or PARAMETERS[name]
    value = getattr(shared.opts, PREFIX + name, None)
    return parameter.default if value is None else value


def current_settings(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the settings of the page, with `overrides` over them, written for this WebUI unless they say else."""
    page = {name: option(name) for name in PARAMETERS if name not in NOT_ON_PAGE}
    return page | {"target": TARGET} | dict(overrides or {})


def add_settings() -> None:
    """Put JoyTag's section onto the settings page."""
    from modules import shared

    for parameter in (*OURS[:1], *(p for p in PARAMETERS.values() if p.name not in NOT_ON_PAGE), *OURS[1:]):
        shared.opts.add_option(PREFIX + parameter.name, _option_info(parameter))
    shared.opts.add_option(PREFIX + "unload_note", _unload_button())


def _option_info(parameter: Parameter) -> Any:
    from modules import shared

    component, arguments = component_for(parameter)
    info = shared.OptionInfo(parameter.shown(parameter.default), parameter.label, component, arguments, section=SECTION)
    return info.info(html.escape(parameter.help))


def component_for(parameter: Parameter) -> tuple[Any, Any]:
    """Return the gradio class for a parameter and its keyword arguments (without value and label)."""
    import gradio as gr

    if parameter.name == "model":
        return gr.Dropdown, lambda: {"choices": model_names()}
    if isinstance(parameter.default, bool):
        return gr.Checkbox, {}
    if isinstance(parameter.default, tuple) and parameter.choices:
        return gr.CheckboxGroup, {"choices": list(parameter.choices)}
    if parameter.choices:
        return gr.Radio, {"choices": list(parameter.choices)}
    if parameter.maximum is not None:
        return gr.Slider, {"minimum": parameter.minimum, "maximum": parameter.maximum, "step": parameter.step}
    return gr.Textbox, {"lines": 2} if parameter.multiline else {}


def model_names() -> list[str]:
    """Return the names of the models that can be chosen: the published one, and those on this machine."""
    from joytag_core.model.folders import JOYTAG, installed_models

    from .tagging import session

    return list(dict.fromkeys([JOYTAG, *(folder.name for folder in installed_models(session().host))]))


def _unload_button() -> Any:
    from modules.options import OptionHTML

    info = OptionHTML(
        "The model stays in memory as the setting <i>Keep models in VRAM</i> of the section Interrogate says. "
        "<a href='#' onclick='joytagUnload(); return false'>Unload JoyTag now</a>"
    )
    info.section = SECTION
    return info
