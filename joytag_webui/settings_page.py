"""What is in JoyTag's section of the WebUI's settings page?"""

from __future__ import annotations

import html
from typing import Any

from joytag_core.settings.parameters import PARAMETERS, Parameter

from .components import component_for
from .settings import NOT_ON_PAGE, OURS, PREFIX

SECTION = ("joytag", "JoyTag")


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


def _unload_button() -> Any:
    from modules.options import OptionHTML

    info = OptionHTML(
        "The model stays in memory as the setting <i>Keep models in VRAM</i> of the section Interrogate says. "
        "<a href='#' onclick='joytagUnload(); return false'>Unload JoyTag now</a>"
    )
    info.section = SECTION
    return info
