"""What does `models` do? Say which models are there, download JoyTag, verify files."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..lines import one_line
from .arguments import add_format_option, told_model_places
from .program import program_name
from .streams import complain_of, say, to_json

if TYPE_CHECKING:
    from ..model.folders import ModelFolder

_FORMATS = ("text", "json"), "text: a table; json: one object a model and line."


def add_models_command(commands: Any) -> None:
    """Add `models` to the sub-commands."""
    parser = commands.add_parser(
        "models", help="list, download and verify models", description="List the models on this machine."
    )
    parser.set_defaults(run=run_list)
    add_format_option(parser, *_FORMATS)
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="list the models on this machine, as without an action")
    add_format_option(listing, *_FORMATS)
    listing.set_defaults(run=run_list)
    download = actions.add_parser("download", help="download the published JoyTag (366 MB) and verify it")
    download.set_defaults(run=run_download)
    verify = actions.add_parser("verify", help="read every file of a model and compare it with what is known of it")
    verify.add_argument("models", nargs="*", metavar="MODEL", help="names or folders. Default: all that are installed.")
    verify.set_defaults(run=run_verify)


def run_list(arguments: argparse.Namespace) -> int:
    """Print name, size and place of every installed model."""
    from ..model.folders import JOYTAG, installed_models
    from .terminal_host import TerminalHost

    told_model_places()
    folders = installed_models(TerminalHost())
    for folder in folders:
        if arguments.format == "json":
            say(to_json({"name": folder.name, "bytes": folder.size, "path": str(folder.path)}))
        else:
            say(f"{folder.name:16}{folder.size / 1e6:8.1f} MB  {one_line(folder.path)}")
    if arguments.format == "text" and all(folder.name != JOYTAG for folder in folders):
        say(f"{JOYTAG:16}not installed; `{program_name()} models download` gets it (366 MB)")
    return 0


def run_download(arguments: argparse.Namespace) -> int:
    """Download JoyTag unless it is there; print its place."""
    from ..model.download import download_joytag
    from ..model.folders import JOYTAG, find_installed
    from .terminal_host import TerminalHost

    host = TerminalHost()
    there = find_installed(JOYTAG, host)
    folder = there or download_joytag(host)
    say(f"{'already there' if there else 'downloaded and verified'}: {folder.path}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify models; return 2 if one is broken."""
    from ..errors import ModelError
    from ..model.folders import find_installed, installed_models
    from .terminal_host import TerminalHost

    host = TerminalHost()
    broken = 0
    wanted: list[str | ModelFolder] = [*arguments.models] or [*installed_models(host)]
    for model in wanted:
        try:
            folder = find_installed(model, host) if isinstance(model, str) else model
            if folder is None:
                raise ModelError(f"{model} is not installed; `{program_name()} models download` gets it")
            say(f"{folder.name}: {_verified(folder)}")
        except ModelError as error:
            broken += 1
            complain_of(error)
    return 2 if broken else 0


def _verified(folder: ModelFolder) -> str:
    """Load a model for the sake of its checks, compare the hashes that are known, and say what was found."""
    from ..model.download import verify_published
    from ..model.folders import JOYTAG
    from ..model.weights import load_network

    network, vocabulary = load_network(folder)
    count = sum(parameter.numel() for parameter in network.parameters())
    found = f"whole; {count:,} parameters, {len(vocabulary)} tags, {network.config.image_size} px"
    return found + (f"; {verify_published(folder)}" if folder.name == JOYTAG else "")
