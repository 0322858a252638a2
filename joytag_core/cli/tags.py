"""What does `tags` do? Search the vocabulary and say what is known of each tag."""

from __future__ import annotations

import argparse
from typing import Any

from ..tags.vocabulary import CATEGORIES, GROUPS, Tag, Vocabulary, tag_key
from .arguments import add_format_option, count
from .parser import nearest
from .streams import complain, say, to_json

_HEADING = f"{'tag':40}{'category':11}{'group':14}{'pictures':>9}{'precision':>11}{'recall':>8}{'F1':>7}  today's name"


def add_tags_command(commands: Any) -> None:
    """Add `tags` to the sub-commands."""
    parser = commands.add_parser(
        "tags", help="search JoyTag's tags", description="Search JoyTag's 5,813 tags, the most common first."
    )
    parser.add_argument("text", nargs="?", default="", help="a part of the name, old or current. Default: all.")
    parser.add_argument("--category", choices=CATEGORIES, metavar="NAME", help=f"one of {', '.join(CATEGORIES)}")
    parser.add_argument("--group", choices=GROUPS, metavar="NAME", help=f"one of {', '.join(GROUPS)}")
    parser.add_argument("--limit", type=count, default=40, metavar="N", help="at most this many; 0: all. Default: 40.")
    add_format_option(parser, ("text", "json"), "text: a table; json: one object a tag and line.")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the tags found, a line each; return 1 if there is none, as grep does."""
    vocabulary = Vocabulary.joytag()
    found = search(vocabulary, arguments.text, category=arguments.category, group=arguments.group)
    shown = found[: arguments.limit or None]
    if not found:
        complain(_nothing_found(arguments, vocabulary))
    elif arguments.format == "json":
        say("\n".join(to_json(_facts(tag)) for tag in shown))
    else:
        more = f"... and {len(found) - len(shown)} more; --limit 0 shows all"
        say("\n".join([_HEADING, *map(_line, shown), *([more] if len(found) > len(shown) else [])]))
    return 0 if found else 1


def search(vocabulary: Vocabulary, text: str, *, category: str | None = None, group: str | None = None) -> list[Tag]:
    """Return the tags whose old or current name holds a text, in the vocabulary's order."""
    wanted = tag_key(text)
    return [
        tag
        for tag in vocabulary
        if (wanted in tag.key or wanted in tag_key(tag.current_name))
        and category in (None, tag.category)
        and group in (None, tag.group)
    ]


def _nothing_found(arguments: argparse.Namespace, vocabulary: Vocabulary) -> str:
    narrowed = [text for text in (arguments.category, arguments.group) if text]
    among = f" among {' and '.join(narrowed)}" if narrowed else ""
    suggestion = nearest(tag_key(arguments.text), [tag.key for tag in vocabulary])
    return f"no tag holds {arguments.text!r}{among}" + (f"; {suggestion}" if suggestion and not narrowed else "")


def _facts(tag: Tag) -> dict[str, Any]:
    return {
        "tag": tag.name,
        "category": tag.category,
        "group": tag.group,
        "exclusive_set": tag.exclusive_set,
        "current_name": tag.current_name,
        "train_count": tag.train_count,
        "precision": tag.precision,
        "recall": tag.recall,
        "f1": tag.f1,
    }


def _line(tag: Tag) -> str:
    today = "" if tag.current_name == tag.name else tag.current_name or "(none)"
    return (
        f"{tag.name:40}{tag.category:11}{tag.group:14}{tag.train_count or 0:9}"
        f"{tag.precision or 0:11.2f}{tag.recall or 0:8.2f}{tag.f1 or 0:7.2f}  {today}"
    ).rstrip()
