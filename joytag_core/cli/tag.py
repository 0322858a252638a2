"""What does `tag` do? Pictures to tags, on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..settings.parameters import FILTER_NAMES, SELECTION_NAMES
from .arguments import add_device_options, add_settings, settings_of

if TYPE_CHECKING:
    from ..settings.interrogation import Interrogation
    from ..tags.scores import TagScores

_SETTINGS = (*SELECTION_NAMES, *FILTER_NAMES)
_FLOOR = 0.1


def add_tag_command(commands: Any) -> None:
    """Add `tag` to the sub-commands."""
    parser = commands.add_parser("tag", help="tag pictures", description="Tag pictures, or all pictures in folders.")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="picture files, or folders of pictures")
    parser.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    parser.add_argument(
        "--format", choices=("text", "json", "scores"), default="text",
        help="text: the tags; json: one object a picture and line, with scores; scores: every tag over the floor as "
        "'tag: 0.123', best first. Default: text.",
    )  # fmt: skip
    parser.add_argument(
        "--floor", type=float, default=_FLOOR, metavar="0..1", help=f"for --format scores. Default: {_FLOOR}."
    )
    parser.add_argument("--lists-folder", metavar="FOLDER", help="where your own lists are, NAME.txt each")
    add_device_options(parser)
    add_settings(parser, _SETTINGS, {"target": "caption"})
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag; return 1 if some pictures or folders could not be read, 2 if none could."""
    from ..errors import PictureError
    from ..pictures.folders import find_pictures
    from ..settings.interrogation import Interrogation
    from ..tagging.tagger import Tagger
    from .terminal_host import TerminalHost

    interrogation = Interrogation.from_settings(settings_of(arguments, _SETTINGS), lists_folder=arguments.lists_folder)
    failed = 0

    def report(error: PictureError) -> None:
        nonlocal failed
        failed += 1
        print(f"error: {error}", file=sys.stderr)

    paths = list(find_pictures(arguments.paths, recursive=arguments.recursive, report=report))
    if not paths:
        return 2
    tagger = Tagger.load(arguments.model, host=TerminalHost(device=arguments.device, dtype=arguments.dtype))
    tagged = 0
    for path, scores in zip(paths, tagger.score_each(paths), strict=True):
        if isinstance(scores, PictureError):
            report(scores)
        else:
            tagged += 1
            print(_line(arguments, path, scores, interrogation, named=len(paths) > 1), flush=True)
    return 0 if not failed else 1 if tagged else 2


def _line(
    arguments: argparse.Namespace, path: Path, scores: TagScores, interrogation: Interrogation, *, named: bool
) -> str:
    if arguments.format == "scores":
        over = [item for item in scores.top(len(scores)) if item.score > arguments.floor]
        return "\n".join([*([f"# {path}"] if named else []), *(f"{item.name}: {item.score:.3f}" for item in over)])
    result = interrogation.prompt(scores)
    if arguments.format == "text":
        return f"{path}: {result.text}" if named else result.text
    return json.dumps({"path": str(path)} | result.to_dict(), ensure_ascii=False)
