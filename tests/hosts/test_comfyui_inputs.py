"""What does a person of a real ComfyUI read where an input is unusual or wrong? Fed by a node that emits any tensor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.comfyui_prompts import COMFYUI, SHOW, TAGGER, draw_pictures, node, tagging, tags_of
from tests.hosts.comfyui_server import ComfyServer, Prompt, Run

pytestmark = pytest.mark.skipif(not COMFYUI, reason="COMFYUI_PATH names no ComfyUI")

SHAPES = "expected [H, W, C], [B, H, W, C], [C, H, W] or [B, C, H, W] with 1, 3 or 4 channels, or grey [H, W]"
VALUES = "expected uint8 from 0 to 255, or floating-point values from 0 to 1"
EMITTER = """
import torch

def colour(red, green, blue, height=40, width=48):
    return torch.tensor([red, green, blue]).expand(1, height, width, 3).clone()

def with_nan(pictures):
    pictures[-1, 3, 5, 1] = float("nan")
    return pictures

def all_white_but_hidden():
    return torch.cat([colour(0.0, 0.0, 1.0), torch.zeros(1, 40, 48, 1)], dim=-1)

WHAT = {
    "empty batch": lambda: [torch.zeros(0, 8, 8, 3)],
    "empty list": lambda: [],
    "one channel": lambda: [torch.zeros(1, 40, 48, 1)],
    "two channels": lambda: [torch.zeros(1, 40, 48, 2)],
    "four channels": lambda: [all_white_but_hidden()],
    "no pixels": lambda: [torch.zeros(1, 0, 8, 3)],
    "bytes": lambda: [torch.zeros(1, 8, 8, 3, dtype=torch.uint8)],
    "whole numbers": lambda: [torch.zeros(1, 8, 8, 3, dtype=torch.int32)],
    "a mask": lambda: [torch.zeros(1, 8, 8)],
    "NaN": lambda: [with_nan(torch.zeros(1, 8, 8, 3))],
    "NaN in the third of three": lambda: [torch.zeros(1, 8, 8, 3), with_nan(torch.zeros(2, 8, 8, 3))],
    "out of range": lambda: [colour(-0.9, -0.1, 1.9)],
    "HDR": lambda: [colour(-3.0, -1.0, 7.0)],
    "the sun": lambda: [colour(float("-inf"), 0.0, float("inf"))],
    "one pixel": lambda: [colour(0.0, 0.0, 1.0, 1, 1)],
    "4k": lambda: [colour(1.0, 0.0, 0.0, 2160, 3840)],
    "64": lambda: [torch.cat([colour(1.0, 0.0, 0.0), colour(0.0, 0.0, 1.0)] * 32)],
    "sizes": lambda: [colour(1.0, 0.0, 0.0), colour(0.0, 0.0, 1.0, 100, 90), colour(1.0, 1.0, 0.0, 64, 64)],
}

class Emit:
    RETURN_TYPES, OUTPUT_IS_LIST, FUNCTION, CATEGORY = ("IMAGE",), (True,), "emit", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"what": (list(WHAT),)}}

    def emit(self, what):
        return (WHAT[what](),)

NODE_CLASS_MAPPINGS = {"Emit": Emit}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI with a second pack, whose node emits the pictures that no node of its core makes."""
    assert COMFYUI is not None
    server = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(server.base / "input")
    (server.base / "custom_nodes" / "emitter.py").write_text(EMITTER, encoding="utf-8")
    server.start()
    yield server
    server.stop()


def emitting(what: str, **settings: Any) -> Prompt:
    """Return the prompt that tags what the emitter makes, and shows all tags in one text."""
    prompt = tagging(image=["emitter", 0], **settings)
    del prompt["picture"]
    return prompt | {"emitter": node("Emit", what=what)}


def error_of(run: Run) -> str:
    """Return the message that the dialog shows for a run that failed."""
    assert "execution_error" == run.ending
    return run.error.strip()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("empty batch", "No picture came in: the image input holds an empty batch or an empty list."),
        ("empty list", "No picture came in: the image input holds an empty batch or an empty list."),
        (
            "a mask",
            "a mask (MASK) of 1x8x8 came in as image; expected a picture (IMAGE): Convert Mask to Image makes one of "
            "it.",
        ),
        ("two channels", f"the tensor is 1x40x48x2; {SHAPES}"),
        ("no pixels", "the tensor is 1x0x8x3; expected a picture of at least one pixel"),
        ("whole numbers", f"the tensor is of torch.int32; {VALUES}"),
        ("NaN", "the picture holds values that are not finite (NaN or infinity); expected 0 to 1"),
        (
            "NaN in the third of three",
            "picture 3 of 3: the picture holds values that are not finite (NaN or infinity); expected 0 to 1",
        ),
    ],
)
def test_a_picture_that_is_none_is_told_in_one_sentence(server: ComfyServer, what: str, message: str) -> None:
    """The dialog's message says what came in and what was expected; nobody needs the stack trace."""
    assert message == error_of(server.run(emitting(what)))


@pytest.mark.parametrize(
    ("what", "tag"),
    [
        ("one channel", "black background"),
        ("four channels", "white background"),
        ("bytes", "black background"),
        ("out of range", "blue background"),
        ("HDR", "blue background"),
        ("the sun", "blue background"),
        ("one pixel", "blue background"),
        ("4k", "red background"),
    ],
)
def test_an_unusual_picture_is_tagged_as_a_person_sees_it(server: ComfyServer, what: str, tag: str) -> None:
    """One channel is grey, alpha lies over white, values beside 0..1 are clamped; no size is too small or large."""
    assert tag in tags_of(server.run(emitting(what)))


def test_a_mask_is_tagged_through_cores_own_node(server: ComfyServer) -> None:
    """MaskToImage turns a MASK into the IMAGE that the tagger takes."""
    prompt = tagging(image=["picture", 0])
    prompt |= {
        "mask": node("SolidMask", value=1.0, width=96, height=64),
        "picture": node("MaskToImage", mask=["mask", 0]),
    }
    assert "white background" in tags_of(server.run(prompt))


def test_sixty_four_pictures_have_their_own_tags_in_order(server: ComfyServer) -> None:
    """A large batch goes through, and no picture's tags come to another."""
    shown = server.run(emitting("64")).shown(TAGGER)
    assert 64 == len(shown)
    assert all("red background" in one for one in shown[::2])
    assert all("blue background" in one for one in shown[1::2])


def test_pictures_of_different_sizes_go_through_in_one_list(server: ComfyServer) -> None:
    """A list may hold what no batch can."""
    shown = server.run(emitting("sizes")).shown(TAGGER)
    assert 3 == len(shown)
    for colour, tags in zip(("red", "blue", "yellow"), shown, strict=True):
        assert f"{colour} background" in tags


def test_an_empty_tag_list_gives_an_empty_text(server: ComfyServer) -> None:
    """Nothing in, nothing out: neither an error nor a tag, and a count of none."""
    prompt = {
        "filter": node("JoyTag_TagFilter", tags=" , \n", exclude="*hair"),
        SHOW: node("PreviewAny", source=["filter", 2]),
        "info": node("JoyTag_TagInfo", tags=""),
        "info shown": node("PreviewAny", source=["info", 0]),
    }
    run = server.run(prompt)
    assert "execution_success" == run.ending, run.error
    assert [""] == run.shown("filter")
    assert ["0"] == run.shown(SHOW)
    assert [""] == run.shown("info")


def test_a_picture_without_tags_gives_an_empty_prompt(server: ComfyServer) -> None:
    """Where no tag passes, the prompt is empty, and a prompt that is empty can be encoded as any other."""
    prompt = tagging(threshold=1.0, character_threshold=1.0)
    run = server.run(prompt)
    assert "execution_success" == run.ending, run.error
    assert [""] == run.shown(TAGGER)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"exclude": "blue*\n/(/"}, "exclude, line 2: /(/"),
        ({"replace": "a b c"}, "replace, line 1"),
        ({"lists": "no-such-list"}, "no-such-list"),
        ({"exclude": "category:people"}, "category:people"),
        ({"max_per_group": "clothing many"}, "clothing many"),
        ({"categories": "general, cats"}, "cats"),
    ],
)
def test_a_wrong_rule_is_named_with_its_place(server: ComfyServer, settings: Prompt, message: str) -> None:
    """The message holds the rule as it was written."""
    assert message in error_of(server.run(tagging(**settings)))


def test_tag_lists_and_pictures_that_do_not_pair_are_counted(server: ComfyServer) -> None:
    """Two tag lists with three pictures: the message says how many of each came in."""
    prompt = {
        "emitter": node("Emit", what="sizes"),
        "two": node("Emit", what="64"),
        "batch": node("ImageFromBatch", image=["two", 0], batch_index=0, length=2),
        TAGGER: node("JoyTag_Interrogate", image=["batch", 0], model="demo"),
        "filter": node("JoyTag_TagFilter", tags=[TAGGER, 0], image=["emitter", 0], model="demo"),
        SHOW: node("PreviewAny", source=["filter", 0]),
    }
    message = error_of(server.run(prompt))
    assert "2 tag lists came in with 3 pictures; expected as many of each, or one." == message
