"""What does `map` do? Pictures and tags to overlays, masks, numbers and places."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..lines import one_line
from ..settings.map_parameters import MAP_PARAMETERS
from ..settings.parameters import THRESHOLDS
from .arguments import add_format_option, add_model_options, add_settings, settings_of
from .map_files import KINDS, MapFiles
from .scoring import GivenPictures, load_tagger, reading_of
from .streams import say, to_json

if TYPE_CHECKING:
    from ..maps.showing import Showing
    from ..maps.tag_maps import TagMaps

_EPILOG = """\
examples:
  %(prog)s picture.png --tag heart --out heart.png
  %(prog)s picture.png --tag heart --tag "star (symbol)" --save overlay,mask,json --out maps/
  %(prog)s pictures/ --tag hat --save mask --method otsu --grow 8 --out masks/

A name with a suffix is the file of one picture: heart.png is the overlay, heart.mask.png the mask, heart.npy what each
patch adds to the tag, heart.json its score, boxes and points. Without a suffix it is a folder, for any number of
pictures: PICTURE.TAG.png and so on. Overlays show in orange what speaks for the tag, in blue what speaks against it.
"""


def add_map_command(commands: Any) -> None:
    """Add `map` to the sub-commands."""
    parser = commands.add_parser(
        "map",
        usage="%(prog)s PATH ... --tag TAG --out FILE|FOLDER [options]",
        help="show where in pictures tags are",
        description="Show where in pictures tags are.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="picture files, or folders of pictures")
    files = parser.add_argument_group("what is read, and what is written")
    files.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    files.add_argument(
        "--tag",
        action="append",
        required=True,
        metavar="TAG",
        help="a tag to look for, or several with commas between; repeat it",
    )
    files.add_argument("--out", required=True, type=Path, metavar="FILE|FOLDER", help="where the files go")
    files.add_argument(
        "--save", type=_kinds, default=("overlay",), metavar="A,B,...",
        help=f"what to write: {', '.join(KINDS)}. Default: overlay.",
    )  # fmt: skip
    add_format_option(
        files,
        ("text", "json"),
        "How the result is told. text: for reading; json: an object a picture, as --save json.",
    )
    add_model_options(parser)
    masks = parser.add_argument_group("which tags hold, and where they are")
    add_settings(parser, masks, THRESHOLDS)
    add_settings(parser, masks, MAP_PARAMETERS, parameters=MAP_PARAMETERS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Map; return 1 if some pictures or folders could not be read, 2 if none could."""
    from ..maps.features import find_tags

    settings = _settings(arguments)
    reading = reading_of(arguments)
    pictures = GivenPictures(arguments)
    paths = pictures.paths
    if not paths:
        return pictures.status
    files = MapFiles(
        arguments.out,
        paths,
        folders=arguments.paths,
        recursive=arguments.recursive,
        kinds=arguments.save,
        settings=settings,
        reading=reading,
    )
    tagger = load_tagger(arguments)
    tags = [tag.name for tag in find_tags(tagger.vocabulary, _names(arguments.tag))]
    files.refuse_pictures(tags)
    for path, features in pictures.readable(tagger.features_each(paths, reading=reading)):
        maps = features.maps(tags)
        written = files.write(path, maps)
        if arguments.format == "json":
            say(to_json(files.told(path, maps, tags)))
        else:
            _tell(files.showing, path, maps, written)
    return pictures.status


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    return settings_of(arguments, MAP_PARAMETERS, parameters=MAP_PARAMETERS) | settings_of(arguments, THRESHOLDS)


def _names(texts: list[str]) -> list[str]:
    """Return the tags of the options, some with commas between; a name with a comma in it stays whole."""
    from ..prompts.merging import tag_names

    return [name for text in texts for name in tag_names(text, target="caption") or [text]]


def _tell(showing: Showing, path: Path, maps: TagMaps, written: list[Path]) -> None:
    for tag in maps.tags:
        absent = "" if showing.holds(maps, tag) else ", not there"
        say(f"{one_line(path)}: {tag} {maps.score_of(tag):.3f}{absent}")
    for one in written:
        say(f"  -> {one_line(one)}")


def _kinds(text: str) -> tuple[str, ...]:
    """Read what is to be written: for argparse's `type`."""
    kinds = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if not kinds or not set(kinds) <= set(KINDS):
        raise argparse.ArgumentTypeError(f"{text!r} is unknown; expected some of {', '.join(KINDS)}")
    return kinds
