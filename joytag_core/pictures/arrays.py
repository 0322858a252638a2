"""How does a tensor or an array become an RGB picture of 8 bits?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from ..errors import PictureError
from .reading import Floats, Layout
from .rgb import over_white

_CHANNELS = (1, 3, 4)
_BEYOND = 1.0
"""By how much values may lie beside 0..1, as sharpening leaves them; more is another scale: 0..255, or normalised."""
_EXPECTED_SHAPE = "expected [H, W, C], [B, H, W, C], [C, H, W] or [B, C, H, W] with 1, 3 or 4 channels, or grey [H, W]"


def as_tensor(array: npt.NDArray[Any] | Tensor) -> Tensor:
    """Return an array as a tensor, without a copy where that can be; a tensor as it is.

    Raises:
        PictureError: its dtype is none that pictures have.
    """
    if isinstance(array, Tensor):
        return array
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        raise PictureError(f"the array is of {array.dtype}; {_expected_values()}")
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    if not native.flags.writeable:
        native = native.copy()  # torch warns of memory that it could write to, though it does not here
    return torch.from_numpy(np.ascontiguousarray(native))


def split_tensor(tensor: Tensor, layout: Layout = "auto") -> Tensor:
    """Return a tensor's pictures, [B, H, W, C], for any of the shapes that pictures have; a view.

    Raises:
        PictureError: the shape is none of them, or can be read in two ways; the tensor is sparse or holds no values.
    """
    if tensor.layout != torch.strided or tensor.device.type == "meta":
        kind = "on the meta device, without values" if tensor.device.type == "meta" else f"{tensor.layout}"
        raise PictureError(f"the tensor is {kind}; expected a dense tensor with values")
    if 0 in tensor.shape[-3:]:
        raise PictureError(f"the tensor is {_shape_of(tensor)}; expected a picture of at least one pixel")
    if tensor.ndim == 2:
        return tensor[None, :, :, None]
    if tensor.ndim not in (3, 4):
        raise _shape_error(tensor)
    batch = tensor if tensor.ndim == 4 else tensor[None]
    if _channels_are_last(tensor, batch, layout):
        return batch
    return batch.permute(0, 2, 3, 1)


def picture_from_tensor(tensor: Tensor, *, floats: Floats = "checked") -> Image.Image:
    """Return an RGB picture for a tensor [H, W, C], uint8 or floating in 0..1, C 1, 3 or 4 (alpha over white).

    Floats are clamped and rounded to the nearest of 256 steps, so a loaded 8-bit picture comes back bit for bit.

    Raises:
        PictureError: the dtype is another, or a value is not finite or far outside 0..1; where `floats` is clamped,
            only what is not a number.
    """
    if tensor.dtype != torch.uint8 and not tensor.is_floating_point():
        raise PictureError(f"the tensor is of {tensor.dtype}; {_expected_values()}")
    steps = tensor.detach() if tensor.dtype == torch.uint8 else _to_steps(tensor.detach(), floats)
    array = np.ascontiguousarray(steps.cpu().numpy())
    if array.shape[2] == 1:
        return Image.fromarray(array[..., 0]).convert("RGB")
    picture = Image.fromarray(array)
    return over_white(picture) if array.shape[2] == 4 else picture


def _channels_are_last(tensor: Tensor, batch: Tensor, layout: Layout) -> bool:
    first, last = batch.shape[1] in _CHANNELS, batch.shape[3] in _CHANNELS
    if layout != "auto":
        if not (last if layout == "channels_last" else first):
            raise _shape_error(tensor)
        return layout == "channels_last"
    # One row or one column of grey is as good as never meant; three of them are.
    if first and last and batch.shape[1] != 1:
        raise PictureError(
            f"the tensor is {_shape_of(tensor)}, and its channels may be first or last; say which: "
            'Reading(layout="channels_first") or Reading(layout="channels_last")'
        )
    if not first and not last:
        raise _shape_error(tensor)
    return last


def _to_steps(values: Tensor, floats: Floats) -> Tensor:
    values = values.float()
    smallest, largest = torch.aminmax(values)  # NaN if one value is: one pass instead of three
    checked = floats == "checked"
    if bool(torch.isnan(smallest)) or (checked and not bool(torch.isfinite(smallest) & torch.isfinite(largest))):
        raise PictureError("the picture holds values that are not finite (NaN or infinity); expected 0 to 1")
    if checked and (smallest < -_BEYOND or largest > 1 + _BEYOND):
        found = f"values from {float(smallest):.4g} to {float(largest):.4g}"
        raise PictureError(f"the picture holds {found}; {_expected_values()}, not yet normalised")
    within = values if smallest >= 0 and largest <= 1 else values.clamp(0, 1)
    return within.mul(255).round_().to(torch.uint8)


def _shape_error(tensor: Tensor) -> PictureError:
    return PictureError(f"the tensor is {_shape_of(tensor)}; {_EXPECTED_SHAPE}")


def _shape_of(tensor: Tensor) -> str:
    return "x".join(str(size) for size in tensor.shape)


def _expected_values() -> str:
    return "expected uint8 from 0 to 255, or floating-point values from 0 to 1"
