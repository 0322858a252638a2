"""Into which overlapping tiles is a picture cut, as upscalers do?"""

from __future__ import annotations

from ..errors import SettingError
from .regions import Box


def tiles_of(picture_size: tuple[int, int], *, side: int, overlap: int = 0) -> list[Box]:
    """Return tiles of at most `side` pixels that cover a picture, row by row, neighbours sharing `overlap` or more.

    All have the same size; the last of a row and of a column is moved back to the picture's edge. ComfyUI's nodes that
    split a picture into tiles and merge them (seen in 0.33) lay them the same way.

    Raises:
        SettingError: the side is below 1, or the overlap not from 0 to less than the side.
    """
    if side < 1 or not 0 <= overlap < side:
        raise SettingError(
            f"tile is {side} and overlap {overlap}; expected a tile of 1 pixel or more, and an overlap from 0 to less "
            "than the tile"
        )
    columns, rows = (_starts(length, side, overlap) for length in picture_size)
    wide, high = (min(side, length) for length in picture_size)
    return [Box(left, top, left + wide, top + high) for top in rows for left in columns]


def _starts(length: int, side: int, overlap: int) -> list[int]:
    if length <= side:
        return [0]
    return [*range(0, length - side, side - overlap), length - side]
