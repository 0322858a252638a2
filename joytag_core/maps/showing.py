"""What is shown of a picture's maps, in one way for every door?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from ..tags.vocabulary import PUBLISHED_THRESHOLD
from .choices import SEPARATE
from .grid import Floats, Mask
from .masks import MaskSettings, combine_masks, shape_mask
from .overlay import draw_overlay
from .regions import Box, Point, boxes_of
from .tag_maps import TagMaps

_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Showing:
    """Hold how maps are shown: how masks are made, what several tags become, and which tags count as there.

    With `only_held`, a tag whose score does not pass `threshold` has an empty mask and no boxes and points; its overlay
    says so either way. A character's has to pass `character_threshold`, if that is not 0. `combine` is `separate` or
    one of `COMBINATIONS`.
    """

    mask_settings: MaskSettings = field(default_factory=MaskSettings)
    combine: str = SEPARATE
    only_held: bool = True
    threshold: float = PUBLISHED_THRESHOLD
    character_threshold: float = 0.0
    strength: float = 0.75
    most_points: int = 3

    def holds(self, maps: TagMaps, tag: str) -> bool:
        """Say whether a tag's score is greater than its threshold."""
        return maps.holds(tag, threshold=self.threshold, character_threshold=self.character_threshold)

    def threshold_of(self, maps: TagMaps, tag: str) -> float:
        """Return a tag's threshold: that of characters, or of all."""
        return maps.threshold_of(tag, self.threshold, self.character_threshold)

    def groups(self, tags: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the tags that are shown together: each alone, or all."""
        return [(tag,) for tag in tags] if self.combine == SEPARATE else [tuple(tags)]

    def overlay(self, picture: Image.Image, maps: TagMaps, tags: Sequence[str]) -> Image.Image:
        """Return the picture in grey with the maps of tags over it; see `draw_overlay`."""
        return draw_overlay(
            picture, maps, tags,
            strength=self.strength, threshold=self.threshold, character_threshold=self.character_threshold,
        )  # fmt: skip

    def mask(self, maps: TagMaps, tags: Sequence[str]) -> Mask:
        """Return one mask [H, W] bool of tags that are shown together."""
        how = "union" if self.combine == SEPARATE else self.combine
        return shape_mask(combine_masks((self._mask_of(maps, tag) for tag in tags), how), self.mask_settings)

    def soft_mask(self, maps: TagMaps, tags: Sequence[str]) -> Floats:
        """Return the greatest of the maps [H, W] float32 0..1 of tags that are shown together."""
        shown: Floats = np.zeros(maps.picture_size[::-1], dtype=np.float32)
        for tag in tags:
            if self._is_shown(maps, tag):
                np.maximum(shown, maps.map(tag), out=shown)
        return shown

    def boxes(self, maps: TagMaps, tag: str) -> list[Box]:
        """Return the boxes of one tag's mask, strongest first."""
        return maps.boxes(tag, self.mask_settings) if self._is_shown(maps, tag) else []

    def points(self, maps: TagMaps, tag: str) -> list[Point]:
        """Return one tag's points, strongest first."""
        return maps.points(tag, self.most_points) if self._is_shown(maps, tag) else []

    def boxes_together(self, maps: TagMaps, tags: Sequence[str]) -> list[Box]:
        """Return the boxes of the one mask of tags that are shown together, strongest first."""
        if len(tags) == 1:
            return self.boxes(maps, tags[0])
        return boxes_of(self.mask(maps, tags), self.soft_mask(maps, tags))

    def points_together(self, maps: TagMaps, tags: Sequence[str]) -> list[Point]:
        """Return those points of tags that are shown together which lie where they are, strongest first."""
        if len(tags) == 1:
            return self.points(maps, tags[0])
        upright = replace(self, mask_settings=replace(self.mask_settings, invert=False))
        mask = upright.mask(maps, tags)
        inside = [point for tag in tags for point in self.points(maps, tag) if mask[point.y, point.x]]
        return sorted(inside, key=lambda point: -point.strength)

    def describe_together(self, maps: TagMaps) -> dict[str, Any] | None:
        """Return where combined tags are, ready for JSON: `boxes` and `points` of the one mask; None if separate."""
        if self.combine == SEPARATE:
            return None
        tags = maps.tags
        boxes, points = self.boxes_together(maps, tags), self.points_together(maps, tags)
        return {"boxes": _rounded(boxes), "points": _rounded(points)}

    def describe(self, maps: TagMaps, tag: str) -> dict[str, Any]:
        """Return what is known of one tag's place, ready for JSON.

        `tag`, `score`, `holds`, `logit`, `bias`, `border_share` (of the logit, from the white border), and `boxes` and
        `points` in pixels, each with its strength.
        """
        place = maps.place_of(tag)
        return {
            "tag": maps.tags[place],
            "score": round(maps.score_of(tag), _DIGITS),
            "holds": self.holds(maps, tag),
            "logit": round(float(maps.logits[place]), _DIGITS),
            "bias": round(float(maps.bias[place]), _DIGITS),
            "border_share": round(maps.border_share(tag), _DIGITS),
            "boxes": _rounded(self.boxes(maps, tag)),
            "points": _rounded(self.points(maps, tag)),
        }

    def say(self, maps: TagMaps) -> str:
        """Return a sentence of which tags are there: `heart 0.93, star 0.12 (not there)`."""
        return ", ".join(f"{text}{'' if holds else ' (not there)'}" for text, holds in self.found(maps))

    def found(self, maps: TagMaps) -> list[tuple[str, bool]]:
        """Return each tag with its score, and whether it holds, for doors that speak other languages than `say`."""
        return [(f"{tag} {maps.score_of(tag):.2f}", self.holds(maps, tag)) for tag in maps.tags]

    def _is_shown(self, maps: TagMaps, tag: str) -> bool:
        return not self.only_held or self.holds(maps, tag)

    def _mask_of(self, maps: TagMaps, tag: str) -> Mask:
        if not self._is_shown(maps, tag):
            return np.zeros(maps.picture_size[::-1], dtype=bool)
        return maps.limited(tag, self.mask_settings)


def _rounded(places: Iterable[Box | Point]) -> list[dict[str, float]]:
    return [place.to_dict() | {"strength": round(place.strength, _DIGITS)} for place in places]
