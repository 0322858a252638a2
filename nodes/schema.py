"""How does a setting of the core become an input of a node, on every ComfyUI that knows the V3 API?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from comfy_api.latest import io

from ..joytag_core.settings.parameters import PARAMETERS, Parameter

CATEGORY = "JoyTag"

Scores = io.Custom("JOYTAG_SCORES")
"""One `TagScores` a picture, from JoyTag Interrogate to the other nodes."""

Settings = dict[str, Any]

ADDED_LATER = ("artist_style", "prose", "thresholds")
"""Settings whose inputs stand last: ComfyUI saves values by their place, and those of saved workflows must stay."""


def schema(**fields: Any) -> io.Schema:
    """Return a schema of the fields that this ComfyUI knows; the class refuses those that came later."""
    known = io.Schema.__dataclass_fields__
    return io.Schema(**{name: value for name, value in fields.items() if name in known})


def inputs_for(
    names: Iterable[str], *, folded: Iterable[str] = (), parameters: Mapping[str, Parameter] = PARAMETERS
) -> list[io.Input]:
    """Return the inputs of settings by their names; those in `folded` are hidden until a person asks for them.

    All are optional, so that a prompt sent by a program names only what it changes.
    """
    folded = frozenset(folded)
    made = {name: _input_for(parameters[name]) for name in names}
    return [_folded(one) if name in folded else one for name, one in made.items()]


def model_input(models: Sequence[str], *, folded: bool = False) -> io.Input:
    """Return the chooser of a model among those that there are."""
    parameter = PARAMETERS["model"]
    chooser = io.Combo.Input(
        parameter.name, options=list(models), default=parameter.default, optional=True,
        display_name=parameter.label, tooltip=parameter.help,
    )  # fmt: skip
    return _folded(chooser) if folded else chooser


def output(kind: Any, name: str, tooltip: str, *, is_list: bool = False) -> io.Output:
    """Return an output of a kind such as `io.String`.

    ComfyUI 0.3.64 refuses an output with the id of an input, and shows one without a display name as its type.
    """
    return kind.Output(f"{name}_out", display_name=name, tooltip=tooltip, is_output_list=is_list)


def first_of_each(inputs: Mapping[str, Sequence[Any]], *, parameters: Mapping[str, Parameter] = PARAMETERS) -> Settings:
    """Return each setting's first value: a node that takes whole lists gets its settings in lists as well."""
    return {name: values[0] for name, values in inputs.items() if name in parameters and len(values) > 0}


def _folded(made: io.Input) -> io.Input:
    # The page has long known `advanced`; as a keyword it is younger than the oldest ComfyUI here.
    made.extra_dict = {**made.extra_dict, "advanced": True}
    return made


def _input_for(parameter: Parameter) -> io.Input:
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
    if parameter.choices:
        return io.Combo.Input(parameter.name, options=list(parameter.choices), default=default, **shared)
    return io.String.Input(parameter.name, default=default, multiline=parameter.multiline, **shared)
