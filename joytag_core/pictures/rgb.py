"""How does anything that people call a picture become an RGB picture of 8 bits?"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ..errors import PictureError, PictureTooLargeError, UnreadablePictureError

Picture = Image.Image | str | os.PathLike[str]
"""One picture: opened by Pillow, or the path of its file."""

OnePicture = Picture | Tensor
"""One picture, or a tensor [H, W, C]."""

Pictures = Picture | Tensor | Sequence[Picture | Tensor]
"""One or many pictures; a tensor is [B, H, W, C] or [H, W, C], floating, 0..1, C 1, 3 or 4."""

_EXPECTED_SHAPE = "expected [B, H, W, C] or [H, W, C] with 1, 3 or 4 channels"

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".jxl"})
"""Which files count as pictures when a folder is read; Pillow decides what it can open."""

_EXIF_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation of EXIF 2.32, table 4.6.4; Pillow's turns are counter-clockwise."""


def pictures_from(pictures: Pictures) -> list[Image.Image]:
    """Return RGB pictures, in order, for whatever is given; raises as `open_picture`."""
    return [open_picture(picture) for picture in split_pictures(pictures)]


def count_pictures(pictures: Pictures) -> int:
    """Return how many pictures there are, opening none; raises as `split_pictures`."""
    if isinstance(pictures, Tensor):
        return len(pictures) if pictures.ndim == 4 else 1
    if isinstance(pictures, Image.Image | str | os.PathLike):
        return 1
    return sum(count_pictures(one) for one in _sequence(pictures))


def split_pictures(pictures: Pictures) -> Iterator[OnePicture]:
    """Yield the pictures one by one, opening none; a batch tensor [B, H, W, C] as B tensors [H, W, C].

    Raises:
        PictureError: a tensor has neither three nor four dimensions, or something given is no picture at all.
    """
    if isinstance(pictures, Tensor):
        if pictures.ndim not in (3, 4):
            raise PictureError(f"the tensor is {_shape_of(pictures)}; {_EXPECTED_SHAPE}")
        yield from pictures if pictures.ndim == 4 else [pictures]
    elif isinstance(pictures, Image.Image | str | os.PathLike):
        yield pictures
    else:
        for one in _sequence(pictures):
            yield from split_pictures(one)


def _sequence(pictures: Any) -> Sequence[Picture | Tensor]:
    # What can be gone through only once would be counted, and then be empty.
    if not isinstance(pictures, Sequence) or isinstance(pictures, bytes):
        kind = type(pictures).__name__
        raise PictureError(f"a {kind} is no picture; expected a path, a Pillow picture, a tensor, or a list of them")
    return pictures


def open_picture(picture: OnePicture) -> Image.Image:
    """Return one picture as RGB of 8 bits.

    Raises:
        PictureError: a tensor has the wrong shape, dtype or values that are not finite.
        UnreadablePictureError: a file is missing, empty, cut off, or not a picture.
        PictureTooLargeError: a picture is a decompression bomb.
    """
    if isinstance(picture, Tensor):
        return picture_from_tensor(picture)
    if isinstance(picture, Image.Image):
        return to_rgb(picture)
    return load_picture(picture)


def load_picture(path: str | os.PathLike[str]) -> Image.Image:
    """Open a picture file as RGB: the first frame, turned as its EXIF says, over white.

    Raises:
        UnreadablePictureError, PictureTooLargeError: with the path in the message.
    """
    path = Path(path)
    try:
        with Image.open(path) as opened:
            return to_rgb(opened)
    except Image.DecompressionBombError as error:
        raise PictureTooLargeError(f"{path}: {error} Scale it down, or raise PIL.Image.MAX_IMAGE_PIXELS.") from error
    except FileNotFoundError as error:
        raise UnreadablePictureError(f"{path}: there is no such file") from error
    except PictureError as error:
        raise UnreadablePictureError(f"{path}: {error}") from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(f"{path}: {_why_unreadable(path, error)}") from error


def to_rgb(picture: Image.Image) -> Image.Image:
    """Return a Pillow picture as RGB of 8 bits: first frame, turned as its EXIF says, over white, 16 bits scaled.

    Raises:
        PictureError: it has no pixels; as UnreadablePictureError: its file is cut off or broken.
    """
    if 0 in picture.size:
        raise PictureError(f"the picture is {picture.width}x{picture.height}; expected at least one pixel")
    try:
        picture.seek(0)
        picture.load()
        flat = _flat(picture)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadablePictureError(f"the picture is cut off or broken: {error}") from error
    turn = _turn_of(picture)
    upright = flat if turn is None else flat.transpose(turn)
    upright.info = {}  # with the file's EXIF still in it, a second call would turn it again
    return upright


def picture_from_tensor(tensor: Tensor) -> Image.Image:
    """Return an RGB picture for a tensor [H, W, C], floating, 0..1, C 1, 3 or 4 (alpha over white).

    Values are clamped and rounded to the nearest of 256 steps, so a loaded 8-bit picture comes back bit for bit.

    Raises:
        PictureError: the shape or dtype is another, or a value is not finite.
    """
    if tensor.ndim != 3 or tensor.shape[2] not in (1, 3, 4):
        raise PictureError(f"the tensor is {_shape_of(tensor)}; {_EXPECTED_SHAPE}")
    if not tensor.is_floating_point():
        raise PictureError(f"the tensor is {tensor.dtype}; expected floating-point values from 0 to 1")
    if 0 in tensor.shape:
        raise PictureError(f"the tensor is {_shape_of(tensor)}; expected a picture of at least one pixel")
    return _from_array(_to_bytes(tensor))


def _shape_of(tensor: Tensor) -> str:
    return "x".join(str(size) for size in tensor.shape)


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


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep_grey(picture)
    if _has_alpha(picture):
        # Premultiplied pictures have no direct way to RGBA.
        plain = picture.convert("LA") if picture.mode == "La" else picture
        return _over_white(plain.convert("RGBA"))
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion clips 16-bit grey at 255, which makes nearly everything white.
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    largest = values.max()
    if picture.mode == "F":
        scale = 1.0 if largest > 1.0 else 255.0  # 0..1 as cameras' software writes, 0..255 as Pillow does
    else:
        # Pillow before 10 opens 16-bit PNG as 32-bit "I", in which others keep 8-bit values.
        is_deep = picture.mode.startswith("I;16") or picture.format == "PNG" or largest > 255
        scale = 1 / 257 if is_deep else 1.0
    steps = np.clip(np.rint(values * scale), 0, 255).astype(np.uint8)
    if isinstance(transparent := picture.info.get("transparency"), int):
        steps[values == transparent] = 255
    return Image.fromarray(steps).convert("RGB")


def _has_alpha(picture: Image.Image) -> bool:
    # Pillow before 10.1 has no has_transparency_data.
    of_palette = picture.mode == "P" and picture.palette is not None and picture.palette.mode == "RGBA"
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or of_palette or "transparency" in picture.info


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    if picture.format == "TIFF":
        return None  # Pillow turns these itself when it loads them, and before version 10 keeps the mark
    try:
        return _TURNS.get(picture.getexif().get(_EXIF_ORIENTATION, 1))
    except (AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return None  # broken EXIF is no reason to refuse a picture


def _why_unreadable(path: Path, error: Exception) -> str:
    if path.is_dir():  # Windows gives no IsADirectoryError
        return "this is a folder; expected a picture"
    if path.is_file() and path.stat().st_size == 0:
        return "the file is empty"
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture that Pillow can read"
    return f"the picture cannot be read: {error}"
