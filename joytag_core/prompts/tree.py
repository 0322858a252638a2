"""Which brackets of a prompt belong together, and what stands inside them?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .numbers import split_weight
from .tokens import Token, tokens_of

CLOSING = {"(": ")", "[": "]", "{": "}"}
"""The brackets that have a meaning to hosts."""

_DEEPEST = 50
"""Brackets nested deeper than this are text."""

_CALL = re.compile(r"(?<!\w)(?P<name>[A-Z]{2,}[A-Z_]*)\Z|\A(?P<method>\.[a-z_]+)\Z")
_NUMBERS = re.compile(r"[\s\d.,:%+-]*")
"""What Prompt Control's functions take."""

_ESCAPABLE = {"a1111": "()[]", "comfyui": "()", "caption": ""}


class Node(NamedTuple):
    """Hold a token, or a pair of brackets (kind "group") with the nodes inside; `text` is the source of all of it."""

    kind: str
    text: str
    inside: tuple[Node, ...] = ()


def tree_of(text: str, target: str) -> tuple[Node, ...]:
    """Split a prompt into nodes; brackets without a partner become text, escaped where the target can do that."""
    tokens = tokens_of(text, target)
    return _nodes(tokens, _partners(tokens), 0, len(tokens), _ESCAPABLE[target])


def _nodes(tokens: Sequence[Token], partners: dict[int, int], start: int, end: int, escapable: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    plain: list[str] = []
    while start < end:
        kind, text = tokens[start]
        partner = partners.get(start)
        if partner is not None:
            inside = _with_whole_weight(_nodes(tokens, partners, start + 1, partner, escapable))
            source = text + "".join(node.text for node in inside) + tokens[partner].text
            _flush(plain, nodes)
            _append_group(nodes, Node("group", source, inside))
            start = partner + 1
            continue
        if kind in ("open", "close"):
            kind, text = "text", "\\" + text if text in escapable else text
        if kind == "text":
            plain.append(text)
        else:
            _flush(plain, nodes)
            nodes.append(Node(kind, text))
        start += 1
    _flush(plain, nodes)
    return tuple(nodes)


def _append_group(nodes: list[Node], group: Node) -> None:
    """Append brackets, as one verbatim piece with the name that they hang on: `AREA(0 1, 0 1)`, `("a", "b").and()`."""
    match = _CALL.search(nodes[-1].text) if nodes and nodes[-1].kind == "text" and group.text[0] == "(" else None
    if match is None or not (_is_method(nodes, match) or (match["name"] and _NUMBERS.fullmatch(group.text[1:-1]))):
        nodes.append(group)
        return
    before = nodes.pop().text[: match.start()]
    subject = nodes.pop().text if match["method"] else ""
    if before:
        nodes.append(Node("text", before))
    nodes.append(Node("standalone", subject + match[0] + group.text))


def _is_method(nodes: Sequence[Node], match: re.Match[str]) -> bool:
    return bool(match["method"]) and [node.kind for node in nodes[-2:]] == ["group", "text"]


def _with_whole_weight(inside: tuple[Node, ...]) -> tuple[Node, ...]:
    """Make one text of a weight before a closing bracket that line ends stand in: hosts take these for blanks."""
    start = len(inside) - 1
    while start >= 0 and _may_be_of_weight(inside[start]):
        start -= 1
    if start < 0 or start == len(inside) - 1 or inside[start].kind != "text":
        return inside
    text = "".join(node.text for node in inside[start:])
    return (*inside[:start], Node("text", text)) if split_weight(text)[1] else inside


def _may_be_of_weight(node: Node) -> bool:
    return node.text == "\n" or (node.kind == "text" and ":" not in node.text)


def _flush(plain: list[str], nodes: list[Node]) -> None:
    """Make one text node of all the pieces in a row."""
    if plain:
        nodes.append(Node("text", plain[0] if len(plain) == 1 else "".join(plain)))
        plain.clear()


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Map the place of each opening bracket that has a partner to its partner's place."""
    open_at: list[int] = []
    partners: dict[int, int] = {}
    for place, token in enumerate(tokens):
        if token.kind == "open" and len(open_at) < _DEEPEST:
            open_at.append(place)
        elif token.kind == "close":
            wanted = next((at for at in reversed(open_at) if CLOSING[tokens[at].text] == token.text), None)
            if wanted is not None:
                del open_at[open_at.index(wanted) :]
                partners[wanted] = place
    return partners
