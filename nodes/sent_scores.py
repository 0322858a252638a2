"""How do a picture's scores travel to the page and back, small and exact?"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
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

_SCORE_BYTES = 7_200
_OTHER_BYTES = 9_900
"""What a picture's scores take, the first in four letters for three bytes: with another tagger's, under 20 kB."""

_seen: dict[str, Vocabulary] = {}


def pack_scores(
    scores: TagScores, names: Iterable[str] = (), other: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return the scores of the tags named and of those that either tagger finds likely; the rest counts as score 0."""
    key = _key(scores.vocabulary)
    _seen[key] = scores.vocabulary
    pair = _pair(scores.vocabulary)
    weights = scores.values.copy()
    for name, weight in [*(other or {}).items(), *((name, 2.0) for name in names)]:
        if (tag := scores.vocabulary.find(name)) is not None:
            weights[tag.index] = max(weights[tag.index], weight)
    places = np.argsort(-weights, kind="stable")[: _SCORE_BYTES // pair.itemsize]
    pairs = np.empty(len(places), dtype=pair)
    pairs["place"], pairs["score"] = places, scores.values[places]
    return {"vocabulary": key, "pairs": b64encode(pairs.tobytes()).decode("ascii")}


def unpack_scores(packed: Mapping[str, Any]) -> TagScores:
    """Return the scores that were packed.

    Raises:
        SettingError: they are malformed, or of a model that is not installed.
    """
    vocabulary = _vocabulary(packed.get("vocabulary"))
    values = np.zeros(len(vocabulary), dtype=np.float32)
    try:
        pairs = np.frombuffer(b64decode(packed["pairs"], validate=True), dtype=_pair(vocabulary))
        values[pairs["place"]] = pairs["score"]
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


def _pair(vocabulary: Vocabulary) -> np.dtype[Any]:
    """Return how a tag's place in a vocabulary and its score travel."""
    return np.dtype([("place", "<u2" if len(vocabulary) <= 2**16 else "<u4"), ("score", "<f4")])


@lru_cache(maxsize=8)
def _key(vocabulary: Vocabulary) -> str:
    return sha256("\n".join(vocabulary.names).encode()).hexdigest()[:16]
