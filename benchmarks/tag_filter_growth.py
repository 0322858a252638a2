"""Does the Tag Filter's time grow no faster than its input? Prints, for each axis, the time of 8n over that of n.

python -m benchmarks.tag_filter_growth
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress

from joytag_core import JoyTagError, TagFilter
from joytag_core.rules.regexes import LONGEST_PATTERN, RegularExpression
from joytag_core.settings.placeholders import clear_placeholders, fill_prompt

LIMIT = 12.0
CHARACTERS = 100_000
"""Length of the longest text; the short one has an eighth."""

_Work = Callable[[int], object]


def _repeated(piece: str, before: str = "", after: str = "", **rules: str | bool) -> _Work:
    """Filter a piece repeated up to a length, for both targets that have a syntax."""

    def work(length: int) -> None:
        text = before + piece * (length // len(piece)) + after
        for target in ("a1111", "comfyui", "caption"):
            TagFilter(target=target, **rules).apply(text)  # type: ignore[arg-type]

    return work


def _rule(field: str, piece: str, before: str = "", after: str = "") -> _Work:
    """Make a filter of a rule that is a piece repeated up to a length; an error is an answer too."""

    def work(length: int) -> None:
        rules = {field: before + piece * (length // len(piece)) + after}
        with suppress(JoyTagError):
            TagFilter(**rules).apply("smile, sky")  # type: ignore[arg-type]

    return work


def _placeholders(piece: str, before: str = "") -> _Work:
    def work(length: int) -> None:
        text = before + piece * (length // len(piece))
        clear_placeholders(text)
        with suppress(JoyTagError):
            fill_prompt(text, lambda _settings, said: TagFilter().apply("smile, sky", said=said), settings={})

    return work


def _names(length: int) -> None:
    TagFilter(exclude="*hair, /.*eyes/, smile").apply(", ".join(f"tag {n} x" for n in range(length // 10)))


def _patterns(length: int) -> None:
    TagFilter(exclude="\n".join(f"*name{n}" for n in range(length // 10))).apply("smile, sky")


def _regex(length: int) -> None:
    RegularExpression("(?:a*)*" * (min(length // 400, LONGEST_PATTERN) // 7)).fullmatch("a" * 100)


AXES: dict[str, _Work] = {
    "tags": _names,
    "the same tag": _repeated("smile, "),
    "sentences": _repeated("A cat is in the house. "),
    "one sentence": _repeated("of a cat, "),
    "sentences before commas": _repeated("of a., "),
    "Chinese sentences": _repeated("微笑，微笑。"),
    "commas": _repeated(","),
    "blanks": _repeated(" "),
    "line ends": _repeated("a\n"),
    "(a, line ends, :1)": _repeated("\n", "(a", ":1)"),
    "(a:1, line ends": _repeated("(a\n:\n1\n"),
    "brackets over lines": _repeated("(a\nb:1\n), ", keep_line_breaks=True),
    "words of composition": _repeated("a BREAK b AND "),
    ":111...": _repeated("1", ":"),
    "(a:111...": _repeated("1", "(a:"),
    "(a, blanks, x)": _repeated(" ", "(a", "x)"),
    "(a:, blanks, 1)": _repeated(" ", "(a:", "1)"),
    "a: digits at the end": _repeated("1", "b, a: "),
    "a: digits, repeated": _repeated("a: 11 "),
    ": repeated": _repeated(":"),
    ":1 repeated": _repeated(":1"),
    "1:: repeated": _repeated("1::"),
    "1::a, line ends": _repeated("1::a\n"),
    "digits": _repeated("1"),
    "1. repeated": _repeated("1."),
    "__a! repeated": _repeated("__a!"),
    "__a__! repeated": _repeated("__a__!"),
    "__ repeated": _repeated("__"),
    "__a( repeated": _repeated("__a("),
    "__a(x)__ repeated": _repeated("__a(x)__"),
    "__a( in lines": _repeated("__a(\n", "", ")__"),
    "(:[, repeated": _repeated("(:[, "),
    ";) repeated": _repeated(";)"),
    "(;), repeated": _repeated("(;), "),
    "(a, ;) repeated": _repeated("(a, ;)"),
    "( repeated": _repeated("("),
    ") repeated": _repeated(")"),
    "() repeated": _repeated("()"),
    "(a)(b) repeated": _repeated("(a)(b)"),
    "(a:1.1), repeated": _repeated("(a:1.1), "),
    "(a (b repeated": _repeated("a (b "),
    "a (b) repeated": _repeated("a (b) "),
    "a_(b) repeated": _repeated("a_(b)_"),
    "[a|b] repeated": _repeated("[a|b]"),
    "{a repeated": _repeated("{a"),
    r"\( repeated": _repeated(r"\("),
    r"\ repeated": _repeated("\\"),
    r"\ repeated before a bracket": _repeated("\\", "", "("),
    "< repeated": _repeated("<a"),
    "<lora:a repeated": _repeated("<lora:a"),
    "embedding: repeated": _repeated("embedding:"),
    "#: repeated": _repeated("\n#"),
    "a # b, line ends": _repeated("a # b\n"),
    "a:1 # b, line ends": _repeated("a:1 # AND\n"),
    "{joytag} in comments": _placeholders("#{joytag}\n"),
    "quotes": _repeated('"a '),
    "quotes and commas": _repeated('"a, b" '),
    "opening quotes": _repeated("“a,"),
    "A(1) repeated": _repeated("AA(1)"),
    "(a).b() repeated": _repeated("(a).b()"),
    "capitals": _repeated("A", "", "(1)"),
    "@a repeated": _repeated("@a "),
    "artist: repeated": _repeated("artist:"),
    "a. repeated": _repeated("a. "),
    ". repeated": _repeated("."),
    "{joytag} repeated": _placeholders("{joytag}"),
    "{joytag} and commas": _placeholders("{joytag}, "),
    "{joytag repeated": _placeholders("{joytag"),
    "{joytag: and slashes": _placeholders("/a", "{joytag:"),
    "{joytag: and backslashes": _placeholders("\\", "{joytag:"),
    "{ and blanks": _placeholders("{   "),
    "names to exclude": _patterns,
    "exclude: commas": _rule("exclude", ","),
    "exclude: stars": _rule("exclude", "*a "),
    "exclude: slashes": _rule("exclude", "/a"),
    "exclude: quotes": _rule("exclude", '"a'),
    "exclude: backslashes": _rule("exclude", "\\"),
    "exclude: blanks": _rule("exclude", " ", "a", "b"),
    "exclude: ! repeated": _rule("exclude", "!"),
    "replace: lines": _rule("replace", "a -> b\n"),
    "replace: /a| repeated": _rule("replace", "/a|", "", " -> x"),
    "replace: a| repeated": _rule("replace", "a|", "", "b -> x"),
    "replace: arrows": _rule("replace", "->", "a"),
    "replace: blanks": _rule("replace", " ", "a|", "b -> x"),
    "replace: backslashes": _rule("replace", "\\", "", " -> x"),
    "replace: quotes": _rule("replace", '"', "", " -> x"),
    "max_per_group: blanks": _rule("max_per_group", " ", "hair", "x"),
    "max_per_group: many": _rule("max_per_group", "hair 3, "),
    "max_per_group: digits": _rule("max_per_group", "1", "hair "),
    "lists: commas": _rule("lists", ", "),
    "add_first": _rule("add_first", "a (b), "),
    "a regular expression": _regex,
}


def main() -> None:
    """Measure and print."""
    TagFilter(exclude="*hair").apply("smile")
    worst = 0.0
    for name, work in AXES.items():
        short, long = _seconds(work, CHARACTERS // 8), _seconds(work, CHARACTERS)
        worst = max(worst, long / short)
        flag = "" if long / short <= LIMIT else f"   over {LIMIT:g}"
        print(f"{name:32}{short * 1e3:10.1f} ms{long * 1e3:10.1f} ms{long / short:8.1f}{flag}", flush=True)
    print(f"{'the worst':32}{worst:32.1f}   limit {LIMIT:g}")


def _seconds(work: _Work, length: int) -> float:
    gc.disable()  # Python looks through all objects ever more often as they grow in number
    best = float("inf")
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        work(length)
        best = min(best, time.process_time() - start)
        if best > 5.0:
            break
    gc.enable()
    return max(best, 1e-4)


if __name__ == "__main__":
    main()
