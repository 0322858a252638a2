"""What do the nodes say where something else comes in than they expect? A socket of any type lets it through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.comfyui.fake_comfyui import FakeComfy

PICTURE = torch.rand(1, 100, 130, 3, generator=torch.Generator().manual_seed(1))
LATENT = {"samples": torch.zeros(1, 4, 8, 8)}
SETTINGS: dict[str, dict[str, list[Any]]] = {
    "Interrogate": {},
    "TagFilter": {"tags": ["smile"]},
    "TagSwitch": {"pattern": ["smile"]},
    "PromptCheck": {"prompt": ["smile"]},
    "TagMask": {"tags": ["smile"]},
    "RegionTags": {},
}


def run(comfy: FakeComfy, kind: str, **inputs: Any) -> Any:
    """Run a node as ComfyUI does: everything in lists."""
    return comfy.nodes()[f"JoyTag_{kind}"].execute(**{"model": ["tiny"], **SETTINGS[kind], **inputs})


@pytest.mark.parametrize("kind", SETTINGS)
@pytest.mark.parametrize(
    "given, named",
    [
        (5, "5 came in as image; expected a picture"),
        ("a.png", "'a.png' came in as image"),
        (LATENT, "a latent came in as image; .*VAE Decode"),
        (torch.zeros(1, 64, 64), r"a mask \(MASK\) of 1x64x64 came in as image; .*Convert Mask to Image"),
    ],
)
def test_what_is_no_picture_is_named(comfy: FakeComfy, kind: str, given: Any, named: str) -> None:
    """By what it is; a text is not taken as the path of a file."""
    with pytest.raises(ValueError, match=named):
        run(comfy, kind, image=[given])


@pytest.mark.parametrize("kind", ["Interrogate", "PromptCheck", "TagMask", "RegionTags"])
def test_nothing_in_place_of_a_picture_is_named(comfy: FakeComfy, kind: str) -> None:
    """A switch hands it on, also among pictures."""
    with pytest.raises(ValueError, match="None came in as image"):
        run(comfy, kind, image=[PICTURE, None])


def test_nothing_on_a_socket_that_may_be_empty_is_as_if_nothing_were_wired(comfy: FakeComfy) -> None:
    """As core's nodes take it."""
    nothing = {"image": [None], "scores": [None], "other_scores": [None]}
    assert ["smile"] == run(comfy, "TagFilter", **nothing).args[0]
    assert [True] == run(comfy, "TagSwitch", image=[None], scores=[None], tags=["smile"]).args[0]
    assert 1 == len(run(comfy, "RegionTags", image=[PICTURE], mask=[None]).args[0])
    assert "smile: " in comfy.nodes()["JoyTag_TagInfo"].execute(tags="smile", scores=None).args[0]


@pytest.mark.parametrize("kind", ["TagFilter", "TagSwitch", "PromptCheck"])
def test_what_is_no_scores_is_named(comfy: FakeComfy, kind: str) -> None:
    """Text and dictionaries are for the socket of another tagger's scores."""
    with pytest.raises(ValueError, match=r"\{'smile': 0.9\} came in as scores; expected the scores of JoyTag"):
        run(comfy, kind, image=[PICTURE], scores=[{"smile": 0.9}])


def test_tag_info_names_what_it_cannot_use(comfy: FakeComfy) -> None:
    """Scores and tags alike."""
    tag_info = comfy.nodes()["JoyTag_TagInfo"]
    with pytest.raises(ValueError, match="'a' came in as scores"):
        tag_info.execute(tags="smile", scores="a")
    with pytest.raises(ValueError, match=r"a picture \(IMAGE\) of 1x100x130x3 came in as tags; expected text"):
        tag_info.execute(tags=PICTURE)


def test_a_picture_in_place_of_tags_is_named_in_one_line(comfy: FakeComfy) -> None:
    """Its numbers would fill the dialog."""
    with pytest.raises(ValueError) as raised:
        run(comfy, "TagFilter", tags=[LATENT, PICTURE])
    assert "a latent came in as tags; expected text: a prompt or tag list" == str(raised.value)


@pytest.mark.parametrize("given", [5, "text", PICTURE])
def test_what_is_no_mask_is_named(comfy: FakeComfy, given: Any) -> None:
    """A picture is none."""
    with pytest.raises(ValueError, match=r"came in as mask; expected a mask \(MASK\)"):
        run(comfy, "RegionTags", image=[PICTURE], mask=[given])


def test_a_mask_of_another_size_is_taken_in_the_pictures(comfy: FakeComfy) -> None:
    """As by core's nodes: it may have been made before the picture was enlarged."""
    small = torch.zeros(1, 50, 65)
    small[:, 5:25, 10:30] = 1
    large = torch.zeros(1, 100, 130)
    large[:, 10:50, 20:60] = 1
    (of_small, of_large) = (run(comfy, "RegionTags", image=[PICTURE], mask=[one]).args for one in (small, large))
    assert torch.equal(of_large[3][0], of_small[3][0])
    assert np.array_equal(of_large[2][0].values, of_small[2][0].values)


def test_an_empty_mask_says_where_such_come_from(comfy: FakeComfy) -> None:
    """Load Image's is 64x64 and black for a picture without transparency."""
    with pytest.raises(ValueError, match=r"A mask is empty: .*Load Image"):
        run(comfy, "RegionTags", image=[PICTURE], mask=[torch.zeros(1, 64, 64)])
