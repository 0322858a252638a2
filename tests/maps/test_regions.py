"""Which tags has a part of a picture?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from joytag_core import PictureError, SettingError, Tagger
from joytag_core.maps.features import PatchFeatures
from joytag_core.maps.regions import Box
from tests.fakes import FakeHost
from tests.maps.conftest import pictures
from tests.sample_pictures import wide_picture


def features_of(tagger: Tagger, picture: Image.Image) -> PatchFeatures:
    """Return one picture's features."""
    (features,) = tagger.features_each(picture)
    assert isinstance(features, PatchFeatures)
    return features


def test_the_region_of_the_whole_square_has_the_pictures_scores(tiny: Path) -> None:
    """With no border, all pixels pooled are the tagging itself, but for the cells at the edges."""
    tagger = Tagger.load(tiny.parent / "tiny-plain", device="cpu")
    picture = pictures()[0]
    whole = np.ones((64, 64), dtype=bool)
    (scores,) = tagger.score_regions(picture, [whole])
    assert scores.values == pytest.approx(tagger.score(picture)[0].values, abs=1e-6)
    assert features_of(tagger, picture).scores().values == pytest.approx(scores.values, abs=1e-6)


def test_a_region_inside_one_patch_has_that_patchs_scores(tiny: Path) -> None:
    """The head on its features alone; a box is its mask."""
    tagger = Tagger.load(tiny.parent / "tiny-plain", device="cpu")
    features = features_of(tagger, pictures()[0])
    box = Box(17, 33, 30, 40)
    (by_box,) = tagger.score_regions(pictures()[0], [box])
    (by_mask,) = tagger.score_regions(pictures()[0], [box.mask((64, 64))])
    expected = 1 / (1 + np.exp(-(features.values[2, 1] @ features.head.weight.T + features.head.bias)))
    assert by_box.values == pytest.approx(expected, abs=1e-6)
    assert by_mask.values == pytest.approx(expected, abs=1e-6)


def test_a_crop_is_tagged_as_a_picture(tiny: Path) -> None:
    """By choice: its rectangle alone, run again."""
    tagger = Tagger.load(tiny, device="cpu")
    box = Box(5, 10, 45, 30)
    picture = pictures()[1]
    (by_box, by_mask) = tagger.score_regions(picture, [box, box.mask(picture.size)], crop=True)
    expected = tagger.score(picture.crop((5, 10, 45, 30)))[0].values
    assert by_box.values == pytest.approx(expected, abs=1e-6)
    assert by_mask.values == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("crop", [False, True])
def test_a_mask_may_be_a_grey_picture(tiny: Path, crop: bool) -> None:
    """White is inside; what other programs save as a mask."""
    tagger, picture = Tagger.load(tiny, device="cpu"), pictures()[1]
    mask = Box(5, 10, 45, 30).mask(picture.size)
    grey = Image.fromarray(mask.astype(np.uint8) * 255)
    for given in (grey, grey.convert("1"), grey.convert("RGB"), torch.from_numpy(mask)):
        (expected, found) = tagger.score_regions(picture, [mask, given], crop=crop)
        assert found.values == pytest.approx(expected.values, abs=1e-6)


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ((0, 0, 10, 10), "expected a Box, or a mask"),
        ("mask.png", "expected a Box, or a mask"),
        (Box(0.5, 0, 3, 3), "the region's left is 0.5; expected a whole number"),  # type: ignore[arg-type]
        (Box(0, 0, 91, 3), "reaches out of the picture of 90x40"),
        (np.ones((3, 3)), "the region is a mask of 3x3; expected the picture's 90x40"),
    ],
)
@pytest.mark.parametrize("crop", [False, True])
def test_what_is_no_region_is_refused(tiny: Path, region: Any, message: str, crop: bool) -> None:
    """In a sentence that says what it should be."""
    tagger = Tagger.load(tiny, device="cpu")
    with pytest.raises(SettingError, match=message):
        tagger.score_regions(pictures()[1], [region], crop=crop)


def test_regions_of_one_picture_take_one_pass(tiny: Path) -> None:
    """However many; crops take one each."""
    from joytag_core.maps.tiles import tiles_of

    host = FakeHost()
    tagger = Tagger.load(tiny, host=host)
    tiles = tiles_of((64, 64), side=32, overlap=8)
    assert len(tiles) == len(tagger.score_regions(pictures()[0], tiles))
    assert [1] == host.batches
    tagger.score_regions(pictures()[0], tiles, crop=True, batch_size=3)
    assert [1, 3, 3, 3] == host.batches


@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("height", [1, 3, 4])
def test_regions_of_a_tensor_of_few_rows_follow_the_layout_that_is_said(tiny: Path, height: int, *, crop: bool) -> None:
    """Three rows look like three channels; the same picture as Pillow's has the same scores."""
    from joytag_core.maps.regions import Box
    from joytag_core.pictures.reading import Reading

    tagger = Tagger.load(tiny, device="cpu")
    steps = np.random.default_rng(4).integers(0, 256, (height, 4, 3), dtype=np.uint8)
    regions = [Box(0, 0, 4, height), Box(1, 0, 3, 1)]
    expected = tagger.score_regions(Image.fromarray(steps), regions, crop=crop)
    for given, layout in ((steps, "channels_last"), (steps.transpose(2, 0, 1), "channels_first")):
        found = tagger.score_regions(torch.from_numpy(given.copy()), regions, crop=crop, reading=Reading(layout=layout))
        for one, other in zip(expected, found, strict=True):
            assert one.values == pytest.approx(other.values, abs=1e-6)


@pytest.mark.parametrize("crop", [False, True])
def test_regions_are_seen_in_the_colours_that_are_asked_for(tiny: Path, *, crop: bool) -> None:
    """As the whole picture is."""
    from joytag_core.maps.regions import Box
    from joytag_core.pictures.reading import Reading

    tagger = Tagger.load(tiny, device="cpu")
    stored = Reading(colours="stored")
    (found,) = tagger.score_regions(wide_picture(), [Box(0, 0, 40, 30)], crop=crop, reading=stored)
    (other,) = tagger.score_regions(wide_picture(), [Box(0, 0, 40, 30)], crop=crop)
    assert not np.allclose(found.values, other.values, atol=1e-4)
    if crop:
        (expected,) = tagger.score(wide_picture(), reading=stored)
        assert expected.values == pytest.approx(found.values, abs=1e-6)


def test_regions_of_several_pictures_are_refused(tiny: Path) -> None:
    """Nobody could say which picture they are of."""
    tagger = Tagger.load(tiny, device="cpu")
    with pytest.raises(PictureError, match="expected one"):
        tagger.score_regions(torch.zeros(2, 9, 9, 3), [Box(0, 0, 4, 4)])


@pytest.mark.parametrize("crop", [False, True])
def test_regions_that_are_none_are_refused(tiny: Path, crop: bool) -> None:
    """Empty ones, ones outside the picture, ones of another picture's size."""
    tagger = Tagger.load(tiny, device="cpu")
    for region in (Box(5, 5, 5, 9), Box(0, 0, 65, 5), np.zeros((64, 64), dtype=bool), np.ones((5, 4), dtype=bool)):
        with pytest.raises(SettingError, match="region"):
            tagger.score_regions(pictures()[0], [region], crop=crop)


def test_a_session_gives_maps_and_regions_of_its_model(tiny: Path) -> None:
    """Loaded once for all; its model's name decides."""
    from joytag_core import Session

    session = Session(FakeHost([tiny.parent]))
    (maps,) = session.maps(pictures()[0], ["tag_1"], model="tiny")
    (scores,) = session.score_regions(pictures()[0], [Box(0, 0, 64, 64)], model="tiny")
    assert "tiny" == session.loaded
    assert ("tag_1",) == maps.tags
    assert 40 == len(scores)
