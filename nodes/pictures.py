"""How do the pictures of an IMAGE input, in batches and lists, get their scores?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from ..joytag_core.model.folders import check_model_name
from ..joytag_core.pictures.reading import Reading
from ..joytag_core.tags.scores import TagScores
from .host import session
from .received import check_images

if TYPE_CHECKING:
    from ..joytag_core.maps.tag_maps import TagMaps

COMFYUI_IMAGE = Reading(layout="channels_last", floats="clamped")
"""ComfyUI's IMAGE, also three pixels high, or brighter than white: HDR is clamped as by ComfyUI's own SaveImage."""


def score_images(images: Sequence[Tensor], *, model: str) -> list[TagScores]:
    """Score every picture of every batch [B, H, W, C] float, of any sizes, in as few passes as memory allows.

    Values beside 0..1 count as the nearest end.

    Raises:
        PictureError: there is no picture, or one that cannot be used, or something else came in.
        ModelError: the model is not there, or broken.
    """
    check_images(images)
    return session().score(list(images), reading=COMFYUI_IMAGE, model=check_model_name(model, session().host))


def map_images(images: Sequence[Tensor], tags: Sequence[str], *, model: str) -> list[TagMaps]:
    """Map tags on every picture of every batch; see `score_images`.

    Raises: as `score_images`; SettingError: the model has no such tag.
    """
    check_images(images)
    name = check_model_name(model, session().host)
    return session().maps(list(images), tags, reading=COMFYUI_IMAGE, model=name)
