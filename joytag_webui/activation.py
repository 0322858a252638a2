"""What does the extension register with the host, each time that the host loads its scripts?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from . import api, parts, sdapi_interrogate, section_calls, settings_page, tab
from .axes import add_axes
from .buttons import Buttons
from .parts import guarded

BUTTONS, TAB, SETTINGS = "the button", "the tab", "the section of the settings page"
API, SDAPI = "the API", "model joytag of /sdapi/v1/interrogate"
AXES = "the axes of the X/Y/Z plot"
CHECK = "checking an API call's settings before pictures are made"

buttons = Buttons()
"""The buttons of the page that is being built; the tab asks it for the host's prompt boxes."""


def activate() -> None:
    """Register everything, each part by itself; the host has cleared all callbacks, so this may run again."""
    parts.start_anew()
    _make_warnings_heard()
    if _has_no_page():  # the API is built before any other callback
        _join_api()
    _register("on_script_unloaded", API, _leave_api)
    _register("on_ui_settings", SETTINGS, settings_page.add_settings)
    _register("on_before_ui", BUTTONS, _begin_page)
    _register("on_after_component", BUTTONS, buttons.see)
    _register("on_ui_tabs", TAB, _build_tab, otherwise=[])
    _register("on_app_started", API, _add_routes)


def _register(event: str, part: str, callback: Callable[..., Any], *, otherwise: Any = None) -> None:
    def register() -> None:
        from modules import script_callbacks

        getattr(script_callbacks, event)(guarded(part, callback, otherwise=otherwise))

    guarded(part, register)()


def _make_warnings_heard() -> None:
    """Let our warnings be printed where the host prints errors only (Forge Neo), unless somebody set our level."""
    logger = logging.getLogger("joytag")
    if logger.level == logging.NOTSET and not logger.isEnabledFor(logging.WARNING):
        logger.setLevel(logging.WARNING)


def _has_no_page() -> bool:
    from modules import shared

    return bool(getattr(shared.cmd_opts, "nowebui", False))


def _join_api() -> None:
    guarded(SDAPI, sdapi_interrogate.install)()
    guarded(CHECK, section_calls.install)()


def _leave_api() -> None:
    guarded(SDAPI, sdapi_interrogate.remove)()
    guarded(CHECK, section_calls.remove)()


def _begin_page() -> None:
    buttons.start()
    guarded(AXES, add_axes)()  # by now all scripts are loaded, and the plot's controls are not made yet


def _build_tab() -> list[tuple[Any, str, str]]:
    # Not earlier: importing modules.api freezes which settings the WebUI's API knows (A1111 1.10), and by now all
    # extensions have added theirs. Not later: next the WebUI builds its API.
    _join_api()
    return tab.build_tab(buttons.parts)


def _add_routes(_: Any, app: Any) -> None:
    api.add_routes(app)
    guarded(SDAPI, sdapi_interrogate.serve)(app)
