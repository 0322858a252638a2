"""Which inputs do the nodes share, in which order, and which of them are folded away?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from comfy_api.latest import io

from ..joytag_core.model.folders import model_names
from ..joytag_core.settings.other_parameters import OTHER_PARAMETERS
from ..joytag_core.settings.parameter import Parameter
from ..joytag_core.settings.parameters import FILTER_NAMES, SELECTION_NAMES, THRESHOLDS
from .host import session
from .schema import SETTINGS, Scores, input_for

_ADDED_LATER = (
    "artist_style", "prose", "thresholds", "base_model", "combine_frames", "frame_share", "combine", "other_threshold",
)  # fmt: skip
"""Settings whose inputs stand last: ComfyUI saves values by their place, and those of saved workflows must stay."""

_FIRST_OF_INTERROGATION = ("model", "threshold", "character_threshold", "max_tags", "exclude", "lists", "add_first")

# Rare settings are folded away (`Parameter.advanced`). The exceptions are these, and no others:
# A node is narrow, and each of these is a box of several lines, or is written by clicks on chips.
_NO_ROOM = ("keep_only", "protect", "replace", "add_last")
# What people take the Tag Filter for; the minimum score is what its slider moves.
_SHOWN_ON = {"JoyTag_TagFilter": ("replace", "min_score")}
# These act on a picture alone: the Tag Filter seldom gets one, and a mask has limits of its own.
_FOLDED_ON = {"JoyTag_TagFilter": ("model", "threshold"), "JoyTag_TagMask": THRESHOLDS}


def settings_inputs(
    node: str, names: Iterable[str], *, parameters: Mapping[str, Parameter] = SETTINGS
) -> list[io.Input]:
    """Return the inputs of settings by their names, for the node with that id.

    All are optional, so that a prompt sent by a program names only what it changes.
    """
    return [_setting_input(node, parameters[name]) for name in names]


def interrogation_inputs(node: str, more: Iterable[str] = ()) -> list[io.Input]:
    """Return the inputs of all settings that make a prompt of a picture, and of `more` of them."""
    rest = (name for name in (*SELECTION_NAMES, *FILTER_NAMES) if name not in _FIRST_OF_INTERROGATION)
    return settings_inputs(node, _in_saved_order((*_FIRST_OF_INTERROGATION, *rest, *more)))


def filter_inputs(node: str) -> list[io.Input]:
    """Return the inputs of all settings that filter tags, by a picture or another tagger's scores if need be."""
    return settings_inputs(node, _in_saved_order((*FILTER_NAMES, "model", "threshold", *OTHER_PARAMETERS)))


def judging_inputs(node: str) -> list[io.Input]:
    """Return the inputs of a node that asks whether tags are there: its thresholds, and the model."""
    return settings_inputs(node, (*THRESHOLDS, "model"))


def tags_input(tooltip: str) -> io.Input:
    """Return a field for tag lists, which may be left empty."""
    return io.String.Input("tags", display_name="Tags", multiline=True, default="", optional=True, tooltip=tooltip)


def scores_input(of: str = "the picture is") -> io.Input:
    """Return a socket for the scores that JoyTag Interrogate gives."""
    return Scores.Input(
        "scores", optional=True, tooltip=f"Scores from JoyTag Interrogate, so that {of} not scored again."
    )


def _in_saved_order(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in _ADDED_LATER] + [name for name in _ADDED_LATER if name in names]


def _setting_input(node: str, parameter: Parameter) -> io.Input:
    # The models are those of this ComfyUI; a person's own come with no release of ours.
    choices = {"choices": tuple(model_names(session().host))} if parameter.name == "model" else {}
    return input_for(parameter, folded=_is_folded(node, parameter), **choices)


def _is_folded(node: str, parameter: Parameter) -> bool:
    if parameter.name in _SHOWN_ON.get(node, ()):
        return False
    return parameter.advanced or parameter.name in (*_NO_ROOM, *_FOLDED_ON.get(node, ()))
