"""How do numbers a pixel become a mask, and how are masks shaped and combined?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ..checks import check_bool, check_choice, check_number, check_unit
from ..errors import SettingError
from .choices import COMBINATIONS, METHODS
from .grid import Floats, Mask
from .regions import without_small

_MOST_PIXELS = 10_000
_STEPS = 256  # as fine as a grey picture: Otsu's limit is not meant to be finer


@dataclass(frozen=True, kw_only=True)
class MaskSettings:
    """Say how a mask is made.

    `method` with `level`:

    - `share`: where the map is over `level` (0..1) of its maximum in the picture.
    - `score`: where the place's own score is over `level` (0..1): the score of a picture that is like this everywhere.
    - `otsu`: where Otsu's limit says, which parts the map's values into two groups that differ most. No level.
    - `enough`: the fewest patches, strongest first, with which the tag would hold at a threshold of `level` if all
      others and the white border said nothing.

    Then the mask is shaped, in this order: `smooth` rounds its corners (radius in pixels), `grow` widens it by so many
    pixels or, below 0, narrows it, `smallest` drops regions that are smaller than this share of the picture (0..1), and
    `invert` takes what is left over.
    """

    method: str = "share"
    level: float = 0.5
    smooth: int = 0
    grow: int = 0
    smallest: float = 0.0
    invert: bool = False

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            SettingError: one is out of its range.
        """
        check_choice("method", self.method, METHODS)
        check_unit("level", self.level)
        check_unit("smallest", self.smallest)
        check_number("smooth", self.smooth, minimum=0, maximum=_MOST_PIXELS, whole=True)
        check_number("grow", self.grow, minimum=-_MOST_PIXELS, maximum=_MOST_PIXELS, whole=True)
        check_bool("invert", self.invert)


def shape_mask(mask: Mask, settings: MaskSettings) -> Mask:
    """Smooth, grow, clean and invert a mask [H, W] as the settings say."""
    mask = grow_mask(smooth_mask(mask, settings.smooth), settings.grow)
    mask = without_small(mask, round(settings.smallest * mask.size))
    return ~mask if settings.invert else mask


def combine_masks(masks: Iterable[Mask], how: str) -> Mask:
    """Return one mask for at least one of equal sizes, by one of `COMBINATIONS`; a generator's are taken in turn.

    Raises:
        SettingError: there is no mask, or no such combination.
    """
    check_choice("combine", how, COMBINATIONS)
    others = iter(masks)
    combined = next(others, None)
    if combined is None:
        raise SettingError("there is no mask to combine; expected at least one tag")
    for mask in others:
        combined = combined | mask if how == "union" else combined & (mask if how == "intersection" else ~mask)
    return combined


def smooth_mask(mask: Mask, radius: int) -> Mask:
    """Round a mask's corners and close its gaps over about `radius` pixels."""
    if radius <= 0:
        return mask
    grey = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(radius))
    smoothed: Mask = np.asarray(grey) >= 128
    return smoothed


def grow_mask(mask: Mask, pixels: int) -> Mask:
    """Widen a mask by so many pixels in every direction, or narrow it by as many below 0."""
    if pixels < 0:
        return ~grow_mask(~mask, -pixels)
    for axis in (0, 1) if pixels else ():
        mask = _grow_along(mask, pixels, axis)
    return mask


def otsu_limit(values: Floats) -> float:
    """Return Otsu's limit of values: where two groups, the values above it and the rest, differ most.

    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1), 1979.
    """
    counts, edges = np.histogram(values, bins=_STEPS)
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts)[:-1], values.size
    sums = np.cumsum(counts * middles)
    above = total - below
    means_apart = sums[:-1] / np.maximum(below, 1) - (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    between = below * above * means_apart**2
    # Between two groups with a gap, all limits are as good: the one in the middle.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float((edges[best[0] + 1] + edges[best[-1] + 1]) / 2)


def strongest_enough(values: Floats, needed: float) -> npt.NDArray[np.bool_]:
    """Return the fewest of the values, greatest first and none below 0, whose sum is at least `needed`.

    Where all together do not reach it, all above 0.
    """
    order = np.argsort(-values, axis=None, kind="stable")
    positive = np.maximum(values.ravel()[order].astype(np.float64), 0.0)
    count = int(np.searchsorted(np.cumsum(positive), needed)) + 1 if needed > 0 else 0
    chosen = np.zeros(values.size, dtype=bool)
    chosen[order[: min(count, int((positive > 0).sum()))]] = True
    return chosen.reshape(values.shape)


def _grow_along(mask: Mask, pixels: int, axis: int) -> Mask:
    # Sums of a window as differences of running sums: as fast for a hundred pixels as for one.
    length = mask.shape[axis]
    running = np.insert(np.cumsum(mask, axis=axis, dtype=np.int32), 0, 0, axis=axis)
    places = np.arange(length)
    ends = np.take(running, np.minimum(places + pixels + 1, length), axis=axis)
    starts = np.take(running, np.maximum(places - pixels, 0), axis=axis)
    grown: Mask = ends > starts
    return grown
