"""Where in a picture is a tag? Overlay, mask and places, for the API and the tab."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from PIL import Image

from joytag_core.errors import SettingError
from joytag_core.maps.overlay import draw_mask
from joytag_core.maps.showing import Showing
from joytag_core.maps.tag_maps import TagMaps
from joytag_core.pictures.inputs import open_picture
from joytag_core.pictures.reading import Reading
from joytag_core.settings.showing import showing_of
from joytag_core.tags.vocabulary import Vocabulary

from .tagging import PictureMaker, ensure_installed, in_queue, outside_inference_mode, tagger

MOST_TAGS = 64
"""Each asks for pictures of the picture's size."""
_PREVIEW_SIDE = 768
"""Pixels of the longer side: a page shows no more, and a photo takes seconds at each move of a slider."""


@dataclass(frozen=True)
class MappedPicture:
    """Hold a picture, the maps of its tags, how they are to be shown, and the model's vocabulary."""

    picture: Image.Image
    maps: TagMaps
    showing: Showing
    vocabulary: Vocabulary

    def groups(self) -> list[tuple[str, ...]]:
        """Return the tags that are shown together: each alone, or all."""
        return self.showing.groups(self.maps.tags)

    def overlay(self, tags: Sequence[str]) -> Image.Image:
        """Return the picture in grey with the maps of tags over it; those that do not hold are named on it."""
        return self.showing.overlay(self.picture, self.maps, tags)

    def mask(self, tags: Sequence[str]) -> Image.Image:
        """Return the mask of tags as a grey picture of the picture's size, white where they are."""
        return draw_mask(self.showing.mask(self.maps, tags))

    def threshold_of(self, tag: str) -> float:
        """Return a tag's threshold."""
        return self.showing.threshold_of(self.maps, tag)

    def described(self, tag: str) -> dict[str, Any]:
        """Return one tag's score, boxes and points, ready for JSON."""
        return self.showing.describe(self.maps, tag)

    @cached_property
    def preview(self) -> MappedPicture:
        """Return the same with the picture made small enough for a page, where it is larger."""
        picture = self.picture.copy()
        picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
        return replace(self, picture=picture, maps=self.maps.at_size(picture.size))


@contextmanager
def mapping_in_queue(
    make: PictureMaker,
    tags: Sequence[str],
    *,
    settings: Mapping[str, Any],
    look: Mapping[str, Any],
) -> Iterator[MappedPicture]:
    """Wait for the WebUI's queue, make a picture, map tags on it, and hold the queue for as long as it is used.

    Never call it where the queue is held. `settings` are all of an interrogation, of which the model, thresholds and
    reading count; `look` are some of `MAP_PARAMETERS`, the others are at their defaults.

    Raises: as `Session.maps`, and what the maker raises.
        SettingError: a setting is out of its range, or there are no tags, or too many.
    """
    showing = showing_of({**settings, **look})
    if not 1 <= len(tags) <= MOST_TAGS:
        raise SettingError(f"{len(tags)} tags were sent; expected 1 to {MOST_TAGS}")
    ensure_installed(settings["model"])
    reading = Reading.from_settings(settings)
    with in_queue(), outside_inference_mode():
        current = tagger(settings["model"])
        picture = open_picture(make(), reading=reading)
        (maps,) = current.maps(picture, tags, reading=reading)
        yield MappedPicture(picture, maps, showing, current.vocabulary)


def encoded(picture: Image.Image) -> str:
    """Return a picture as the base64 of a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
