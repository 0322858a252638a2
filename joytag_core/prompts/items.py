"""What is a prompt made of?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..tags.names import Facts

_NETWORK = re.compile(r"<\w[\w-]*:[^<>\n]+>")

NO_FACTS = Facts(key="")
"""What is known of a verbatim piece: nothing, since no rule ever asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Hold the brackets around items as written; two groups are never equal, however alike.

    `line` is where they open, `end_line` where their closing, which may hold line ends itself, begins; `gap` and `run`
    are those of an item.
    """

    opening: str
    closing: str
    weight: float | None = None
    line: int = 0
    end_line: int = 0
    gap: str | None = None
    run: int = 0


@dataclass(slots=True, eq=False)  # never changed; freezing would make it three times as slow to make
class Item:
    """Hold one tag, fragment or verbatim piece of a prompt.

    `text` is what a person means, without escapes; `source`, where given, is written back as it is, and `raw` wherever
    nothing about the name has to change. `stop` is the full stop behind a tag. An item `as_given` keeps its underscores
    and its name. A `verbatim` item is never matched. `role` says what else it is: "word" (of composition), "weight" (of
    a part), "comment", "prose", or nothing. `groups` are the brackets around it, the outermost first. `gap` is the
    blank before it where no comma stood there (a line end where only that did, and before a comment on a line of its
    own), `tail` the same after a word of composition. Items and groups of one level share a `run` if no comma or line
    end stood between them. `region` counts the words of composition before it.
    """

    text: str
    facts: Facts = NO_FACTS
    source: str | None = None
    raw: str | None = None
    stop: str = ""
    as_given: bool = False
    verbatim: bool = False
    role: str = ""
    groups: tuple[Group, ...] = ()
    line: int = 0
    region: int = 0
    position: int = -1
    gap: str | None = None
    run: int = 0
    tail: str | None = ""
    score: float | None = None

    @property
    def composes(self) -> bool:
        """Say whether the item is a word of composition, or the weight of a part."""
        return self.role in ("word", "weight")


def networks_in(sentence: Item) -> list[Item]:
    """Return the networks, such as `<lora:x:1>`, that stand in a sentence, as items in its place."""
    return [replace(sentence, text=found, source=found, role="", gap=None) for found in _NETWORK.findall(sentence.text)]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Hold a prompt's items, its number of lines, and which of these ended with a separator."""

    items: tuple[Item, ...]
    lines: int = 1
    open_lines: frozenset[int] = frozenset()
