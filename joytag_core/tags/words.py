"""Which words are names made of, and which words make a phrase of them?"""

from __future__ import annotations

import re
from functools import lru_cache

from .vocabulary import Vocabulary, tag_key

_FUNCTION_WORDS = """
    a an the with without of in on at into onto from under behind beside near through is are was were be being and or
    but to for by as while that which who whose there her his their its she he they it wearing holding having has have
"""
"""Words that sentences have and names of tags seldom."""

_FUNCTION_WORDS_ELSEWHERE = """
    ein eine einem einen einer das dem der mit auf im ist sind ihre ihren seine seinen
    une les des dans avec aux ses leur
    una está están del que sus
    uma estão dos seu sua
    della nella sulla sono è
    в на с со и под за у из к от над её его их
"""
"""The same in German, French, Spanish, Portuguese, Italian and Russian, less what is a word of JoyTag's names."""

_WORD = re.compile(r"[\w-]+")
_IS_FUNCTION_WORD = frozenset(_FUNCTION_WORDS.split())
_IS_SENTENCE_WORD = _IS_FUNCTION_WORD | frozenset(_FUNCTION_WORDS_ELSEWHERE.split())
_QUALIFIED = re.compile(r"(.+?)[ _]\(([^()]+)\)")
_QUALIFIER = re.compile(r"[ _]\(([^():]+)\)")


def has_function_word(text: str) -> bool:
    """Say whether a text with blanks for underscores holds a word that sentences have and names of tags seldom."""
    return not _IS_FUNCTION_WORD.isdisjoint(_WORD.findall(text.lower()))


def has_sentence_word(text: str) -> bool:
    """Say whether a text holds a function word of English, German, French, Spanish, Portuguese, Italian or Russian."""
    return not _IS_SENTENCE_WORD.isdisjoint(_WORD.findall(text.lower()))


def is_phrase(text: str) -> bool:
    """Say whether a text is several words, one of them a function word."""
    return " " in text.strip() and has_function_word(text)


@lru_cache(maxsize=20_000)
def is_word_name(name: str) -> bool:
    """Say whether an unknown name is made of words, so that its underscores stand for blanks.

    `green_long_skirt` is, since each part is of letters alone and is a word of the vocabulary's names; `score_9` and
    `my_trigger_v2` are not: they mean something as they are. A known series in brackets makes any name one.
    """
    match = _QUALIFIED.fullmatch(name)
    if match is not None:
        return tag_key(match[2]) in qualifiers(Vocabulary.joytag())
    return all(part.isalpha() and part.lower() in _words() for part in name.split("_"))


def is_character(key: str, vocabulary: Vocabulary) -> bool:
    """Say whether an unknown name (a `tag_key`) has a series in brackets: `some girl (fate)`."""
    match = _QUALIFIED.fullmatch(key) if key.endswith(")") else None
    return match is not None and match[2] in _series(vocabulary)


@lru_cache(maxsize=4)
def _series(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the series of a vocabulary, and what stands last in brackets after its characters' names, as keys."""
    characters = (
        match for tag in vocabulary if tag.category == "character" if (match := _QUALIFIED.fullmatch(tag.key))
    )
    series = {tag.key.removesuffix(" (series)") for tag in vocabulary if tag.category == "copyright"}
    return frozenset({match[2] for match in characters} | series)


@lru_cache(maxsize=4)
def qualifiers(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the words that stand in brackets in a vocabulary's names, and its series, as keys."""
    found = {tag_key(qualifier) for name in _names(vocabulary) for qualifier in _QUALIFIER.findall(name)}
    return frozenset(found | {tag.key for tag in vocabulary if tag.category == "copyright"})


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Return the words of JoyTag's names, old and current: their parts between underscores that are letters alone."""
    parts = (part for name in _names(Vocabulary.joytag()) for part in name.lower().split("_"))
    return frozenset(part for part in parts if part.isalpha())


def _names(vocabulary: Vocabulary) -> list[str]:
    return [name for tag in vocabulary for name in (tag.name, tag.current_name) if name]
