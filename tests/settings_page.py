"""Write docs/settings.md from joytag_core/settings/parameters.py: `python -m tests.settings_page`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameter import Parameter
from joytag_core.settings.parameters import PARAMETERS

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"

_HEAD = """\
# Settings

The same names and meanings in ComfyUI's nodes, the WebUI, the command line (`--max-tags` for `max_tags`) and the API.
In text (a rules file, a placeholder, the command line) `yes`, `on` and `true` mean on, `no`, `off` and `false` off.
A few defaults follow the place: `target` is `a1111` in the WebUI, `comfyui` in ComfyUI and `caption` on the command
line's `tag`. `colours` and `reading` are about files, so ComfyUI's nodes have neither: a picture that comes there has
been decoded, and has lost its colour profile.

"""
_TABLE = """| name | default | values | meaning |
| --- | --- | --- | --- |
"""
_MANY = """
## Many pictures as one

On JoyTag Interrogate, in `joytag tag` and in the API's `interrogate`: the frames of a video, or all pictures of a call.
In Python: `combine_frames`.

"""
_OTHER = """
## Another tagger's scores

On JoyTag Tag Filter, in `joytag tag` and `joytag filter` (with `--scores`) and in the API (with `other_scores`). In
Python: `Combination`.

"""


def settings_page() -> str:
    """Return the page's text."""
    more = _MANY + _table(FRAME_PARAMETERS) + _OTHER + _table(OTHER_PARAMETERS)
    return _HEAD + _table(PARAMETERS) + more


def _table(parameters: Mapping[str, Parameter]) -> str:
    return _TABLE + "".join(f"{_row(parameter)}\n" for parameter in parameters.values())


def _row(parameter: Parameter) -> str:
    meaning = parameter.help.replace("|", "\\|")
    return f"| `{parameter.name}` | {_default(parameter)} | {_values(parameter)} | {meaning} |"


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if isinstance(value, bool):
        return "on" if value else "off"
    if parameter.kind is tuple and parameter.choices:
        return "all"
    return f"`{parameter.text(value)}`" if value != "" else ""


def _values(parameter: Parameter) -> str:
    if parameter.choices:
        return ", ".join(f"`{choice}`" for choice in parameter.choices)
    if isinstance(parameter.default, bool):
        return "on, off"
    if parameter.is_range:
        return "two numbers"
    if parameter.maximum is not None:
        return f"{parameter.minimum:g} to {parameter.maximum:g}"
    return "rules" if parameter.multiline else "text"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
