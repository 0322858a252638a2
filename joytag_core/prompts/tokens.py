"""Which signs of a prompt are syntax?"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from .escapes import ESCAPED
from .numbers import NUMBER

WORDS = "BREAK|ADD(?:COL|ROW|COMM|BASE)|AND(?:_SALT|_PERP|_TOPK)?"
"""The words of composition, as a pattern."""

COMMENT = {"a1111": r"\#[^\n]*", "comfyui": r"^[ \t]*\#[^\n]*", "caption": r"^[ \t]*\#[^\n]*"}
"""By target, what is a comment: A1111 cuts off all that follows a `#` (1.8 and later, unless told not to)."""

_BRACKET = re.compile(r"(?<!\\)[()\[\]{}]")
_FACE = re.compile(r"[ \t]*(>?[:;=][-'^]?[()\[\]])")
_ITEM_ENDS = re.compile(r"[ \t]*(?:\Z|[,，、\n])")
_GROUPS_END = re.compile(r"(?:[ \t]*(?::\s*" + NUMBER + r"\s*)?[)\]}])+")
_CLOSING = re.compile(r"[)\]}]")
_CALLED_WILDCARD = re.compile(r"__(?:(?!__)[\w/.*-])+\(")
_WORD_ENDS = re.compile(r"[\s,，、]|\Z")
_NEVER_READ = {"a1111": r"(?:\s|\#[^\n]*(?:\n|\Z))", "comfyui": r"\s", "caption": r"\s"}
_PART_WEIGHT = {
    target: re.compile(rf":\s*{NUMBER}(?:(?={blank}+AND(?:_SALT|_PERP|_TOPK)?\b)|(?={blank}*\Z))")
    for target, blank in _NEVER_READ.items()
}
_COMPOSES = re.compile(r"\s+AND")
_FACE_WITH_DIGIT = re.compile(r":\d(?!\S)")
_STARTERS = frozenset({"separator", "open", "word", "comment", "standalone", "weight"})
_DEEPER = {"open": 1, "close": -1}


class Token(NamedTuple):
    """Pair a piece of a prompt with its kind.

    Kinds: text, separator, open, close, word (a word of composition such as BREAK), weight (of a whole part, before
    AND or at the end), comment, standalone (a verbatim piece that is an item by itself), inline (a verbatim piece that
    makes its whole item verbatim).
    """

    kind: str
    text: str


def tokens_of(text: str, target: str) -> list[Token]:
    """Split a prompt into tokens, which joined give the prompt again; in time linear in its length."""
    return _Tokens(text, target).all()


class _Tokens:
    """Read tokens from the left to the right, and remember what need not be looked for again."""

    def __init__(self, text: str, target: str) -> None:
        self._text = text
        self._target = target
        self._tokens: list[Token] = []
        self._depth = 0
        self._is_composed = target == "a1111"
        self._run_end = 0
        self._no_wildcard_to = 0
        self._no_called_to = 0
        self._known_line_end = 0
        self._last_double_colon = text.rfind("::")

    def all(self) -> list[Token]:
        text, position = self._text, 0
        scanner = _scanner(self._target)
        while position < len(text):
            face = self._face_end(position) if self._starts_item() else 0
            if face:
                self._tokens.append(Token("text", text[position:face]))
                position = face
                continue
            match = scanner.search(text, position)
            if match is None:
                break
            if match.start() > position:
                self._tokens.append(Token("text", text[position : match.start()]))
            position = self._read(str(match.lastgroup), match)
        if text[position:]:
            self._tokens.append(Token("text", text[position:]))
        return self._tokens

    def _read(self, kind: str, match: re.Match[str]) -> int:
        """Take one token, of another kind where its end does not fit, and return where it ends."""
        start, end = match.span()
        if kind == "weight":
            end = self._weight_end(start)
            kind = "weight" if end else "text"
        elif kind == "inline":
            end = self._wildcard_end(start)
            kind = "inline" if end else "text"
        elif kind == "emphasis":
            end = self._emphasis_end(end)
            kind = "standalone" if end else "text"
        elif kind == "escaped":
            kind = "text"
        elif kind == "quoted":
            kind = "inline"
        elif kind == "word":
            self._is_composed = self._is_composed or match[0].startswith("AND")
        end = end or match.end()
        self._depth = max(self._depth + _DEEPER.get(kind, 0), 0)
        self._tokens.append(Token(kind, self._text[start:end]))
        return end

    def _starts_item(self) -> bool:
        tokens = self._tokens
        last = len(tokens) - 1
        while last >= 0 and tokens[last].kind == "text" and tokens[last].text.isspace():
            last -= 1
        return last < 0 or tokens[last].kind in _STARTERS

    def _weight_end(self, start: int) -> int:
        """Return where the weight of a part ends that begins at a colon; 0 where it is a face, or no weight."""
        match = _PART_WEIGHT[self._target].match(self._text, start)
        if match is None or not (self._is_composed or _COMPOSES.match(self._text, match.end())):
            return 0
        return 0 if self._starts_item() and _FACE_WITH_DIGIT.match(self._text, start) else match.end()

    def _wildcard_end(self, start: int) -> int:
        """Return where a `__wildcard__` ends; 0 where none begins here."""
        called = self._called_wildcard_end(start)
        if called or start < self._no_wildcard_to:
            return called
        text = self._text
        if start >= self._run_end:
            ends = _WORD_ENDS.search(text, start)
            self._run_end = ends.start() if ends else len(text)
        run_end = self._run_end
        close = text.find("__", start + 3, run_end)
        while close >= 0:
            after = close + 2
            while after < run_end and text[after] == "_":
                after += 1
            if text[close - 1] != "_" and not (after < run_end and text[after].isalnum()):
                return close + 2
            close = text.find("__", after, run_end)
        self._no_wildcard_to = run_end
        return 0

    def _called_wildcard_end(self, start: int) -> int:
        """Return where a wildcard with parameters, `__season(place=__a__, time=night)__`, ends; 0 where none begins."""
        called = _CALLED_WILDCARD.match(self._text, start)
        if called is None or start < self._no_called_to:
            return 0
        close = self._text.find(")__", called.end(), self._line_end(start))
        if close < 0:
            self._no_called_to = self._line_end(start)
            return 0
        return close + 3

    def _line_end(self, position: int) -> int:
        if position >= self._known_line_end:
            end = self._text.find("\n", position)
            self._known_line_end = end if end >= 0 else len(self._text)
        return self._known_line_end

    def _emphasis_end(self, inside: int) -> int:
        """Return where NovelAI's `1.2::tags::` ends; 0 where it does not."""
        if inside > self._last_double_colon:
            return 0
        close = self._text.find("::", inside)
        return close + 2 if "\n" not in self._text[inside:close] else 0

    def _face_end(self, position: int) -> int:
        """Return where a face with a bracket in it, such as `>:(`, ends; 0 where none begins here."""
        face = _FACE.match(self._text, position)
        if face is None:
            return 0
        end = face.end()
        ends_item = _ITEM_ENDS.match(self._text, end) is not None
        if self._depth == 0:
            return end if ends_item else 0
        ends = _GROUPS_END.match(self._text, end)
        if not (ends_item or ends):
            return 0
        # Inside brackets, `;)` may as well end the group and `:(` begin one: it is a face where the brackets that are
        # left are as many as those around it need.
        if face[1][-1] in ")]":
            return end if self._left_to_close(end) >= self._depth else 0
        return end if ends is None or len(_CLOSING.findall(ends[0])) != self._depth + 1 else 0

    def _left_to_close(self, position: int) -> int:
        """Return how many brackets that are open at a position what follows it can close."""
        places, left = self._brackets
        found = bisect_left(places, position)
        return left[found] if found < len(left) else 0

    @cached_property
    def _brackets(self) -> tuple[list[int], list[int]]:
        """Return the places of all brackets, and for each how many it and those behind it close from there."""
        found = list(_BRACKET.finditer(self._text))
        left = list(itertools.accumulate((1 if one[0] in ")]}" else -1 for one in reversed(found)), _at_least_none))
        return [one.start() for one in found], left[::-1]


def _at_least_none(behind: int, sign: int) -> int:
    return max(behind + sign, 0)


def _quotes(no_hash: str) -> Iterator[tuple[str, str, str]]:
    """Yield, for each kind of quotation marks, patterns of the first, of what holds a comma, and of the last."""
    for left, right, before, after in (
        ('"', '"', r'(?<![\w"])', r'(?![\w"])'),
        ("“", "”", "", ""),
        ("„", "“", "", ""),
        ("«", "»", "", ""),
        ("「", "」", "", ""),
        ("『", "』", "", ""),
    ):
        own = rf"{left}{right}\n{no_hash}"
        inside = rf"[^\s{own},，、][^{own},，、]*[,，、][^{own}]*(?<=\S)"
        yield before + left, inside, right + after


@lru_cache
def _scanner(target: str) -> re.Pattern[str]:
    """Find the next sign that may be syntax; what lies before it is text.

    The signs that all of it begins with stand first, so that the rest is asked at few places.
    """
    no_hash = r"\#" if target == "a1111" else ""
    quoted = "|".join(rf"{left}{inside}{right}" for left, inside, right in _quotes(no_hash))
    return re.compile(
        rf"""(?=[ \t\#"“„«「『AB|;:\-\d<e_\\,，、\n(\[{{)\]}}])(?:
        (?P<comment>{COMMENT[target]})
        |(?P<word>\b(?:{WORDS})\b(?:(?<!K)(?::\s*{NUMBER}(?![\w.])(?!\s*\))))?
            |\|\|\||;;;)
        |(?P<quoted>{quoted})
        |(?P<weight>:(?!:))
        |(?P<emphasis>(?<![\w.])-?\d{{1,9}}(?:\.\d{{0,9}})?::)
        |(?P<standalone><\w[\w-]*:[^<>\n{no_hash}]+>|(?<!\w)embedding:(?:\\(?![()\[\]])|[^\s\\,，、()\[\]{{}}<>|:{no_hash}])+)
        |(?P<inline>(?<![^\W_])__(?=[^\s_,，、]))
        |(?P<escaped>{ESCAPED[target]})
        |(?P<separator>[,，、\n])
        |(?P<open>[(\[{{])
        |(?P<close>[)\]}}]))""",
        re.VERBOSE | re.MULTILINE,
    )
