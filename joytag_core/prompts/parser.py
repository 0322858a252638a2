"""Which items does a prompt consist of, and which brackets stand around each?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..tags.names import Facts, NameIndex
from ..tags.quality import is_quality
from .escapes import read
from .fragments import holds_list, is_qualified, plain_words
from .items import NO_FACTS, Group, Item, Prompt
from .numbers import number_at_end, split_float, split_weight
from .prose import is_long, segments_of
from .tree import CLOSING, Node, tree_of

_STOPS = (".", "。")
_BY_ITSELF = ("separator", "standalone", "word", "weight", "comment")
_NEEDS_ESCAPE = {"a1111": frozenset("()[]"), "comfyui": frozenset("()"), "caption": frozenset[str]()}


def parse(text: str, target: str, index: NameIndex, *, keeps_escapes: bool = False) -> Prompt:
    """Take a prompt or tag list apart; no text is an error, and nothing in it is lost.

    With `keeps_escapes` the items of a caption, which needs none, remember those that a person wrote.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader(target, index, keeps_escapes=keeps_escapes)
    reader.read_level(tree_of(text, target), ())
    return reader.prompt(text.count("\n") + 1)


class _Reader:
    """Turn nodes into items, one level of brackets at a time."""

    def __init__(self, target: str, index: NameIndex, *, keeps_escapes: bool) -> None:
        self._target = target
        self._index = index
        self._keeps_escapes = keeps_escapes
        self._items: list[Item] = []
        self._line = 0
        self._region = 0
        self._open_lines: set[int] = set()
        self._line_is_open = False
        self._written_line = -1
        """The line where the last item or bracket ended."""
        self._between: list[str] = []
        """What has stood there since the last item or bracket: blanks and separators."""
        self._run = 0
        self._is_behind_word = False
        """Whether the last item is a word of composition, and nothing has been read since."""

    def prompt(self, lines: int) -> Prompt:
        if self._line_is_open:
            self._open_lines.add(self._line)
        return Prompt(tuple(self._items), lines, frozenset(self._open_lines))

    def read_level(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        """Read what stands inside the same brackets: sentences first, then what commas separate."""
        for is_prose, found in segments_of(nodes, self._is_tag):
            if is_prose:
                self._read_prose(found, groups)
            else:
                self._read_items(found, groups)

    def _is_tag(self, text: str) -> bool:
        facts = self._meaning(text)[1]
        return facts.tag is not None or bool(facts.artist) or is_quality(facts.key)

    def _read_prose(self, nodes: list[Node], groups: tuple[Group, ...]) -> None:
        last = len(nodes)
        while last and (nodes[last - 1].kind == "separator" or not nodes[last - 1].text.strip()):
            last -= 1
        source = "".join(node.text for node in nodes[:last])
        before, _, after = source.partition(source.strip())
        self._skip_blanks(before)
        self._add(source.strip(), groups, verbatim=True, role="prose")
        self._line = self._written_line = self._line + source.count("\n")
        self._skip_blanks(after)
        self._read_items(nodes[last:], groups)

    def _read_items(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        run: list[Node] = []
        for node in nodes:
            if node.kind not in _BY_ITSELF:
                run.append(node)
                continue
            self._read_run(run, groups)
            run = []
            if node.kind == "separator":
                self._read_separator(node.text)
            else:
                self._add(node.text.strip(), groups, verbatim=True, role="" if node.kind == "standalone" else node.kind)
        self._read_run(run, groups)

    def _read_separator(self, sign: str) -> None:
        self._between.append(sign)
        self._run += 1
        if sign != "\n":
            self._line_is_open = self._written_line == self._line
            return
        if self._line_is_open:
            self._open_lines.add(self._line)
        self._line += 1
        self._line_is_open = False

    def _read_run(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        """Read what stands between two separators: a tag, a group, a fragment, or nothing."""
        source = nodes[0].text if len(nodes) == 1 else "".join(node.text for node in nodes)
        stripped = source.strip()
        if not stripped:
            self._skip_blanks(source)
            return
        before, _, after = source.partition(stripped)
        self._skip_blanks(before)
        end_line = self._line + stripped.count("\n")
        self._read_piece(nodes, stripped, groups)
        self._line = self._written_line = end_line
        self._skip_blanks(after)

    def _read_piece(self, nodes: Sequence[Node], source: str, groups: tuple[Group, ...]) -> None:
        parts = [node for node in nodes if node.text.strip()]
        brackets = [node for node in parts if node.kind == "group"]
        text, facts = self._meaning(source)
        if (
            facts.tag is None
            and not brackets
            and source[-1] in _STOPS
            and self._meaning(source[:-1])[1].tag is not None
        ):
            self._add_name(source[:-1], *self._meaning(source[:-1]), groups, stop=source[-1])
            return
        if len(brackets) == len(parts) > 1:
            self._read_apart(nodes, groups)
        elif any(map(self._is_verbatim, parts)):
            self._add(source, groups, verbatim=True)
        elif facts.tag is not None:
            self._add_name(source, text, facts, groups)
        elif not brackets and is_long(source):
            self._add(source, groups, verbatim=True, role="prose")
        elif not brackets or is_qualified(text, self._index.vocabulary):
            self._add_name(source, text, facts, groups)
        elif len(parts) == 1:
            self._read_group(parts[0], groups)
        elif any(holds_list(node) for node in brackets):
            self._read_apart(nodes, groups)
        else:
            self._read_phrase(parts, source, groups)

    def _read_apart(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        """Read pieces that follow each other without a comma as an item each."""
        for node in _trimmed(nodes):
            self._read_run([node], groups)

    def _add_name(self, source: str, text: str, facts: Facts, groups: tuple[Group, ...], *, stop: str = "") -> None:
        if facts.tag is not None and "\\\\" in text:  # a backslash that an earlier program escaped
            text = text.replace("\\\\", "\\")
        self._add(text, groups, facts=facts, raw=None if self._needs_escape(source) else source, stop=stop)

    def _needs_escape(self, source: str) -> bool:
        """Say whether brackets of a name stand there bare, so that the target would take them for syntax."""
        special = _NEEDS_ESCAPE[self._target]
        if special and special.isdisjoint(source):
            return False
        escaped = False
        for sign in source:
            if sign in special and not escaped:
                return True
            escaped = sign == "\\" and not escaped
        return self._target == "caption" and not self._keeps_escapes and "\\" in source

    def _read_phrase(self, parts: Sequence[Node], source: str, groups: tuple[Group, ...]) -> None:
        """Read a text with stressed words in it: matched as the plain words, written back as it is."""
        words = plain_words(parts, self._target)
        if is_long(words):
            self._add(source, groups, verbatim=True, role="prose")
        else:
            self._add(words, groups, facts=self._index.facts(words), source=source)

    def _meaning(self, source: str) -> tuple[str, Facts]:
        text = read(source, self._target)
        return text, self._index.facts(text)

    def _read_group(self, node: Node, groups: tuple[Group, ...]) -> None:
        inside, weight = self._without_weight(node)
        closing = CLOSING[node.text[0]]
        number = float(weight.strip()[1:]) if weight else None
        number = number if number is not None and math.isfinite(number) else None
        end_line = self._line + node.text.count("\n") - weight.count("\n")
        self._line_is_open = False
        run = self._run
        group = Group(node.text[0], weight + closing, number, self._line, end_line, self._gap(), run)
        self.read_level(inside, (*groups, group))
        self._line_is_open = self._is_behind_word = False
        self._between, self._run = [], run

    def _without_weight(self, node: Node) -> tuple[Sequence[Node], str]:
        r"""Take the weight right before the closing bracket off; in `(smile, :3)` the end is a face, not a weight."""
        last = node.inside[-1] if node.inside else None
        if last is None or last.kind != "text" or self._ends_with_face(node):
            return node.inside, ""
        text, weight = split_weight(last.text)
        if not weight and self._target == "comfyui" and node.text[0] == "(":
            text, weight = split_float(last.text)
        return ((*node.inside[:-1], Node("text", text)), weight) if weight else (node.inside, "")

    def _ends_with_face(self, node: Node) -> bool:
        """Say whether a group's last item is a tag that looks like a weight, as `:3` does."""
        last, before = node.inside[-1], node.inside[-2:-1]
        if last.kind != "text" or (before and before[0].kind != "separator") or split_weight(last.text)[0].strip():
            return False
        return self._meaning(last.text.strip())[1].tag is not None

    def _is_verbatim(self, node: Node) -> bool:
        """Say whether a node is a host's syntax: `__wildcard__`, `{a|b}`, `[a|b]`, `[a:b:0.5]`."""
        if node.kind == "inline":
            return True
        if node.kind != "group" or node.text[0] == "(" or not node.inside:
            return False
        inside = node.text[1:-1]
        if node.text[0] == "{":
            return "|" in inside or "$$" in inside
        if self._meaning(inside.strip())[1].tag is not None or self._ends_with_face(node):
            return False
        # Curly brackets are nothing to A1111, so that a bar in them is one of these.
        own = "".join(part.text for part in node.inside if part.kind in ("text", "word") or part.text[:1] == "{")
        end = _before_numbers(node.inside)
        return "|" in own or (end.kind == "text" and bool(split_weight(end.text)[1]))

    def _skip_blanks(self, blank: str) -> None:
        if blank:
            self._between.append(blank)

    def _gap(self) -> str | None:
        """Return the blank before what comes next, a line end where only that stood there; None for a comma."""
        between = "".join(self._between)
        self._between = []
        gap = None if between.strip() else "\n" if "\n" in between else between
        if self._is_behind_word:
            self._items[-1] = replace(self._items[-1], tail=gap)
            self._is_behind_word = False
        return gap

    def _add(
        self,
        text: str,
        groups: tuple[Group, ...],
        *,
        facts: Facts = NO_FACTS,
        source: str | None = None,
        raw: str | None = None,
        stop: str = "",
        verbatim: bool = False,
        role: str = "",
    ) -> None:
        gap = self._gap()
        if role == "comment" and self._written_line != self._line:
            gap = "\n"
        if role == "word":
            self._region += 1
        self._items.append(
            Item(
                text=text,
                facts=facts,
                source=text if verbatim and source is None else source,
                raw=raw,
                stop=stop,
                verbatim=verbatim,
                role=role,
                groups=groups,
                line=self._line,
                region=self._region,
                position=len(self._items),
                gap=gap,
                run=self._run,
            )
        )
        self._is_behind_word = self._items[-1].composes
        self._written_line = self._line
        self._line_is_open = False


def _before_numbers(inside: Sequence[Node]) -> Node:
    """Return the last node before the further numbers of a schedule such as `[a:b:0.3,0.7]`."""
    last = len(inside) - 1
    while last > 1 and inside[last - 1].text == "," and number_at_end(inside[last].text) == 0:
        last -= 2
    return inside[last]


def _trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Return pieces that follow each other without the blanks around all of them."""
    first, *others = nodes
    trimmed = [first._replace(text=first.text.lstrip()), *others]
    return [*trimmed[:-1], trimmed[-1]._replace(text=trimmed[-1].text.rstrip())]
