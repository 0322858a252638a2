"""Can everybody read an overlay?"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from joytag_core.maps.grid import PatchGrid
from joytag_core.maps.overlay import AGAINST, FOR, draw_mask, draw_overlay
from joytag_core.maps.tag_maps import TagMaps


def maps_of(*raws: list[list[float]], bias: float = 0.0) -> TagMaps:
    """Return maps of the tags a, b of a picture of 64 pixels a side, on two by two patches."""
    raw = np.array(raws, dtype=np.float32)
    biases = np.full(len(raws), bias, dtype=np.float32)
    return TagMaps(
        tuple("ab"[: len(raws)]), raw, biases, biases + raw.mean((1, 2)), PatchGrid((64, 64), 32, (8.0, 24.0))
    )


GREY = Image.new("RGB", (64, 64), (100, 100, 100))


def test_for_is_orange_and_against_is_blue() -> None:
    """At full strength the strongest places have the colours themselves; between the two lies the grey picture."""
    shown = np.asarray(draw_overlay(GREY, maps_of([[4, -4], [4, -4]]), strength=1.0, threshold=0))
    assert FOR == tuple(shown[32, 0])
    assert AGAINST == tuple(shown[32, 63])
    assert np.abs(shown[32, 31:33].astype(int) - 100).max() < 12


def test_the_colours_differ_in_lightness_and_for_every_kind_of_sight() -> None:
    """Simulated after Vienot, Brettel and Mollon (1999), the two stay far apart without red or green cones."""
    linear = (np.array([FOR, AGAINST]) / 255) ** 2.2
    for row in ([0.11238, 0.88762, 0.0], [0.29275, 0.70725, 0.0]):
        red_green = linear @ np.array(row)
        seen = np.stack([red_green, red_green, linear[:, 2]], axis=1) ** (1 / 2.2)
        assert np.linalg.norm(seen[0] - seen[1]) > 0.5


def test_strength_nothing_leaves_the_picture_in_grey() -> None:
    """And colours of the picture never pass for colours of the map."""
    red = Image.new("RGB", (64, 64), (200, 0, 0))
    shown = np.asarray(draw_overlay(red, maps_of([[4, -4], [4, -4]]), strength=0, threshold=0))
    assert 0 == np.ptp(shown.astype(int), axis=-1).max()


def test_several_tags_are_shown_together() -> None:
    """For: what speaks for any. Against: only what speaks against all."""
    shown = np.asarray(draw_overlay(GREY, maps_of([[4, 0], [-4, -4]], [[0, 4], [0, -4]]), strength=1.0, threshold=0))
    assert FOR == tuple(shown[0, 0]) == tuple(shown[0, 63])
    assert AGAINST == tuple(shown[63, 63])
    assert (100, 100, 100) == tuple(shown[63, 0])


def test_a_tag_that_does_not_hold_is_named_below() -> None:
    """One that holds is not."""
    maps = maps_of([[0, 0], [0, 0]], bias=-2.0)
    absent = np.asarray(draw_overlay(GREY, maps))
    held = np.asarray(draw_overlay(GREY, maps, threshold=0.05))
    assert (absent[-5:] == 0).any()
    assert not (held == 0).any()
    assert np.array_equal(absent[:32], held[:32])


def test_a_tag_that_is_nowhere_does_not_look_as_if_it_were() -> None:
    """One weak place for it among strong ones against it stays weak."""
    shown = np.asarray(draw_overlay(GREY, maps_of([[0.1, -4], [-4, -4]]), strength=1.0, threshold=0))
    assert np.abs(shown[0, 0].astype(int) - 100).max() < 10


@pytest.mark.parametrize("pixels", [1, 130, 64 * 63])
def test_bands_leave_no_trace(monkeypatch: pytest.MonkeyPatch, pixels: int) -> None:
    """Row by row, two rows at a time, or in two parts: the map and what is drawn of it are the same."""
    maps = maps_of([[4, -2], [-4, 1]], [[-1, 3], [0, -4]])
    whole, drawn = maps.map("a"), np.asarray(draw_overlay(GREY, maps, threshold=0))
    monkeypatch.setattr("joytag_core.maps.grid._BAND_PIXELS", pixels)
    assert whole == pytest.approx(maps.map("a"), abs=1e-6)
    assert np.array_equal(drawn, np.asarray(draw_overlay(GREY, maps, threshold=0)))


def test_a_mask_is_a_grey_picture() -> None:
    """0 and 255 for a choice, all between for weights."""
    drawn = draw_mask(np.array([[True, False]]))
    assert ("L", [255, 0]) == (drawn.mode, np.asarray(drawn).ravel().tolist())
    assert [128] == np.asarray(draw_mask(np.array([[0.5]], dtype=np.float32))).ravel().tolist()
