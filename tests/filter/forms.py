"""In which forms is every tag shown to the hosts' parsers, and what do they have to read?"""

from __future__ import annotations

import re
from typing import NamedTuple

from joytag_core import PromptFormat

WEIGHT = 1.25
FACES = frozenset(["^_^", ">_<", "o_o", "=_=", "+_+", "|_|", "@_@", "0_0", ">_o", "x_x"])
"""The tags that keep their underscores."""

_HARMLESS = re.compile(r"[a-z0-9 ',.!?&+~/;^=@_-]*")


class Form(NamedTuple):
    """Pair a rendered text with what a host has to read: pieces of text with their weights."""

    rendered: str
    expected: list[tuple[str, float]]


def plain(name: str) -> str:
    """Return the text that a host has to read for a tag."""
    return name if name in FACES else name.replace("_", " ")


def forms_of(name: str, target: str) -> list[Form]:
    """Show a tag alone, and at once after another, with a weight, between others and at a list's end."""
    form, text = PromptFormat(target=target), plain(name)
    alone, weighted = form.render_tag(name), form.render_tag(name, WEIGHT)
    return [
        Form(alone, [(text, 1.0)]),
        Form(weighted, [(text, WEIGHT)]),
        Form(
            form.join(["smile", weighted, alone, "sky", alone]),
            [("smile, ", 1.0), (text, WEIGHT), (f", {text}, sky, {text}", 1.0)],
        ),
    ]


def needs_record(name: str) -> bool:
    """Say whether a tag holds anything that a host could read as syntax."""
    return _HARMLESS.fullmatch(plain(name)) is None
