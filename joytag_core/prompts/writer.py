"""How do the remaining items become text for the target?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, repeat

from ..tags.names import Facts, bare_artist
from ..tags.vocabulary import tag_key
from .format import PromptFormat, weight_text
from .items import Group, Item, Prompt
from .lines import Lines
from .tokens import WORDS

_STRESS = 1.1
"""What a pair of round brackets without a number multiplies by, in all hosts."""

_ENDS_SENTENCE = re.compile(r"[.!?。][\"'”’)]*\Z")

_CACHED_NAMES = 50_000

_BECOMES_SYNTAX = re.compile(rf"\b(?:{WORDS})\b|(?i:\bembedding:)")
"""What must not appear where underscores become spaces."""


@lru_cache(maxsize=16)
def writer_for(form: PromptFormat, *, threshold: float, keep_lines: bool) -> Writer:
    """Return the one writer of a format, which remembers how names are spelled in it."""
    return Writer(form, threshold=threshold, keep_lines=keep_lines)


class Writer:
    """Write items in one format."""

    def __init__(self, form: PromptFormat, *, threshold: float, keep_lines: bool) -> None:
        """Take the score that gets the lowest mapped weight, and whether lines stay apart."""
        self._form = form
        self._threshold = threshold
        self._keep_lines = keep_lines
        self._spellings: dict[tuple[str, Facts], tuple[str, str]] = {}

    def name(self, item: Item) -> str:
        """Return an item's name as it is written, without escapes and weight."""
        return item.text if item.source is not None else self.spelling(item)[0]

    def spelling(self, item: Item) -> tuple[str, str]:
        """Return the name of an item without `source` as it is written, and the same with the target's escapes."""
        if item.as_given:
            return item.text, self._form.escape(item.text)
        key = item.text, item.facts
        found = self._spellings.get(key)
        if found is None:
            if len(self._spellings) >= _CACHED_NAMES:
                self._spellings.clear()
            name = self._named(item)
            found = self._spellings[key] = name, self._form.escape(name)
        return found

    def _named(self, item: Item) -> str:
        if item.facts.artist and self._form.artist_style != "as written":
            return self._form.mark_artist(self._spelled(bare_artist(item.text), item))
        return self._spelled(item.text, item)

    def _spelled(self, name: str, item: Item) -> str:
        tag = item.facts.tag
        is_renamed = self._form.names == "current" and tag is not None and tag.current_name
        if tag is not None and is_renamed and tag_key(tag.current_name) not in (item.facts.key, item.facts.artist):
            return self._form.spell(tag.current_name, is_tag=True)
        spelled = self._form.spell(name, is_tag=tag is not None)
        return name if tag is None and _BECOMES_SYNTAX.search(spelled) else spelled

    def text(self, prompt: Prompt) -> str:
        """Write a whole prompt; where lines are kept there are as many as before."""
        sign = self._form.separator.rstrip(" ")
        lines = Lines(prompt if self._keep_lines else None, sign, ends_all=self._form.trailing_separator)
        return _Text(self._form, self.spelling, lines, threshold=self._threshold).of(prompt)


class _Text:
    """Write one prompt and count its lines: threads share a writer, and none of these."""

    def __init__(
        self, form: PromptFormat, spelling: Callable[[Item], tuple[str, str]], lines: Lines, *, threshold: float
    ) -> None:
        self._form = form
        self._spelling = spelling
        self._lines = lines
        self._threshold = threshold

    def of(self, prompt: Prompt) -> str:
        text = self._level(prompt.items, 0, 1.0)
        return self._guarded(text + self._lines.up_to(prompt.lines - 1) + self._lines.end(), prompt.items)

    def _level(self, items: Sequence[Item], depth: int, weight: float) -> str:
        """Write items that share `depth` groups, at the weight that these groups give them in ComfyUI."""
        if not depth and not self._lines.are_kept and all(map(_is_plain, items)):
            return self._list(items)
        parts: list[tuple[str, str]] = []
        start = 0
        while start < len(items):
            group = items[start].groups[depth] if len(items[start].groups) > depth else None
            end = start + 1
            while group is not None and end < len(items) and _is_in(items[end], group, depth):
                end += 1
            is_new_line = self._lines.up_to(_line_of(items[start], group))
            if start == 0 or is_new_line:
                gap = is_new_line + ("" if depth else self._hash_guard(items[start]))
            else:
                gap = self._gap(items[start - 1], items[start:end], depth)
            if items[start].role == "word" and items[start].text.startswith("AND"):
                self._guard_last(parts, items, start)
            piece = self._item(items[start]) if group is None else self._group(items[start:end], group, depth, weight)
            parts.append((gap, piece))
            start = end
        if not depth and items and is_comment(items[-1]):
            self._guard_last(parts, items, len(items))
        return self._form.chain(parts)

    def _guard_last(self, parts: list[tuple[str, str]], items: Sequence[Item], end: int) -> None:
        """Guard what ends a part of the prompt, which `parts` hold up to the item at `end`; comments there apart."""
        last = len(parts) - 1
        while last >= 0 and is_comment(items[end - 1]):
            end -= 1
            last -= 1
        if last >= 0:
            gap, text = parts[last]
            parts[last] = gap, self._guarded(text, items[end - 1 : end])

    def _list(self, items: Sequence[Item]) -> str:
        """Write items that nothing but commas separate, as a model's tags are; nobody asks where a line ends then."""
        if not items:
            return ""
        texts = [self._item_text(item) for item in items]
        self._lines.wrote(items[-1], texts[-1])
        return self._form.chain(
            zip(chain([self._hash_guard(items[0])], repeat(self._form.separator)), texts, strict=False)
        )

    def _group(self, items: Sequence[Item], group: Group, depth: int, weight: float) -> str:
        inner = weight
        if group.opening == "(":
            inner = weight * _STRESS if group.weight is None else group.weight
        self._lines.opened()
        text = self._level(items, depth + 1, inner)
        if group.weight is None:
            text = self._guarded(text, items)
            if group.opening == "(" and self._form.target == "comfyui" and _reads_as_weight(text):
                # ComfyUI would take the face in `(smile, :3)` for the weight 3; a weight of its own prevents that.
                return f"({text}:{weight_text(round(inner, 6))})"
        closing = self._lines.closing(group)
        ends_with_comment = is_comment(items[-1]) and len(items[-1].groups) == depth + 1
        return group.opening + text + ("\n" if ends_with_comment and closing[0] != "\n" else "") + closing

    def _guarded(self, text: str, items: Sequence[Item]) -> str:
        """Guard the end of a text, unless it is a person's own syntax such as `:0.8` after AND.

        What is written back as it is, such as a sentence, gets a comma behind it instead of a sign in it.
        """
        if not items or items[-1].composes or items[-1].text.startswith("embedding:"):
            return text
        guarded = self._form.guard_end(text)
        return text + "," if guarded != text and items[-1].source is not None else guarded

    def _item(self, item: Item) -> str:
        text = self._item_text(item)
        self._lines.wrote(item, text)
        return text

    def _item_text(self, item: Item) -> str:
        if item.source is not None:
            return item.source
        name, text = self._spelling(item)
        # What the vocabulary does not know stays as it was written, escapes and all.
        if item.raw is not None and item.facts.tag is None and name == item.text:
            text = item.raw
        if item.score is None or item.groups or self._form.weights == "off":
            return text + item.stop
        return self._form.weighted(text, self._form.weight_of(item.score, threshold=self._threshold)) + item.stop

    def _gap(self, before: Item, items: Sequence[Item], depth: int) -> str:
        """Return what stands between two items of a level, or brackets of it; of the second those in them."""
        item = items[0]
        if (is_comment(before) and len(before.groups) <= depth) or (is_comment(item) and item.gap == "\n"):
            return "\n" + self._hash_guard(item)
        if is_comment(item) and len(item.groups) <= depth:
            return self._form.separator if item.gap is None else item.gap
        line_ends = item.line - before.line - (before.source or "").count("\n")
        if "prose" in (item.role, before.role) and line_ends:
            are_neighbours = item.position == before.position + 1 and before.position >= 0
            return "\n" * (line_ends if are_neighbours else 1)
        if _composes(item, depth) or _composes(before, depth):
            return self._gap_of_word(before, item, depth)
        gap, run = _place_of(item, depth)
        are_in_order = 0 <= before.position < item.position
        if gap is not None and are_in_order and run == _place_of(before, depth)[1] and _are_apart(before, items, depth):
            return gap
        is_after_sentence = before.role == "prose" and len(before.groups) <= depth
        is_ended = is_after_sentence and item.position != before.position + 1 and _ENDS_SENTENCE.search(before.text)
        return " " if is_ended else self._form.separator

    def _gap_of_word(self, before: Item, item: Item, depth: int) -> str:
        """Return what a person wrote beside a word of composition, which never takes a comma that nobody wrote."""
        is_before = _composes(before, depth)
        gaps = [*([before.tail] if is_before else []), *([item.gap] if _composes(item, depth) else [])]
        written = [" " if gap == "\n" else gap for gap in gaps if gap is not None]
        if not written:
            return self._form.separator
        are_neighbours = item.position == before.position + 1 and before.position >= 0
        is_word = (before if is_before else item).text[-1:].isalpha()
        return max(written, key=len) or ("" if are_neighbours or not is_word else " ")

    def _hash_guard(self, item: Item) -> str:
        """Return what keeps a tag that begins with `#` from making a comment of its line."""
        is_hash = not item.role and item.text.startswith("#") and not item.groups
        return (self._form.separator.strip() or ",") + " " if is_hash else ""


def _is_plain(item: Item) -> bool:
    """Say whether nothing but a comma separates an item from others of the kind, as tags that a model chose."""
    return not (item.groups or item.role or item.gap is not None)


def is_comment(item: Item) -> bool:
    """Say whether an item is a comment, which lasts until its line ends."""
    return item.role == "comment"


def _composes(item: Item, depth: int) -> bool:
    return item.composes and len(item.groups) <= depth


def _place_of(item: Item, depth: int) -> tuple[str | None, int]:
    """Return the gap and the run of an item, or of the brackets that hold it at a level."""
    place = item.groups[depth] if len(item.groups) > depth else item
    return place.gap, place.run


def _are_apart(before: Item, items: Sequence[Item], depth: int) -> bool:
    """Say whether pieces without a comma between them are still two when they are read again.

    Beside a verbatim piece or brackets they are, but for `name (one)`, which is the name of somebody in a series.
    """
    if before.verbatim or len(before.groups) > depth:
        return True
    if len(items[0].groups) <= depth:
        return items[0].verbatim
    group = items[0].groups[depth]
    return len(items) > 1 or group.opening != "(" or group.weight is not None


def _is_in(item: Item, group: Group, depth: int) -> bool:
    return len(item.groups) > depth and item.groups[depth] is group


def _line_of(item: Item, group: Group | None) -> int:
    """Return the line where an item is to stand, or the brackets around it if they are of the same text."""
    return item.line if group is None or group.end_line < item.line else group.line


def _reads_as_weight(text: str) -> bool:
    """Say whether ComfyUI takes what follows the last colon for the weight of the brackets around a text."""
    before, colon, number = text.rpartition(":")
    if not colon or not before:
        return False
    try:
        float(number)
    except ValueError:
        return False
    return True
