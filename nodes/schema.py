"""How does a setting of the core become an input of a node, on every ComfyUI that knows the V3 API?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comfy_api.latest import io

from ..joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from ..joytag_core.settings.other_parameters import OTHER_PARAMETERS
from ..joytag_core.settings.parameter import Parameter
from ..joytag_core.settings.parameters import PARAMETERS

CATEGORY = "JoyTag"

Scores = io.Custom("JOYTAG_SCORES")
"""One `TagScores` a picture, from JoyTag Interrogate to the other nodes."""

Settings = dict[str, Any]

SETTINGS: Mapping[str, Parameter] = {**PARAMETERS, **FRAME_PARAMETERS, **OTHER_PARAMETERS}
"""All settings but those of maps and regions, by name."""


def schema(**fields: Any) -> io.Schema:
    """Return a schema of the fields that this ComfyUI knows; the class refuses those that came later."""
    known = io.Schema.__dataclass_fields__
    return io.Schema(**{name: value for name, value in fields.items() if name in known})


def input_for(parameter: Parameter, *, folded: bool, choices: Sequence[str] = ()) -> io.Input:
    """Return the input of a setting, perhaps hidden until a person asks for it; `choices` are those known only here."""
    made = _input_for(parameter, tuple(choices) or parameter.choices)
    if folded:
        # The page has long known `advanced`; as a keyword it is younger than the oldest ComfyUI here.
        made.extra_dict = {**made.extra_dict, "advanced": True}
    return made


def output(kind: Any, name: str, tooltip: str, *, is_list: bool = False) -> io.Output:
    """Return an output of a kind such as `io.String`.

    ComfyUI 0.3.64 refuses an output with the id of an input, and shows one without a display name as its type.
    """
    return kind.Output(f"{name}_out", display_name=name, tooltip=tooltip, is_output_list=is_list)


def json_output() -> io.Output:
    """Return the output for a node's whole result, last on the nodes that have it."""
    return output(
        io.String, "json", "Each picture's result as JSON: the text, its tags with scores and categories, and what was "
        "dropped or replaced by which rule.", is_list=True,
    )  # fmt: skip


def first_of_each(inputs: Mapping[str, Sequence[Any]], *, parameters: Mapping[str, Parameter] = SETTINGS) -> Settings:
    """Return each setting's first value: a node that takes whole lists gets its settings in lists as well."""
    return {name: values[0] for name, values in inputs.items() if name in parameters and len(values) > 0}


def _input_for(parameter: Parameter, choices: Sequence[str]) -> io.Input:
    default = parameter.default
    shared: Settings = {"display_name": parameter.label, "tooltip": parameter.help, "optional": True}
    if isinstance(default, bool):
        return io.Boolean.Input(parameter.name, default=default, **shared)
    if isinstance(default, int | float):
        number = io.Int if isinstance(default, int) else io.Float
        shared |= {"min": parameter.minimum, "max": parameter.maximum, "step": parameter.step}
        return number.Input(parameter.name, default=default, **shared)
    if isinstance(default, tuple):
        # A text field: the page's own multiple choice differs from version to version.
        return io.String.Input(parameter.name, default=parameter.text(default), **shared)
    if choices:
        return io.Combo.Input(parameter.name, options=list(choices), default=default, **shared)
    return io.String.Input(parameter.name, default=default, multiline=parameter.multiline, **shared)
