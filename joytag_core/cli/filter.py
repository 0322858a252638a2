"""What does `filter` do? Text or files in, filtered text out."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import SettingError
from ..lines import counted, one_line
from ..settings.parameters import FILTER_NAMES, PARAMETERS
from .arguments import (
    add_filter_settings,
    add_format_option,
    add_lists_folder,
    add_model_options,
    settings_of,
)
from .caption_texts import CaptionText, find_texts, read_text, write_text
from .faults import Faults
from .other_tagger import add_other_tagger_options, read_score_file, two_taggers
from .scoring import load_tagger, reading_of
from .streams import complain, read_standard_input, say, to_json

if TYPE_CHECKING:
    from ..filtering.result import FilterResult

    _FilterText = Callable[[str], FilterResult]

_EPILOG = """\
examples:
  %(prog)s "1girl, long_hair, chair" --exclude "*hair" --explain
  %(prog)s --files captions --recursive --list character-lora --dry-run
  %(prog)s --files captions/*.txt --list character-lora --in-place --backup
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
    reading.add_argument(
        "--files", nargs="+", default=[], metavar="FILE",
        help="files, a caption each; folders of .txt files; patterns (**: any folders). Here the target is caption "
        "and line breaks stay, unless you say otherwise",
    )  # fmt: skip
    reading.add_argument("--recursive", action="store_true", help="also the folders below a folder")
    reading.add_argument("--in-place", action="store_true", help="write the result back into each file")
    reading.add_argument("--backup", action="store_true", help="with --in-place: keep the original beside it, .bak")
    reading.add_argument("--dry-run", action="store_true", help="show what --in-place would change, and change nothing")
    reading.add_argument("--each-line", action="store_true", help="take each line as a prompt of its own")
    reading.add_argument(
        "--explain",
        action="store_true",
        help="say on standard error what was dropped or replaced, why, and what was left alone as a sentence",
    )
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
    """Filter; return 1 if some files could not be read or written, 2 if none could; a wrong rule is an error."""
    if arguments.show_lists or arguments.show_list:
        return _show(arguments)
    filter_text = _filter(arguments)
    for option in ("in_place", "dry_run", "backup"):
        if getattr(arguments, option) and not arguments.files:
            raise SettingError(f"--{option.replace('_', '-')} is about files, and --files names none")
    if arguments.backup and not (arguments.in_place or arguments.dry_run):
        raise SettingError("--backup keeps what --in-place overwrites, and --in-place is not given")
    for prompt in _prompts(arguments):
        for result in _results(arguments, filter_text, prompt.text):
            _report(arguments, prompt, result)
    return _filter_files(arguments, filter_text) if arguments.files else 0


def _results(arguments: argparse.Namespace, filter_text: _FilterText, text: str) -> list[FilterResult]:
    return [filter_text(line) for line in (text.split("\n") if arguments.each_line else [text])]


def _filter_files(arguments: argparse.Namespace, filter_text: _FilterText) -> int:
    """Filter every file; one that cannot be read or written is named, and the rest done."""
    faults = Faults()
    done = changed = dropped = 0
    paths = list(find_texts(arguments.files, recursive=arguments.recursive, report=faults.report))
    for path in paths:
        try:
            caption = read_text(path)
            body, end = caption.text.removesuffix("\n"), caption.text[-1:] if caption.text.endswith("\n") else ""
            results = _results(arguments, filter_text, body)
            text = "\n".join(result.text for result in results) + end
            if arguments.in_place and not arguments.dry_run and text != caption.text:
                write_text(caption, text, backup=arguments.backup)
        except SettingError as error:
            faults.report(error)
            continue
        done += 1
        changed += text != caption.text
        dropped += sum(len(result.dropped) for result in results)
        if arguments.dry_run:
            _show_difference(caption, text)
        for result in results:
            _report(arguments, _Prompt(body, path), result)
    if arguments.in_place or arguments.dry_run:
        would = "would change" if arguments.dry_run else "changed"
        counts = f"{changed} {would}, {faults.count} failed; {counted(dropped, 'tag')} dropped"
        complain(f"{counted(len(paths), 'file')}: {counts}")
    return faults.status(done=bool(done))


def _show_difference(caption: CaptionText, text: str) -> None:
    name = one_line(caption.path)
    lines = difflib.unified_diff(caption.text.splitlines(), text.splitlines(), name, name, lineterm="", n=1)
    if text != caption.text:
        say("\n".join(lines))


def _filter(arguments: argparse.Namespace) -> _FilterText:
    """Return what filters one text, by the scores of a picture, of another tagger, of both, or of nobody."""
    from ..settings.interrogation import Interrogation

    interrogation = Interrogation.from_settings(_settings(arguments), lists_folder=arguments.lists_folder)
    taggers = two_taggers(arguments, interrogation)
    other = None if arguments.scores is None else read_score_file(Path(arguments.scores))
    reading, image = reading_of(arguments), arguments.image
    seen = None if image is None else load_tagger(arguments).score(Path(image), reading=reading)[0]
    return taggers.filtering(seen, other)


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    from ..settings.rule_files import load_rule_file

    fields = load_rule_file(arguments.rules) if arguments.rules else {}
    if arguments.files:
        fields = {"target": "caption", "keep_line_breaks": not arguments.each_line} | fields
    given = settings_of(arguments, FILTER_NAMES)
    if arguments.list:
        given["lists"] = ", ".join(filter(None, [given.get("lists", ""), *arguments.list]))
    for name, value in given.items():
        adds = name in fields and (PARAMETERS[name].multiline or name == "lists")
        fields[name] = f"{fields[name]}\n{value}" if adds else value
    return fields


def _prompts(arguments: argparse.Namespace) -> Iterator[_Prompt]:
    yield from map(_Prompt, arguments.text)
    if not arguments.text and not arguments.files:
        yield _Prompt(read_standard_input().removesuffix("\n"))


def _report(arguments: argparse.Namespace, prompt: _Prompt, result: FilterResult) -> None:
    if arguments.format == "json":
        found = result.to_dict()
        path = {} if prompt.path is None else {"path": str(prompt.path)}
        say(to_json(path | found))
    elif not (arguments.in_place or arguments.dry_run):
        say(result.text)
    if arguments.explain:
        where = f"{one_line(prompt.path)}: " if prompt.path is not None else ""
        for heading, lines in _explained(result):
            complain(f"{where}{heading}\n{_indented(lines)}")


def _explained(result: FilterResult) -> Iterator[tuple[str, str]]:
    """Yield what has happened to a text, under a heading each."""
    if result.dropped:
        yield "dropped", result.explain()
    if result.replaced:
        yield "replaced", "\n".join(f"{item}  {rule}" for item, rule in result.replaced)
    if result.sentences:
        yield "left alone, as sentences (--prose drop drops them)", "\n".join(map(one_line, result.sentences))


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
