"""Which stretches of a prompt are sentences, commas and all?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..tags.words import has_sentence_word
from .tree import Node

_LONGEST_TAG = 8
"""A stretch of more words may be prose without a full stop."""

_BOUNDS = ("word", "weight", "comment")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)]*(?=\s)|。")
_TERMINATOR = re.compile(r"[.!?。][\"'”’)]*\Z")
_CHINESE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CHINESE_LETTER = re.compile(f"[{_CHINESE}]")
"""A letter of Chinese, Japanese or Korean, whose function words do not stand by themselves."""
_CHINESE_END = re.compile(f"。|[{_CHINESE}][.]")
_STANDS_ALONE = ("group", "standalone", "inline")
_FOLLOW = ("separator", "standalone")
"""What may follow the full stop of a sentence without a blank."""


class Segment(NamedTuple):
    """Pair nodes that follow each other with whether they are one piece of prose."""

    is_prose: bool
    nodes: list[Node]


def is_long(text: str) -> bool:
    """Say whether a text has more words than a tag ever has; a sign by itself is no word."""
    return sum(1 for piece in text.split() if any(map(str.isalnum, piece))) > _LONGEST_TAG


def segments_of(nodes: Sequence[Node], is_tag: Callable[[str], bool]) -> Iterator[Segment]:
    """Split the nodes of a level into prose and what is not; joined they give the level again.

    Prose is what lies between line ends, words of composition and sentence ends, ends in `. ! ? 。` or runs over eight
    words, and holds function words that no tag there explains. In Chinese, Japanese and Korean a full stop is enough.
    Tags that stand before it are none of it.
    """
    stretch: list[Node] = []
    for node in nodes:
        if node.kind in _BOUNDS or (node.kind == "separator" and node.text == "\n"):
            yield from _in_stretch(stretch, is_tag)
            yield Segment(False, [node])
            stretch = []
        else:
            stretch.append(node)
    yield from _in_stretch(stretch, is_tag)


def _in_stretch(nodes: list[Node], is_tag: Callable[[str], bool]) -> Iterator[Segment]:
    if not nodes:
        return
    text = _words(nodes)
    if not (has_sentence_word(text) or (not text.isascii() and _CHINESE_END.search(text))):
        yield Segment(False, nodes)
        return
    waiting: list[Node] = []
    sentences = list(_sentences(nodes, is_tag))
    if len(sentences) == 1:
        yield from _in_sentence(nodes, is_tag)
        return
    for sentence in sentences:
        for is_prose, found in _in_sentence(sentence, is_tag):
            if is_prose:
                if waiting:
                    yield Segment(False, _merged(waiting))
                waiting = []
                yield Segment(True, found)
            else:
                waiting.extend(found)
    if waiting:
        yield Segment(False, _merged(waiting))


def _sentences(nodes: Sequence[Node], is_tag: Callable[[str], bool]) -> Iterator[list[Node]]:
    """Split at the ends of sentences: a blank follows, the end, or a comma behind words that make it one."""
    current: list[Node] = []
    has_words = False
    for node, after in itertools.zip_longest(nodes, nodes[1:]):
        if node.kind != "text":
            current.append(node)
            if has_words and node.kind == "inline" and _TERMINATOR.search(node.text) and _is_apart(after):
                yield current
                current, has_words = [], False
            continue
        start = 0
        for match in _SENTENCE_END.finditer(node.text):
            yield [*current, Node("text", node.text[start : match.end()])]
            current, start, has_words = [], match.end(), False
        rest = node.text[start:]
        if not rest:
            continue
        current.append(Node("text", rest))
        has_words = has_words or has_sentence_word(rest)
        is_ended = has_words and after is not None and after.kind in _FOLLOW and _TERMINATOR.search(rest.rstrip())
        if is_ended and not is_tag(rest.strip()):
            yield current
            current, has_words = [], False
    if current:
        yield current


def _is_apart(after: Node | None) -> bool:
    """Say whether what follows a quotation leaves its full stop one."""
    return after is None or after.kind in _FOLLOW or after.text[:1].isspace()


def _in_sentence(nodes: list[Node], is_tag: Callable[[str], bool]) -> Iterator[Segment]:
    pieces = _pieces(nodes)
    end = nodes[-1].text.rstrip() if nodes[-1].kind in ("text", "inline") else ""
    is_ended = _TERMINATOR.search(end) is not None
    is_chinese = _CHINESE_END.search(end[-2:]) is not None
    kinds = [_kind(piece, is_tag, is_chinese=is_chinese) for piece in pieces]
    first = next((at for at, kind in enumerate(kinds) if kind in ("phrase", "sentence")), len(pieces))
    if not is_ended and _is_list(kinds, begins_large=_text(nodes).lstrip(" \t,，、")[:1].isupper()):
        yield from (Segment(_is_long_phrase(piece, kind), piece) for piece, kind in zip(pieces, kinds, strict=True))
        return
    last = len(pieces)
    while not is_ended and last > first and kinds[last - 1] in ("sign", "empty"):
        last -= 1
    middle = [node for piece in pieces[first:last] for node in piece]
    is_prose = any(kind == "phrase" for kind in kinds[first:last]) and (is_ended or is_long(_text(middle)))
    if not is_prose:
        yield Segment(False, nodes)
        return
    yield Segment(False, [node for piece in pieces[:first] for node in piece])
    yield Segment(True, middle)
    yield Segment(False, [node for piece in pieces[last:] for node in piece])


def _is_list(kinds: Sequence[str], *, begins_large: bool) -> bool:
    """Say whether pieces without a full stop are a list of tags, some phrases among them, and no sentence.

    A phrase that begins with a large letter begins a sentence, unless most of what follows are tags.
    """
    there = [kind for kind in kinds if kind != "empty"]
    begins = begins_large and there[:1] in (["phrase"], ["sentence"])
    are_few = not begins and 2 * there.count("phrase") <= len(there)
    return are_few or 2 * (there.count("tag") + there.count("sign")) > len(there)


def _pieces(nodes: Sequence[Node]) -> list[list[Node]]:
    """Split at commas; each piece but the last ends with its comma."""
    pieces: list[list[Node]] = [[]]
    for node in nodes:
        pieces[-1].append(node)
        if node.kind == "separator":
            pieces.append([])
    return pieces if pieces[-1] else pieces[:-1]


def _kind(piece: Sequence[Node], is_tag: Callable[[str], bool], *, is_chinese: bool) -> str:
    """Say what a piece is: empty, a sign (a token, brackets, a network), a tag, a phrase, or the like of a sentence."""
    nodes = [node for node in piece if node.kind != "separator" and node.text.strip()]
    text = _text(nodes).strip()
    if not text:
        return "empty"
    if all(node.kind in _STANDS_ALONE for node in nodes) or ("_" in text and " " not in text):
        return "sign"
    if is_tag(text) and not text[0].isupper():
        return "tag"
    words = _words(nodes).strip()
    is_phrase = (" " in words and has_sentence_word(words)) or (is_chinese and _CHINESE_LETTER.search(words))
    if is_phrase and not is_tag(text):
        return "phrase"
    return "sentence" if text[0].isupper() else "tag" if is_tag(text) else "words"


def _is_long_phrase(piece: Sequence[Node], kind: str) -> bool:
    return kind == "phrase" and is_long(_text(piece))


def _words(nodes: Sequence[Node]) -> str:
    """Return the text of nodes less what only has a name: networks, embeddings, wildcards."""
    return _text([node for node in nodes if not (node.kind in ("standalone", "inline") and node.text[0] in "<_e")])


def _text(nodes: Sequence[Node]) -> str:
    return "".join(node.text for node in nodes)


def _merged(nodes: Sequence[Node]) -> list[Node]:
    """Make one text again of texts that were split at a full stop."""
    merged: list[Node] = []
    for kind, run in itertools.groupby(nodes, key=lambda node: node.kind):
        found = list(run)
        merged += [Node("text", _text(found))] if kind == "text" else found
    return merged
