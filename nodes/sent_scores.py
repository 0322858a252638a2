"""How do a picture's scores travel to the page and back, small and exact?"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np

from ..joytag_core.errors import SettingError
from ..joytag_core.model.folders import installed_models
from ..joytag_core.tags.names import name_index
from ..joytag_core.tags.scores import TagScores
from ..joytag_core.tags.vocabulary import Vocabulary
from .host import session

MOST_TAGS = 1000
"""At most so many tags travel, at up to 18 bytes each: under 20 kB a picture. The rest counts as score 0."""

_OTHER_BYTES = 9_000  # beside half as many of JoyTag's

_seen: dict[str, Vocabulary] = {}


def pack_scores(scores: TagScores, names: Iterable[str] = (), *, most: int = MOST_TAGS) -> dict[str, Any]:
    """Return the scores of the tags named and of the best others, at most so many, as JSON holds them."""
    named = [tag.index for name in names if (tag := scores.vocabulary.find(name)) is not None]
    best = np.argsort(-scores.values, kind="stable")[:most].tolist()
    places = list(dict.fromkeys([*named, *best]))[:most]
    key = _key(scores.vocabulary)
    _seen[key] = scores.vocabulary
    # The shortest number that is the same float32 again.
    return {"vocabulary": key, "places": places, "values": [float(str(scores.values[place])) for place in places]}


def unpack_scores(packed: Mapping[str, Any]) -> TagScores:
    """Return the scores that were packed.

    Raises:
        SettingError: they are malformed, or of a model that is not installed.
    """
    vocabulary = _vocabulary(packed.get("vocabulary"))
    values = np.zeros(len(vocabulary), dtype=np.float32)
    try:
        pairs = zip(packed["places"], packed["values"], strict=True)
        for place, value in pairs:
            values[operator.index(place)] = value
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise SettingError(f"the picture's scores are malformed ({error}); run the node again") from error
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise SettingError("the picture's scores are not all from 0 to 1; run the node again")
    return TagScores(vocabulary, values)


def pack_other(other: Mapping[str, float], scores: TagScores | None, names: Iterable[str]) -> dict[str, float]:
    """Return another tagger's scores of the tags named, and of those that either tagger finds likely."""
    index = name_index(Vocabulary.joytag() if scores is None else scores.vocabulary)
    named = {index.facts(name).model_key for name in names}

    def weight(name: str) -> float:
        facts = index.facts(name)
        ours = 0.0 if scores is None or facts.tag is None else float(scores.values[facts.tag.index])
        return 2.0 if facts.model_key in named else max(ours, other[name])

    room, chosen = _OTHER_BYTES, set()
    for name in sorted(other, key=weight, reverse=True):
        room -= len(json.dumps({name: other[name]}))
        if room < 0:
            break
        chosen.add(name)
    return {name: score for name, score in other.items() if name in chosen}


def unpack_other(packed: Mapping[str, Any]) -> dict[str, float]:
    """Return another tagger's scores that were packed.

    Raises:
        SettingError: they are malformed.
    """
    from ..joytag_core.judging.other_scores import read_scores  # late, as in work.py

    return read_scores(dict(packed))


def _vocabulary(key: Any) -> Vocabulary:
    if isinstance(key, str) and key not in _seen:
        folders = installed_models(session().host)
        known = [Vocabulary.joytag(), *(Vocabulary.from_file(folder.tags) for folder in folders)]
        _seen.update((_key(vocabulary), vocabulary) for vocabulary in known)
    if not isinstance(key, str) or key not in _seen:
        raise SettingError("the model that scored the picture is not installed; run the node again")
    return _seen[key]


@lru_cache(maxsize=8)
def _key(vocabulary: Vocabulary) -> str:
    return sha256("\n".join(vocabulary.names).encode()).hexdigest()[:16]
