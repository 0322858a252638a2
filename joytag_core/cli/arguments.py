"""How do settings become command-line options?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from ..settings.parameters import PARAMETERS, Parameter


def add_settings(
    parser: argparse.ArgumentParser, names: Iterable[str], defaults: Mapping[str, Any] | None = None
) -> None:
    """Add an option for each named setting; `defaults` are this command's own where they differ."""
    for name in names:
        _add_setting(parser, PARAMETERS[name], (defaults or {}).get(name, PARAMETERS[name].default))


def add_device_options(parser: argparse.ArgumentParser) -> None:
    """Add `--device` and `--dtype`."""
    parser.add_argument(
        "--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps or xpu. Default: auto."
    )
    parser.add_argument(
        "--dtype",
        default="auto",
        choices=("auto", "float32", "float16", "bfloat16"),
        help="Arithmetic. Default: auto, float16 on a GPU, float32 on a CPU.",
    )


def settings_of(arguments: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the named settings as given; what was not given is left out. `SettingError` comes from checking them."""
    given = {name: getattr(arguments, name) for name in names}
    return {
        name: "\n".join(value) if PARAMETERS[name].multiline else value
        for name, value in given.items()
        if value is not None
    }


def _add_setting(parser: argparse.ArgumentParser, parameter: Parameter, default: Any) -> None:
    option = "--" + parameter.name.replace("_", "-")
    kind = type(parameter.default)
    more: dict[str, Any] = {
        "default": default,
        "help": parameter.help.replace("%", "%%") + _default_text(parameter, default),
    }
    if kind is bool:
        more["action"] = argparse.BooleanOptionalAction
    elif parameter.multiline:
        more |= {"action": "append", "metavar": "RULES", "default": None}
    elif kind is tuple:
        more["metavar"] = "LOW,HIGH" if parameter.is_range else "A,B,..."
    elif parameter.choices:
        more["choices"] = parameter.choices
    else:
        more |= {"type": kind, "metavar": {int: "N", float: "0..1", str: "TEXT"}[kind]}
    parser.add_argument(option, **more)


def _default_text(parameter: Parameter, default: Any) -> str:
    if parameter.kind is tuple and parameter.choices:
        return " Default: all."
    return "" if default == "" else f" Default: {parameter.text(default)}."
