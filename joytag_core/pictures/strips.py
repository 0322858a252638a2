"""How is a very long picture scaled onto a white square without making the square?

Pillow scales by bicubic weights in steps of 2**-22, rows first, and rounds to 8 bits between rows and columns. Here the
same weights are applied to the picture alone; what they would take from the white around it is added as a number. Sums
of whole numbers below 2**53 are exact in float64 whatever their order, so the result is Pillow's, bit for bit.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

_Array = npt.NDArray[np.float64]

_ONE = float(1 << 22)
_WHITE = 255.0
_TILE = 8
_KEPT_SIDE = 1 << 18  # the weights of one axis are then 8 MiB


def fit_strip(picture: Image.Image, size: int) -> Image.Image:
    """Centre an RGB picture on a white square and scale that to size x size, bicubic; the square is larger than that.

    Time and memory grow with the picture's own pixels.
    """
    side = max(picture.size)
    square = _Square(side, size)
    across = _Axis(square, (side - picture.width) // 2, picture.width)
    down = _Axis(square, (side - picture.height) // 2, picture.height)
    white_row = _rounded(_WHITE * square.totals)
    grey = _rounded(np.outer(square.totals, white_row)).astype(np.uint8)
    fitted = np.repeat(grey[:, :, None], 3, axis=2)
    if picture.width > picture.height:
        _fit_wide(picture, down, white_row, fitted)
    else:
        _fit_tall(picture, across, down, fitted)
    return Image.fromarray(fitted)


class _Square:
    """Weigh the `side` places of the square's rows, or columns, for `size` outputs."""

    def __init__(self, side: int, size: int) -> None:
        self.side, self.size, self.scale = side, size, side / size
        self._kept: dict[int, tuple[int, _Array]] = {}
        self.totals = np.array([weights.sum() for _, weights in map(self.weights, range(size))])
        """The sum of each output's weights [size]."""

    def weights(self, output: int) -> tuple[int, _Array]:
        """Return the first place that an output takes from, and the weights of that and the next ones [K]."""
        if output in self._kept:
            return self._kept[output]
        centre = (output + 0.5) * self.scale
        first = max(int(centre - 2.0 * self.scale + 0.5), 0)
        last = min(int(centre + 2.0 * self.scale + 0.5), self.side)
        weights = _cubic((np.arange(first, last, dtype=np.float64) - centre + 0.5) * (1.0 / self.scale))
        weights /= np.cumsum(weights)[-1]  # cumsum adds one after the other, as Pillow does
        weights = np.trunc(weights * _ONE + np.copysign(0.5, weights))
        if self.side <= _KEPT_SIDE:
            self._kept[output] = first, weights
        return first, weights


class _Axis:
    """Know which places of the square's rows, or columns, the picture takes: `length` of them from `start` on."""

    def __init__(self, square: _Square, start: int, length: int) -> None:
        self.square, self.start, self.length = square, start, length
        self.size, self.scale = square.size, square.scale
        self.touched = self.outputs_over(0, length)

    def outputs_over(self, first: int, last: int) -> tuple[int, int]:
        """Return the range of outputs that may take from the picture's places `first` to `last`."""
        low = math.floor((self.start + first - 1) / self.scale - 2.5)
        high = math.floor((self.start + last + 1) / self.scale + 1.5) + 1
        return max(low, 0), min(high, self.size)

    def places_under(self, low: int, high: int) -> tuple[int, int]:
        """Return the range of the picture's places that outputs `low` to `high` may take from."""
        first = int((low - 2) * self.scale) - 1 - self.start
        last = int((high + 2) * self.scale) + 2 - self.start
        return max(first, 0), min(last, self.length)

    def matrix(self, low: int, high: int, first: int, last: int) -> _Array:
        """Return what outputs `low` to `high` take of the picture's places `first` to `last`, [outputs, places]."""
        found = np.zeros((high - low, last - first))
        for output in range(low, high):
            place, weights = self.square.weights(output)
            place -= self.start + first
            begin, end = max(place, 0), min(place + len(weights), last - first)
            if begin < end:
                found[output - low, begin:end] = weights[begin - place : end - place]
        return found


def _fit_tall(picture: Image.Image, across: _Axis, down: _Axis, fitted: npt.NDArray[np.uint8]) -> None:
    """Fill in the columns that a picture taller than wide touches, some of its rows at a time."""
    low, high = across.touched
    sums = np.zeros((down.size, (high - low) * 3))
    rows = int(_TILE * down.scale) + 1
    for first in range(0, picture.height, rows):
        last = min(first + rows, picture.height)
        narrowed = _narrowed(picture.crop((0, first, picture.width, last)), across)
        over = down.outputs_over(first, last)
        sums[slice(*over)] += down.matrix(*over, first, last) @ narrowed
    fitted[:, low:high] = _rounded(sums).reshape(down.size, high - low, 3)


def _narrowed(rows: Image.Image, across: _Axis) -> _Array:
    """Return the touched outputs of rows that are narrower than the square, [rows, outputs * 3], in whole steps."""
    low, high = across.touched
    turned = _turned(rows)
    found = np.empty((high - low, rows.height * 3))
    for tile in range(low, high, _TILE):
        end = min(tile + _TILE, high)
        first, last = across.places_under(tile, end)
        weights = across.matrix(tile, end, first, last)
        around = _WHITE * (across.square.totals[tile:end] - weights.sum(1))
        found[tile - low : end - low] = _rounded(weights @ turned[first:last] + around[:, None])
    narrowed: _Array = found.reshape(high - low, rows.height, 3).transpose(1, 0, 2).reshape(rows.height, -1)
    return narrowed


def _fit_wide(picture: Image.Image, down: _Axis, white_row: _Array, fitted: npt.NDArray[np.uint8]) -> None:
    """Fill in the rows that a picture wider than tall touches; its own rows are whole, so Pillow narrows them."""
    low, high = down.touched
    narrowed = picture.resize((down.size, picture.height), Image.Resampling.BICUBIC)
    weights = down.matrix(low, high, 0, picture.height)
    around = np.outer(down.square.totals[low:high] - weights.sum(1), np.repeat(white_row, 3))
    sums = weights @ np.asarray(narrowed).astype(np.float64).reshape(picture.height, -1) + around
    fitted[low:high] = _rounded(sums).reshape(high - low, down.size, 3)


def _turned(picture: Image.Image) -> _Array:
    """Return a picture's columns as rows, [width, height * 3]."""
    turned = picture.transpose(Image.Transpose.TRANSPOSE)  # before numpy, which is slow at it
    return np.asarray(turned).astype(np.float64).reshape(picture.width, -1)


def _rounded(sums: _Array) -> _Array:
    """Return sums of weighted steps as whole steps, 0 to 255."""
    steps = sums + _ONE / 2
    steps *= 1 / _ONE
    np.floor(steps, out=steps)
    return np.clip(steps, 0.0, 255.0, out=steps)


def _cubic(distances: _Array) -> _Array:
    """Return Keys' cubic convolution kernel with a = -1/2 (IEEE ASSP 29, 1981) at rising distances in places."""
    x = np.abs(distances)
    weights: _Array = (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5
    start, end = np.searchsorted(distances, -1.0, "right"), np.searchsorted(distances, 1.0, "left")
    near = x[start:end]
    weights[start:end] = (1.5 * near - 2.5) * near * near + 1.0
    weights[: np.searchsorted(distances, -2.0, "right")] = 0.0
    weights[np.searchsorted(distances, 2.0, "left") :] = 0.0
    return weights
