"""How does a Pillow picture of any mode become RGB of 8 bits, upright and over white?"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..errors import PictureError, UnreadablePictureError
from .formats import SUFFIXES_OF_FORMATS
from .profiles import as_srgb
from .reading import Colours

_BRIGHTEST = 2.0
_MANY = 1 / 16
"""The share of values over `_BRIGHTEST` from which a picture counts as one of 0..255, not as one with highlights."""
_PIXELS_AT_ONCE = 1 << 20
_COLOURED = ("RGB", "RGBA", "RGBX", "RGBa", "P", "PA", "CMYK")
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


def to_rgb(picture: Image.Image, *, colours: Colours = "srgb", turned: bool = True) -> Image.Image:
    """Return a Pillow picture as RGB of 8 bits: first frame, turned as its EXIF says, over white, 16 bits scaled.

    Not `turned`, it lies as in its file; `turn_of` says how it is to be turned.

    `colours`: srgb converts what has another colour profile; stored leaves the numbers and the profile as they are.

    Raises:
        PictureError: it has no pixels, or does not fit into memory.
        UnreadablePictureError: its file is cut off or broken, or of a format that is not read here.
    """
    if 0 in picture.size:
        raise PictureError(f"the picture is {picture.width}x{picture.height}; expected at least one pixel")
    if picture.format is not None and picture.format not in SUFFIXES_OF_FORMATS:
        raise UnreadablePictureError(f"{picture.format} is no format that is read here; expected a PNG, JPEG or alike")
    try:
        transparent = _transparent_colour(picture)
        _load_first_frame(picture)
        flat = _flat(picture, transparent)
    except MemoryError as error:
        raise PictureError(f"the picture, {picture.width}x{picture.height}, does not fit into memory") from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise UnreadablePictureError(f"the picture is cut off or broken: {error or type(error).__name__}") from error
    profile = picture.info.get("icc_profile")
    if colours == "srgb" and profile and picture.mode in _COLOURED:
        flat = as_srgb(picture if picture.mode == "CMYK" else flat, profile) or flat
    turn = turn_of(picture) if turned else None
    upright = flat if turn is None else flat.transpose(turn)
    # With the file's EXIF still in it, a second call would turn it again.
    upright.info = {"icc_profile": profile} if colours == "stored" and profile else {}
    return upright


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """Return how an opened picture is turned to be upright, None where it is."""
    if picture.format == "TIFF":
        return None  # Pillow turns these itself when it loads them, and before version 10 keeps the mark
    try:
        return _TURNS.get(picture.getexif().get(_EXIF_ORIENTATION, 1))
    except (AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return None  # broken EXIF is no reason to refuse a picture


def over_white(picture: Image.Image) -> Image.Image:
    """Return an RGBA picture as RGB, laid over white."""
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, picture).convert("RGB")


def _load_first_frame(picture: Image.Image) -> None:
    picture.seek(0)
    try:
        picture.load()
    except (ValueError, SyntaxError):
        # Of a PNG's metadata behind the pixels, which have all been decoded then.
        if picture.format != "PNG" or getattr(picture, "tile", True):
            raise


def _transparent_colour(picture: Image.Image) -> tuple[int, ...] | None:
    """Return the transparent colour of a PNG of 16-bit colours in the 8 bits that Pillow loads; else None."""
    raw_modes = [str(part[3]) for part in getattr(picture, "tile", ()) if len(part) > 3]
    found = picture.info.get("transparency")
    if picture.format == "PNG" and isinstance(found, tuple) and any("16" in mode for mode in raw_modes):
        return tuple(value >> 8 for value in found)
    return None


def _flat(picture: Image.Image, transparent: tuple[int, ...] | None) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep_grey(picture)
    if transparent is not None:
        picture = picture.copy()
        picture.info["transparency"] = transparent
    if _has_alpha(picture):
        # Premultiplied pictures have no direct way to RGBA.
        plain = picture.convert("LA") if picture.mode == "La" else picture
        return over_white(plain.convert("RGBA"))
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion clips 16-bit grey at 255, which makes nearly everything white.
    scale = _scale_of_deep_grey(picture)
    transparent = picture.info.get("transparency")
    steps = np.empty(picture.size[::-1], dtype=np.uint8)
    for top, values in _bands(picture):
        band = steps[top : top + len(values)]
        np.rint(np.clip(values, 0, 255 / scale) * scale, out=band, casting="unsafe")
        if isinstance(transparent, int):
            band[values == transparent] = 255
    return Image.fromarray(steps).convert("RGB")


def _scale_of_deep_grey(picture: Image.Image) -> float:
    """Return by what a picture's values are multiplied to be 0..255."""
    if picture.mode == "F":
        # 0..1 as cameras' software writes, with highlights over it, or 0..255 as Pillow does.
        bright = sum(int((values > _BRIGHTEST).sum()) for _, values in _bands(picture))
        return 1.0 if bright > _MANY * picture.width * picture.height else 255.0
    # Pillow before 10 opens 16-bit PNG as 32-bit "I", as every Pillow does a deep PPM; others keep 8-bit values in it.
    is_deep = picture.mode.startswith("I;16") or picture.format in ("PNG", "PPM")
    return 1 / 257 if is_deep or any(values.max() > 255 for _, values in _bands(picture)) else 1.0


def _bands(picture: Image.Image) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """Yield a grey picture's rows [H, W], some at a time so that they need little memory, and where these begin."""
    rows = max(_PIXELS_AT_ONCE // picture.width, 1)
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        yield top, np.nan_to_num(np.asarray(band, dtype=np.float64))


def _has_alpha(picture: Image.Image) -> bool:
    # Pillow before 10.1 has no has_transparency_data.
    of_palette = picture.mode == "P" and picture.palette is not None and picture.palette.mode == "RGBA"
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or of_palette or "transparency" in picture.info
