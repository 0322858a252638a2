"""Scores of JoyTag's whole vocabulary, of which a test sets a few."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from joytag_core import TagScores, Vocabulary

VOCABULARY = Vocabulary.joytag()


def scores_of(scores: Mapping[str, float]) -> TagScores:
    """Return a picture's scores: these by the tags' names, all others 0."""
    values = np.zeros(len(VOCABULARY), dtype=np.float32)
    for name, score in scores.items():
        tag = VOCABULARY.find(name)
        assert tag is not None, name
        values[tag.index] = score
    return TagScores(VOCABULARY, values)
