"""Are masks, their regions and tiles what they are said to be?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from joytag_core import MaskSettings, SettingError
from joytag_core.maps.grid import PatchGrid
from joytag_core.maps.masks import combine_masks, grow_mask, otsu_limit, smooth_mask, strongest_enough
from joytag_core.maps.regions import Box, boxes_of, label_regions, without_small
from joytag_core.maps.tag_maps import TagMaps
from joytag_core.maps.tiles import tiles_of

CENTRES = (1.0, 3.0, 5.0, 7.0)


def drawn(text: str) -> Any:
    """Return [H, W] bool, true where a line has an x."""
    return np.array([[sign == "x" for sign in line] for line in text.split()])


def maps_of(*raws: list[list[float]], bias: float = 0.0) -> TagMaps:
    """Return maps of the tags a, b, ... of a square picture of four patches, a pixel each."""
    raw = np.array(raws, dtype=np.float32)
    biases = np.full(len(raws), bias, dtype=np.float32)
    grid = PatchGrid((4, 4), 8, CENTRES)
    return TagMaps(tuple("abc"[: len(raws)]), raw, biases, biases + raw.mean((1, 2)), grid)


STEPS: list[list[float]] = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 16]]


def test_share_takes_what_is_over_a_part_of_the_maximum() -> None:
    """Over, not at: exactly half of 16 stays out."""
    assert {9, 10, 11, 12, 13, 14, 16} == set(np.array(STEPS)[maps_of(STEPS).mask("a", method="share", level=0.5)])
    assert not maps_of(STEPS).mask("a", level=1.0).any()
    assert 15 == maps_of(STEPS).mask("a", level=0.0).sum()


def test_score_takes_places_whose_own_score_is_over_the_level() -> None:
    """With the bias: a place of contribution 6 has a score of 0.5 where the bias is -6."""
    mask = maps_of(STEPS, bias=-6.0).mask("a", method="score", level=0.5)
    assert 7 == np.array(STEPS)[mask].min()


def test_otsu_parts_two_groups() -> None:
    """Wherever the limit lies between them."""
    two: list[list[float]] = [[1, 1, 2, 1], [1, 9, 8, 1], [2, 9, 9, 1], [1, 1, 1, 1]]
    assert [8, 9, 9, 9] == sorted(np.array(two)[maps_of(two).mask("a", method="otsu")])
    assert 2 < otsu_limit(np.array(two, dtype=np.float32)) < 8


def test_otsu_finds_nothing_in_an_even_map() -> None:
    """One group cannot be parted."""
    assert not maps_of([[3.0] * 4] * 4).mask("a", method="otsu").any()


def test_enough_takes_the_fewest_patches_with_which_the_tag_holds() -> None:
    """Checked by adding up: with them it holds, without the weakest of them it does not."""
    maps = maps_of(STEPS, bias=-4.0)
    mask = maps.mask("a", method="enough", level=0.5)
    chosen = np.array(STEPS)[mask]
    assert chosen.sum() / 16 - 4.0 >= 0
    assert (chosen.sum() - chosen.min()) / 16 - 4.0 < 0
    assert chosen.min() > np.array(STEPS)[~mask].max()


def test_enough_takes_nothing_where_the_bias_is_enough_and_all_that_helps_where_nothing_is() -> None:
    """Both ends."""
    assert not maps_of(STEPS, bias=1.0).mask("a", method="enough", level=0.5).any()
    assert 15 == maps_of(STEPS, bias=-100.0).mask("a", method="enough", level=0.5).sum()
    assert not strongest_enough(np.array([[-1.0, -2.0]], dtype=np.float32), 3.0).any()


def test_masks_of_several_tags_are_combined() -> None:
    """Union, intersection, and the first without the others."""
    left: list[list[float]] = [[9, 9, 0, 0]] * 4
    upper: list[list[float]] = [[9] * 4, [9] * 4, [0] * 4, [0] * 4]
    maps = maps_of(left, upper)
    assert 12 == maps.combined_mask(how="union").sum()
    assert 4 == maps.combined_mask(["a", "b"], how="intersection").sum()
    assert 4 == maps.combined_mask(["a", "b"], how="difference").sum()
    assert 8 == maps.combined_mask(["b"], how="difference").sum()
    assert 4 == maps.combined_mask(how="union", invert=True).sum()
    with pytest.raises(SettingError, match="at least one"):
        combine_masks([], "union")
    with pytest.raises(SettingError, match="combine is 'sum'"):
        maps.combined_mask(how="sum")


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "half"},
        {"level": 1.1},
        {"level": -0.1},
        {"smooth": -1},
        {"smallest": 2},
        {"grow": True},
        {"invert": "no"},
    ],
)
def test_settings_out_of_their_range_are_refused(changes: dict[str, Any]) -> None:
    """By the setting's name or value."""
    with pytest.raises(SettingError, match=str(next(iter(changes.values())))):
        maps_of(STEPS).mask("a", **changes)


def test_grow_widens_and_narrows() -> None:
    """By so many pixels in each direction; at the edges there is nothing beyond."""
    one = drawn("..... ..... ..x.. ..... .....")
    assert np.array_equal(drawn("..... .xxx. .xxx. .xxx. ....."), grow_mask(one, 1))
    assert grow_mask(one, 9).all()
    assert np.array_equal(one, grow_mask(grow_mask(one, 1), -1))
    assert np.array_equal(one, grow_mask(one, 0))
    assert not grow_mask(one, -1).any()
    assert grow_mask(np.ones((3, 3), dtype=bool), -1).all()


def test_smooth_rounds_corners_and_drops_specks() -> None:
    """What is larger than the radius stays where it was."""
    mask = np.zeros((60, 60), dtype=bool)
    mask[20:40, 20:40] = True
    mask[5, 5] = True
    smoothed = smooth_mask(mask, 3)
    assert not smoothed[5, 5]
    assert not smoothed[20, 20]
    assert smoothed[30, 20]
    assert smoothed[25:35, 25:35].all()
    assert np.array_equal(mask, smooth_mask(mask, 0))


def test_smooth_moves_no_straight_edge() -> None:
    """It rounds, and neither widens nor narrows."""
    mask = np.zeros((40, 40), dtype=bool)
    mask[:, 15:] = True
    for radius in (1, 3, 6):
        assert np.array_equal(mask[20], smooth_mask(mask, radius)[20])


def test_otsu_takes_nothing_that_speaks_against_the_tag() -> None:
    """Where nothing speaks for it, the mask is empty, as with a share."""
    against = maps_of([[-9, -9, -1, -1]] * 4)
    assert not against.mask("a", method="otsu").any()
    assert not against.mask("a", method="share").any()
    assert maps_of([[-9, -9, -1, 5]] * 4).mask("a", method="otsu").any()


def test_keywords_go_over_settings() -> None:
    """None is swallowed."""
    maps, settings = maps_of(STEPS), MaskSettings(method="score", level=0.1)
    assert np.array_equal(maps.mask("a", settings, level=0.9), maps.mask("a", method="score", level=0.9))
    assert np.array_equal(maps.mask("a", settings, invert=True), ~maps.mask("a", settings))
    assert maps.boxes("a", settings, invert=True) == maps.boxes("a", method="score", level=0.1, invert=True)
    combined = maps.combined_mask(settings=settings, how="union", invert=True)
    assert np.array_equal(combined, maps.combined_mask(method="score", level=0.1, invert=True, how="union"))


def test_regions_touch_by_side_or_corner() -> None:
    """Numbered from the top left."""
    labels, count = label_regions(drawn("xx..x .x..x x...x ....."))
    assert 2 == count
    assert [[1, 1, 0, 0, 2], [0, 1, 0, 0, 2], [1, 0, 0, 0, 2], [0, 0, 0, 0, 0]] == labels.tolist()


def test_winding_regions_are_one() -> None:
    """A spiral, and two combs that mesh without touching."""
    spiral = drawn("xxxxxxx x.....x x.xxx.x x.x...x x.xxxxx x...... xxxxxxx")
    assert 1 == label_regions(spiral)[1]
    assert 2 == label_regions(drawn("x.x.x.x.x x.......x x.xxxxx.x x.......x xxxxxxxxx")[2:])[1]


def test_regions_are_those_that_a_plain_search_finds() -> None:
    """On random masks of several densities."""
    random = np.random.default_rng(0)
    for density in (0.0, 0.2, 0.4, 0.6, 1.0):
        mask = random.random((23, 31)) < density
        labels, count = label_regions(mask)
        expected = _flooded(mask)
        assert len(expected) == count
        for number, pixels in enumerate(expected, start=1):
            assert pixels == set(zip(*map(np.ndarray.tolist, np.nonzero(labels == number)), strict=True))


def _flooded(mask: Any) -> list[set[tuple[int, int]]]:
    """Return the regions of a mask by going from pixel to pixel."""
    remaining = set(zip(*map(np.ndarray.tolist, np.nonzero(mask)), strict=True))
    regions = []
    for start in sorted(remaining):
        if start not in remaining:
            continue
        region, waiting = set(), [start]
        remaining.discard(start)
        while waiting:
            y, x = waiting.pop()
            region.add((y, x))
            around = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & remaining
            remaining -= around
            waiting += around
        regions.append(region)
    return regions


def test_small_regions_are_dropped() -> None:
    """Those of fewer pixels; one of exactly so many stays."""
    mask = drawn("xxx.. ....x xx..x .....")
    assert 5 + 2 == mask.sum()
    assert 3 == without_small(mask, 3).sum()
    assert 7 == without_small(mask, 2).sum()
    assert 3 == maps_of([[9, 9, 9, 0], [0] * 4, [0] * 4, [9, 0, 0, 0]]).mask("a", smallest=0.1).sum()


def test_boxes_enclose_regions_strongest_first() -> None:
    """Right and bottom just outside."""
    mask = drawn("xx... .x... ...xx")
    strength = np.array([[0.1, 0.2, 1, 1, 1], [1, 0.3, 1, 1, 1], [1, 1, 1, 0.4, 0.9]], dtype=np.float32)
    boxes = boxes_of(mask, strength)
    assert [(3, 2, 5, 3), (0, 0, 2, 2)] == [(b.left, b.top, b.right, b.bottom) for b in boxes]
    assert [pytest.approx(0.9), pytest.approx(0.3)] == [box.strength for box in boxes]
    assert (2, 1) == (boxes[0].width, boxes[0].height)
    assert [] == boxes_of(np.zeros((3, 5), dtype=bool), strength)
    assert 2 == Box(3, 2, 5, 3).mask((5, 3)).sum()


@pytest.mark.parametrize(
    ("size", "side", "overlap"), [((100, 60), 40, 10), ((40, 40), 40, 0), ((1, 1), 512, 64), ((1000, 30), 64, 63)]
)
def test_tiles_cover_the_picture_and_share_their_edges(size: tuple[int, int], side: int, overlap: int) -> None:
    """Every pixel is in one, all are equally large, neighbours share what was asked for."""
    tiles = tiles_of(size, side=side, overlap=overlap)
    covered = np.zeros(size[::-1], dtype=bool)
    for tile in tiles:
        covered |= tile.mask(size)
        assert (min(side, size[0]), min(side, size[1])) == (tile.width, tile.height)
    assert covered.all()
    first_row = [tile for tile in tiles if tile.top == 0]
    for one, following in pairwise(first_row):
        assert one.right - following.left >= overlap


def test_tiles_are_no_more_than_needed() -> None:
    """Two of 40 for 70 pixels with 10 shared, three for 71."""
    assert 2 == len(tiles_of((70, 40), side=40, overlap=10))
    assert 3 == len(tiles_of((71, 40), side=40, overlap=10))


@pytest.mark.parametrize(("side", "overlap"), [(0, 0), (10, 10), (10, -1)])
def test_tiles_that_could_not_cover_are_refused(side: int, overlap: int) -> None:
    """A side below 1, an overlap of the whole side."""
    with pytest.raises(SettingError, match=rf"tile is {side} and overlap {overlap}; expected a tile of 1 pixel"):
        tiles_of((100, 100), side=side, overlap=overlap)


def test_tiles_lie_as_comfyui_lays_them() -> None:
    """At distances of the side without the overlap, the last moved back to the edge."""
    lefts = [tile.left for tile in tiles_of((250, 100), side=100, overlap=30)]
    assert [0, 70, 140, 150] == lefts
