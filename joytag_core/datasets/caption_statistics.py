"""What do the captions of a folder say, all together?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..filtering.tag_filter import TagFilter
from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary
from .sources import caption_tags

_PAIRED_TAGS = 2000
_FEWEST_TOGETHER = 3


@dataclass(frozen=True)
class CaptionStatistics:
    """Count the tags of captions; a tag under several spellings or names is one, named as it is written most often."""

    captions: tuple[tuple[str, ...], ...]
    names: dict[str, str]

    @classmethod
    def of(cls, texts: Iterable[str], vocabulary: Vocabulary) -> CaptionStatistics:
        """Read captions."""
        index = name_index(vocabulary)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        captions: list[tuple[str, ...]] = []
        for text in texts:
            keys: dict[str, None] = {}
            for name in caption_tags(text, vocabulary):
                key = index.facts(name).model_key
                spellings[key][name] += 1
                keys[key] = None
            captions.append(tuple(keys))
        return cls(tuple(captions), {key: names.most_common(1)[0][0] for key, names in spellings.items()})

    @cached_property
    def counts(self) -> Counter[str]:
        """Return on how many captions each tag is, by its key."""
        return Counter(key for caption in self.captions for key in caption)

    def frequencies(self) -> list[tuple[str, int]]:
        """Return tags with their counts, the most frequent first."""
        return [(self.names[key], count) for key, count in self.counts.most_common()]

    def common(self, share: float) -> list[tuple[str, int]]:
        """Return tags on at least this share of the captions: what a trigger word would take over."""
        return [(name, count) for name, count in self.frequencies() if count >= share * len(self.captions)]

    def rare(self, most: int) -> list[tuple[str, int]]:
        """Return tags on at most so many captions."""
        return [(name, count) for name, count in self.frequencies() if count <= most]

    def always_together(self) -> list[tuple[str, str, int]]:
        """Return pairs of tags that no caption has apart, with their count; of the 2,000 most frequent tags.

        Tags on all captions are left out: they are together with everything.
        """
        keys = [
            key
            for key, count in self.counts.most_common(_PAIRED_TAGS)
            if _FEWEST_TOGETHER <= count < len(self.captions)
        ]
        column = {key: number for number, key in enumerate(keys)}
        present = np.zeros((len(self.captions), len(keys)), dtype=np.float32)
        for row, caption in enumerate(self.captions):
            present[row, [column[key] for key in caption if key in column]] = 1.0
        together = present.T @ present
        alone = together.diagonal()
        first, second = np.nonzero(np.triu((together == alone[:, None]) & (together == alone[None, :]), k=1))
        return [
            (self.names[keys[a]], self.names[keys[b]], int(together[a, b])) for a, b in zip(first, second, strict=True)
        ]


def contradictions(texts: Sequence[str], vocabulary: Vocabulary) -> list[tuple[int, list[str]]]:
    """Return the places of captions whose tags exclude each other (two hair colours of one girl), with the losers."""
    rules = TagFilter(exclusive=True, target="caption", spaces=False, keep_line_breaks=True)
    found = []
    for place, text in enumerate(texts):
        losers = [drop.item for drop in rules.apply(text, vocabulary=vocabulary).dropped if drop.rule != "duplicate"]
        if losers:
            found.append((place, losers))
    return found
