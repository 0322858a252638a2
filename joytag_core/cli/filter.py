"""What does `filter` do? Text or files in, filtered text out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import SettingError
from ..settings.parameters import FILTER_NAMES, PARAMETERS
from ..whole_files import write_whole
from .arguments import (
    add_filter_settings,
    add_format_option,
    add_lists_folder,
    add_model_options,
    settings_of,
)
from .other_tagger import add_other_tagger_options, combination_of, read_score_file
from .scoring import load_tagger
from .streams import complain, read_standard_input, read_text_file, say, to_json

if TYPE_CHECKING:
    from ..filtering.result import FilterResult
    from ..filtering.tag_filter import TagFilter

_EPILOG = """\
examples:
  %(prog)s "1girl, long_hair, chair" --exclude "*hair" --explain
  %(prog)s --files captions/*.txt --list character-lora --target caption --in-place
  %(prog)s --rules my-rules.txt < prompt.txt
  %(prog)s --show-list photo

Patterns: a name, *glob, /regex/, category:character, group:clothing, set:hair_color, implies:swimsuit, score<0.5,
!pattern takes back, @name is a list. A rules file holds sections [exclude], [keep only], [protect], [replace] and
[settings] with lines such as `max tags = 30`. docs/tag-filter.md tells all.
"""


class _Prompt(NamedTuple):
    text: str
    path: Path | None = None


def add_filter_command(commands: Any) -> None:
    """Add `filter` to the sub-commands."""
    parser = commands.add_parser(
        "filter",
        usage="%(prog)s [TEXT ...] [--files FILE ...] [options]",
        help="filter, sort and rewrite a prompt or tag list",
        description="Filter prompts or tag lists: text in, text out. Without text and files, standard input is read.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", nargs="*", help="prompts or tag lists, each filtered by itself")
    reading = parser.add_argument_group("what is read, and what is written")
    reading.add_argument("--files", nargs="+", default=[], metavar="FILE", help="files, a prompt or caption each")
    reading.add_argument("--in-place", action="store_true", help="write the result back into each file")
    reading.add_argument("--each-line", action="store_true", help="take each line as a prompt of its own")
    reading.add_argument("--explain", action="store_true", help="say on standard error what was dropped, and why")
    add_format_option(
        reading,
        ("text", "json"),
        "text: what remains; json: one object a prompt and line, with what was dropped and why.",
    )
    scoring = parser.add_argument_group("a picture that scores the tags")
    scoring.add_argument("--image", metavar="FILE", help="score the tags by what JoyTag sees in this picture")
    add_model_options(parser)
    add_other_tagger_options(
        parser, scores="a file of scores by tag name, 0..1: JSON, or lines as 'smile: 0.9'; with --image, of both"
    )
    rules = parser.add_argument_group("rules")
    rules.add_argument("--rules", metavar="FILE", help="a file of rules; options here are added to it")
    rules.add_argument("--list", action="append", default=[], metavar="NAME", help="a list of rules, as --lists")
    add_lists_folder(rules)
    rules.add_argument("--show-lists", action="store_true", help="name all lists, and do nothing else")
    rules.add_argument("--show-list", metavar="NAME", help="print a list, and do nothing else")
    add_filter_settings(parser, rules)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Filter; return 2 (by way of the error) if a rule or a file is wrong."""
    if arguments.show_lists or arguments.show_list:
        return _show(arguments)
    tag_filter = _filter(arguments)
    scores = _scores(arguments)
    if arguments.in_place and not arguments.files:
        raise SettingError("--in-place writes files back, and --files names none")
    for prompt in _prompts(arguments):
        lines = prompt.text.split("\n") if arguments.each_line else [prompt.text]
        results = [tag_filter.apply(line, scores=scores) for line in lines]
        if arguments.in_place and prompt.path is not None:
            _write(prompt.path, "\n".join(result.text for result in results))
        for result in results:
            _report(arguments, prompt, result)
    return 0


def _filter(arguments: argparse.Namespace) -> TagFilter:
    from ..filtering.tag_filter import TagFilter
    from ..settings.rule_files import load_rule_file

    fields = load_rule_file(arguments.rules) if arguments.rules else {}
    given = settings_of(arguments, FILTER_NAMES)
    if arguments.list:
        given["lists"] = ", ".join(filter(None, [given.get("lists", ""), *arguments.list]))
    for name, value in given.items():
        adds = name in fields and (PARAMETERS[name].multiline or name == "lists")
        fields[name] = f"{fields[name]}\n{value}" if adds else value
    return TagFilter(**fields, lists_folder=arguments.lists_folder)


def _prompts(arguments: argparse.Namespace) -> Iterator[_Prompt]:
    yield from map(_Prompt, arguments.text)
    for name in arguments.files:
        yield _Prompt(read_text_file(Path(name)), Path(name))
    if not arguments.text and not arguments.files:
        yield _Prompt(read_standard_input().removesuffix("\n"))


def _write(path: Path, text: str) -> None:
    """Replace a file by a whole new one, or leave it as it is."""
    try:
        write_whole(path, text + "\n")
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error}") from error


def _scores(arguments: argparse.Namespace) -> dict[str, float] | None:
    """Return the scores of a picture, of another tagger, or of both together; None where nobody has scored."""
    combination = combination_of(arguments)
    other = None if arguments.scores is None else read_score_file(Path(arguments.scores))
    if arguments.image is None:
        return other
    [seen] = load_tagger(arguments).score(Path(arguments.image))
    return seen.as_dict() if other is None else combination.scores(seen.as_dict(), other, vocabulary=seen.vocabulary)


def _report(arguments: argparse.Namespace, prompt: _Prompt, result: FilterResult) -> None:
    if arguments.format == "json":
        found = result.to_dict()
        path = {} if prompt.path is None else {"path": str(prompt.path)}
        say(to_json(path | found))
    elif not arguments.in_place:
        say(result.text)
    if arguments.explain and result.dropped:
        heading = f"{prompt.path}: dropped" if prompt.path is not None else "dropped"
        complain(f"{heading}\n{_indented(result.explain())}")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _show(arguments: argparse.Namespace) -> int:
    from ..rules.library import Library

    library = Library(arguments.lists_folder)
    if arguments.show_list:
        say(library.find(arguments.show_list).text.rstrip())
        return 0
    for name in library.names():
        first = next((line for line in library.find(name).text.splitlines() if line.startswith("#")), "")
        say(f"{name:16}{first.lstrip('# ')}")
    return 0
