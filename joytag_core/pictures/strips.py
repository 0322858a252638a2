"""How is a very long picture scaled onto a white square without making the square?

Pillow scales by bicubic weights in steps of 2**-22, rows first, and rounds to 8 bits between rows and columns. Along
the picture's long side, which is the square's, Pillow itself does that. Across it, the same weights are applied here to
the picture alone; what they would take from the white beside it is added as a number. Sums of whole steps below 2**53
are exact in float64 whatever their order, so the result is Pillow's, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_Array = npt.NDArray[np.float64]
_Steps = npt.NDArray[np.uint8]

_ONE = float(1 << 22)
_WHITE = 255
_TILE = 8
_PIXELS_AT_ONCE = 1 << 17  # 3 MiB in float64
_MOST_WHITE_WEIGHTS = 16_000  # each is rounded by half a step at most: so many leave white what it is


def fit_strip(picture: Image.Image, size: int) -> Image.Image:
    """Centre an RGB picture on a white square and scale that to size x size, bicubic; the square is larger than that.

    Time and memory grow with the picture's own pixels.
    """
    is_wide = picture.width > picture.height
    side, short = (picture.width, picture.height) if is_wide else (picture.height, picture.width)
    white = _white_row(side, size)
    across = _Across.of(side, size, (side - short) // 2, short)
    fitted = _white_square(white, side, size)
    if is_wide:
        fitted[across.low : across.high] = _fit_wide(picture, across, white)
    else:
        fitted[:, across.low : across.high] = _fit_tall(picture, across, size)
    return Image.fromarray(fitted)


@dataclass(frozen=True)
class _Across:
    """Hold what the outputs `low` to `high` take of the picture's places across it, and of the white around.

    Of `weights` [outputs, places], those of output i are 0 but from `firsts[i]` to `lasts[i]`; all of one sum to 1.
    """

    low: int
    high: int
    weights: _Array
    white: _Array
    firsts: npt.NDArray[np.int64]
    lasts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, side: int, size: int, start: int, length: int) -> _Across:
        """Weigh a square of `side` places, of which the picture takes `length` from `start` on, for `size` outputs."""
        scale = side / size
        low = max(int((start - 1) / scale - 2.5), 0)
        high = min(int((start + length + 1) / scale + 2.5), size)
        firsts, lasts, all_weights = _weights(side, scale, low, high)
        own = np.arange(start, start + length) - firsts[:, None]
        is_there = (own >= 0) & (own < all_weights.shape[1])
        weights = np.where(is_there, np.take_along_axis(all_weights, np.where(is_there, own, 0), axis=1), 0.0)
        white = all_weights.sum(1) - weights.sum(1)
        own_firsts, own_lasts = (np.clip(places - start, 0, length) for places in (firsts, lasts))
        return cls(low, high, weights / _ONE, white / _ONE, own_firsts, own_lasts)


def _weights(side: int, scale: float, low: int, high: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], _Array]:
    """Return from which place on, and up to which, outputs `low` to `high` take, and the weights of these in steps."""
    centres = (np.arange(low, high) + 0.5) * scale
    firsts = np.maximum((centres - 2.0 * scale + 0.5).astype(np.int64), 0)
    lasts = np.minimum((centres + 2.0 * scale + 0.5).astype(np.int64), side)
    places = firsts[:, None] + np.arange((lasts - firsts).max())
    weights = _cubic((places - centres[:, None] + 0.5) * (1.0 / scale))
    weights[places >= lasts[:, None]] = 0.0
    weights /= np.cumsum(weights, axis=1)[:, -1:]  # cumsum adds one after the other, as Pillow does
    return firsts, lasts, np.trunc(weights * _ONE + np.copysign(0.5, weights))


def _fit_tall(picture: Image.Image, across: _Across, size: int) -> _Steps:
    """Return the columns that a picture taller than wide touches, [size, outputs, 3]."""
    narrowed = np.empty((across.high - across.low, picture.height, 3), dtype=np.uint8)
    rows = max(_PIXELS_AT_ONCE // picture.width, 1)
    for first in range(0, picture.height, rows):
        last = min(first + rows, picture.height)
        # Turned before numpy, which is slow at it.
        turned = picture.crop((0, first, picture.width, last)).transpose(Image.Transpose.TRANSPOSE)
        narrowed[:, first:last] = _scaled(turned, across, np.full(1, _WHITE)).reshape(len(narrowed), -1, 3)
    scaled: _Steps = np.asarray(Image.fromarray(narrowed).resize((size, len(narrowed)), Image.Resampling.BICUBIC))
    columns: _Steps = scaled.transpose(1, 0, 2)
    return columns


def _fit_wide(picture: Image.Image, across: _Across, white: _Steps) -> _Steps:
    """Return the rows that a picture wider than tall touches, [outputs, size, 3]."""
    narrowed = picture.resize((len(white), picture.height), Image.Resampling.BICUBIC)
    return _scaled(narrowed, across, np.repeat(white, 3)).reshape(across.high - across.low, -1, 3)


def _scaled(rows: Image.Image, across: _Across, white: npt.NDArray[Any]) -> _Steps:
    """Return the outputs of a picture whose rows lie across, with rows of `white` around it, [outputs, width * 3]."""
    values = np.asarray(rows).reshape(rows.height, -1)
    scaled = np.empty((across.high - across.low, values.shape[1]), dtype=np.uint8)
    for tile in range(0, len(scaled), _TILE):
        some = slice(tile, tile + _TILE)
        first, last = across.firsts[some].min(), across.lasts[some].max()
        sums = across.weights[some, first:last] @ values[first:last].astype(np.float64)
        sums += np.multiply.outer(across.white[some], white) + 0.5
        scaled[some] = np.clip(sums, 0.0, 255.0, out=sums)  # to whole steps by cutting off, as Pillow does
    return scaled


def _white_row(side: int, size: int) -> _Steps:
    """Return what a white row of `side` pixels becomes, [size]: nearly white, where the weights' rounding adds up."""
    if 4 * side / size < _MOST_WHITE_WEIGHTS:
        return np.full(size, _WHITE, dtype=np.uint8)
    return _scaled_row(side, size, _WHITE)


def _white_square(white: _Steps, side: int, size: int) -> _Steps:
    """Return what a white square becomes, [size, size, 3], whose rows have become `white`."""
    columns = np.empty((size, size), dtype=np.uint8)
    for value in np.unique(white):
        column = white
        if value != _WHITE or not (white == _WHITE).all():
            column = _scaled_row(side, size, int(value))
        columns[:, white == value] = column[:, None]
    return np.repeat(columns[:, :, None], 3, axis=2)


def _scaled_row(side: int, size: int, value: int) -> _Steps:
    scaled = Image.new("L", (side, 1), value).resize((size, 1), Image.Resampling.BICUBIC)
    row: _Steps = np.asarray(scaled)[0]
    return row


def _cubic(distances: _Array) -> _Array:
    """Return Keys' cubic convolution kernel with a = -1/2 (IEEE ASSP 29, 1981) at distances in places."""
    x = np.abs(distances)
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5
    weights: _Array = np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))
    return weights
