"""What does JoyTag Region Tags say of parts of pictures?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.comfyui.fake_comfyui import FakeComfy

MODEL = {"model": ["tiny"], "threshold": [0.5]}


def picture(height: int = 100, width: int = 130, count: int = 1) -> Tensor:
    """Return a batch of noise."""
    return torch.rand(count, height, width, 3, generator=torch.Generator().manual_seed(1))


def run(comfy: FakeComfy, image: Tensor, mask: Tensor | None = None, **settings: Any) -> Any:
    """Run the node as ComfyUI does: everything in lists."""
    given = MODEL | {name: [value] for name, value in settings.items()}
    return comfy.nodes()["JoyTag_RegionTags"].execute(image=[image], mask=[] if mask is None else [mask], **given)


def test_tiles_are_tagged_row_by_row(comfy: FakeComfy) -> None:
    """A prompt, the scores and the picture of each."""
    image = picture()
    tags, joined, scores, parts = run(comfy, image, tile=64, overlap=16).args
    tiles = comfy.module("joytag_core.maps.tiles").tiles_of((130, 100), side=64, overlap=16)
    assert 6 == len(tags) == len(scores) == len(parts) == len(tiles)
    assert "\n".join(tags) == joined
    for part, tile in zip(parts, tiles, strict=True):
        assert torch.equal(image[:, tile.top : tile.bottom, tile.left : tile.right], part)
    expected = comfy.module("nodes.host").session().score_regions(image[0], tiles, model="tiny")
    assert np.allclose([one.values for one in expected], [one.values for one in scores], atol=1e-6)


def test_masks_are_tagged_in_one_pass(comfy: FakeComfy) -> None:
    """Any number for one picture; the part is the box around the mask."""
    masks = torch.zeros(2, 100, 130)
    masks[0, 10:50, 20:60] = 1
    masks[1, 60:90, 5:100] = 1
    comfy.progress.clear()
    tags, _, scores, parts = run(comfy, picture(), masks).args
    assert 2 == len(tags)
    assert [(1, 40, 40, 3), (1, 30, 95, 3)] == [tuple(part.shape) for part in parts]
    assert [(1, 1)] == comfy.progress
    assert not np.allclose(scores[0].values, scores[1].values)


def test_a_part_may_be_looked_at_alone(comfy: FakeComfy) -> None:
    """Then its scores are those of the part as a picture."""
    mask = torch.zeros(1, 100, 130)
    mask[0, 10:50, 20:60] = 1
    (scores,) = run(comfy, picture(), mask, crop=True).args[2]
    (expected,) = comfy.module("nodes.host").session().score(picture()[:, 10:50, 20:60], model="tiny")
    assert np.allclose(expected.values, scores.values, atol=1e-6)


def test_each_picture_may_have_its_mask(comfy: FakeComfy) -> None:
    """As many masks as pictures."""
    tags, *_ = run(comfy, picture(count=3), torch.ones(3, 100, 130)).args
    assert 3 == len(tags)
    with pytest.raises(ValueError, match="2 masks came in with 3 pictures"):
        run(comfy, picture(count=3), torch.ones(2, 100, 130))


def test_a_small_picture_is_one_tile_and_many_pictures_have_tiles_each(comfy: FakeComfy) -> None:
    """By default tiles are larger than that."""
    assert 1 == len(run(comfy, picture()).args[0])
    assert 3 == len(run(comfy, picture(count=3)).args[0])


def test_settings_choose_and_write_the_tags(comfy: FakeComfy) -> None:
    """As on JoyTag Interrogate."""
    tags, *_ = run(comfy, picture(), threshold=0.0, max_tags=2, add_first="masterpiece").args
    assert tags[0].startswith("masterpiece, ")
    assert 3 == len(tags[0].split(", "))


@pytest.mark.parametrize(
    ("mask", "settings", "message"),
    [
        (torch.zeros(1, 100, 130), {}, "A mask is empty"),
        (None, {"tile": 64, "overlap": 64}, "tile is 64 and overlap 64"),
    ],
)
def test_parts_that_are_none_are_told(
    comfy: FakeComfy, mask: Tensor | None, settings: dict[str, Any], message: str
) -> None:
    """An empty mask, tiles that would not move on."""
    with pytest.raises(ValueError, match=message):
        run(comfy, picture(), mask, **settings)


@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("height", [1, 3, 4])
def test_a_picture_of_few_rows_is_a_picture(comfy: FakeComfy, height: int, *, crop: bool) -> None:
    """Three rows are not taken for three channels."""
    tags, *_ = run(comfy, picture(height, 4), crop=crop).args
    assert 1 == len(tags)
