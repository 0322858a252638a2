"""Where in one picture is each of some tags, in the picture's own pixels?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import SettingError
from ..tags.selection import is_over, those_over
from ..tags.vocabulary import PUBLISHED_THRESHOLD, tag_key
from .grid import Floats, Mask, PatchGrid
from .masks import MaskSettings, combine_masks, otsu_limit, shape_mask, strongest_enough
from .regions import Box, Point, boxes_of

_Peak = tuple[int, int, float]
"""A patch's row and column, and its contribution."""


@dataclass(frozen=True)
class TagMaps:
    """Hold the exact maps of K tags of one picture.

    `raw` [K, h, w] float32 are the contributions of the patches, those of the white border included; `bias` and
    `logits` [K] float32. Exactly: logits == bias + raw.mean((1, 2)), but for rounding. `characters` are those of the
    tags that name one: they may have a threshold of their own.
    """

    tags: tuple[str, ...]
    raw: Floats
    bias: Floats
    logits: Floats
    grid: PatchGrid
    characters: frozenset[str] = frozenset()

    @property
    def picture_size(self) -> tuple[int, int]:
        """Return (width, height) in pixels."""
        return self.grid.picture_size

    @property
    def scores(self) -> Floats:
        """Return the tags' scores [K] float32 0..1."""
        return sigmoid(self.logits)

    def at_size(self, picture_size: tuple[int, int]) -> TagMaps:
        """Return the same maps for the picture scaled to another (width, height) of the same shape."""
        return replace(self, grid=replace(self.grid, picture_size=picture_size))

    def holds(self, tag: str, *, threshold: float = PUBLISHED_THRESHOLD, character_threshold: float = 0.0) -> bool:
        """Say whether a tag's score is greater than its threshold: if not, its map shows where it would be if anywhere.

        Both thresholds are in 0..1; 0 for characters means the same as for all.

        Raises:
            SettingError: there is no map of that tag, here as in all methods below; a threshold is out of its range.
        """
        return is_over(self.score_of(tag), self.threshold_of(tag, threshold, character_threshold))

    def threshold_of(self, tag: str, threshold: float, character_threshold: float) -> float:
        """Return which of two thresholds is a tag's."""
        limits = those_over(threshold, character_threshold)
        is_character = self.tags[self.place_of(tag)] in self.characters
        return limits.category_thresholds["character"] if is_character else limits.threshold

    def score_of(self, tag: str) -> float:
        """Return a tag's score, 0..1."""
        return float(self.scores[self.place_of(tag)])

    def place_of(self, tag: str) -> int:
        """Return a tag's place among `tags`, however its name is written."""
        for place, name in enumerate(self.tags):
            if tag_key(name) == tag_key(tag):
                return place
        raise SettingError(f"there is no map of {tag!r}; there is: {', '.join(self.tags)}")

    def border_share(self, tag: str) -> float:
        """Return how much of a tag's logit comes from the white border, in logits: 0 for a square picture."""
        border = 1 - self.grid.coverage
        return float((self.raw[self.place_of(tag)] * border).mean())

    def contributions(self, tag: str, band: slice | None = None) -> Floats:
        """Return [H, W] float32, in logits: what each place adds to the tag (below 0: takes away), border left out.

        With a `band`, of `grid.bands`, only these rows.
        """
        raw = self.raw[self.place_of(tag)]
        return self.grid.enlarge(raw) if band is None else self.grid.enlarge_band(raw, band)

    def most(self, tag: str) -> float:
        """Return what the place adds or takes away that says most, in logits; 1 where none says anything."""
        return max(float(np.abs(self.contributions(tag, band)).max()) for band in self.grid.bands) or 1.0

    def map(self, tag: str) -> Floats:
        """Return [H, W] float32 0..1: what speaks for a tag, 0 where nothing does.

        1 is the place that says most, for or against: of a tag that is not there, a map may stay far below.
        """
        speaks_for: Floats = self.contributions(tag) / np.float32(self.most(tag))
        np.maximum(speaks_for, 0, out=speaks_for)
        return speaks_for

    def map_against(self, tag: str) -> Floats:
        """Return [H, W] float32 0..1: what speaks against a tag, in the measure of `map`."""
        against: Floats = self.contributions(tag) / np.float32(-self.most(tag))
        np.maximum(against, 0, out=against)
        return against

    def mask(self, tag: str, settings: MaskSettings | None = None, **changes: Any) -> Mask:
        """Return [H, W] bool: where a tag is, by `MaskSettings`, with its fields given as keywords over them.

        Raises:
            SettingError: a setting is out of its range.
        """
        settings = replace(settings or MaskSettings(), **changes)
        return shape_mask(self.limited(tag, settings), settings)

    def combined_mask(
        self, tags: Iterable[str] | None = None, settings: MaskSettings | None = None, *, how: str, **changes: Any
    ) -> Mask:
        """Return one mask of several tags (None: all), combined by one of `COMBINATIONS` and only then shaped.

        Raises:
            SettingError: a setting is out of its range, or there is no tag.
        """
        settings = replace(settings or MaskSettings(), **changes)
        names = self.tags if tags is None else tags
        return shape_mask(combine_masks((self.limited(tag, settings) for tag in names), how), settings)

    def boxes(self, tag: str, settings: MaskSettings | None = None, **changes: Any) -> list[Box]:
        """Return the box of each region of a tag's mask, in pixels, strongest first; see `mask`.

        A box's strength is the map's greatest value inside it.
        """
        return boxes_of(self.mask(tag, settings, **changes), self.map(tag))

    def points(self, tag: str, count: int = 1) -> list[Point]:
        """Return at most `count` places that speak most for a tag, in pixels, strongest first, at least a patch apart.

        A point's strength is its part of the strongest one's, 0..1; places that speak against a tag are none.
        """
        peaks = _apart(_peaks(np.where(self.grid.coverage > 0, self.raw[self.place_of(tag)], -np.inf)))
        strongest = peaks[0][2] if peaks else 1.0
        return [Point(*self.grid.middle(row, column), value / strongest) for row, column, value in peaks[:count]]

    def limited(self, tag: str, settings: MaskSettings) -> Mask:
        """Return [H, W] bool: a tag's mask before it is smoothed, grown, cleaned and inverted."""
        place = self.place_of(tag)
        if settings.method == "enough":
            return self.grid.enlarge_cells(self._enough(place, settings.level))
        values = self.grid.enlarge(self.raw[place])
        limited: Mask = values > self._limit(values, place, settings)
        return limited

    def _limit(self, values: Floats, place: int, settings: MaskSettings) -> float:
        if settings.method == "otsu":
            return max(otsu_limit(values), 0.0)  # below 0 lies what speaks against the tag
        if settings.method == "score":
            return _logit(settings.level) - float(self.bias[place])
        # A map of which nothing speaks for the tag has no maximum to take a share of.
        return max(float(values.max()), 0.0) * settings.level

    def _enough(self, place: int, threshold: float) -> Mask:
        inside = self.raw[place] * self.grid.coverage
        needed = (_logit(threshold) - float(self.bias[place])) * inside.size
        return strongest_enough(inside, needed)


def sigmoid(logits: Floats) -> Floats:
    """Return scores float32 0..1 of logits."""
    scores: Floats = (1 / (1 + np.exp(-logits.astype(np.float64)))).astype(np.float32)
    return scores


def _peaks(values: Floats) -> list[_Peak]:
    """Return (row, column, value) of every value over 0 that no neighbour exceeds, greatest first."""
    rimmed = np.pad(values, 1, constant_values=-np.inf)
    height, width = values.shape
    around = [
        rimmed[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if (dy, dx) != (0, 0)
    ]
    is_peak = (values > 0) & (values >= np.maximum.reduce(around))
    rows, columns = np.nonzero(is_peak)
    found = [(int(r), int(c), float(values[r, c])) for r, c in zip(rows, columns, strict=True)]
    return sorted(found, key=lambda peak: -peak[2])


def _apart(peaks: list[_Peak]) -> list[_Peak]:
    """Return the peaks that do not touch a greater one: neighbours of the same value are one place."""
    kept: list[_Peak] = []
    for row, column, value in peaks:
        if all(max(abs(row - r), abs(column - c)) > 1 for r, c, _ in kept):
            kept.append((row, column, value))
    return kept


def _logit(score: float) -> float:
    if score <= 0:
        return -math.inf
    return math.inf if score >= 1 else math.log(score / (1 - score))
