"""What does `check` do? Say how well pictures show a prompt, or whether they are as a pattern says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingError
from ..lines import one_line
from .arguments import add_format_option, add_lists_folder, add_model_options, add_settings, count, settings_of
from .scoring import GivenPictures
from .streams import read_standard_input, read_text_file, say, to_json

if TYPE_CHECKING:
    from ..judging.prompt_check import PromptReport

_EPILOG = """\
examples:
  %(prog)s photo.png --prompt "1girl, (blue hair:1.2), smile"
  %(prog)s batch/ --prompt-file prompt.txt --keep 1
  %(prog)s photo.png --pattern "cat ears & !dog"
  %(prog)s batch/ --pattern "category:character & score>0.6" --json

The score of a prompt is the mean over its tags, by their weights: a tag counts 0 at the score 0, a half at its
threshold, 1 at the score 1. Of several pictures the best comes first. What is no tag is left out, and said.
"""
_SETTINGS = ("threshold", "character_threshold", "target")


def add_check_command(commands: Any) -> None:
    """Add `check` to the sub-commands."""
    parser = commands.add_parser(
        "check",
        usage="%(prog)s PICTURE ... --prompt TEXT | --pattern PATTERN [options]",
        help="say which tags of a prompt pictures show",
        description="Hold a prompt against pictures: what is shown, missing, unexpected. Or ask a pattern, yes or no.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PICTURE", help="picture files, or folders of pictures")
    asking = parser.add_argument_group("what is asked; without any of these, the prompt is read from standard input")
    asking.add_argument("--prompt", metavar="TEXT", help="the prompt, with weights as its program writes them")
    asking.add_argument("--prompt-file", metavar="FILE", help="a file with the prompt")
    asking.add_argument(
        "--pattern", metavar="PATTERN",
        help="instead of a prompt: tags and patterns of the Tag Filter, joined by ' & ', with ! for none of it; "
        "alternatives are separated by commas",
    )  # fmt: skip
    asking.add_argument("-r", "--recursive", action="store_true", help="also the folders below a folder")
    add_settings(parser, asking, _SETTINGS)
    add_lists_folder(asking)
    answering = parser.add_argument_group("what is written")
    add_format_option(answering, ("text", "json"), "text: lines to read; json: one object a picture and line.")
    answering.add_argument("--keep", type=count, default=0, metavar="N", help="only the best N. Default: all.")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check; return 1 if some pictures could not be read, 2 if none could."""
    if sum(given is not None for given in (arguments.prompt, arguments.prompt_file, arguments.pattern)) > 1:
        raise SettingError("--prompt, --prompt-file and --pattern are three ways to ask; expected one of them")
    return _run_pattern(arguments) if arguments.pattern is not None else _run_prompt(arguments)


def _run_prompt(arguments: argparse.Namespace) -> int:
    from ..judging.prompt_check import PromptCheck, best_first

    check = PromptCheck(**settings_of(arguments, _SETTINGS))
    prompt = _prompt(arguments)
    pictures = GivenPictures(arguments)
    checked = [(path, check.check(prompt, scores)) for path, scores in pictures.scores()]
    order = best_first(report for _, report in checked)[: arguments.keep or None]
    for path, report in (checked[place] for place in order):
        say(_report(arguments, path, report, named=pictures.are_several))
    return pictures.status


def _run_pattern(arguments: argparse.Namespace) -> int:
    from ..judging.tag_switch import TagSwitch

    settings = settings_of(arguments, _SETTINGS[:2])
    switch = TagSwitch(pattern=arguments.pattern, lists_folder=arguments.lists_folder, **settings)
    pictures = GivenPictures(arguments)
    judged = [(path, switch.judge(scores)) for path, scores in pictures.scores()]
    for path, verdict in sorted(judged, key=lambda one: -one[1].score)[: arguments.keep or None]:
        if arguments.format == "json":
            say(to_json({"path": str(path), "holds": verdict.holds, "score": round(verdict.score, 4)}))
        else:
            answer = f"{'yes' if verdict.holds else 'no'} {verdict.score:.2f}"
            say(f"{one_line(path)}: {answer}" if pictures.are_several else answer)
    return pictures.status


def _prompt(arguments: argparse.Namespace) -> str:
    if arguments.prompt_file is not None:
        return read_text_file(Path(arguments.prompt_file))
    return read_standard_input() if arguments.prompt is None else str(arguments.prompt)


def _report(arguments: argparse.Namespace, path: Path, report: PromptReport, *, named: bool) -> str:
    if arguments.format == "json":
        return to_json({"path": str(path)} | report.to_dict())
    if not named:
        return report.explain()
    first, *lines = report.explain().splitlines()
    return "\n".join([f"{one_line(path)}: {first}", *(f"  {line}" for line in lines)])
