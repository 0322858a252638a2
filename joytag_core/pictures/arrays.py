"""How does a tensor become an RGB picture of 8 bits?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from ..errors import PictureError
from .rgb import over_white

EXPECTED_SHAPE = "expected [B, H, W, C] or [H, W, C] with 1, 3 or 4 channels"


def picture_from_tensor(tensor: Tensor) -> Image.Image:
    """Return an RGB picture for a tensor [H, W, C], floating, 0..1, C 1, 3 or 4 (alpha over white).

    Values are clamped and rounded to the nearest of 256 steps, so a loaded 8-bit picture comes back bit for bit.

    Raises:
        PictureError: the shape or dtype is another, or a value is not finite.
    """
    if tensor.ndim != 3 or tensor.shape[2] not in (1, 3, 4):
        raise PictureError(f"the tensor is {shape_of(tensor)}; {EXPECTED_SHAPE}")
    if not tensor.is_floating_point():
        raise PictureError(f"the tensor is {tensor.dtype}; expected floating-point values from 0 to 1")
    if 0 in tensor.shape:
        raise PictureError(f"the tensor is {shape_of(tensor)}; expected a picture of at least one pixel")
    return _picture_of(_to_bytes(tensor))


def shape_of(tensor: Tensor) -> str:
    """Return a tensor's shape as people write it: 3x448x448."""
    return "x".join(str(size) for size in tensor.shape)


def _to_bytes(picture: Tensor) -> npt.NDArray[np.uint8]:
    values = picture.detach().float()
    if not bool(torch.isfinite(values).all()):
        raise PictureError("the picture holds values that are not finite (NaN or infinity); expected 0 to 1")
    steps: npt.NDArray[np.uint8] = values.clamp(0, 1).mul(255).round().to(torch.uint8).cpu().numpy()
    return steps


def _picture_of(steps: npt.NDArray[np.uint8]) -> Image.Image:
    channels = steps.shape[-1]
    if channels == 1:
        return Image.fromarray(steps[..., 0]).convert("RGB")
    picture = Image.fromarray(np.ascontiguousarray(steps))
    return over_white(picture) if channels == 4 else picture
