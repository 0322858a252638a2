"""Which connected regions does a mask hold?"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from .grid import Mask

Labels = npt.NDArray[np.int32]
_Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Box:
    """Hold a rectangle in a picture's pixels, `right` and `bottom` just outside it, and its strength, 0..1."""

    left: int
    top: int
    right: int
    bottom: int
    strength: float = 1.0

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.bottom - self.top

    def mask(self, picture_size: tuple[int, int]) -> Mask:
        """Return [H, W] bool, true inside."""
        width, height = picture_size
        inside = np.zeros((height, width), dtype=bool)
        inside[self.top : self.bottom, self.left : self.right] = True
        return inside

    def to_dict(self) -> dict[str, float]:
        """Return it by its fields' names, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one pixel of a picture and its strength, 0..1."""

    x: int
    y: int
    strength: float = 1.0

    def to_dict(self) -> dict[str, float]:
        """Return it by its fields' names, for JSON."""
        return asdict(self)


def label_regions(mask: Mask) -> tuple[Labels, int]:
    """Return [H, W] int32, 0 outside and 1, 2, ... in each region of pixels that touch by side or corner, and how many.

    Regions are numbered from the top left.
    """
    rows, starts, ends = _runs(mask)
    regions = _connect(_touching(rows, starts, ends), len(rows))
    _, numbers = np.unique(regions, return_inverse=True)
    labels = np.zeros(mask.shape, dtype=np.int32)
    lengths = ends - starts
    places = np.repeat(rows * mask.shape[1] + starts - _before(lengths), lengths) + np.arange(lengths.sum())
    labels.ravel()[places] = np.repeat(numbers + 1, lengths)
    return labels, int(numbers.max(initial=-1)) + 1


def without_small(mask: Mask, smallest: int) -> Mask:
    """Return a mask without its regions of fewer than `smallest` pixels."""
    if smallest <= 1:
        return mask
    labels, _ = label_regions(mask)
    is_large = np.bincount(labels.ravel()) >= smallest
    is_large[0] = False
    return is_large[labels]


def boxes_of(mask: Mask, strength: npt.NDArray[np.float32]) -> list[Box]:
    """Return the box of each region, strongest first; its strength is the greatest of `strength` [H, W] inside it."""
    labels, count = label_regions(mask)
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns].astype(np.intp) - 1
    lowest = [_least(places, numbers, count) for places in (columns, rows)]
    highest = [-_least(-places, numbers, count) + 1 for places in (columns, rows)]
    strongest = np.full(count, -np.inf)
    np.maximum.at(strongest, numbers, strength[rows, columns])
    corners = np.stack([*lowest, *highest], axis=1) if count else np.zeros((0, 4), dtype=int)
    left, top, right, bottom = corners.T.tolist()
    made = [Box(*values) for values in zip(left, top, right, bottom, strongest.tolist(), strict=True)]
    return sorted(made, key=lambda box: -box.strength)


def _runs(mask: Mask) -> tuple[_Ints, _Ints, _Ints]:
    """Return row, first column and the column after the last of every run of true pixels, row by row."""
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    return rows, starts, ends


def _touching(rows: _Ints, starts: _Ints, ends: _Ints) -> tuple[_Ints, _Ints]:
    """Return the pairs of runs in neighbouring rows that touch by side or corner."""
    wide = int(ends.max(initial=0)) + 2
    # One number a place, growing along rows and from row to row, so that runs above are found by bisection.
    firsts = np.searchsorted(rows * wide + ends, (rows - 1) * wide + starts, side="left")
    lasts = np.searchsorted(rows * wide + starts, (rows - 1) * wide + ends, side="right")
    counts = np.maximum(lasts - firsts, 0)
    below = np.repeat(np.arange(len(rows)), counts)
    above = np.repeat(firsts - _before(counts), counts) + np.arange(counts.sum())
    return below, above


def _connect(pairs: tuple[_Ints, _Ints], count: int) -> _Ints:
    """Return for each of `count` things the least of those that pairs connect it with, through any number of steps."""
    least = np.arange(count)
    while True:
        before = least.copy()
        lower = np.minimum(least[pairs[0]], least[pairs[1]])
        # Not only the pair: what stands for it so far has to move too, or a long chain would take a step a pixel.
        for ends in (pairs[0], pairs[1]):
            np.minimum.at(least, before[ends], lower)
            np.minimum.at(least, ends, lower)
        least = least[least]
        if np.array_equal(least, before):
            return least


def _before(counts: _Ints) -> _Ints:
    """Return the sum of the counts before each."""
    return np.cumsum(counts) - counts


def _least(values: _Ints, numbers: _Ints, count: int) -> _Ints:
    least = np.full(count, np.iinfo(np.intp).max, dtype=np.intp)
    np.minimum.at(least, numbers, values)
    return least
