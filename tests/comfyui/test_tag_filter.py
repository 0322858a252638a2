"""What does JoyTag Tag Filter make of tag lists, pictures and scores?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from tests.comfyui.conftest import TAGS
from tests.comfyui.fake_comfyui import FakeComfy


def scores(**by_name: float) -> TagScores:
    """Return scores over the tiny model's tags: those given, 0 for the others."""
    vocabulary = Vocabulary.from_names(TAGS)
    return TagScores(vocabulary, np.array([by_name.get(name, 0.0) for name in TAGS]))


def filter_tags(comfy: FakeComfy, *tags: str, image: Any = (), scores: Any = (), **settings: Any) -> Any:
    """Run the node as ComfyUI does: every input in a list."""
    return comfy.nodes()["JoyTag_TagFilter"].execute(
        tags=list(tags), image=image, scores=scores, **{name: [value] for name, value in settings.items()}
    )


def test_every_list_is_filtered_by_itself(comfy: FakeComfy) -> None:
    """Nothing leaks from one tag list to the next: texts, reasons and counts stand side by side."""
    result = filter_tags(comfy, "smile, long_hair", "long_hair", "1girl", exclude="long hair")
    assert ["smile", "", "1girl"] == result.args[0]
    assert [1, 0, 1] == result.args[2]
    assert [True, True, False] == ["long" in reason for reason in result.args[1]]


def test_what_was_dropped_is_shown_with_the_rule(comfy: FakeComfy) -> None:
    """The page gets the texts and the reasons."""
    result = filter_tags(comfy, "smile, long_hair", exclude="long hair")
    assert (result.args[0], result.args[1]) == (result.ui["text"], result.ui["dropped"])
    assert "exclude" in result.args[1][0]


def test_scores_of_a_picture_decide_about_hand_written_tags(comfy: FakeComfy) -> None:
    """With scores, tags are ranked by what is in the picture; tags that JoyTag does not know pass."""
    result = filter_tags(
        comfy, "smile, blonde hair, masterpiece", scores=[scores(smile=0.2, blonde_hair=0.9)], min_score=0.5
    )
    assert ["blonde hair, masterpiece"] == result.args[0]


def test_an_image_is_scored_for_the_tags(comfy: FakeComfy) -> None:
    """An image in place of its scores gives the same result."""
    image = torch.rand(1, 30, 30, 3, generator=torch.Generator().manual_seed(1))
    found = comfy.nodes()["JoyTag_Interrogate"].execute(image=[image], model=["tiny"]).args[2]
    by_score = {"order": "score", "weights": "score"}
    with_scores = filter_tags(comfy, "smile, 1girl, solo", scores=found, **by_score).args[0]
    with_image = filter_tags(comfy, "smile, 1girl, solo", image=[image], model="tiny", **by_score).args[0]
    assert with_scores == with_image
    assert ":" in with_image[0], "the weights come from the picture"


def test_an_image_without_tags_is_interrogated(comfy: FakeComfy) -> None:
    """With a picture and no tags, the node does what JoyTag Interrogate does, every picture by itself."""
    images = torch.rand(3, 30, 30, 3, generator=torch.Generator().manual_seed(2))
    interrogated = comfy.nodes()["JoyTag_Interrogate"].execute(image=[images], model=["tiny"], threshold=[0.5])
    assert interrogated.args[0] == filter_tags(comfy, image=[images], model="tiny", threshold=0.5).args[0]
    assert interrogated.args[0] == filter_tags(comfy, "", image=[images], model="tiny", threshold=0.5).args[0]


def test_one_tag_list_goes_with_every_picture(comfy: FakeComfy) -> None:
    """A prompt written once is filtered by each picture of a batch."""
    result = filter_tags(comfy, "smile, solo", scores=[scores(smile=0.9), scores(solo=0.9)], min_score=0.5)
    assert ["smile", "solo"] == result.args[0]


def test_one_picture_goes_with_every_tag_list(comfy: FakeComfy) -> None:
    """The lists of several taggers are filtered by the same picture."""
    result = filter_tags(comfy, "smile, solo", "solo", scores=[scores(solo=0.9)], min_score=0.5)
    assert ["solo", "solo"] == result.args[0]


def test_lists_and_pictures_that_do_not_pair_say_so(comfy: FakeComfy) -> None:
    """Two tag lists with three pictures are a mistake, not a guess."""
    with pytest.raises(ValueError, match="2 tag lists came in with 3 pictures"):
        filter_tags(comfy, "smile", "solo", scores=[scores()] * 3)


@pytest.mark.parametrize("tags", [None, 5, ["smile"]])
def test_what_is_no_text_is_told(comfy: FakeComfy, tags: Any) -> None:
    """What another node hands over instead of text is an error that says what was expected."""
    for more in ({}, {"scores": [scores(smile=0.9)]}):
        with pytest.raises(ValueError, match="expected text: a prompt or tag list"):
            filter_tags(comfy, tags, **more)


def test_nothing_in_gives_nothing_out(comfy: FakeComfy) -> None:
    """A picture in which a tagger found nothing must not stop a folder's run."""
    assert ([""], [""], [0]) == filter_tags(comfy, "").args[:3]
    assert ([""], [""], [0]) == filter_tags(comfy, " , \n").args[:3]


def test_a_wrong_rule_names_itself(comfy: FakeComfy) -> None:
    """The message holds the rule and what is wrong with it."""
    with pytest.raises(ValueError, match=r"/\(/"):
        filter_tags(comfy, "smile", exclude="solo\n/(/")
