"""Is a text a tag, a tag with a qualifier in brackets, a phrase with stressed words, or a sentence?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..tags.vocabulary import Vocabulary, tag_key
from .escapes import read
from .tokens import NUMBER
from .tree import Node

_LONGEST_TAG = 8
"""A text of more words is a sentence."""

_FULL_STOP = re.compile(r"\w[.](?:$|\s+[A-Z])")
_QUALIFIED = re.compile(r"[^()]+((?:[ _]\([^():]+\))+)")
_QUALIFIER = re.compile(r"([ _])\(([^():]+)\)")
_WEIGHT_AT_END = re.compile(r"\s*:\s*" + NUMBER + r"\s*$")


def is_sentence(text: str) -> bool:
    """Say whether a text that is no tag is natural language: more than eight words, or three with a full stop."""
    words = text.split()
    return len(words) > _LONGEST_TAG or (len(words) > 2 and _FULL_STOP.search(text) is not None)


def is_qualified(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether brackets at a text's end belong to a name: `name_(series)`, or `name (fate)` where fate is known."""
    match = _QUALIFIED.fullmatch(text)
    if match is None:
        return False
    qualifiers = _QUALIFIER.findall(match[1])
    return all(blank == "_" or tag_key(name) in _qualifiers(vocabulary) for blank, name in qualifiers)


def holds_list(node: Node) -> bool:
    """Say whether brackets hold several items, at any depth."""
    return node.kind in ("separator", "standalone", "barrier") or any(map(holds_list, node.inside))


def plain_words(nodes: Sequence[Node], target: str) -> str:
    """Return the words of a phrase such as `a (very:1.3) big cat` without brackets and weights."""
    return " ".join(" ".join(_words(node, target) for node in nodes).split())


def _words(node: Node, target: str) -> str:
    if node.kind != "group":
        return read(node.text, target)
    *others, last = node.inside or (Node("text", ""),)
    words = [_words(inner, target) for inner in others]
    return " ".join([*words, _words(Node(last.kind, _WEIGHT_AT_END.sub("", last.text), last.inside), target)])


@lru_cache(maxsize=4)
def _qualifiers(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the words that stand in brackets in a vocabulary's names, and its series, as keys."""
    names = [name for tag in vocabulary for name in (tag.name, tag.current_name)]
    found = {tag_key(qualifier) for name in names for _, qualifier in _QUALIFIER.findall(name)}
    return frozenset(found | {tag.key for tag in vocabulary if tag.category == "copyright"})
