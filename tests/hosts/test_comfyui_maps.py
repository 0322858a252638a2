"""Do the nodes of maps work in a real ComfyUI, together with its own nodes?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.hosts.comfyui_prompts import COMFYUI, draw_pictures, node
from tests.hosts.comfyui_server import ComfyServer, Prompt

pytestmark = pytest.mark.skipif(COMFYUI is None, reason="COMFYUI_PATH names no ComfyUI")
CIRCLE = (56, 56, 200, 200)  # where `draw_pictures` draws it, of 256 pixels


@pytest.fixture(scope="module")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI for all tests of this file."""
    assert COMFYUI is not None
    comfyui = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(comfyui.base / "input")
    comfyui.start()
    yield comfyui
    comfyui.stop()


def mapping(picture: str = "circle.png", **settings: Any) -> Prompt:
    """Return the prompt that looks for a circle, saves its mask and shows its points and boxes."""
    return {
        "picture": node("LoadImage", image=picture),
        "maps": node("JoyTag_TagMask", **({"image": ["picture", 0], "tags": "circle", "model": "demo"} | settings)),
        "mask": node("MaskToImage", mask=["maps", 0]),
        "saved": node("SaveImage", images=["mask", 0], filename_prefix="mask"),
        "points": node("PreviewAny", source=["maps", 3]),
        "boxes": node("PreviewAny", source=["maps", 4]),
    }


def test_mask_points_and_boxes_are_where_the_circle_is(comfyui: ComfyServer) -> None:
    """The strongest point lies in it, the mask mostly, and the node shows the overlay and the score."""
    run = comfyui.run(mapping())
    assert "execution_success" == run.ending, run.error
    best = json.loads(run.shown("points")[0])[0]
    left, top, right, bottom = CIRCLE
    assert left <= best["x"] < right and top <= best["y"] < bottom
    (saved,) = (comfyui.base / "output").glob("mask_*.png")
    with Image.open(saved) as opened:
        mask = np.asarray(opened.convert("L")) > 127
    assert (256, 256) == mask.shape
    assert mask[top:bottom, left:right].sum() > mask.sum() / 2 > 0
    shown = next(m["data"]["output"] for m in run.of("executed") if m["data"]["node"] == "maps")
    assert shown["text"][0].startswith("circle 0.")
    assert 1 == len(shown["images"])


def test_a_tag_that_is_not_there_has_no_points(comfyui: ComfyServer) -> None:
    """And the node says so."""
    run = comfyui.run(mapping(tags="heart", image=["picture", 0]))
    assert "execution_success" == run.ending, run.error
    assert ["[]"] == run.shown("points")
    assert "(not there)" in run.shown("maps")[0]


def test_parts_are_tagged_by_masks_and_tiles(comfyui: ComfyServer) -> None:
    """A mask of one node is a part for the other; the tiles' pictures go on as a list."""
    prompt = mapping() | {
        "parts": node("JoyTag_RegionTags", image=["picture", 0], mask=["maps", 0], model="demo"),
        "tiles": node("JoyTag_RegionTags", image=["picture", 0], model="demo", tile=128, overlap=32),
        "sizes": node("SaveImage", images=["tiles", 3], filename_prefix="tile"),
    }
    run = comfyui.run(prompt)
    assert "execution_success" == run.ending, run.error
    assert 1 == len(run.shown("parts"))
    assert "circle" in run.shown("parts")[0]
    assert 9 == len(run.shown("tiles")) == len(list((comfyui.base / "output").glob("tile_*.png")))


def test_tiles_lie_as_comfyuis_own_and_merge_to_the_picture(comfyui: ComfyServer) -> None:
    """Split by JoyTag Region Tags and merged by ComfyUI, a picture is itself again."""
    if "ImageMergeTileList" not in comfyui.get("/object_info"):
        pytest.skip("this ComfyUI merges no tiles")
    prompt = {
        "picture": node("LoadImage", image="triangle.png"),
        "tiles": node("JoyTag_RegionTags", image=["picture", 0], model="demo", tile=128, overlap=48),
        "merged": node("ImageMergeTileList", image_list=["tiles", 3], final_width=240, final_height=320, overlap=48),
        "saved": node("SaveImage", images=["merged", 0], filename_prefix="merged"),
    }
    run = comfyui.run(prompt)
    assert "execution_success" == run.ending, run.error
    (saved,) = (comfyui.base / "output").glob("merged_*.png")
    with Image.open(saved) as merged, Image.open(comfyui.base / "input" / "triangle.png") as picture:
        assert np.abs(np.asarray(merged.convert("RGB"), int) - np.asarray(picture.convert("RGB"), int)).max() <= 1
