"""What does the network know of each patch of one picture, and what does the head say of any of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..tags.scores import TagScores
from ..tags.vocabulary import Tag, Vocabulary
from .grid import Floats, PatchGrid
from .tag_maps import TagMaps, sigmoid


@dataclass(frozen=True)
class Head:
    """Hold the network's last layer: `weight` [T, D] and `bias` [T], float32."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True)
class PatchFeatures:
    """Hold one picture's patch features: `values` [h, w, D] float32. Any tag's map, and any region's scores, follow.

    The head is linear and comes after the mean over the patches (or before it, which is the same): every logit is its
    bias plus the mean of one number a patch.
    """

    vocabulary: Vocabulary
    values: Floats
    head: Head
    grid: PatchGrid

    def scores(self) -> TagScores:
        """Return the whole picture's scores, its white border included, as `Tagger.score` does."""
        return self._scores_at(self.values.mean(axis=(0, 1)))

    def scores_in(self, region: npt.NDArray[Any]) -> TagScores:
        """Return the scores of a region [H, W] (bool, or 0..1 as weights): the head on the mean over its patches.

        The patches have seen the whole picture, so a region's scores know of what is around it.

        Raises:
            ValueError: the region is not of the picture's size.
            SettingError: it holds no pixel.
        """
        area = self.grid.area(region)
        if not area.sum() > 0:
            raise SettingError("the region is empty; expected a mask of at least one pixel")
        return self._scores_at(np.tensordot(area / area.sum(), self.values, axes=2))

    def maps(self, tags: Iterable[str]) -> TagMaps:
        """Return the maps of tags, old or current names, however written.

        Raises:
            SettingError: the model has no such tag.
        """
        found = find_tags(self.vocabulary, tags)
        indices = [tag.index for tag in found]
        weight, bias = self.head.weight[indices], self.head.bias[indices]
        return TagMaps(
            tags=tuple(tag.name for tag in found),
            raw=np.ascontiguousarray(np.moveaxis(self.values @ weight.T, -1, 0)),
            bias=bias,
            logits=self.values.mean(axis=(0, 1)) @ weight.T + bias,
            grid=self.grid,
            characters=frozenset(tag.name for tag in found if tag.category == "character"),
        )

    def _scores_at(self, features: Floats) -> TagScores:
        return TagScores(self.vocabulary, sigmoid(features @ self.head.weight.T + self.head.bias))


def find_tags(vocabulary: Vocabulary, names: Iterable[str]) -> list[Tag]:
    """Return a model's tags by name, each once, in the order given; a lone text is one name.

    Raises:
        SettingError: there is no such tag; the message names it, and a few that are like it.
    """
    found: dict[int, Tag] = {}
    for name in [names] if isinstance(names, str) else names:
        tag = vocabulary.find(name)
        if tag is None:
            alike, count = _alike(vocabulary, name), len(vocabulary)
            raise SettingError(f"the model has no tag {name!r}{alike}; expected one of its {count:,}")
        found[tag.index] = tag
    return list(found.values())


def _alike(vocabulary: Vocabulary, name: str) -> str:
    import difflib

    wanted = name.strip().lower().replace(" ", "_")
    holding = [one for one in vocabulary.names if wanted in one] if wanted else []
    close = list(dict.fromkeys([*holding, *difflib.get_close_matches(wanted, vocabulary.names, n=3)]))[:3]
    return f" (there is: {', '.join(close)})" if close else ""
