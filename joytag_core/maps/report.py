"""What is told of a tag's map, in one form for every door?"""

from __future__ import annotations

from typing import Any

from ..tags.vocabulary import PUBLISHED_THRESHOLD
from .masks import MaskSettings
from .tag_maps import TagMaps

_DIGITS = 4


def describe_map(
    maps: TagMaps, tag: str, settings: MaskSettings, *, points: int = 3, threshold: float = PUBLISHED_THRESHOLD
) -> dict[str, Any]:
    """Return what is known of one tag's place, ready for JSON.

    `tag`, `score`, `holds`, `logit`, `bias`, `border_share` (of the logit, from the white border), and `boxes` and
    `points` in pixels, each with its strength.

    Raises:
        SettingError: there is no map of that tag.
    """
    place = maps.place_of(tag)
    return {
        "tag": maps.tags[place],
        "score": round(maps.score_of(tag), _DIGITS),
        "holds": maps.holds(tag, threshold=threshold),
        "logit": round(float(maps.logits[place]), _DIGITS),
        "bias": round(float(maps.bias[place]), _DIGITS),
        "border_share": round(maps.border_share(tag), _DIGITS),
        "boxes": [_rounded(box.to_dict()) for box in maps.boxes(tag, settings)],
        "points": [_rounded(point.to_dict()) for point in maps.points(tag, points)],
    }


def _rounded(place: dict[str, float]) -> dict[str, float]:
    return place | {"strength": round(place["strength"], _DIGITS)}
