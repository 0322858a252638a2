"""Is what an API call asks of the JoyTag section right? Said before anything is made."""

from __future__ import annotations

from functools import wraps
from typing import Any

from joytag_core.errors import JoyTagError, SettingError
from joytag_core.settings.placeholders import find_placeholders

from .errors import as_http_error
from .rules import make_interrogation
from .section import TITLE, Section, settings_from
from .sent_pictures import picture_from
from .tagging import checked_model

_KEY = "joytag_webui"
_FIELD = "init_script_args"
"""The method of the host's API that collects the scripts' arguments of txt2img and img2img, on every member."""


def install() -> None:
    """Look at the arguments for our section before the WebUI collects them."""
    from modules import patches
    from modules.api.api import Api

    if patches.original(_KEY, Api, _FIELD) is None:
        patches.patch(_KEY, Api, _FIELD, _checked(getattr(Api, _FIELD)))


def remove() -> None:
    """Give the WebUI its own method back."""
    from modules import patches
    from modules.api.api import Api

    if patches.original(_KEY, Api, _FIELD) is not None:
        patches.undo(_KEY, Api, _FIELD)


def check_call(request: Any) -> None:
    """Check what a call of txt2img or img2img gives our section, if it does.

    Raises:
        JoyTagError: a setting, the preset, the placement, the model, the picture or an option of `{joytag:...}` in the
            prompt is wrong.
    """
    for name, script in (getattr(request, "alwayson_scripts", None) or {}).items():
        if str(name).lower() == TITLE.lower() and isinstance(script, dict):
            _check_section(script.get("args", []), str(getattr(request, "prompt", None) or ""))


def _check_section(values: Any, prompt: str) -> None:
    if not isinstance(values, list):
        raise SettingError(f"args is of type {type(values).__name__}; expected a list")
    section = Section.of(*values)
    if section.enabled:
        settings = settings_from(section)
        for one in [settings, *(placeholder.over(settings) for placeholder in find_placeholders(prompt))]:
            make_interrogation(one)
            checked_model(one["model"])
        picture_from(section.picture)


def _checked(original: Any) -> Any:
    @wraps(original)
    def init_script_args(self: Any, request: Any, *values: Any, **named: Any) -> Any:
        try:
            check_call(request)
        except JoyTagError as error:
            raise as_http_error(error) from error
        except RecursionError as error:
            raise as_http_error(SettingError("the arguments are nested too deep")) from error
        return original(self, request, *values, **named)

    return init_script_args
