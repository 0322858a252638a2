"""What does JoyTag Interrogate make of pictures?"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from joytag_core.settings.interrogation import Interrogation
from joytag_core.tagging.tagger import Tagger
from tests.comfyui.fake_comfyui import FakeComfy, InterruptProcessingException


def pictures(count: int, *, height: int = 40, width: int = 48, channels: int = 3) -> Tensor:
    """Return pictures [count, height, width, channels], each of a colour of its own with a dark left half."""
    generator = torch.Generator().manual_seed(count * height + width)
    made = torch.rand(count, 1, 1, channels, generator=generator).repeat(1, height, width, 1)
    made[:, :, : width // 2] *= 0.2
    return made


def interrogate(comfy: FakeComfy, *images: Tensor, **settings: Any) -> Any:
    """Run the node as ComfyUI does: every input in a list."""
    inputs = {"model": "tiny", "threshold": 0.5} | settings
    return comfy.nodes()["JoyTag_Interrogate"].execute(
        image=list(images), **{name: [value] for name, value in inputs.items()}
    )


def test_a_batch_gives_one_text_for_each_picture_as_the_core_gives_it(comfy: FakeComfy) -> None:
    """The node adds nothing to what the core makes of the same pictures and settings."""
    images = pictures(3)
    tags, joined, scores, _ = interrogate(comfy, images).args
    core = Tagger.load(comfy.models_dir / "joytag" / "tiny", device="cpu").score(images)
    expected = [Interrogation.from_settings({"threshold": 0.5}).prompt(one).text for one in core]
    assert expected == tags
    assert "\n".join(expected) == joined
    assert [one.as_dict() for one in core] == [one.as_dict() for one in scores]
    assert len(set(tags)) > 1, "the pictures have to differ for this test to mean anything"


def test_lists_of_batches_of_any_sizes_keep_their_order(comfy: FakeComfy) -> None:
    """Every picture of every batch has its own result, in order, whatever the others are."""
    batches = [pictures(2), pictures(1, height=9, width=100), pictures(1, height=64, width=64)]
    together = interrogate(comfy, *batches).args[0]
    alone = [interrogate(comfy, one[None]).args[0][0] for batch in batches for one in batch]
    assert alone == together


def test_a_list_goes_through_in_few_passes(comfy: FakeComfy) -> None:
    """Ten pictures in a list are loaded for and computed in batches, not one by one."""
    interrogate(comfy, *pictures(10).split(1))
    assert 5 == len(comfy.loads)


def test_the_tags_are_sent_to_the_page_as_a_list(comfy: FakeComfy) -> None:
    """ComfyUI splits a bare string into its letters; a list comes through whole."""
    result = interrogate(comfy, pictures(2))
    assert result.args[0] == result.ui["text"]


def test_four_channels_are_laid_over_white(comfy: FakeComfy) -> None:
    """What is below a wholly transparent pixel does not count."""
    hidden = torch.cat([pictures(1), torch.zeros(1, 40, 48, 1)], dim=-1)
    white = torch.ones(1, 40, 48, 3)
    assert interrogate(comfy, white).args[0] == interrogate(comfy, hidden).args[0]


def test_one_channel_is_grey(comfy: FakeComfy) -> None:
    """A picture of one channel is the grey picture of the same values."""
    grey = pictures(1, channels=1)
    assert interrogate(comfy, grey.expand(-1, -1, -1, 3)).args[0] == interrogate(comfy, grey).args[0]


def test_settings_left_out_have_their_defaults(comfy: FakeComfy) -> None:
    """A program may send the picture and the model alone."""
    node = comfy.nodes()["JoyTag_Interrogate"]
    images = pictures(1)
    assert interrogate(comfy, images, threshold=0.4).args[0] == node.execute(image=[images], model=["tiny"]).args[0]


def test_the_threshold_is_a_limit_that_has_to_be_passed(comfy: FakeComfy) -> None:
    """A score equal to the threshold is not taken; one above it is."""
    image = pictures(1)
    general = {"categories": "general"}
    best = next(one for one in interrogate(comfy, image).args[2][0].top(8) if one.tag.category == "general")
    below = float(torch.nextafter(torch.tensor(best.score), torch.tensor(0.0)))
    assert [""] == interrogate(comfy, image, threshold=best.score, **general).args[0]
    assert [best.name.replace("_", " ")] == interrogate(comfy, image, threshold=below, **general).args[0]


def test_a_picture_brighter_than_white_is_clamped_as_comfyui_saves_it(comfy: FakeComfy) -> None:
    """HDR from an EXR file, and what upscalers and VAEs leave beside 0..1."""
    hdr = pictures(1) * 12 - 4
    (found,), (expected,) = (interrogate(comfy, one).args[2] for one in (hdr, hdr.clamp(0, 1)))
    assert expected.as_dict() == found.as_dict()


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        ((torch.zeros(0, 8, 8, 3),), "No picture came in"),
        ((), "No picture came in"),
        ((torch.full((1, 8, 8, 3), float("nan")),), "not finite"),
        ((torch.zeros(1, 8, 8, 2),), "1, 3 or 4 channels"),
        ((torch.zeros(1, 0, 8, 3),), "at least one pixel"),
    ],
)
def test_pictures_that_are_none_say_so(comfy: FakeComfy, images: tuple[Tensor, ...], reason: str) -> None:
    """What the person reads in the dialog says what came in and what was expected."""
    with pytest.raises(ValueError, match=reason):
        interrogate(comfy, *images)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"threshold": 1.5}, "threshold is 1.5; expected a number from 0 to 1"),
        ({"categories": "general, cats"}, "categories is .*expected some of general, character"),
        ({"target": "midjourney"}, "target is 'midjourney'; expected one of comfyui"),
        ({"model": "big"}, "There is no model 'big'; there is: joytag, .*tiny"),
        ({"model": ".."}, "There is no model '..'"),
        ({"model": "/etc"}, "There is no model '/etc'"),
    ],
)
def test_wrong_settings_say_what_was_expected(comfy: FakeComfy, settings: dict[str, Any], reason: str) -> None:
    """Older ComfyUI checks no choices, so the node does; a path is never a model's name."""
    with pytest.raises(Exception, match=reason):
        interrogate(comfy, pictures(1), **settings)


def test_progress_is_shown_picture_by_picture(comfy: FakeComfy) -> None:
    """The bar moves batch by batch to its end."""
    interrogate(comfy, pictures(5))
    assert [(2, 5), (4, 5), (5, 5)] == comfy.progress


@pytest.mark.parametrize("at_progress", [False, True])
def test_cancel_stops_between_two_batches_and_leaves_a_usable_session(comfy: FakeComfy, at_progress: bool) -> None:
    """ComfyUI's own exception passes through, and the next run works."""
    if at_progress:
        comfy.interrupt_at = 2
    else:
        comfy.interrupted = True
    with pytest.raises(InterruptProcessingException):
        interrogate(comfy, pictures(6))
    assert (1 if at_progress else 0) == len(comfy.loads)
    comfy.interrupt_at = None
    assert 6 == len(interrogate(comfy, pictures(6)).args[0])


def test_the_prompt_is_written_for_comfyui_unless_told_otherwise(comfy: FakeComfy) -> None:
    """Spaces for underscores by default; a caption keeps what it is told to keep."""
    everything = interrogate(comfy, pictures(1), threshold=0.0).args[0][0]
    as_named = interrogate(comfy, pictures(1), threshold=0.0, spaces=False).args[0][0]
    assert "long hair" in everything and "long_hair" not in everything
    assert "long_hair" in as_named


def test_a_limit_in_tokens_counts_with_comfyuis_own_tokenizer(comfy: FakeComfy) -> None:
    """The fake's tokenizer makes one token of each letter, so only short tags fit."""
    everything = {"threshold": 0.0, "character_threshold": 0.0}
    tags = interrogate(comfy, pictures(1), max_tokens=10, **everything).args[0][0].split(", ")
    assert 0 < sum(len(tag) + 1 for tag in tags) <= 10
    assert len(tags) < 8


def test_a_list_of_the_person_is_found_beside_the_models(comfy: FakeComfy) -> None:
    """models/joytag/lists/NAME.txt is @NAME."""
    lists = comfy.models_dir / "joytag" / "lists"
    lists.mkdir(exist_ok=True)
    (lists / "mine.txt").write_text("hair\n*hair\n", encoding="utf-8")
    without = interrogate(comfy, pictures(1), threshold=0.0, exclude="@mine").args[0][0]
    assert "hair" in interrogate(comfy, pictures(1), threshold=0.0).args[0][0]
    assert "hair" not in without and without


def test_a_changed_list_or_model_makes_the_node_run_again(comfy: FakeComfy) -> None:
    """ComfyUI compares what the node says of its files; another model's files do not count."""
    node = comfy.nodes()["JoyTag_Interrogate"]
    lists = comfy.models_dir / "joytag" / "lists"
    lists.mkdir(exist_ok=True)
    (lists / "again.txt").write_text("smile\n", encoding="utf-8")
    before = node.fingerprint_inputs(image=[None], model=["tiny"])
    assert before == node.fingerprint_inputs(image=[None], model=["tiny"])
    assert before != node.fingerprint_inputs(image=[None], model=["demo"])
    (lists / "again.txt").write_text("smile\nsolo\n", encoding="utf-8")
    assert before != node.fingerprint_inputs(image=[None], model=["tiny"])
