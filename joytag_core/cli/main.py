"""What does the command line do?"""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
from collections.abc import Callable, Sequence

from .. import __version__
from ..errors import CancelledError, JoyTagError
from .caption import add_caption_command
from .check import add_check_command
from .compare import add_compare_command
from .evaluate import add_evaluate_command
from .filter import add_filter_command
from .map import add_map_command
from .models import add_models_command
from .parser import CommandParser
from .program import program_name
from .scores import add_scores_command
from .stats import add_stats_command
from .streams import LogHandler, close_bars, complain, set_up_streams, silence_output
from .tag import add_tag_command
from .tags import add_tags_command

_EPILOG = """\
examples:
  %(prog)s tag photo.png
  %(prog)s tag pictures/ --recursive --threshold 0.5 --exclude "category:meta"
  %(prog)s filter "1girl, long_hair, chair" --exclude "*hair" --explain
  %(prog)s check photo.png --prompt "1girl, blue hair"
  %(prog)s tags ribbon
  %(prog)s help tag

exit status: 0 all is done; 1 some pictures could not be read; 2 nothing could be done (the message says why)

environment: JOYTAG_MODELS lists folders with models, or models, as PATH does; HF_ENDPOINT, HF_HUB_OFFLINE and HF_HOME
are huggingface_hub's.
"""

_REQUIRED = ("torch", "numpy", "PIL", "safetensors", "huggingface_hub")
_INSTALL = "run the Python of your .venv, or install requirements.txt into this one with pip"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    return exit_status(lambda: _run(sys.argv[1:] if arguments is None else arguments))


def exit_status(run: Callable[[], int]) -> int:
    """Run something; return the exit status that it does, or that of the error which ends it, and tell the error."""
    set_up_streams()
    try:
        return run()
    except (KeyboardInterrupt, CancelledError):
        return _ended(130, "stopped")
    except JoyTagError as error:
        return _ended(2, f"error: {error}")
    except OSError as error:
        return _failed(error)
    except ModuleNotFoundError as error:
        if error.name not in _REQUIRED:
            raise
        return _ended(2, f"error: {sys.executable} has no {error.name}; {_INSTALL}")


def make_parser() -> CommandParser:
    """Return the parser of all commands."""
    parser = CommandParser(
        prog=program_name(),
        description="Tag pictures with JoyTag, and filter tags.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"joytag {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND")
    add_tag_command(commands)
    add_caption_command(commands)
    add_check_command(commands)
    add_compare_command(commands)
    add_evaluate_command(commands)
    add_filter_command(commands)
    add_map_command(commands)
    add_models_command(commands)
    add_scores_command(commands)
    add_stats_command(commands)
    add_tags_command(commands)
    for command in (parser, *commands.choices.values()):
        # Before the command and behind it; what is not given there must not undo what is given here.
        command.add_argument(
            "-v", "--verbose", action="store_true", default=argparse.SUPPRESS, help="say what is loaded, and where"
        )
    _add_help_command(commands, parser)
    return parser


def _run(arguments: Sequence[str]) -> int:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    parser = make_parser()
    try:
        given = parser.parse_args(arguments or ["--help"])
        verbose = getattr(given, "verbose", False)
        logging.basicConfig(
            format="%(message)s", level=logging.INFO if verbose else logging.WARNING, handlers=[LogHandler()]
        )
        status: int = given.run(given)
        return status
    finally:
        sys.stdout.flush()  # here, where an error still is one: Python would only mention it at exit


def _add_help_command(commands: argparse._SubParsersAction[CommandParser], whole: CommandParser) -> None:
    parser = commands.add_parser("help", help="explain a command", description="Explain a command.")
    parser.add_argument("command", nargs="?", metavar="COMMAND", choices=[*commands.choices], help="one of the others")

    def run(arguments: argparse.Namespace) -> int:
        (commands.choices[arguments.command] if arguments.command else whole).print_help()
        return 0

    parser.set_defaults(run=run)


def _failed(error: OSError) -> int:
    """Tell what the system said; a reader of our output that has gone (`| head`) is no error."""
    if error.filename is not None:
        return _ended(2, f"error: {error.filename}: {error.strerror}")
    silence_output()
    # Windows says EINVAL of a pipe that nobody reads.
    if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
        return 0
    return _ended(2, f"error: the output cannot be written: {error.strerror or error}")


def _ended(status: int, message: str) -> int:
    close_bars()
    complain(message)
    return status
