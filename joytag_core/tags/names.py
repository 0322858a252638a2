"""Which tag does a written name mean, and under which other names is it known?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from .vocabulary import Tag, Vocabulary, tag_key
from .words import is_character, is_phrase

_RENAMED_OFTEN = 3
"""A word that Danbooru replaced in this many tags (bunny -> rabbit) is taken to be replaced in all."""

_CACHED_NAMES = 50_000

_ARTIST = re.compile(r"artist:\s*(\S.*)|@\s?(\w.*)|by (.+)")
_MARK = re.compile(r"\s*(?:artist[:：]|[@＠]|by[\s_])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{2,}")


def is_face(name: str) -> bool:
    """Say whether a name's letters and digits make no word of two or more: `^_^`, `o_o`, `|_|`, `:d`."""
    return _WORD.search(name) is None


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Hold what a vocabulary knows of a written name.

    `key` is the name normalised; `tag` the tag it means, None where there is none; `names` the keys of all its names:
    as written, then the model's and Danbooru's of today. `model_key` and `current_key` are what two items share that
    are the same tag under the model's names and under today's. `artist` is the bare name (a key) of an artist, however
    marked: `artist:name`, `@name`, `by name`. An unknown name with function words in it `is_phrase`, one
    with a known series in brackets `is_character`.
    """

    key: str
    tag: Tag | None = None
    names: tuple[str, ...] = ()
    model_key: str = ""
    current_key: str = ""
    edges: frozenset[str] = frozenset()
    artist: str = ""
    is_phrase: bool = False
    is_character: bool = False


class NameIndex:
    """Find what written names mean in one vocabulary, each looked up once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._renamed = _renamed_words(vocabulary)
        # Most tags are written as the model has them, or with spaces: no need to normalise them first.
        self._exact = {name: tag for tag in vocabulary for name in (tag.name, tag.name.replace("_", " "))}
        self._facts: dict[str, Facts] = {}

    def facts(self, name: str) -> Facts:
        """Return what is known of a name, however it is written."""
        found = self._facts.get(name)
        if found is None:
            if len(self._facts) >= _CACHED_NAMES:
                self._facts.clear()
            found = self._facts[name] = self._look_up(name)
        return found

    def tag(self, name: str) -> Tag | None:
        """Return the tag of that name: the model's, today's, or one from before a word was renamed."""
        found = self.vocabulary.find(name)
        if found is not None:
            return found
        words = tag_key(name).split(" ")
        if self._renamed.keys().isdisjoint(words):
            return None
        return self.vocabulary.find(" ".join(self._renamed.get(word, word) for word in words))

    def _look_up(self, name: str) -> Facts:
        tag = self._exact.get(name)
        key = tag_key(name) if tag is None else _key(tag.name)
        if tag is None:
            tag = self.tag(key)
        bare = "" if tag is not None else self.artist(key)
        if bare:
            tag = self._artist_tag(bare)
        if tag is None:
            shared = f"@{bare}" if bare else key
            either = tuple(dict.fromkeys((key, bare, f"@{bare}"))) if bare else (key,)
            return Facts(
                key,
                None,
                either,
                shared,
                shared,
                _edges(*either),
                bare,
                not bare and is_phrase(key),
                is_character(key, self.vocabulary),
            )
        model_key = _key(tag.name)
        current_key = _key(tag.current_name) if tag.current_name else model_key
        names = tuple(dict.fromkeys((key, model_key, current_key)))
        artist = model_key if tag.category == "artist" else ""
        return Facts(key, tag, names, model_key, current_key, _edges(*names), artist)

    def artist(self, key: str) -> str:
        """Return the bare name of an artist who is marked as one in a name (both keys), else an empty text.

        `artist:` and `@` mark any name, `by` only one that the vocabulary knows as an artist's.
        """
        match = _ARTIST.fullmatch(key)
        if match is None:
            return ""
        bare = match[1] or match[2]
        return bare or (match[3] if self._artist_tag(match[3]) is not None else "")

    def _artist_tag(self, bare: str) -> Tag | None:
        tag = self.tag(bare)
        return tag if tag is not None and tag.category == "artist" else None


def bare_artist(name: str) -> str:
    """Take the mark of an artist off a name as it is written: `artist:wlop`, `@wlop` and `by wlop` are `wlop`."""
    return _MARK.sub("", name, count=1).strip()


@lru_cache(maxsize=4)
def name_index(vocabulary: Vocabulary) -> NameIndex:
    """Return the one index of a vocabulary."""
    return NameIndex(vocabulary)


def _edges(*names: str) -> frozenset[str]:
    return frozenset(edge for name in names if name for edge in ("^" + name[0], name[-1] + "$"))


def _key(name: str) -> str:
    """Return `tag_key` of a vocabulary's own name, which has no blanks and seldom anything else to normalise."""
    return tag_key(name) if "\\" in name or "__" in name or not name.islower() else name.replace("_", " ")


def _renamed_words(vocabulary: Vocabulary) -> dict[str, str]:
    """Map words to today's, where Danbooru did nothing but rename; a name that was merged into another is no such."""
    taken = {tag.name for tag in vocabulary}
    renamed: Counter[tuple[str, str]] = Counter()
    for tag in vocabulary:
        if tag.current_name and tag.current_name not in taken:
            old, new = tag.name.split("_"), tag.current_name.split("_")
            changes = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
            if len(old) == len(new) and len(changes) == 1:
                renamed[changes[0]] += 1
    return {old: new for (old, new), count in renamed.items() if count >= _RENAMED_OFTEN}
