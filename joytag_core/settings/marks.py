"""Where does `{joytag}` stand in a prompt, with which options, and is it written so that it can be read?"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import SettingError
from ..prompts.tokens import COMMENT

_UNSEEN = "\u200b-\u200f\u2060\ufeff"
_OPENING = rf"[{{｛][\s{_UNSEEN}]*(?P<word>[^\W\d_](?:[^\W\d]|[ {_UNSEEN}-]){{0,15}})"
_OPENING_OR_COMMENT = {target: re.compile(f"{_OPENING}|{comment}", re.MULTILINE) for target, comment in COMMENT.items()}
_BLANK = re.compile(r"\s*")
_OPTION_START = re.compile(r"\s*[-!]?\s*")
_REGEX = re.compile(r"/(?:\\.|[^/\n\\])*/")
_PLAIN = re.compile(r"[^|{}\\/]+|\\.|/", re.DOTALL)
_CUT = re.compile(r"[^\s,，、{}|｛｝]*[}｝]?")
_CLOSE = re.compile(r"(?:[^{}｛｝\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*[}｝]")
_LOOK_ALIKE = str.maketrans("ојуатɡοαυյ", "ojyatgoayj")
"""Letters of other alphabets that look like those of the name."""
_LONGEST_SHOWN = 60
_ALIKE = 0.8
"""How much a word has to be like the name to be taken for a slip of the pen."""

NAME = "joytag"


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold one mark in a prompt: where it stands, its options as written, and what is wrong with it, if anything."""

    start: int
    end: int
    options: tuple[str, ...] = ()
    fault: str = ""


def find_marks(prompt: str, target: str) -> Iterator[Mark]:
    """Yield the marks of a prompt in order, those that are not well written included; in time linear in its length.

    In a comment of the target's none is read.

    Raises:
        SettingError: the prompt is no text.
    """
    if not isinstance(prompt, str):
        raise SettingError(f"{prompt!r} is no text; expected a prompt")
    position = 0
    while (match := _OPENING_OR_COMMENT[target].search(prompt, position)) is not None:
        mark = _read(prompt, match) if match["word"] else None
        if mark is not None:
            yield mark
        position = mark.end if mark is not None else match.end()


def _read(prompt: str, match: re.Match[str]) -> Mark | None:
    start, word = match.start(), _latin(match["word"])
    if not (word.startswith(NAME) and match[0].isascii()):
        return _misspelt(prompt, match) if word.startswith(NAME) or _is_like_name(word) else None
    name_end = match.start("word") + len(NAME)
    after = _BLANK.match(prompt, name_end)
    end = after.end() if after else len(prompt)
    if prompt[end : end + 1] == "}":
        return Mark(start, end + 1)
    if prompt[end : end + 1] == ":":
        return _with_options(prompt, start, end + 1)
    if prompt[end : end + 1].isalpha() and end == name_end:
        return _misspelt(prompt, match)
    return _unreadable(prompt, start, end, "behind the name; expected {joytag} or {joytag:options}")


def _latin(word: str) -> str:
    """Return a word in small Latin letters where it only looks like one, without what nobody sees."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", word) if unicodedata.category(sign) != "Cf")
    return seen.lower().translate(_LOOK_ALIKE).strip()


def _is_like_name(word: str) -> bool:
    letters = re.sub(r"[ _-]", "", word)
    return abs(len(letters) - len(NAME)) <= 2 and difflib.SequenceMatcher(None, letters, NAME).ratio() >= _ALIKE


def _misspelt(prompt: str, match: re.Match[str]) -> Mark:
    found = _CLOSE.match(prompt, match.end()) or _CUT.match(prompt, match.end())
    end = found.end() if found else match.end()
    written = _shown(prompt[match.start() : end])
    why = "expected exactly that name" if written.isascii() else "expected exactly that name, in plain letters"
    return Mark(match.start(), end, fault=f"{written} is no {{joytag}}; {why}")


def _unreadable(prompt: str, start: int, at: int, why: str) -> Mark:
    """Return a mark with a sign where none may be; where it has no closing bracket, that is what is wrong."""
    close = _CLOSE.match(prompt, at)
    if close is None:
        return _unclosed(prompt, start, at)
    return Mark(start, close.end(), fault=f"{_shown(prompt[start : close.end()])} has {prompt[at]!r} {why}")


def _unclosed(prompt: str, start: int, end: int) -> Mark:
    cut = _CUT.match(prompt, end)
    end = cut.end() if cut else end
    written = _shown(prompt[start:end])
    return Mark(start, end, fault=f"{written} has no closing bracket; expected {{joytag}} or {{joytag:options}}")


def _shown(written: str) -> str:
    return written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 3] + "..."


def _with_options(prompt: str, start: int, position: int) -> Mark:
    """Read options up to the closing bracket; a regular expression begins where an option does."""
    first = position
    options: list[str] = []
    option_start = position
    while position < len(prompt):
        if position == option_start:
            leading = _OPTION_START.match(prompt, position)
            regex = _REGEX.match(prompt, leading.end() if leading else position)
            position = regex.end() if regex else position
        sign = prompt[position : position + 1]
        if sign in ("|", "}"):
            options.append(prompt[option_start:position].strip())
            option_start = position = position + 1
            if sign == "}":
                return Mark(start, position, tuple(option for option in options if option))
            continue
        plain = _PLAIN.match(prompt, position)
        if plain is None:
            if _CLOSE.match(prompt, position) is None:
                break
            return _unreadable(prompt, start, position, "in its options; expected a threshold, name=value or patterns")
        position = plain.end()
    return _unclosed(prompt, start, first)
