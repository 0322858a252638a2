"""Where in a picture is a tag? Overlay, mask and places, for the API and the tab."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from joytag_core.errors import SettingError
from joytag_core.maps.masks import MaskSettings
from joytag_core.maps.overlay import draw_mask, draw_overlay
from joytag_core.maps.report import describe_map
from joytag_core.maps.tag_maps import TagMaps
from joytag_core.settings.map_parameters import MAP_PARAMETERS, MASK_NAMES, SEPARATE

from .tagging import PictureMaker, ensure_installed, in_queue, outside_inference_mode, tagger

MOST_TAGS = 64
"""Each asks for pictures of the picture's size."""


@dataclass(frozen=True)
class MappedPicture:
    """Hold a picture, the maps of its tags and how they are to be shown: overlays, masks and places."""

    picture: Image.Image
    maps: TagMaps
    settings: Mapping[str, Any]
    threshold: float

    def groups(self) -> list[tuple[str, ...]]:
        """Return the tags that are shown together: each alone, or all."""
        return [(tag,) for tag in self.maps.tags] if self.settings["combine"] == SEPARATE else [self.maps.tags]

    def overlay(self, tags: Sequence[str]) -> Image.Image:
        """Return the picture in grey with the maps of tags over it; those that do not hold are named on it."""
        strength = self.settings["strength"]
        return draw_overlay(self.picture, self.maps, tags, strength=strength, threshold=self.threshold)

    def mask(self, tags: Sequence[str]) -> Image.Image:
        """Return the mask of tags as a grey picture of the picture's size, white where they are."""
        combine = self.settings["combine"]
        how = "union" if combine == SEPARATE else combine
        return draw_mask(self.maps.combined_mask(tags, self._mask_settings(), how=how))

    def described(self, tag: str) -> dict[str, Any]:
        """Return one tag's score, boxes and points, ready for JSON."""
        points = self.settings["points"]
        return describe_map(self.maps, tag, self._mask_settings(), points=points, threshold=self.threshold)

    def _mask_settings(self) -> MaskSettings:
        return MaskSettings(**{name: self.settings[name] for name in MASK_NAMES})


def map_in_queue(
    make: PictureMaker, tags: Sequence[str], *, model: str, threshold: float, settings: Mapping[str, Any] | None = None
) -> MappedPicture:
    """Wait for the WebUI's queue, then make a picture and map tags on it; never call it where the queue is held.

    `settings` are some of `MAP_PARAMETERS`; the others are at their defaults.

    Raises: as `Session.maps`, and what the maker raises.
        SettingError: a setting is out of its range, or there are no tags, or too many.
    """
    checked = {name: p.check((settings or {}).get(name, p.default)) for name, p in MAP_PARAMETERS.items()}
    if not 1 <= len(tags) <= MOST_TAGS:
        raise SettingError(f"{len(tags)} tags were sent; expected 1 to {MOST_TAGS}")
    ensure_installed(model)
    with in_queue(), outside_inference_mode():
        current = tagger(model)
        picture = make()
        (maps,) = current.maps(picture, tags)
    return MappedPicture(picture, maps, checked, threshold)


def encoded(picture: Image.Image) -> str:
    """Return a picture as the base64 of a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
