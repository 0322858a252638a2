"""Is a text a tag with a qualifier in brackets, a phrase with stressed words, or brackets around a list?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..tags.vocabulary import Vocabulary, tag_key
from ..tags.words import qualifiers
from .escapes import read
from .numbers import split_weight
from .tree import Node

_QUALIFIED = re.compile(r"[^()]+((?:[ _]\([^():]+\))+)")
_QUALIFIER = re.compile(r"([ _])\(([^():]+)\)")


def is_qualified(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether brackets at a text's end belong to a name: `name_(series)`, or `name (fate)` where fate is known."""
    match = _QUALIFIED.fullmatch(text)
    if match is None:
        return False
    found = _QUALIFIER.findall(match[1])
    return all(blank == "_" or tag_key(name) in qualifiers(vocabulary) for blank, name in found)


def holds_list(node: Node) -> bool:
    """Say whether brackets hold several items, at any depth."""
    return node.kind in ("separator", "standalone", "word", "comment") or any(map(holds_list, node.inside))


def plain_words(nodes: Sequence[Node], target: str) -> str:
    """Return the words of a phrase such as `a (very:1.3) big cat` without brackets and weights."""
    return " ".join(" ".join(_words(node, target) for node in nodes).split())


def _words(node: Node, target: str) -> str:
    if node.kind != "group":
        return read(node.text, target)
    *others, last = node.inside or (Node("text", ""),)
    words = [_words(inner, target) for inner in others]
    return " ".join([*words, _words(Node(last.kind, split_weight(last.text)[0], last.inside), target)])
