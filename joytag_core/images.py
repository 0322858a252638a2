"""How does anything that people call a picture become an RGB picture of 8 bits?"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from .errors import PictureError, PictureTooLargeError, UnreadablePictureError

Picture = Image.Image | str | os.PathLike[str]
"""One picture: opened by Pillow, or the path of its file."""

Pictures = Picture | Tensor | Sequence[Picture | Tensor]
"""One or many pictures; a tensor is [B, H, W, C] or [H, W, C], floating, 0..1, C 1, 3 or 4."""

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".jxl"})
"""Which files count as pictures when a folder is read; Pillow decides what it can open."""


def pictures_from(pictures: Pictures) -> list[Image.Image]:
    """Return RGB pictures, in order, for whatever is given; raises as `iterate_pictures`."""
    return list(iterate_pictures(pictures))


def count_pictures(pictures: Pictures) -> int:
    """Return how many pictures `iterate_pictures` will yield, opening none."""
    if isinstance(pictures, Tensor):
        return len(pictures) if pictures.ndim == 4 else 1
    if isinstance(pictures, Image.Image | str | os.PathLike):
        return 1
    return sum(count_pictures(one) for one in pictures)


def iterate_pictures(pictures: Pictures) -> Iterator[Image.Image]:
    """Yield RGB pictures, in order, for whatever is given; files are opened one at a time.

    Raises:
        PictureError: a tensor has the wrong shape, dtype or values that are not finite.
        UnreadablePictureError: a file is missing, empty, cut off, or not a picture.
        PictureTooLargeError: a picture is a decompression bomb.
    """
    if isinstance(pictures, Tensor):
        yield from pictures_from_tensor(pictures)
    elif isinstance(pictures, Image.Image):
        yield to_rgb(pictures)
    elif isinstance(pictures, str | os.PathLike):
        yield load_picture(pictures)
    else:
        for one in pictures:
            yield from iterate_pictures(one)


def load_picture(path: str | os.PathLike[str]) -> Image.Image:
    """Open a picture file as RGB: the first frame, turned as its EXIF says, over white.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the path in the message.
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                return to_rgb(opened)
    except Image.DecompressionBombError as error:
        raise PictureTooLargeError(f"{path}: {error} Scale it down, or raise PIL.Image.MAX_IMAGE_PIXELS.") from error
    except FileNotFoundError as error:
        raise UnreadablePictureError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise UnreadablePictureError(f"{path}: this is a folder; expected a picture") from error
    except PictureError as error:
        raise UnreadablePictureError(f"{path}: {error}") from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(f"{path}: {_why_unreadable(path, error)}") from error


def to_rgb(picture: Image.Image) -> Image.Image:
    """Return a Pillow picture as RGB of 8 bits: first frame, turned as its EXIF says, over white, 16 bits scaled.

    Raises:
        UnreadablePictureError: its file is cut off or broken.
    """
    try:
        picture.seek(0)
        turned = ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadablePictureError(f"the picture is cut off or broken: {error}") from error
    if turned.mode == "RGB" and "transparency" not in turned.info:
        return turned if turned is not picture else picture.copy()
    if turned.mode.startswith("I") or turned.mode == "F":
        return _from_deep_grey(turned)
    if turned.has_transparency_data if hasattr(turned, "has_transparency_data") else _has_alpha(turned):
        return _over_white(turned.convert("RGBA"))
    return turned.convert("RGB")


def pictures_from_tensor(tensor: Tensor) -> Iterator[Image.Image]:
    """Yield RGB pictures for a tensor [B, H, W, C] or [H, W, C], floating, 0..1, C 1, 3 or 4 (alpha over white).

    Values are clamped and rounded to the nearest of 256 steps, so a loaded 8-bit picture comes back bit for bit.

    Raises:
        PictureError: the shape or dtype is another, or a value is not finite.
    """
    if tensor.ndim == 3:
        tensor = tensor[None]
    shape = "x".join(str(size) for size in tensor.shape)
    if tensor.ndim != 4 or tensor.shape[3] not in (1, 3, 4):
        raise PictureError(f"the tensor is {shape}; expected [B, H, W, C] with 1, 3 or 4 channels")
    if not tensor.is_floating_point():
        raise PictureError(f"the tensor is {tensor.dtype}; expected floating-point values from 0 to 1")
    if 0 in tensor.shape[1:]:
        raise PictureError(f"the tensor is {shape}; expected pictures of at least one pixel")
    for picture in tensor:
        yield _from_array(_to_bytes(picture))


def _to_bytes(picture: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    values = picture.detach().float()
    if not bool(torch.isfinite(values).all()):
        raise PictureError("the picture holds values that are not finite (NaN or infinity); expected 0 to 1")
    steps: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = (
        values.clamp(0, 1).mul(255).round().to(torch.uint8).cpu().numpy()
    )
    return steps


def _from_array(steps: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Image.Image:
    channels = steps.shape[-1]
    if channels == 1:
        return Image.fromarray(steps[..., 0]).convert("RGB")
    picture = Image.fromarray(np.ascontiguousarray(steps))
    return _over_white(picture) if channels == 4 else picture


def _over_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, picture).convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion clips 16-bit grey at 255, which makes nearly everything white.
    values = np.asarray(picture, dtype=np.float64)
    if picture.mode == "F":
        steps = np.nan_to_num(values) * 255.0
    else:
        steps = values / 257.0 if picture.mode.startswith("I;16") or values.max(initial=0) > 255 else values
    return Image.fromarray(np.clip(np.rint(steps), 0, 255).astype(np.uint8)).convert("RGB")


def _has_alpha(picture: Image.Image) -> bool:
    # Pillow before 10.1 has no has_transparency_data.
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _why_unreadable(path: Path, error: Exception) -> str:
    if path.is_file() and path.stat().st_size == 0:
        return "the file is empty"
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture that Pillow can read"
    return f"the picture cannot be read: {error}"
