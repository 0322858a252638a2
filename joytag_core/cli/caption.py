"""What does `caption` do? Pictures in folders to caption files, or one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CancelledError, CaptionError, SettingError
from ..lines import harmless, one_line
from ..settings.parameters import FILTER_NAMES, READING_NAMES, SELECTION_NAMES
from .arguments import (
    add_choosing_settings,
    add_filter_settings,
    add_lists_folder,
    add_model_options,
    model_of,
    settings_of,
    unit,
)
from .caption_shards import run_shards
from .parser import CommandParser
from .streams import complain, say, to_json

if TYPE_CHECKING:
    from ..captions.options import CaptionOptions
    from ..captions.outputs import Change
    from ..captions.summary import CaptionSummary

DEFAULTS = {"target": "caption"}
"""The settings whose defaults are other than elsewhere."""

_EPILOG = """\
examples:
  %(prog)s pictures -r                                     # a .txt beside each picture that has none
  %(prog)s pictures --trigger "ohwx woman" --lists character-lora --existing merge --backup
  %(prog)s pictures --existing prune --dry-run             # which tags do the pictures not show?
  %(prog)s pictures -r --format jsonl --output tags.jsonl --threshold 0.35

Scores are kept in joytag-scores.sqlite beside the captions: captioning again with other thresholds or rules runs no
model, and a run that was stopped, or killed, goes on where it was.
"""


def add_caption_command(commands: Any) -> CommandParser:
    """Add `caption` to the sub-commands; return its parser."""
    parser: CommandParser = commands.add_parser(
        "caption",
        usage="%(prog)s PATH ... [options]",
        help="write caption files for folders of pictures",
        description="Write a caption for every picture that has none, or as --existing says.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="picture files, folders of pictures, or *globs")
    _add_places(parser.add_argument_group("which pictures, and where captions go"))
    _add_treatment(parser.add_argument_group("what becomes of captions"))
    _add_running(parser.add_argument_group("how it runs"))
    add_model_options(parser)
    add_choosing_settings(parser)
    rules = parser.add_argument_group("rules of the Tag Filter")
    add_filter_settings(parser, rules, DEFAULTS)
    add_lists_folder(rules)
    parser.set_defaults(run=run)
    return parser


def _add_places(group: Any) -> None:
    group.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    group.add_argument("--output-folder", metavar="FOLDER", help="write into a mirrored tree here, not beside pictures")
    group.add_argument(
        "--format", choices=("txt", "xmp", "jsonl", "csv", "parquet", "kohya", "hf"),
        help="txt: a text file a picture; xmp: a sidecar with keywords (dc:subject) for Immich, digiKam, darktable; "
        "one table: jsonl, csv, parquet, kohya (its metadata JSON), hf (metadata.jsonl of an image folder). "
        "Default: txt; with --shards jsonl, csv or parquet, and jsonl by default.",
    )  # fmt: skip
    group.add_argument(
        "--shards", nargs="+", default=[], metavar="SHARD",
        help="webdataset tars, tables (.parquet) or folders, here or at addresses, as 'data-{0000..0999}.tar'; each "
        "gets a table in --output-folder",
    )  # fmt: skip
    group.add_argument(
        "--image-column", default="", metavar="NAME", help="of shards that are tables: the pictures. Default: image."
    )
    group.add_argument(
        "--part", default="", metavar="I/N",
        help="of the shards only this process's part, as 0/4 to 3/4; auto asks torchrun's and Slurm's variables, "
        "auto/N Kubernetes' index",
    )  # fmt: skip
    group.add_argument("--output", metavar="FILE", help="the table's file")
    group.add_argument("--extension", default="", metavar="EXT", help="of caption files. Default: txt.")
    group.add_argument(
        "--name-template", default="", metavar="TEXT",
        help="names of caption files, of [name], [extension] (the picture's), [output_extension] and [hash:sha1]. "
        "Default: [name].[output_extension]",
    )  # fmt: skip


def _add_treatment(group: Any) -> None:
    group.add_argument(
        "--existing", default="skip", choices=("skip", "overwrite", "prepend", "append", "merge", "prune"),
        help="a caption that is there: skip it; overwrite it; put new tags before or after it; merge: after it, every "
        "tag once; prune: keep its tags but those that the picture does not show. Sentences stay. "
        "Where there is none, one is written. Default: skip.",
    )  # fmt: skip
    group.add_argument("--own", action="store_true", help="redo captions that JoyTag wrote and nobody changed")
    group.add_argument("--backup", action="store_true", help="keep what is overwritten as NAME.bak")
    group.add_argument("--trigger", action="append", default=[], metavar="WORDS", help="put first, spelled as given")
    group.add_argument("--folder-triggers", action="store_true", help="also trigger words from names as 10_mychar")
    group.add_argument("--keep-separator", default="", metavar="TEXT", help="what follows the trigger words, as '|||'")
    group.add_argument(
        "--min-share", type=unit, default=0.0, metavar="0..1", help="only tags on that share of pictures or more"
    )
    group.add_argument(
        "--max-share", type=unit, default=1.0, metavar="0..1", help="no tags on a larger share of the pictures"
    )
    group.add_argument("--dry-run", action="store_true", help="write no caption; print what would change, and counts")


def _add_running(group: Any) -> None:
    group.add_argument("--scores", metavar="FILE", help="the score database. Default: beside the captions.")
    group.add_argument("--no-scores", action="store_true", help="keep no scores, and use no kept ones")
    group.add_argument("--report", metavar="FILE", help="write counts, failures and twins as JSON")
    group.add_argument("--strict", action="store_true", help="exit with 1 if a picture failed")
    group.add_argument("--threads", type=int, metavar="N", help="that read pictures. Default: one a processor.")
    group.add_argument("--batch-size", type=int, metavar="N", help="pictures at once. Default: the device's own.")
    group.add_argument("--json", action="store_true", help="print each caption made, and the counts, as JSON lines")


def run(arguments: argparse.Namespace) -> int:
    """Caption; return 1 with --strict if a picture failed, or if a shard did, 130 after Ctrl-C."""
    if arguments.shards:
        return run_shards(arguments, DEFAULTS)
    for option in ("part", "image_column"):
        if getattr(arguments, option):
            raise SettingError(f"--{option.replace('_', '-')} is about shards, and --shards names none")
    from ..captions.folder import CaptionRun
    from ..captions.own_files import REPORT, refuse_foreign
    from .terminal_host import TerminalHost

    options = _options(arguments)
    if arguments.report is not None:
        refuse_foreign(arguments.report, "report", REPORT)
    captioning = CaptionRun(
        arguments.paths,
        options,
        model=model_of(arguments),
        settings=DEFAULTS | settings_of(arguments, (*SELECTION_NAMES, *FILTER_NAMES, *READING_NAMES)),
        host=TerminalHost(device=arguments.device, dtype=arguments.dtype),
        lists_folder=arguments.lists_folder,
    )
    tell: Callable[[Change], None] | None = partial(_tell_change, options) if options.dry_run else None
    try:
        captioning.run(_say_change if arguments.json else tell)
    except (KeyboardInterrupt, CancelledError):
        _tell(arguments, captioning.summary)
        complain("stopped; run the same command again, and it goes on")
        return 130
    _tell(arguments, captioning.summary)
    return 1 if arguments.strict and captioning.summary.failed else 0


def _options(arguments: argparse.Namespace) -> CaptionOptions:
    from ..captions.options import CaptionOptions

    same = (
        "recursive", "extension", "name_template", "existing", "own", "backup", "folder_triggers",
        "keep_separator", "min_share", "max_share", "dry_run", "threads", "batch_size",
    )  # fmt: skip
    given: dict[str, Any] = {name: getattr(arguments, name) for name in same} | {"format": arguments.format or "txt"}
    given |= {name: _path(getattr(arguments, name)) for name in ("scores", "output_folder", "output")}
    return CaptionOptions(
        **given,
        triggers=tuple(arguments.trigger),
        keep_scores=not arguments.no_scores,
        on_twins=_tell_twins,
    )


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _tell(arguments: argparse.Namespace, summary: CaptionSummary) -> None:
    if arguments.report is not None:
        try:
            summary.write_report(arguments.report)
        except OSError as error:
            raise CaptionError(f"{arguments.report}: the report cannot be written: {error.strerror}") from error
    if arguments.json:
        say(to_json(summary.to_dict()))
    for line in summary.lines():
        complain(line)


def _say_change(change: Change) -> None:
    say(to_json({
        "path": str(change.plan.picture), "caption": str(change.plan.target), "before": change.before,
        "after": change.after,
    }))  # fmt: skip


def _tell_change(options: CaptionOptions, change: Change) -> None:
    if change.is_needed:
        lines = [one_line(change.plan.picture if options.is_table else change.plan.target)]
        lines += [] if change.before is None else [_marked("-", change.before)]
        say("\n".join([*lines, _marked("+", change.after)]))


def _marked(sign: str, text: str) -> str:
    return "\n".join(f"  {sign} {line}" for line in harmless(text).split("\n"))


def _tell_twins(twins: Sequence[tuple[str, str]]) -> None:
    from ..captions.summary import SHOWN

    lines = [
        "these pictures would share a caption with another; they are left out. --name-template "
        "'[name].[extension].[output_extension]' tells them apart:"
    ]
    lines += [f"  {one_line(picture)} ({one_line(caption)})" for picture, caption in twins[:SHOWN]]
    complain("\n".join([*lines, *([f"  ... and {len(twins) - SHOWN} more"] if len(twins) > SHOWN else [])]))
