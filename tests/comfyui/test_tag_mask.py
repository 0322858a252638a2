"""Where does JoyTag Tag Mask say that tags are?"""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import Tensor

from joytag_core.maps.tag_maps import TagMaps
from joytag_core.settings.map_parameters import MAP_PARAMETERS
from tests.comfyui.fake_comfyui import FakeComfy

MODEL = {"model": ["tiny"], "threshold": [0.0]}


def pictures(count: int, height: int, width: int) -> Tensor:
    """Return a batch of noise."""
    return torch.rand(count, height, width, 3, generator=torch.Generator().manual_seed(count))


def run(comfy: FakeComfy, *images: Tensor, tags: str = "smile, solo", **settings: Any) -> Any:
    """Run the node as ComfyUI does: everything in lists."""
    given = MODEL | {name: [value] for name, value in settings.items()}
    return comfy.nodes()["JoyTag_TagMask"].execute(image=list(images), tags=[tags], **given)


def maps_of(comfy: FakeComfy, image: Tensor, *tags: str) -> list[TagMaps]:
    """Return the core's maps."""
    session = comfy.module("nodes.host").session()
    return list(session.maps([image], list(tags), model="tiny"))


def test_masks_are_the_cores_one_a_tag(comfy: FakeComfy) -> None:
    """A batch stays a batch; without a limit too; the overlay has the picture's size."""
    image = pictures(2, 24, 40)
    masks, soft, overlays, points, boxes = run(comfy, image).args
    assert [(2, 24, 40)] * 2 == [tuple(mask.shape) for mask in masks] == [tuple(one.shape) for one in soft]
    assert [(2, 24, 40, 3)] * 2 == [tuple(one.shape) for one in overlays]
    first, second = maps_of(comfy, image, "smile", "solo")
    for number, tag in enumerate(("smile", "solo")):
        for place, maps in enumerate((first, second)):
            assert torch.equal(torch.from_numpy(maps.mask(tag)).float(), masks[number][place])
            assert torch.allclose(torch.from_numpy(maps.map(tag)), soft[number][place], atol=1e-5)
    assert 4 == len(points)
    assert 2 == len(boxes) == len(boxes[0])


def test_tags_may_be_one_mask(comfy: FakeComfy) -> None:
    """Then there is one for each batch."""
    image = pictures(1, 24, 40)
    masks, _, overlays, points, boxes = run(comfy, image, combine="union").args
    assert 1 == len(masks) == len(overlays) == len(points) == len(boxes)
    (maps,) = maps_of(comfy, image, "smile", "solo")
    assert torch.equal(torch.from_numpy(maps.combined_mask(how="union")).float(), masks[0][0])


def test_points_and_boxes_are_as_sam3_takes_them(comfy: FakeComfy) -> None:
    """JSON of x and y; for each picture of a batch a list of x, y, width, height and score, in pixels."""
    image = pictures(1, 24, 40)
    *_, points, boxes = run(comfy, image, tags="smile", points=2).args
    (maps,) = maps_of(comfy, image, "smile")
    assert [(one.x, one.y) for one in maps.points("smile", 2)] == [(p["x"], p["y"]) for p in json.loads(points[0])]
    for box, expected in zip(boxes[0][0], maps.boxes("smile"), strict=True):
        assert {"x", "y", "width", "height", "score"} == set(box)
        assert (expected.left, expected.top, expected.width) == (box["x"], box["y"], box["width"])


def test_pictures_of_all_sizes_take_one_pass(comfy: FakeComfy) -> None:
    """An empty batch among them is passed over."""
    masks = run(comfy, pictures(2, 24, 40), torch.zeros(0, 8, 8, 3), pictures(1, 9, 7), tags="smile").args[0]
    assert [(2, 24, 40), (1, 9, 7)] == [tuple(mask.shape) for mask in masks]


def test_a_tag_that_is_not_there_is_told_and_has_an_empty_mask(comfy: FakeComfy) -> None:
    """Unless the person wants to see where it would be."""
    image = pictures(1, 24, 40)
    result = run(comfy, image, tags="smile", threshold=1.0)
    masks, soft, _, points, boxes = result.args
    assert not masks[0].any() and not soft[0].any()
    assert (["[]"], [[[]]]) == (points, boxes)
    assert "(not there)" in result.ui["text"][0]
    masks, _, _, points, _ = run(comfy, image, tags="smile", threshold=1.0, only_held=False).args
    assert masks[0].any()
    assert json.loads(points[0])


def test_the_node_shows_the_overlay_and_a_sentence_for_each_picture(comfy: FakeComfy) -> None:
    """On the page."""
    result = run(comfy, pictures(2, 24, 40), tags="smile")
    assert 2 == len(result.ui["images"]) == len(result.ui["text"])
    assert result.ui["text"][0].startswith("smile 0.")


def test_the_overlay_of_a_picture_brighter_than_white_is_that_of_the_clamped(comfy: FakeComfy) -> None:
    """As ComfyUI would save it."""
    hdr = pictures(1, 24, 40) * 12 - 4
    (found,), (expected,) = (run(comfy, one, tags="smile").args[2] for one in (hdr, hdr.clamp(0, 1)))
    assert torch.equal(expected, found)


def test_tags_of_another_node_are_read_as_a_prompt(comfy: FakeComfy) -> None:
    """Escaped, weighted, with blanks or underscores, over several lines; what is no text is told."""
    image = pictures(1, 24, 40)
    expected = run(comfy, image, tags="hatsune_miku, smile, :3").args[3]
    assert expected == run(comfy, image, tags="hatsune miku, (smile:1.2),\n:3").args[3]
    with pytest.raises(ValueError, match="7 came in as tags; expected text"):
        run(comfy, image, tags=7)  # type: ignore[arg-type]


def test_names_are_taken_as_people_write_them(comfy: FakeComfy) -> None:
    """Lines, commas, spaces, escapes; each tag once."""
    assert 2 == len(run(comfy, pictures(1, 8, 8), tags="Long Hair,\n long_hair\n, smile,").args[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"tags": " ,\n"}, "No tag came in"), ({"tags": "hat"}, "no tag 'hat'"), ({"level": 2.0}, "level is 2.0")],
)
def test_what_cannot_be_done_is_told(comfy: FakeComfy, changes: dict[str, Any], message: str) -> None:
    """No tags, unknown tags, settings out of range."""
    with pytest.raises(ValueError, match=message):
        run(comfy, pictures(1, 8, 8), **changes)


def test_no_picture_is_told(comfy: FakeComfy) -> None:
    """As by JoyTag Interrogate."""
    with pytest.raises(ValueError, match="No picture came in"):
        run(comfy, torch.zeros(0, 8, 8, 3))


def test_maps_are_exact_where_comfyui_loads_the_model_in_part(comfy: FakeComfy) -> None:
    """Half of the layers and every bare parameter stay behind on another device."""
    image = pictures(1, 24, 40)
    (whole,) = maps_of(comfy, image, "smile")
    comfy.module("nodes.host").session().unload()
    comfy.load_part = True
    (part,) = maps_of(comfy, image, "smile")
    assert abs(part.bias + part.raw.mean((1, 2)) - part.logits).max() < 1e-5
    assert abs(part.raw - whole.raw).max() < 1e-4


def test_every_setting_of_maps_is_on_the_node(comfy: FakeComfy) -> None:
    """With the core's default and range."""
    inputs = {one.id: one for one in comfy.nodes()["JoyTag_TagMask"].define_schema().inputs}
    for name, parameter in MAP_PARAMETERS.items():
        assert parameter.default == inputs[name].options["default"]
        assert parameter.minimum == inputs[name].options.get("min")
