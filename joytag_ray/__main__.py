"""`python -m joytag_ray caption SHARD ... --out FOLDER`: what does the command line of the Ray door do?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from joytag_core.captions.shard_names import expand_shards
from joytag_core.cli.caption import DEFAULTS, add_caption_command
from joytag_core.cli.caption_shards import check_for_shards, make_captioner, tell_end, tell_outcome
from joytag_core.cli.main import exit_status
from joytag_core.cli.parser import CommandParser
from joytag_core.cli.shard_count import ShardCount
from joytag_core.errors import SettingError


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 where a shard failed (with --strict: a picture), 2 where it could not go on."""
    return exit_status(lambda: _run(make_parser().parse_args(sys.argv[1:] if words is None else words)))


def make_parser() -> CommandParser:
    """Return the parser: `joytag caption`'s own, and what Ray is to be asked for."""
    parser = CommandParser(prog="python -m joytag_ray", description="Caption shards of pictures with Ray Data.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    command = add_caption_command(commands)
    command.usage = "%(prog)s SHARD ... --out FOLDER [options]"
    command.description = "Caption tars, tables or folders by actors that hold the model; a rerun does what is missing."
    command.epilog = "example: %(prog)s 's3://bucket/data-{0000..9999}.tar' --out s3://bucket/tags --actors 8 --gpus 1"
    command.set_defaults(format="parquet")
    ray = command.add_argument_group("Ray")
    ray.add_argument("--out", dest="output_folder", metavar="FOLDER", help="where tables and marks go, or an address")
    ray.add_argument("--actors", type=int, default=1, metavar="N", help="at most; each holds a model. Default: 1.")
    ray.add_argument("--gpus", type=float, default=0.0, metavar="N", help="of an actor. Default: 0.")
    ray.add_argument("--cpus", type=int, default=1, metavar="N", help="of an actor, to read pictures with. Default: 1.")
    ray.add_argument("--address", metavar="ADDRESS", help="of the cluster. Default: RAY_ADDRESS, else this machine.")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    arguments.shards, arguments.paths = [*arguments.shards, *arguments.paths], []
    for name, least in {"actors": 1, "cpus": 1, "gpus": 0}.items():
        if not getattr(arguments, name) >= least:
            raise SettingError(f"--{name} {getattr(arguments, name):g} is out of range; expected {least} or more")
    if arguments.part:
        raise SettingError("--part divides shards among processes, which Ray does itself")
    check_for_shards(arguments)
    shards = expand_shards(arguments.shards)
    make_captioner(arguments, DEFAULTS)  # what is wrong with the model or a setting is told here, not by each actor
    try:
        from .job import caption_shards
    except ImportError as error:
        raise SettingError(f"Ray Data is not installed: {error}; `pip install '.[ray]'`") from error
    count = ShardCount(len(shards))
    results = sys.stdout
    try:
        with redirect_stdout(sys.stderr):  # Ray prints there that a worker has died
            for outcome in caption_shards(shards, arguments):
                with redirect_stdout(results):
                    tell_outcome(outcome, count, as_json=arguments.json)
    finally:
        tell_end(count)
    return count.status(strict=arguments.strict)


if __name__ == "__main__":
    sys.exit(main())
