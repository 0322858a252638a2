"""Is what came in what a node expects? A socket of any type lets everything through, and a switch hands on nothing."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from ..joytag_core.errors import PictureError, SettingError
from ..joytag_core.tags.scores import TagScores

_CHANNELS = (1, 3, 4)


def check_images(images: Sequence[Any]) -> None:
    """Check that pictures came in: ComfyUI's IMAGE.

    Raises:
        PictureError: something else came in, or no picture.
    """
    for batch in images:
        if not _is_image(batch):
            raise PictureError(f"{_named(batch)} came in as image; expected a picture (IMAGE){_way_to_image(batch)}.")
    if sum(len(batch) for batch in images) == 0:
        raise PictureError("No picture came in: the image input holds an empty batch or an empty list.")


def masks_in(masks: Sequence[Any]) -> list[Tensor]:
    """Return every mask [H, W] of the batches that came in.

    Raises:
        SettingError: something else came in.
    """
    for batch in masks:
        if not isinstance(batch, Tensor) or batch.ndim not in (2, 3):
            raise SettingError(f"{_named(batch)} came in as mask; expected a mask (MASK).")
    return [mask for batch in masks for mask in (batch if batch.ndim == 3 else batch[None])]


def scores_in(scores: Sequence[Any]) -> list[TagScores]:
    """Return the scores that came in.

    Raises:
        SettingError: something else came in.
    """
    for one in scores:
        if not _are_scores(one):
            raise SettingError(f"{_named(one)} came in as scores; expected the scores of JoyTag Interrogate.")
    return list(scores)


def texts_of(given: Sequence[object], what: str = "tags", expected: str = "a prompt or tag list") -> list[str]:
    """Return the texts that came in.

    Raises:
        SettingError: one is no text.
    """
    for text in given:
        if not isinstance(text, str):
            raise SettingError(f"{_named(text)} came in as {what}; expected text: {expected}")
    return [str(text) for text in given]


def connected(given: Sequence[Any]) -> Sequence[Any]:
    """Return what came in on a socket that may be left empty; None, as from a switch, means that it is."""
    return [] if all(one is None for one in given) else given


def _is_image(value: Any) -> bool:
    """Tell whether it is [B, H, W, C], [H, W, C] or grey [H, W]."""
    return isinstance(value, Tensor) and (value.ndim in (2, 4) or (value.ndim == 3 and value.shape[-1] in _CHANNELS))


def _named(value: Any) -> str:
    if isinstance(value, Tensor):
        shape = "x".join(str(length) for length in value.shape)
        kind = "a picture (IMAGE)" if _is_image(value) else "a mask (MASK)" if value.ndim == 3 else "a tensor"
        return f"{kind} of {shape}"
    if _are_scores(value):
        return "scores of JoyTag"
    return "a latent" if _is_latent(value) else reprlib.repr(value)


def _are_scores(value: Any) -> bool:
    """Tell by what they have: a pack that is loaded anew, or twice, has another class of the same name."""
    return hasattr(value, "vocabulary") and hasattr(value, "as_dict")


def _is_latent(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("samples"), Tensor)


def _way_to_image(value: Any) -> str:
    if _is_latent(value):
        return ": VAE Decode makes one of it"
    return ": Convert Mask to Image makes one of it" if isinstance(value, Tensor) and value.ndim == 3 else ""
