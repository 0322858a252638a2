"""What does the extension register with the host, each time that the host loads its scripts?"""

from __future__ import annotations

from typing import Any

from . import api, sdapi_interrogate, settings_page, tab
from .buttons import Buttons

buttons = Buttons()
"""The buttons of the page that is being built; the tab asks it for the host's prompt boxes."""


def activate() -> None:
    """Register everything; the host has cleared all callbacks before it loads scripts, so this may run again."""
    from modules import script_callbacks, shared

    if shared.cmd_opts.nowebui:  # the API is built before any other callback, and no page is
        sdapi_interrogate.install()
    script_callbacks.on_script_unloaded(sdapi_interrogate.remove)
    script_callbacks.on_ui_settings(settings_page.add_settings)
    script_callbacks.on_before_ui(buttons.start)
    script_callbacks.on_after_component(buttons.see)
    script_callbacks.on_ui_tabs(_build_tab)
    script_callbacks.on_app_started(_add_routes)


def _build_tab() -> list[tuple[Any, str, str]]:
    # Not earlier: importing modules.api freezes which settings the WebUI's API knows (A1111 1.10), and by now all
    # extensions have added theirs. Not later: next the WebUI builds its API.
    sdapi_interrogate.install()
    return tab.build_tab(buttons.parts)


def _add_routes(_: Any, app: Any) -> None:
    api.add_routes(app)
