"""What does `evaluate` do? Measure a model's tags on pictures whose true tags are known."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import CaptionError, SettingError
from ..lines import counted
from .arguments import (
    add_format_option,
    add_lists_folder,
    add_model_options,
    add_settings,
    count,
    model_of,
    settings_of,
)
from .faults import Faults
from .scoring import reading_of, scores_place
from .streams import complain, say, to_json

if TYPE_CHECKING:
    import numpy.typing as npt

    from ..captions.lazy_model import LazyModel
    from ..datasets.evaluation import Averages, Evaluation, TagQuality
    from ..datasets.thresholds import Thresholds

_THRESHOLDS = ("threshold", "character_threshold", "thresholds")

_EPILOG = """\
examples:
  %(prog)s validation                                      # a table of every tag, at the threshold 0.4
  %(prog)s validation --fit lists/measured.txt             # the best thresholds, as a file of rules

The file is used as `--thresholds @measured --lists-folder lists`, in every program.

Definitions: a tag is said where its score is greater than its threshold; macro figures are means over the
tags that some picture deserves; equal scores stand or fall together.
"""


def add_evaluate_command(commands: Any) -> None:
    """Add `evaluate` to the sub-commands."""
    parser = commands.add_parser(
        "evaluate",
        usage="%(prog)s FOLDER ... [options]",
        help="measure tags on pictures with true tags",
        description="Measure precision, recall, F1 and average precision on pictures that have their true tags beside "
        "them, and find the best thresholds.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="pictures, each with its true tags in a .txt")
    reading = parser.add_argument_group("what is read, and what is written")
    reading.add_argument("--extension", default="txt", metavar="EXT", help="of the files of true tags. Default: txt.")
    reading.add_argument(
        "--as-written", action="store_true",
        help="take the true tags alone; without it, what they imply is true too, as in the model's own report",
    )  # fmt: skip
    reading.add_argument("--fit", metavar="FILE", help="write the best thresholds as rules, for --thresholds @FILE")
    reading.add_argument(
        "--enough", type=count, default=20, metavar="N", help="pictures that a tag of its own needs there. Default: 20."
    )
    reading.add_argument("--scores", metavar="FILE", help="the score database. Default: in the first folder.")
    reading.add_argument("--no-scores", action="store_true", help="keep no scores, and use no kept ones")
    add_format_option(reading, ("text", "json"), "text: tables; json: one object.")
    add_model_options(parser)
    measured = parser.add_argument_group("which thresholds are measured")
    add_settings(parser, measured, _THRESHOLDS)
    add_lists_folder(measured)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate; return 1 if some pictures could not be read."""
    from ..captions.lazy_model import LazyModel
    from ..captions.own_files import THRESHOLDS, refuse_foreign
    from ..datasets.thresholds import Thresholds
    from .terminal_host import TerminalHost

    if arguments.fit:
        refuse_foreign(arguments.fit, "thresholds file", THRESHOLDS)
    host = TerminalHost(device=arguments.device, dtype=arguments.dtype)
    model = LazyModel.find(model_of(arguments), host)
    faults = Faults()
    evaluation = _evaluation(arguments, model, host, faults)
    measured = evaluation.qualities(_thresholds(arguments, model))
    fitted = Thresholds.fit(evaluation, enough=arguments.enough) if arguments.fit else None
    if arguments.format == "json":
        say(to_json(_as_json(evaluation, measured, fitted)))
    else:
        say(render_report(evaluation, measured))
    if fitted is not None:
        _write(arguments, evaluation, fitted)
    return faults.status(done=True)


def _evaluation(arguments: argparse.Namespace, model: LazyModel, host: Any, faults: Faults) -> Evaluation:
    from ..captions.scoring import Found
    from ..datasets.evaluation import Evaluation
    from ..datasets.sources import caption_tags, captioned_pictures, scored

    found = captioned_pictures(arguments.folders, extension=arguments.extension, report=faults.report)
    with_tags = [one for one in found if one.caption is not None]
    if not with_tags:
        raise SettingError(f"{arguments.folders[0]}: no picture there has its tags in a .{arguments.extension} file")
    place = scores_place(arguments.scores, arguments.folders[0])
    evaluation = Evaluation(model.vocabulary, implied=not arguments.as_written)
    for one, result in scored(
        with_tags, model=model, host=host, reading=reading_of(arguments),
        scores=None if arguments.no_scores else place, total=len(with_tags),
    ):  # fmt: skip
        if isinstance(result, Found):
            evaluation.add(result, caption_tags(one.caption or "", model.vocabulary))
        else:
            faults.report(result)
    return evaluation


def _thresholds(arguments: argparse.Namespace, model: LazyModel) -> npt.NDArray[Any]:
    from ..datasets.thresholds import thresholds_of
    from ..settings.interrogation import Interrogation

    return thresholds_of(
        Interrogation.from_settings(settings_of(arguments, _THRESHOLDS), lists_folder=arguments.lists_folder),
        model.vocabulary,
    )


def _write(arguments: argparse.Namespace, evaluation: Evaluation, fitted: Thresholds) -> None:
    from ..datasets.evaluation import Averages
    from ..tags.vocabulary import PUBLISHED_THRESHOLD
    from ..whole_files import write_whole

    try:
        write_whole(arguments.fit, fitted.text(evaluation, enough=arguments.enough))
    except OSError as error:
        raise CaptionError(f"{arguments.fit}: the thresholds cannot be written: {error.strerror}") from error
    after = Averages.of(evaluation.qualities(fitted.values(evaluation, otherwise=PUBLISHED_THRESHOLD)))
    complain(
        f"{arguments.fit}: thresholds of {counted(len(fitted.tags), 'tag')} and "
        f"{len(fitted.categories)} {'category' if len(fitted.categories) == 1 else 'categories'}; "
        f"on these same pictures macro F1 {after.f1:.4f}, micro F1 {after.micro.f1:.4f}"
    )


def render_report(evaluation: Evaluation, measured: list[TagQuality]) -> str:
    """Return tables in Markdown: the averages of each category, every tag that some picture deserves, unknown words."""
    from ..datasets.evaluation import by_category

    lines = [
        f"{counted(evaluation.pictures, 'picture')}, {counted(len(measured), 'tag')} that some of them deserve",
        "",
    ]
    lines += ["| | tags | true | precision | recall | F1 | macro precision | macro recall | macro F1 | macro AP |"]
    lines += ["| --- |" + " ---: |" * 9]
    lines += [_average_line(name, averages) for name, averages in by_category(measured).items()]
    lines += ["", "| tag | pictures | said | threshold | precision | recall | F1 | AP |"]
    lines += ["| --- |" + " ---: |" * 7]
    lines += [_tag_line(one) for one in sorted(measured, key=lambda one: -one.counts.support)]
    if evaluation.unknown:
        words = ", ".join(f"{name} ({number})" for name, number in evaluation.unknown.most_common(20))
        lines += ["", f"{counted(len(evaluation.unknown), 'word')} that the model does not know: {words}"]
    return "\n".join(lines)


def _average_line(name: str, averages: Averages) -> str:
    micro = averages.micro
    figures = (micro.precision, micro.recall, micro.f1, averages.precision, averages.recall, averages.f1)
    cells = " | ".join(f"{figure:.3f}" for figure in (*figures, averages.average_precision))
    return f"| {name} | {averages.tags} | {micro.support} | {cells} |"


def _tag_line(quality: TagQuality) -> str:
    counts = quality.counts
    figures = f"{counts.precision:.3f} | {counts.recall:.3f} | {counts.f1:.3f} | {quality.average_precision:.3f}"
    said = counts.hits + counts.alarms
    return f"| `{quality.tag.name}` | {counts.support} | {said} | {quality.threshold:g} | {figures} |"


def _as_json(evaluation: Evaluation, measured: list[TagQuality], fitted: Thresholds | None) -> dict[str, Any]:
    from ..datasets.evaluation import by_category

    found: dict[str, Any] = {
        "pictures": evaluation.pictures,
        "averages": {name: _averages_as_json(averages) for name, averages in by_category(measured).items()},
        "tags": {
            one.tag.name: {
                "threshold": one.threshold, **_counts_as_json(one.counts), "average_precision": one.average_precision,
            }
            for one in measured
        },
        "unknown": dict(evaluation.unknown.most_common()),
    }  # fmt: skip
    if fitted is not None:
        tags = {evaluation.vocabulary[index].name: number for index, number in fitted.tags.items()}
        found["thresholds"] = {"categories": dict(fitted.categories), "tags": tags}
    return found


def _averages_as_json(averages: Averages) -> dict[str, Any]:
    macro = {name: getattr(averages, name) for name in ("precision", "recall", "f1", "average_precision")}
    return {"tags": averages.tags, "micro": _counts_as_json(averages.micro), "macro": macro}


def _counts_as_json(counts: Any) -> dict[str, Any]:
    return {
        name: getattr(counts, name)
        for name in ("support", "hits", "alarms", "misses", "precision", "recall", "f1")
    }  # fmt: skip
