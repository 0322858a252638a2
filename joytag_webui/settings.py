"""Which settings has a person made on the WebUI's settings page?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joytag_core.prompts.merging import PLACES
from joytag_core.settings.parameter import Parameter
from joytag_core.settings.parameters import PARAMETERS

PREFIX = "joytag_"
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
MAX_CALL_MEGAPIXELS = Parameter(
    name="api_max_call_megapixels", default=1024, label="API: most megapixels of one call", minimum=1, maximum=65_536,
    step=1, help="all its pictures together; more are refused",
)  # fmt: skip
MAX_CALL_MEGABYTES = Parameter(
    name="api_max_call_megabytes", default=256, label="API: most megabytes of one call", minimum=1, maximum=4096,
    step=1, help="larger requests are refused before they are read",
)  # fmt: skip
MAX_CHARACTERS = Parameter(
    name="api_max_characters", default=100_000, label="API: most characters of one text", minimum=100,
    maximum=10_000_000, step=100, help="longer prompts and rules are refused",
)  # fmt: skip
CHECK_MADE = Parameter(
    name="check_made", default=False, label="Check made pictures",
    help="tag each, and write into its infotext which tags of its prompt it shows, and which it lacks",
)  # fmt: skip
MODELS_FOLDER = Parameter(
    name="models_folder", default="", label="Another folder with JoyTag models",
    help="each in a folder of its own, as in models/joytag",
)  # fmt: skip
OURS = (
    INSERT, CHECK_MADE, TAGGER_ROUTES, MODELS_FOLDER,
    MAX_MEGABYTES, MAX_MEGAPIXELS, MAX_PICTURES, MAX_CALL_MEGABYTES, MAX_CALL_MEGAPIXELS, MAX_CHARACTERS,
)  # fmt: skip


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
