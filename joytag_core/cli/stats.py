"""What does `stats` do? Say what a folder of captioned pictures holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CaptionError, PictureError, UnreadablePictureError
from ..lines import counted, harmless
from .arguments import add_format_option, add_model_options, count, model_of, unit
from .scoring import reading_of, scores_place
from .streams import say, to_json

if TYPE_CHECKING:
    from ..captions.lazy_model import LazyModel
    from ..datasets.report import Material

_KINDS = (
    "contradictions", "disagreements", "exact", "near", "leaks", "without_caption", "without_picture", "broken",
)  # fmt: skip

_EPILOG = """\
examples:
  %(prog)s pictures                                # a table
  %(prog)s pictures --html report.html             # one page with pictures and plots, for any browser
  %(prog)s train --against validation              # which pictures are in both?
"""


def add_stats_command(commands: Any) -> None:
    """Add `stats` to the sub-commands."""
    parser = commands.add_parser(
        "stats",
        usage="%(prog)s FOLDER ... [options]",
        help="say what a captioned folder holds",
        description="Count tags; find rare, constant and contradictory ones, captions that the pictures do not show, "
        "duplicates, outliers and broken files. Kept scores are used, and missing ones made.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="pictures with captions; folders below included")
    group = parser.add_argument_group("what is read, and what is written")
    group.add_argument("--extension", default="txt", metavar="EXT", help="of caption files. Default: txt.")
    group.add_argument("--against", metavar="FOLDER", help="tell pictures that are in this folder too")
    group.add_argument("--html", metavar="FILE", help="write one page that needs no network")
    add_format_option(group, ("text", "json"), "text: tables; json: one object.")
    group.add_argument("--scores", metavar="FILE", help="the score database. Default: in the first folder.")
    limits = parser.add_argument_group("what counts")
    limits.add_argument("--common", type=unit, default=0.9, metavar="0..1", help="share of common tags. Default: 0.9.")
    limits.add_argument("--rare", type=count, default=2, metavar="N", help="most pictures of rare tags. Default: 2.")
    limits.add_argument("--near", type=unit, default=0.9, metavar="0..1", help="likeness of duplicates. Default: 0.9.")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at the folders; return 0."""
    from ..captions.lazy_model import LazyModel
    from ..captions.own_files import PAGE, refuse_foreign
    from ..datasets.report import build_report
    from .terminal_host import TerminalHost

    if arguments.html is not None:
        refuse_foreign(arguments.html, "page", PAGE)
    host = TerminalHost(device=arguments.device, dtype=arguments.dtype)
    model = LazyModel.find(model_of(arguments), host)
    place = scores_place(arguments.scores, arguments.folders[0])
    material = _material(arguments.folders, arguments, model, host, place)
    other = None
    if arguments.against is not None:
        other = _material(
            [arguments.against], arguments, model, host, scores_place(arguments.scores, arguments.against)
        )
    report = build_report(
        material, model.vocabulary, common=arguments.common, rare=arguments.rare, near=arguments.near, against=other
    )
    if arguments.html is not None:
        _write_page(arguments, report)
    say(to_json(report) if arguments.format == "json" else render_table(report))
    return 0


def _material(folders: list[str], arguments: argparse.Namespace, model: LazyModel, host: Any, place: Path) -> Material:
    from ..captions.scoring import Found
    from ..captions.summary import shown
    from ..datasets.report import Material, Seen, lone_captions
    from ..datasets.sources import captioned_pictures, scored

    broken: list[tuple[str, str]] = []

    def report(error: PictureError) -> None:
        broken.append((shown(error.path or ""), shown(str(error))))

    captioned = list(captioned_pictures(folders, extension=arguments.extension, report=report))
    if not captioned:
        raise UnreadablePictureError(broken[0][1])
    seen: list[Seen | None] = []
    reading = reading_of(arguments)
    for one, result in scored(captioned, model=model, host=host, reading=reading, scores=place, total=len(captioned)):
        if isinstance(result, Found):
            seen.append(Seen.of(len(seen), one, result, model.vocabulary))
        else:
            seen.append(None)
            broken.append((shown(one.picture), shown(str(result))))
    stems = {str(one.picture.with_suffix("")) for one in captioned}
    alone = lone_captions(map(Path, folders), extension=arguments.extension.lstrip("."), stems=stems, recursive=True)
    return Material(captioned, seen, broken, alone)


def _write_page(arguments: argparse.Namespace, report: dict[str, Any]) -> None:
    from ..datasets.page import render_page
    from ..whole_files import write_whole

    try:
        write_whole(arguments.html, render_page(report, title=", ".join(arguments.folders)))
    except OSError as error:
        raise CaptionError(f"{arguments.html}: the page cannot be written: {error.strerror}") from error


def render_table(report: dict[str, Any], *, rows: int = 30) -> str:
    """Return a report for a terminal: the counts, then the most frequent tags and the first of each kind of trouble."""
    counts = (counted(report[noun + "s"], noun) for noun in ("picture", "caption"))
    lines = [f"{', '.join(counts)}, {counted(report['tags'], 'different tag')}", ""]
    lines += [f"{number:8}  {name}" for name, number in report["frequencies"][:rows]]
    kinds = {
        "on nearly every picture": [f"{name} ({number})" for name, number in report["common"]],
        "seen, and in no caption": [f"{name} ({number})" for name, number in report["never_said"]],
        f"rare ({report['rare']['count']})": [name for name, _ in report["rare"]["listed"]],
        f"always together ({report['always_together']['count']})": [
            f"{a} + {b}" for a, b, _ in report["always_together"]["listed"]
        ],
    }
    lines += [""] + [f"{kind}: {', '.join(listed[:rows]) or 'none'}" for kind, listed in kinds.items()]
    for kind in _KINDS:
        if kind in report:
            found = report[kind]
            lines += [f"{kind.replace('_', ' ')}: {found['count']}"]
            lines += [f"  {_one(entry)}" for entry in found["listed"][:5]]
    return harmless("\n".join(lines))


def _one(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, list):
        return " = ".join(entry)
    if "paths" in entry:
        return f"{' ~ '.join(entry['paths'])} ({entry['likeness']:.3f})"
    if "reason" in entry:
        return str(entry["reason"])
    said = [f"-{name} {score:.2f}" for name, score in entry.get("doubtful", ())]
    said += [f"+{name} {score:.2f}" for name, score in entry.get("missing", ())]
    return f"{entry['path']}: {', '.join([*entry.get('tags', ()), *said])}"
