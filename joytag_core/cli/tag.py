"""What does `tag` do? Pictures to tags, on standard output."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingError
from ..lines import one_line
from ..settings.frame_parameters import FRAME_PARAMETERS, frame_ways
from ..settings.parameters import FILTER_NAMES, SELECTION_NAMES
from .arguments import (
    add_choosing_settings,
    add_filter_settings,
    add_format_option,
    add_lists_folder,
    add_model_options,
    add_settings,
    settings_of,
    unit,
)
from .other_tagger import add_other_tagger_options, check_place, read_score_file, scores_for, two_taggers
from .scoring import GivenPictures
from .streams import say, to_json

if TYPE_CHECKING:
    from ..filtering.result import FilterResult
    from ..settings.two_taggers import TwoTaggers
    from ..tags.scores import TagScores

_FLOOR = 0.1
_DEFAULTS = {"target": "caption"}
_EPILOG = """\
examples:
  %(prog)s photo.png
  %(prog)s pictures/ --recursive --threshold 0.5
  %(prog)s photo.png --target a1111 --exclude "category:meta, *background" --max-tags 40
  %(prog)s pictures/ --json > tags.jsonl
  %(prog)s photo.png --format scores --floor 0.3

`--exclude` and its like take patterns: names, *globs, /regex/, category:character, group:clothing, @lists.
"""


def add_tag_command(commands: Any) -> None:
    """Add `tag` to the sub-commands."""
    parser = commands.add_parser(
        "tag",
        usage="%(prog)s PATH ... [options]",
        help="tag pictures",
        description="Tag pictures, or all pictures in folders.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="picture files, or folders of pictures")
    reading = parser.add_argument_group("what is read, and what is written")
    reading.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    add_format_option(
        reading,
        ("text", "json", "scores"),
        "text: the tags; json: one object a picture and line: text, tags with scores, what rules dropped and replaced; "
        "scores: every tag over the floor as 'tag: 0.123', best first.",
    )
    reading.add_argument(
        "--floor", type=unit, default=_FLOOR, metavar="0..1", help=f"for --format scores. Default: {_FLOOR}."
    )
    add_model_options(parser)
    add_choosing_settings(parser)
    add_other_tagger_options(
        parser,
        scores="a file of its scores: JSON, or lines as 'smile: 0.9'; for several pictures a folder, with NAME.json or "
        "NAME.txt for each",
    )
    frames = parser.add_argument_group("many pictures as one, such as the frames of a video")
    add_settings(parser, frames, FRAME_PARAMETERS, parameters=FRAME_PARAMETERS)
    rules = parser.add_argument_group("rules of the Tag Filter")
    add_filter_settings(parser, rules, _DEFAULTS)
    add_lists_folder(rules)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag; return 1 if some pictures or folders could not be read, 2 if none could."""
    from ..settings.interrogation import Interrogation

    settings = _DEFAULTS | settings_of(arguments, (*SELECTION_NAMES, *FILTER_NAMES))
    interrogation = Interrogation.from_settings(settings, lists_folder=arguments.lists_folder)
    taggers = two_taggers(arguments, interrogation)
    pictures = GivenPictures(arguments)
    named = pictures.are_several
    ways = frame_ways(settings_of(arguments, FRAME_PARAMETERS, parameters=FRAME_PARAMETERS))
    are_one = ways["how"] != "each"
    if arguments.scores is not None:
        check_place(arguments.scores, pictures=1 if are_one else len(pictures.paths))
    if are_one:
        return _tag_frames(arguments, pictures, taggers, ways)
    for path, scores in pictures.scores():
        try:
            other = None if arguments.scores is None else scores_for(arguments.scores, path)
            line = _line(arguments, scores, partial(taggers.prompt, scores, other), where={"path": str(path)})
        except SettingError as error:  # the other tagger's scores of this picture
            pictures.report(error)
            continue
        if named and arguments.format == "scores":
            say(f"# {one_line(path)}")
        say(f"{one_line(path)}: {line}" if named and arguments.format == "text" else line)
    return pictures.status


def _tag_frames(
    arguments: argparse.Namespace, pictures: GivenPictures, taggers: TwoTaggers, ways: Mapping[str, Any]
) -> int:
    """Tag all pictures as one."""
    from ..judging.frames import combine_frames

    found = list(pictures.scores())
    for scores in combine_frames([scores for _, scores in found], **ways):
        other = None if arguments.scores is None else read_score_file(Path(arguments.scores))
        paths = {"paths": [str(path) for path, _ in found]}
        say(_line(arguments, scores, partial(taggers.prompt, scores, other), where=paths))
    return pictures.status


def _line(
    arguments: argparse.Namespace, scores: TagScores, prompt: Callable[[], FilterResult], *, where: Mapping[str, Any]
) -> str:
    if arguments.format == "scores":
        over = [item for item in scores.top(len(scores)) if item.score > arguments.floor]
        return "\n".join(f"{item.name}: {item.score:.3f}" for item in over)
    result = prompt()
    return to_json({**where, **result.to_dict()}) if arguments.format == "json" else result.text
