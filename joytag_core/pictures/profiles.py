"""How do a picture's own colours become sRGB, as browsers show them?"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

_SPACES = {"RGB": "RGB", "CMYK": "CMYK"}
"""Pillow's modes whose profiles are heeded, and what those profiles call themselves."""

_ROUNDING = 2
"""By how many of 256 steps a profile may differ from sRGB and still be taken for it: bare numbers then stay."""


def as_srgb(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Return an RGB or CMYK picture in sRGB; None where its numbers are that already or the profile is of no use."""
    transform = _transform(profile, picture.mode) if picture.mode in _SPACES else None
    if transform is None:
        return None
    converted: Image.Image = transform.apply(picture)
    return converted


@lru_cache(maxsize=8)  # a profile may have some MB
def _transform(profile: bytes, mode: str) -> Any:
    try:
        from PIL import ImageCms

        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[mode]:
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except Exception:  # a broken profile, whatever that makes of it, or a Pillow without Little CMS
        return None
    return None if mode == "RGB" and _changes_nothing(transform) else transform


def _changes_nothing(transform: Any) -> bool:
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    changed = np.asarray(transform.apply(Image.fromarray(cube)))
    return bool(np.abs(changed.astype(int) - cube).max() <= _ROUNDING)
