"""Which part of a picture is a region: its mask, and its crop?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..checks import check_number
from ..errors import SettingError
from ..maps.regions import Box
from ..pictures.inputs import OnePicture, pictures_from
from ..pictures.reading import Reading

Region = Box | npt.NDArray[Any] | Image.Image
"""A box, or a mask of the picture's size: an array [H, W], bool or 0..1, or a grey picture, white inside."""
_EXACT = Reading()


def masks_of(regions: Sequence[Region], picture_size: tuple[int, int]) -> Iterator[npt.NDArray[Any]]:
    """Yield each region as a mask [H, W].

    Raises:
        SettingError: a box is empty or reaches out of the picture, or a mask is of another size.
    """
    for region in regions:
        if isinstance(region, Box):
            yield _checked(region, picture_size).mask(picture_size)
        else:
            yield _checked_mask(region, picture_size)


def crop_regions(picture: OnePicture, regions: Sequence[Region], *, reading: Reading = _EXACT) -> list[Image.Image]:
    """Return the part of a picture inside each region's rectangle.

    Raises:
        PictureError: the picture cannot be opened.
        SettingError: as `masks_of`, or a mask holds no pixel.
    """
    (opened,) = pictures_from(picture, reading=reading)
    boxes = (_checked(box_of(region, opened.size), opened.size) for region in regions)
    return [opened.crop((box.left, box.top, box.right, box.bottom)) for box in boxes]


def box_of(region: Region, picture_size: tuple[int, int]) -> Box:
    """Return the rectangle around a region.

    Raises:
        SettingError: a mask holds no pixel, or is of another size.
    """
    if isinstance(region, Box):
        return region
    rows, columns = np.nonzero(_checked_mask(region, picture_size))
    if len(rows) == 0:
        raise SettingError("the region is empty; expected a mask of at least one pixel")
    return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def _checked(box: Box, picture_size: tuple[int, int]) -> Box:
    for name, value in (("left", box.left), ("top", box.top), ("right", box.right), ("bottom", box.bottom)):
        check_number(f"the region's {name}", value, whole=True)
    width, height = picture_size
    if not (0 <= box.left < box.right <= width and 0 <= box.top < box.bottom <= height):
        corners = f"{box.left}, {box.top}, {box.right}, {box.bottom}"
        raise SettingError(f"the region {corners} is empty or reaches out of the picture of {width}x{height}")
    return box


def _checked_mask(region: npt.NDArray[Any] | Image.Image, picture_size: tuple[int, int]) -> npt.NDArray[Any]:
    if isinstance(region, Image.Image):
        region = np.asarray(region.convert("L"), dtype=np.float32) / 255
    mask = np.asarray(region)
    if mask.ndim != 2:
        raise SettingError(f"the region is {region!r:.60}; expected a Box, or a mask [H, W] as array or grey picture")
    if mask.shape != picture_size[::-1]:
        shape = "x".join(str(length) for length in reversed(mask.shape))
        raise SettingError(
            f"the region is a mask of {shape}; expected the picture's {picture_size[0]}x{picture_size[1]}"
        )
    return mask
