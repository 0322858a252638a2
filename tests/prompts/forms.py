"""In which forms is every tag shown to the hosts' parsers, and what do they have to read?"""

from __future__ import annotations

import re
from typing import NamedTuple

from joytag_core import PromptFormat, TagFilter

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


def composed_forms(target: str) -> list[Form]:
    """Show what the filter makes of brackets, faces at ends, and stray brackets."""
    a1111 = target == "a1111"
    nested = 1.1 * 1.1
    expected: dict[str, list[tuple[str, float]]] = {
        "(smile, :3)": [("smile, :3", 1.1)],
        "((smile, :3))": [("smile, :3", 1.21 if not a1111 else nested)],
        "(smile, :3:1.2), sky": [("smile, :3", 1.2), (", sky", 1.0)],
        "(dog, saber_(fate):1.3), (a_cat:0.8)": [("dog, saber (fate)", 1.3), (", ", 1.0), ("a cat", 0.8)],
        "(smile, |_|, d::1.2)": [("smile, |_|, d:", 1.2)],
        "smile), (sky:1.2)": [("smile), ", 1.0), ("sky", 1.2)],
        "(smile, >:(:1.2), ;)": [("smile, >:(", 1.2), (", ;)", 1.0)],
        "((sky": [("((sky", 1.0)],
        r"\m/, (\m/:1.2), \m/": [("\\m/, ", 1.0), ("\\m/", 1.2), (", \\m/", 1.0)],
        "smile, foo:2, sky": [("smile, foo:2, sky", 1.0)],
    }
    keep = TagFilter(target=target, duplicates="keep")
    return [Form(keep.apply(text).text, pieces) for text, pieces in expected.items()]


def needs_record(name: str) -> bool:
    """Say whether a tag holds anything that a host could read as syntax."""
    return _HARMLESS.fullmatch(plain(name)) is None
