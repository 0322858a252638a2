"""How do tags join a prompt that is already there, and which of them does it say already?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import SettingError
from ..tags.names import NameIndex, name_index
from ..tags.vocabulary import Vocabulary
from .items import Item
from .parser import parse
from .reduction import reduced
from .tokens import WORDS, tokens_of

_LAST_WORD = re.compile(rf"\b(?:{WORDS})\Z")
_FIRST_WORD = re.compile(rf"(?:{WORDS})\b|\|\|\||;;;")

PLACES = ("replace", "append", "prepend", "missing")
"""The tags alone; after the prompt; before it; after it, and only those that it does not hold."""


def merge_prompts(
    existing: str,
    new: str,
    *,
    how: str,
    target: str = "comfyui",
    separator: str = ", ",
    vocabulary: Vocabulary | None = None,
) -> str:
    """Join a person's prompt, which stays as it is letter for letter, and new tags by one of `PLACES`.

    Raises:
        SettingError: `how` is none of `PLACES`.
    """
    if how not in PLACES:
        raise SettingError(f"how {how!r} is unknown; expected one of {', '.join(PLACES)}")
    if how == "missing":
        new = without(new, existing, target=target, vocabulary=vocabulary)
    if how == "replace" or not existing.strip():
        return new
    if not new.strip():
        return existing
    if how == "prepend":
        is_comment = existing.lstrip().startswith("#")
        return f"{new.rstrip()}\n{existing.lstrip()}" if is_comment else _joined(new, existing, separator, target)
    # The weight at the end of a part, `cat :0.8`, is meant for what is appended too.
    weight = _weight_at_end(existing, target)
    head = existing[: len(existing) - len(weight)]
    return _joined(head, new, separator, target) + (f" {weight}" if weight else "")


def said_in(text: str, *, target: str = "comfyui", vocabulary: Vocabulary | None = None) -> frozenset[str]:
    """Return what a prompt says already, for the `said` of a filter: its tags by one name each, however written."""
    # Two tags may share today's name (blue_blouse, blue_shirt); the model's tells them apart.
    index = name_index(vocabulary or Vocabulary.joytag())
    return frozenset(item.facts.model_key for item in _tags(text, target, index))


def said_by_region(text: str, *, target: str = "comfyui", vocabulary: Vocabulary | None = None) -> list[frozenset[str]]:
    """Return the same for each region of a prompt: what stands between words of composition such as BREAK."""
    said: dict[int, set[str]] = {}
    for item in parse(text, target, name_index(vocabulary or Vocabulary.joytag())).items:
        said.setdefault(item.region, set()).update(() if item.verbatim else (item.facts.model_key,))
    return [frozenset(said.get(region, ())) for region in range(max(said, default=0) + 1)]


def without(text: str, other: str, *, target: str = "comfyui", vocabulary: Vocabulary | None = None) -> str:
    """Return a tag list or prompt less every tag that another one names, by an old or a current name.

    What is verbatim stays, and so do the brackets around what remains.
    """
    named = said_in(other, target=target, vocabulary=vocabulary)

    def others(items: Sequence[Item]) -> list[Item]:
        return [item for item in items if item.verbatim or item.facts.model_key not in named]

    return reduced(text, others, target=target, index=name_index(vocabulary or Vocabulary.joytag()))


def tag_names(text: str, *, target: str = "comfyui", vocabulary: Vocabulary | None = None) -> list[str]:
    """Return the names in any prompt or tag list, as written but for escapes, brackets and weights."""
    index = name_index(vocabulary or Vocabulary.joytag())
    return [item.text for item in _tags(text, target, index)]


def stressed(name: str, text: str, *, target: str = "comfyui", vocabulary: Vocabulary | None = None) -> str:
    """Return a tag's name in the brackets, weights and all, that a prompt has around it; else the name alone."""
    index = name_index(vocabulary or Vocabulary.joytag())
    key = index.facts(name).model_key
    for item in _tags(text, target, index):
        if item.groups and item.facts.model_key == key:
            opening = "".join(group.opening for group in item.groups)
            return opening + name + "".join(group.closing for group in reversed(item.groups))
    return name


def _tags(text: str, target: str, index: NameIndex) -> list[Item]:
    return [item for item in parse(text, target, index).items if not item.verbatim]


def _weight_at_end(text: str, target: str) -> str:
    """Return the weight of a prompt's last part, with the blanks and comments behind it; empty where there is none."""
    tokens = tokens_of(text, target)
    start = len(tokens)
    while start > 0 and (tokens[start - 1].kind == "comment" or not tokens[start - 1].text.strip()):
        start -= 1
    is_weight = start > 0 and tokens[start - 1].kind == "weight"
    return "".join(token.text for token in tokens[start - 1 :]) if is_weight else ""


def _joined(first: str, second: str, separator: str, target: str) -> str:
    head, tail = first.rstrip(" \t"), second.lstrip(" \t")
    if head.endswith("\n"):
        return head + tail
    last_line = head.rpartition("\n")[2].lstrip()
    if last_line.startswith("#") or (target == "a1111" and "#" in last_line):
        return f"{head}\n{tail}"
    if head.endswith((",", "，", "、")) or _LAST_WORD.search(head):
        return f"{head} {tail}"
    if head.endswith(("|||", ";;;")):
        return head + first[len(head) :] + tail
    if _FIRST_WORD.match(tail):
        return f"{head} {tail}"
    return head + separator + tail
