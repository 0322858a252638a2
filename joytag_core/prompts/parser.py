"""Which items does a prompt consist of, and which brackets stand around each?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..tags.names import Facts, NameIndex
from .escapes import read
from .fragments import holds_list, is_qualified, is_sentence, plain_words
from .items import NO_FACTS, Group, Item, Prompt
from .tokens import NUMBER
from .tree import CLOSING, Node, tree_of

_WEIGHT = re.compile(r"\s*:\s*(" + NUMBER + r")\s*$")


def parse(text: str, target: str, index: NameIndex) -> Prompt:
    """Take a prompt or tag list apart; no text is an error, and nothing in it is lost."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader(target, index)
    reader.read_level(tree_of(text, target), ())
    return reader.prompt(text.count("\n") + 1)


class _Reader:
    """Turn nodes into items, one level of brackets at a time."""

    def __init__(self, target: str, index: NameIndex) -> None:
        self._target = target
        self._index = index
        self._items: list[Item] = []
        self._line = 0
        self._open_lines: set[int] = set()
        self._line_is_open = False
        self._gap: str | None = None

    def prompt(self, lines: int) -> Prompt:
        if self._line_is_open:
            self._open_lines.add(self._line)
        return Prompt(tuple(self._items), lines, frozenset(self._open_lines))

    def read_level(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        run: list[Node] = []
        for node in nodes:
            if node.kind not in ("separator", "standalone", "barrier"):
                run.append(node)
                continue
            self._read_run(run, groups)
            run = []
            if node.kind == "separator":
                self._read_separator(node.text)
            else:
                self._add(node.text.strip(), groups, verbatim=True, barrier=node.kind == "barrier")
        self._read_run(run, groups)

    def _read_separator(self, sign: str) -> None:
        self._gap = None
        if sign != "\n":
            self._line_is_open = bool(self._items) and self._items[-1].line == self._line
            return
        if self._line_is_open:
            self._open_lines.add(self._line)
        self._line += 1
        self._line_is_open = False

    def _read_run(self, nodes: Sequence[Node], groups: tuple[Group, ...]) -> None:
        """Read what stands between two separators: a tag, a group, a fragment, or nothing."""
        source = "".join(node.text for node in nodes)
        stripped = source.strip()
        if not stripped:
            self._widen_gap(source)
            return
        self._widen_gap(source[: len(source) - len(source.lstrip())])
        self._read_piece([node for node in nodes if node.text.strip()], stripped, groups)
        self._widen_gap(source[len(source.rstrip()) :])

    def _read_piece(self, nodes: Sequence[Node], source: str, groups: tuple[Group, ...]) -> None:
        text, facts = self._meaning(source)
        brackets = [node for node in nodes if node.kind == "group"]
        if facts.tag is not None:
            self._add(text, groups, facts=facts)
        elif any(map(self._is_verbatim, nodes)) or (not brackets and is_sentence(source)):
            self._add(source, groups, verbatim=True)
        elif not brackets or is_qualified(text, self._index.vocabulary):
            self._add(text, groups, facts=facts)
        elif len(nodes) == 1:
            self._read_group(nodes[0], groups)
        elif any(holds_list(node) for node in brackets):
            for node in nodes:
                self._read_run([node], groups)
        else:
            words = plain_words(nodes, self._target)
            self._add(words, groups, facts=self._index.facts(words), source=source, verbatim=is_sentence(words))

    def _meaning(self, source: str) -> tuple[str, Facts]:
        if "\\" in source:
            # Text that was written for A1111 is common everywhere: `\\m/`, `:\3`.
            copied = read(source, "a1111")
            if self._index.facts(copied).tag is not None:
                return copied, self._index.facts(copied)
        text = read(source, self._target)
        return text, self._index.facts(text)

    def _read_group(self, node: Node, groups: tuple[Group, ...]) -> None:
        opening = node.text[0]
        inside, weight = self._split_weight(node) if opening == "(" else (node.inside, None)
        closing = CLOSING[opening] if weight is None else weight[0].strip() + CLOSING[opening]
        group = Group(opening, closing, None if weight is None else float(weight[1]))
        self.read_level(inside, (*groups, group))

    def _split_weight(self, node: Node) -> tuple[tuple[Node, ...], re.Match[str] | None]:
        r"""Take the weight right before the closing bracket off; in `(smile, :3)` the end is a face, not a weight."""
        last = node.inside[-1] if node.inside else None
        if last is None or last.kind != "text" or self._ends_with_face(node):
            return node.inside, None
        weight = _WEIGHT.search(last.text)
        if weight is None:
            return node.inside, None
        return (*node.inside[:-1], Node("text", last.text[: weight.start()])), weight

    def _ends_with_face(self, node: Node) -> bool:
        """Say whether a group's last item is a tag that looks like a weight, as `:3` does."""
        last, before = node.inside[-1], node.inside[-2:-1]
        stands_alone = not before or before[0].kind == "separator"
        return (
            stands_alone and bool(_WEIGHT.fullmatch(last.text)) and self._meaning(last.text.strip())[1].tag is not None
        )

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
        own = "".join(part.text for part in node.inside if part.kind == "text")
        return "|" in own or bool(node.inside[-1].kind == "text" and _WEIGHT.search(node.inside[-1].text))

    def _widen_gap(self, blank: str) -> None:
        if self._gap is not None:
            self._gap += blank

    def _add(
        self,
        text: str,
        groups: tuple[Group, ...],
        *,
        facts: Facts = NO_FACTS,
        source: str | None = None,
        verbatim: bool = False,
        barrier: bool = False,
    ) -> None:
        self._items.append(
            Item(
                text=text,
                facts=facts,
                source=text if verbatim and source is None else source,
                verbatim=verbatim,
                barrier=barrier,
                groups=groups,
                line=self._line,
                position=len(self._items),
                gap=self._gap,
            )
        )
        self._gap = ""
        self._line_is_open = False
