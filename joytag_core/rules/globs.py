"""Does a name match a pattern with stars, and what did the stars stand for?"""

from __future__ import annotations

from dataclasses import dataclass

from ..tags.words import has_function_word

_BETWEEN_WORDS = frozenset(" -()[]")
"""The characters that split a name into words, once underscores are spaces."""


@dataclass(frozen=True, slots=True)
class Glob:
    """Hold the pieces around a pattern's stars, as keys: `*hair` is `("", "hair")`.

    A star stands for any run of whole words. Where blanks set it off, it is at least one word: `blue *` does not match
    `blue`, while `*hair` does match `hair`.
    """

    pieces: tuple[str, ...]

    @property
    def names_phrases(self) -> bool:
        """Say whether the pattern means phrases too: it is one itself, or nothing but stars."""
        return not any(self.pieces) or has_function_word(" ".join(self.pieces))

    def match(self, name: str) -> tuple[str, ...] | None:
        """Return what each star stands for in a name (a key), or None where the name does not match.

        The first place that fits a piece leaves the most room for the next, so nothing is ever tried twice.
        """
        first, last = self.pieces[0], self.pieces[-1]
        if not (name.endswith(last) and name.startswith(first)):
            return None
        end = len(name) - len(last)
        if not (_fits(name, 0, first) and _fits(name, end, last)):
            return None
        stars, position, before = [], len(first), first
        for piece in self.pieces[1:-1]:
            start = _first_place(name, piece, position + _least(before, piece), end)
            if start is None:
                return None
            stars.append(name[position:start])
            position, before = start + len(piece), piece
        if end < position + _least(before, last):
            return None
        return (*stars, name[position:end])


def _first_place(name: str, piece: str, start: int, end: int) -> int | None:
    place = name.find(piece, start, end)
    while place >= 0 and not _fits(name, place, piece):
        place = name.find(piece, place + 1, end)
    return place if place >= 0 else None


def _fits(name: str, place: int, piece: str) -> bool:
    """Say whether a piece cuts no word of the name in two where a star meets one of its letters or digits."""
    end = place + len(piece)
    return not (piece[:1].isalnum() and _inside_word(name, place)) and not (
        piece[-1:].isalnum() and _inside_word(name, end)
    )


def _inside_word(name: str, place: int) -> bool:
    return 0 < place < len(name) and not {name[place - 1], name[place]} & _BETWEEN_WORDS


def _least(before: str, after: str) -> int:
    """Return how many characters the star between two pieces has to stand for."""
    return int((not before or before.endswith(" ")) and (not after or after.startswith(" ")))
