"""Where in a picture do the network's patches lie, and which of them lie in the border around it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
_Doubles = npt.NDArray[np.float64]
_BAND_PIXELS = 1_000_000


@dataclass(frozen=True)
class PatchGrid:
    """Place a square grid of patches on one picture, which lies centred on the white square that the network saw.

    `picture_size` is (width, height) in the picture's own pixels, `network_side` the square's side in the network's.
    `centres` are the patches' middles along either axis, in the network's pixels, from the square's edge.

    A convolutional stem's patch does not look at its own 16 pixels evenly: it looks at twice as many around its first.
    So a patch's middle comes from the network, and its cell reaches half the way to its neighbours'.
    """

    picture_size: tuple[int, int]
    network_side: int
    centres: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns) of the grid."""
        return len(self.centres), len(self.centres)

    @cached_property
    def coverage(self) -> Floats:
        """Return [h, w] float32 0..1: how much of each patch's cell is picture; the rest is white border."""
        rows, columns = self._overlaps
        cells = np.diff(self._edges)
        covered: Floats = (np.outer(rows.sum(1), columns.sum(1)) / np.outer(cells, cells)).astype(np.float32)
        return covered

    @property
    def bands(self) -> Iterator[slice]:
        """Yield the picture's rows in bands of about a million pixels: what is done band by band needs little room."""
        width, height = self.picture_size
        step = max(_BAND_PIXELS // width, 1)
        return (slice(start, min(start + step, height)) for start in range(0, height, step))

    def enlarge(self, values: npt.ArrayLike) -> Floats:
        """Return values [h, w] of the patches as [H, W] float32 of the picture's pixels, linear between the middles."""
        width, height = self.picture_size
        enlarged = np.empty((height, width), dtype=np.float32)
        for rows in self.bands:
            enlarged[rows] = self.enlarge_band(values, rows)
        return enlarged

    def enlarge_band(self, values: npt.ArrayLike, band: slice) -> Floats:
        """Return only some rows [n, W] of what `enlarge` returns."""
        rows, columns = self._weights
        enlarged: Floats = (rows[band] @ np.asarray(values, dtype=np.float32) @ columns.T).astype(np.float32)
        return enlarged

    def enlarge_cells(self, chosen: npt.ArrayLike) -> Mask:
        """Return a choice of patches [h, w] as [H, W] bool: a pixel goes with the patch whose cell its middle is in."""
        rows, columns = (np.searchsorted(self._edges[1:-1], pixels, side="right") for pixels in self._pixels)
        cells: Mask = np.asarray(chosen, dtype=bool)[np.ix_(rows, columns)]
        return cells

    def area(self, mask: npt.NDArray[Any]) -> Floats:
        """Return [h, w] float32: how much of a mask [H, W] (bool, or 0..1) lies in each patch's cell, in own pixels.

        Raises:
            ValueError: the mask is not of the picture's size.
        """
        width, height = self.picture_size
        if mask.shape != (height, width):
            raise ValueError(f"a mask of {mask.shape[::-1]} for a picture of {self.picture_size}; expected its size")
        rows, columns = self._overlaps
        area: Floats = (rows @ mask.astype(np.float32) @ columns.T / self._scale**2).astype(np.float32)
        return area

    def middle(self, row: int, column: int) -> tuple[int, int]:
        """Return the picture's pixel (x, y) nearest to a patch's middle."""
        sizes, starts = self.picture_size, self._starts
        x, y = (
            min(max(int(self.centres[index] / self._scale - start), 0), size - 1)
            for index, start, size in zip((column, row), starts, sizes, strict=True)
        )
        return x, y

    @property
    def _scale(self) -> float:
        return self.network_side / max(self.picture_size)

    @property
    def _starts(self) -> tuple[int, int]:
        """Return how many pixels of border lie left of the picture and above it, as `fit_square` lays them."""
        width, height = self.picture_size
        side = max(width, height)
        return (side - width) // 2, (side - height) // 2

    @cached_property
    def _edges(self) -> _Doubles:
        """Return where the cells meet, in the network's pixels: [n + 1], from 0 to the square's side."""
        middles = np.asarray(self.centres)
        return np.concatenate([[0.0], (middles[1:] + middles[:-1]) / 2, [self.network_side]])

    @cached_property
    def _pixels(self) -> tuple[_Doubles, _Doubles]:
        """Return the middles of the picture's rows and of its columns, in the network's pixels."""
        (width, height), (left, top) = self.picture_size, self._starts
        rows = (np.arange(height, dtype=np.float64) + (top + 0.5)) * self._scale
        columns = (np.arange(width, dtype=np.float64) + (left + 0.5)) * self._scale
        return rows, columns

    @cached_property
    def _overlaps(self) -> tuple[_Doubles, _Doubles]:
        """Return how much of each row [h, H] and column [w, W] of the picture lies in each cell."""
        rows, columns = (self._in_cells(pixels) for pixels in self._pixels)
        return rows, columns

    @cached_property
    def _weights(self) -> tuple[_Doubles, _Doubles]:
        """Return how much of each patch's value a row [H, h] and a column [W, w] of the picture gets."""
        rows, columns = (self._between(pixels) for pixels in self._pixels)
        return rows, columns

    def _in_cells(self, middles: _Doubles) -> _Doubles:
        half = self._scale / 2
        starts = np.maximum(self._edges[:-1, None], middles - half)
        ends = np.minimum(self._edges[1:, None], middles + half)
        overlaps: _Doubles = np.clip(ends - starts, 0.0, None)
        return overlaps

    def _between(self, pixels: _Doubles) -> _Doubles:
        """Return [pixels, patches]: how much of each patch's value a pixel gets; beyond the outer middles, theirs."""
        one_each = np.eye(len(self.centres))
        return np.stack([np.interp(pixels, self.centres, row) for row in one_each], axis=1)
