"""Which signs of a prompt are syntax?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .escapes import ESCAPED

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
"""A weight as the hosts write it."""

_BLANK = re.compile(r"[ \t]*")
_FACE = re.compile(r">?[:;=][-'^]?[()\[\]]")
_ITEM_ENDS = re.compile(r"[ \t]*(?:\Z|[,，、\n])")
_GROUP_ENDS = re.compile(r"[ \t]*(?::\s*" + NUMBER + r"\s*)?[)\]}]|[ \t]*[,，、\n][^()]*\)")


class Token(NamedTuple):
    """Pair a piece of a prompt with its kind.

    Kinds: text, separator, open, close, standalone (a verbatim piece that is an item by itself), barrier (BREAK, AND,
    a comment: also by itself), inline (a verbatim piece that makes its whole item verbatim).
    """

    kind: str
    text: str


def tokens_of(text: str, target: str) -> list[Token]:
    """Split a prompt into tokens, which joined give the prompt again."""
    tokens: list[Token] = []
    scanner, position, depth, composed = _scanner(target), 0, 0, False
    while position < len(text):
        face = _face_end(text, position, depth) if _starts_item(tokens) else 0
        if face:
            tokens.append(Token("text", text[position:face]))
            position = face
            continue
        match = scanner.search(text, position)
        if match is None:
            break
        kind, piece = str(match.lastgroup), match[0]
        between = text[position : match.start()]
        if kind == "weight":
            is_weight = (composed or piece.endswith("AND")) and not (_starts_item(tokens) and not between.strip())
            kind, piece = ("barrier", piece) if is_weight else ("text", ":")
        if between:
            tokens.append(Token("text", between))
        tokens.append(Token("text" if kind == "escaped" else kind, piece))
        depth = max(depth + {"open": 1, "close": -1}.get(kind, 0), 0)
        composed = composed or (kind == "barrier" and "AND" in piece)
        position = match.start() + len(piece)
    if text[position:]:
        tokens.append(Token("text", text[position:]))
    return tokens


@lru_cache
def _scanner(target: str) -> re.Pattern[str]:
    """Find the next sign that may be syntax; what lies before it is text."""
    return re.compile(
        rf"""(?P<barrier>^[ \t]*\#[^\n]*|\bBREAK\b|\bAND\b(?::\s*{NUMBER}(?![\w.]))?)
        |(?P<weight>:\s*{NUMBER}(?:\s+AND\b|\s*\Z))
        |(?P<standalone><\w[\w-]*:[^<>\n]+>|(?<!\w)embedding:(?:\\(?![()\[\]])|[^\s\\,，、()\[\]{{}}<>|:])+)
        |(?P<inline>(?<![^\W_])__[^\s_,，、](?:[^\s,，、]*?[^\s_,，、])?__(?![^\W_]))
        |(?P<escaped>{ESCAPED[target]})
        |(?P<separator>[,，、\n])
        |(?P<open>[(\[{{])
        |(?P<close>[)\]}}])""",
        re.VERBOSE | re.MULTILINE,
    )


def _starts_item(tokens: list[Token]) -> bool:
    return not tokens or tokens[-1].kind in ("separator", "open", "barrier", "standalone")


def _face_end(text: str, position: int, depth: int) -> int:
    """Return where a face with a bracket in it, such as `>:(`, ends; 0 where none begins here."""
    blank = _BLANK.match(text, position)
    face = _FACE.match(text, blank.end() if blank else position)
    if face is None:
        return 0
    # Inside brackets, `;)` may as well end the group: it is a face only where another bracket is left to do that.
    stands_alone = _GROUP_ENDS if depth > 0 and face[0][-1] in ")]" else _ITEM_ENDS
    opens_face = face[0][-1] in "([" and depth > 0 and _GROUP_ENDS.match(text, face.end())
    return face.end() if opens_face or stands_alone.match(text, face.end()) else 0
