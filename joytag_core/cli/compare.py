"""What does `compare` do? Say how far a faster way is from float32 on one's own pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import PictureError
from ..lines import counted, one_line
from ..pictures.reading import Reading
from ..settings.parameters import PARAMETERS, READING_NAMES
from .arguments import add_format_option, add_model_options, add_settings, count, model_of, settings_of
from .scoring import GivenPictures, reading_of
from .streams import complain, say, to_json

if TYPE_CHECKING:
    from ..datasets.agreement import Agreement, Difference
    from ..host.protocol import Host
    from ..tags.scores import TagScores

_EXACT = "float32"
_SHOWN = 10
_EPILOG = """\
examples:
  %(prog)s pictures/ --dtype bfloat16
  %(prog)s pictures/ --model demo --dtype float16 --threshold 0.35
  %(prog)s pictures/ --dtype float32 --reading fast
  %(prog)s pictures/ --dtype bfloat16 --json > agreement.json
"""


def add_compare_command(commands: Any) -> None:
    """Add `compare` to the sub-commands."""
    parser = commands.add_parser(
        "compare",
        usage="%(prog)s PATH ... --dtype NAME [options]",
        help="how far a faster way is from float32",
        description="Tag pictures twice, in float32 and as the options say (another dtype, pictures read otherwise), "
        "and say which tags change.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="picture files, or folders of pictures")
    parser.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    add_settings(parser, parser, ["threshold"])
    parser.add_argument(
        "--show", type=count, default=_SHOWN, metavar="N", help=f"how many changed tags to list. Default: {_SHOWN}."
    )
    add_format_option(parser, ("text", "json"), "text: for reading; json: one object with every changed tag.")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; return 1 if some pictures could not be read, 2 if none could."""
    from ..datasets.agreement import Agreement
    from ..host.local import LocalHost
    from .terminal_host import TerminalHost

    reading = reading_of(arguments)
    pictures = GivenPictures(arguments)
    paths = pictures.paths
    agreement = Agreement(settings_of(arguments, ["threshold"]).get("threshold", PARAMETERS["threshold"].default))
    host = TerminalHost(device=arguments.device, dtype=arguments.dtype)  # one bar
    if paths:
        exact = _scores(arguments, LocalHost(device=arguments.device, dtype=_EXACT), paths, Reading())
        other = _scores(arguments, host, paths, reading)
        for path, (one, two) in pictures.readable(map(_pair, exact, other)):
            agreement.add(str(path), one, two)
    if not agreement.pictures:
        return pictures.status
    dtype = str(host.placement().dtype).removeprefix("torch.")  # what `auto` is here
    if dtype == _EXACT and reading == Reading():
        complain(f"nothing is compared: {_EXACT} and exact reading are what the other way is compared with")
    if arguments.format == "json":
        what = {"model": model_of(arguments), "dtype": dtype, "against": _EXACT, **asdict(reading)}
        say(to_json(what | agreement.to_dict()))
    else:
        say("\n".join(_lines(arguments, agreement, dtype)))
    return pictures.status


def _pair(
    exact: TagScores | PictureError, other: TagScores | PictureError
) -> tuple[TagScores, TagScores] | PictureError:
    if isinstance(exact, PictureError):
        return exact
    return other if isinstance(other, PictureError) else (exact, other)


def _scores(
    arguments: argparse.Namespace, host: Host, paths: list[Path], reading: Reading
) -> Iterator[TagScores | PictureError]:
    from ..tagging.tagger import Tagger

    return Tagger.load(model_of(arguments), host=host).score_each(paths, reading=reading)


def _lines(arguments: argparse.Namespace, agreement: Agreement, dtype: str) -> Iterator[str]:
    largest, total = agreement.largest, agreement.both + len(agreement.changed)
    assert largest is not None
    ways = ", ".join([dtype, *settings_of(arguments, READING_NAMES).values()])
    yield f"{counted(agreement.pictures, 'picture')}, {ways} against {_EXACT}, threshold {agreement.threshold:g}"
    yield f"tags that both give: {agreement.both:,} of {total:,} ({agreement.share:.2%})"
    yield f"pictures with the very same tags: {agreement.same_pictures:,} of {agreement.pictures:,}"
    yield f"differences of scores: {agreement.mean:.5f} in the mean; the largest is {_text(largest)}"
    if agreement.changed:
        yield "tags that change:"
    yield from (f"  {_text(one)}" for one in agreement.changed[: arguments.show])
    if len(agreement.changed) > arguments.show:
        yield f"  ... and {len(agreement.changed) - arguments.show:,} more (--show N)"


def _text(one: Difference) -> str:
    return f"{one.tag} {one.exact:.4f} -> {one.other:.4f} in {one_line(one.picture)}"
