"""How do settings become command-line options, and what was given to them?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..checks import read_number
from ..host.environment import model_places
from ..prompts.format import PromptFormat
from ..settings.parameter import Parameter
from ..settings.parameters import FILTER_NAMES, PARAMETERS, READING_NAMES, SELECTION_NAMES
from .parser import CommandParser
from .streams import complain

_WRITING = {field.name for field in fields(PromptFormat)}
_CHOOSING = tuple(name for name in SELECTION_NAMES if name != "model")


def add_settings(
    parser: CommandParser,
    group: Any,
    names: Iterable[str],
    defaults: Mapping[str, Any] | None = None,
    *,
    parameters: Mapping[str, Parameter] = PARAMETERS,
) -> None:
    """Add an option for each named setting to a group of a parser; `defaults` are this command's own, for its help."""
    for name in names:
        _add_setting(parser, group, parameters[name], (defaults or {}).get(name, parameters[name].default))


def add_choosing_settings(parser: CommandParser) -> None:
    """Add the settings that choose tags from scores, in a group of their own."""
    add_settings(parser, parser.add_argument_group("which tags are chosen from the scores"), _CHOOSING)


def add_filter_settings(parser: CommandParser, rules: Any, defaults: Mapping[str, Any] | None = None) -> None:
    """Add the Tag Filter's rules to a group, and how tags are written in one of its own."""
    add_settings(parser, rules, [name for name in FILTER_NAMES if name not in _WRITING], defaults)
    writing = parser.add_argument_group("how the tags are written")
    add_settings(parser, writing, [name for name in FILTER_NAMES if name in _WRITING], defaults)


def add_lists_folder(group: Any) -> None:
    """Add `--lists-folder`."""
    group.add_argument("--lists-folder", metavar="FOLDER", help="where your own lists are, NAME.txt each")


def add_model_options(parser: CommandParser, *, reading: Iterable[str] = READING_NAMES) -> None:
    """Add `--model`, `--device`, `--dtype` and how pictures are read, in a group of their own."""
    group = parser.add_argument_group("the model, and how it sees pictures")
    add_settings(parser, group, ["model"])
    group.add_argument(
        "--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps or xpu. Default: auto."
    )
    group.add_argument(
        "--dtype", default="auto", metavar="NAME",
        help="auto, float32, float16 or bfloat16. Default: auto: float16 on a GPU; on a CPU bfloat16 where that is "
        "faster, else float32, which is exact.",
    )  # fmt: skip
    add_settings(parser, group, reading)


def add_format_option(group: Any, formats: Sequence[str], explanation: str) -> None:
    """Add `--format`, whose default is the first, and `--json` as a short form."""
    group.add_argument("--format", choices=formats, default=formats[0], help=f"{explanation} Default: {formats[0]}.")
    group.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")


def settings_of(
    arguments: argparse.Namespace, names: Iterable[str], *, parameters: Mapping[str, Parameter] = PARAMETERS
) -> dict[str, Any]:
    """Return the named settings that were given, in their own types.

    Raises:
        SettingError: a value is none of its setting's.
    """
    given = {name: getattr(arguments, name) for name in names}
    return {
        name: parameters[name].parse("\n".join(value) if parameters[name].multiline else value)
        for name, value in given.items()
        if value is not None
    }


def model_of(arguments: argparse.Namespace) -> str:
    """Return the model that was named; else the one that JOYTAG_MODELS is, if it is one and no folder of models."""
    from ..model.folders import is_model

    named = settings_of(arguments, ["model"])
    places = told_model_places()
    is_one = len(places) == 1 and is_model(places[0])
    return str(named.get("model", places[0] if is_one else PARAMETERS["model"].default))


def told_model_places() -> list[Path]:
    """Return the paths in JOYTAG_MODELS; one that can hold no model is told, since JoyTag would be downloaded."""
    from ..model.folders import why_no_models

    places = model_places()
    for place in places:
        if why := why_no_models(place):
            complain(f"JOYTAG_MODELS: {place} is {why}")
    return places


def count(text: str) -> int:
    """Read a whole number of 0 or more: for argparse's `type`."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count; expected 0 or a whole number above it")
    return int(text)


def unit(text: str) -> float:
    """Read a number from 0 to 1: for argparse's `type`."""
    number = read_number(text)
    if number is None or not 0.0 <= number <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; expected a number from 0 to 1")
    return number


def _add_setting(parser: CommandParser, group: Any, parameter: Parameter, default: Any) -> None:
    name = parameter.name.replace("_", "-")
    explanation = parameter.help.replace("%", "%%") + _default_text(parameter, default)
    if parameter.kind is bool:
        parser.add_switch(group, name, help=explanation)
    elif parameter.multiline:
        group.add_argument(f"--{name}", action="append", metavar="RULES", help=explanation)
    else:
        group.add_argument(f"--{name}", metavar=_metavar(parameter), help=explanation)


def _metavar(parameter: Parameter) -> str:
    if parameter.kind is tuple:
        return "LOW,HIGH" if parameter.is_range else "A,B,..."
    if parameter.choices:
        return "|".join(parameter.choices)
    return {int: "N", float: "0..1", str: "TEXT"}[parameter.kind]


def _default_text(parameter: Parameter, default: Any) -> str:
    if parameter.kind is tuple and parameter.choices:
        return " Default: all."
    return "" if default == "" else f" Default: {parameter.text(default)}."
