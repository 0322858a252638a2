"""Which threshold suits each tag best, and how is that written so that every door takes it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..captions.own_files import THRESHOLDS
from ..lines import counted
from ..rules.patterns import exact_pattern
from ..settings.interrogation import Interrogation
from ..tags.vocabulary import CATEGORIES, Vocabulary
from .evaluation import Evaluation
from .outcomes import Outcomes

ENOUGH = 20
"""A tag gets a threshold of its own where at least so many pictures deserve it."""


def thresholds_of(interrogation: Interrogation, vocabulary: Vocabulary) -> npt.NDArray[Any]:
    """Return the threshold (0..1) that settings give each tag, [T], in the digits in which it was given."""
    return np.round(interrogation.selection_for(vocabulary).thresholds(vocabulary).astype(np.float64), 6)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Hold the best threshold (0..1) of each category by name, and of each tag with enough pictures by its index."""

    categories: Mapping[str, float]
    tags: Mapping[int, float]

    @classmethod
    def fit(cls, evaluation: Evaluation, *, enough: int = ENOUGH) -> Thresholds:
        """Find the thresholds with the highest F1: of tags that `enough` pictures deserve, and of whole categories.

        A category's is that of all its tags' outcomes together, so common tags count more.
        """
        tags, by_category = {}, {}
        for name in CATEGORIES:
            of_category = [tag for tag in evaluation.measured() if tag.category == name]
            outcomes = {tag.index: evaluation.outcomes(tag.index) for tag in of_category}
            if outcomes:
                by_category[name] = Outcomes.pooled(list(outcomes.values())).best_threshold()
            tags.update({index: one.best_threshold() for index, one in outcomes.items() if one.positives >= enough})
        return cls(by_category, tags)

    def values(self, evaluation: Evaluation, *, otherwise: float) -> npt.NDArray[Any]:
        """Return every tag's threshold [T]; `otherwise` (0..1) is that of categories without any measured tag."""
        found = [
            self.tags.get(tag.index, self.categories.get(tag.category, otherwise)) for tag in evaluation.vocabulary
        ]
        return np.array(found, dtype=np.float64)

    def text(self, evaluation: Evaluation, *, enough: int = ENOUGH) -> str:
        """Return the rules as the setting `thresholds` reads them: a pattern and a number a line, the last wins."""
        lines = [
            f"{THRESHOLDS.decode()}{counted(evaluation.pictures, 'picture')}: of each category, "
            f"and of each tag that {enough} or more of them deserve."
        ]
        lines += [f"category:{name} {number:g}" for name, number in self.categories.items()]
        lines += [f"{exact_pattern(evaluation.vocabulary[index].name)} {self.tags[index]:g}" for index in self.tags]
        return "\n".join(lines) + "\n"
