"""What does the command line do?"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import CancelledError, JoyTagError
from .filter import add_filter_command
from .models import add_models_command
from .program import program_name
from .tag import add_tag_command
from .tags import add_tags_command

_EPILOG = """\
exit status: 0 all is done; 1 some pictures could not be read; 2 nothing could be done (the message says why)

environment: JOYTAG_MODELS lists folders with models, as PATH does; HF_ENDPOINT, HF_HUB_OFFLINE and HF_HOME are
huggingface_hub's. `%(prog)s COMMAND --help` explains a command.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    given = make_parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO if given.verbose else logging.WARNING)
    try:
        status: int = given.run(given)
        sys.stdout.flush()
    except (KeyboardInterrupt, CancelledError):
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except JoyTagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog=program_name(),
        description="Tag pictures with JoyTag, and filter tags.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"joytag {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is loaded, and where")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_tag_command(commands)
    add_filter_command(commands)
    add_models_command(commands)
    add_tags_command(commands)
    return parser
