"""Where do a caption and what the model sees in the picture disagree?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary

DOUBTFUL = 0.1
"""A tag of a caption that scores less is doubtful."""

MISSING = 0.8
"""A tag that scores more and is in no caption is missing."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Hold a picture's place, its caption's tags that it hardly shows, and tags that it shows and the caption lacks."""

    place: int
    doubtful: tuple[tuple[str, float], ...]
    missing: tuple[tuple[str, float], ...]

    @property
    def size(self) -> int:
        """Return the number of tags in question."""
        return len(self.doubtful) + len(self.missing)


def disagreement(
    place: int, tags: Sequence[str], scores: npt.NDArray[np.float32], vocabulary: Vocabulary
) -> Disagreement:
    """Compare the tags of a caption with scores [T] in 0..1; words that the model does not know are left out.

    What a tag of the caption implies counts as said.
    """
    index = name_index(vocabulary)
    known = {tag.index: name for name in tags if (tag := index.facts(name).tag) is not None}
    said = {vocabulary[i].name for i in known} | {
        above for i in known for above in vocabulary.ancestors(vocabulary[i].name)
    }
    doubtful = [(name, round(float(scores[i]), 3)) for i, name in known.items() if scores[i] < DOUBTFUL]
    strong = np.flatnonzero(scores > MISSING)
    missing = [
        (vocabulary[i].name, round(float(scores[i]), 3))
        for i in strong[np.argsort(-scores[strong])].tolist()
        if vocabulary[i].name not in said
    ]
    return Disagreement(place, tuple(doubtful), tuple(missing))
