"""How does a node's text speak the page's language? Its words go to the page as ids of messages, beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SaidPart = str | tuple[str, str]
"""A text that is the same in every language; or a message's id, and what stands in the place of its `%`."""

SaidLine = list[SaidPart]
"""The parts of one line, one behind the other."""


def listed(parts: Iterable[SaidPart]) -> SaidLine:
    """Return a line of parts with commas between them."""
    return list(_with_commas(parts))


def _with_commas(parts: Iterable[SaidPart]) -> Iterator[SaidPart]:
    for place, part in enumerate(parts):
        if place > 0:
            yield ", "
        yield part
