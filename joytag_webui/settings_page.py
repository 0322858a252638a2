"""What is in JoyTag's section of the WebUI's settings page?"""

from __future__ import annotations

import html
from typing import Any

from joytag_core.settings.parameter import Parameter
from joytag_core.settings.parameters import PARAMETERS

from .components import component_for
from .family import memory_management
from .parts import guarded
from .settings import NOT_ON_PAGE, OURS, PREFIX

SECTION = ("joytag", "JoyTag")


def add_settings() -> None:
    """Put JoyTag's section onto the settings page."""
    from modules import shared

    for parameter in (*OURS[:2], *(p for p in PARAMETERS.values() if p.name not in NOT_ON_PAGE), *OURS[2:]):
        shared.opts.add_option(PREFIX + parameter.name, _option_info(parameter))
    guarded("the link that unloads the model, in the settings", _add_unload_link)()


def _option_info(parameter: Parameter) -> Any:
    from modules import shared

    component, arguments = component_for(parameter)
    info = shared.OptionInfo(parameter.shown(parameter.default), parameter.label, component, arguments, section=SECTION)
    return info.info(html.escape(parameter.help))


def _add_unload_link() -> None:
    from modules import shared
    from modules.options import OptionHTML

    stays = (
        "The WebUI's memory management moves the model out when it needs the memory. "
        if memory_management()
        else "The model stays in memory as the setting <i>Keep models in VRAM</i> of the section Interrogate says. "
    )
    info = OptionHTML(f"{stays}<a href='#' onclick='joytagUnload(); return false'>Unload JoyTag now</a>")
    info.section = SECTION
    shared.opts.add_option(PREFIX + "unload_note", info)
