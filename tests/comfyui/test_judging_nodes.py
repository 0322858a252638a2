"""What do JoyTag Tag Switch and JoyTag Prompt Check say of pictures?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from tests.comfyui.conftest import TAGS
from tests.comfyui.fake_comfyui import FakeComfy

GIRL, SMILE = {"1girl": 0.9, "smile": 0.2}, {"1girl": 0.3, "smile": 0.8}


def scores(by_name: dict[str, float]) -> TagScores:
    """Return scores over the tiny model's tags: those given, 0 for the others."""
    return TagScores(Vocabulary.from_names(TAGS), np.array([by_name.get(name, 0.0) for name in TAGS]))


def run(comfy: FakeComfy, node: str, **inputs: Any) -> Any:
    """Run a node as ComfyUI does: every input in a list."""
    return comfy.nodes()[node].execute(**inputs)


def pictures(count: int) -> torch.Tensor:
    """Return pictures [count, 8, 8, 3] that differ."""
    return torch.arange(count).float().reshape(-1, 1, 1, 1).expand(count, 8, 8, 3) / count


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("1girl", [True, False]),
        ("1girl & !smile", [True, False]),
        ("1girl, smile", [True, True]),
        ("score>0.85", [True, False]),
    ],
)
def test_a_switch_answers_for_each_picture(comfy: FakeComfy, pattern: str, expected: list[bool]) -> None:
    """A list gives a list; the node shows the answers."""
    result = run(comfy, "JoyTag_TagSwitch", pattern=[pattern], scores=[scores(GIRL), scores(SMILE)])
    assert expected == result.args[0]
    assert [f"{'yes' if holds else 'no'}, {score:.2f}" for holds, score in zip(*result.args, strict=True)] == (
        result.ui["text"]
    )


def test_a_switch_takes_the_thresholds(comfy: FakeComfy) -> None:
    """The score is the tag's own."""
    result = run(comfy, "JoyTag_TagSwitch", pattern=["smile"], scores=[scores(GIRL)], threshold=[0.1])
    assert [True] == result.args[0]
    assert [pytest.approx(0.2)] == result.args[1]


def test_a_switch_answers_for_tag_lists_and_pictures(comfy: FakeComfy) -> None:
    """Tags alone are there, whatever a picture shows; without either, nothing is."""
    lists = ["1girl, smile", "1boy"]
    assert [True, False] == run(comfy, "JoyTag_TagSwitch", pattern=["smile"], tags=lists).args[0]
    assert [False] == run(comfy, "JoyTag_TagSwitch", pattern=["smile"]).args[0]
    answers = run(comfy, "JoyTag_TagSwitch", pattern=["*"], image=[pictures(3)], model=["tiny"], threshold=[0.0])
    assert [True] * 3 == answers.args[0]


def test_a_malformed_pattern_is_named(comfy: FakeComfy) -> None:
    """In the core's words."""
    with pytest.raises(Exception, match="no term"):
        run(comfy, "JoyTag_TagSwitch", pattern=["a & "], tags=["a"])


def test_the_best_picture_comes_first_and_the_best_are_kept(comfy: FakeComfy) -> None:
    """With its own score, and its own pixels."""
    made = pictures(3)
    found = [scores(GIRL), scores({"1girl": 0.9, "smile": 0.9}), scores(SMILE)]
    inputs = {"image": [made[:1], made[1:]], "prompt": ["1girl, (smile:1.2), masterpiece"], "scores": found}
    everything = run(comfy, "JoyTag_PromptCheck", **inputs)
    assert sorted(everything.args[1], reverse=True) == everything.args[1]
    images, values, missing, unexpected, reports = run(comfy, "JoyTag_PromptCheck", **inputs, keep_best=[1]).args
    assert torch.equal(made[1:2], images[0])
    assert [1, 1, 1, 1, 1] == [len(one) for one in (images, values, missing, unexpected, reports)]
    assert ("", "") == (missing[0], unexpected[0])
    assert "masterpiece" in reports[0]
    assert everything.args[4] == everything.ui["text"]


def test_what_is_missing_and_unexpected_is_named(comfy: FakeComfy) -> None:
    """As a prompt would write it."""
    result = run(
        comfy, "JoyTag_PromptCheck", image=[pictures(1)], prompt=["smile"], scores=[scores({"long_hair": 0.9})]
    )
    assert (["smile"], ["long hair"]) == (result.args[2], result.args[3])


def test_pictures_are_scored_where_no_scores_come(comfy: FakeComfy) -> None:
    """A prompt each, as many as pictures."""
    inputs = {"image": [pictures(2)], "prompt": ["1girl", "smile"], "model": ["tiny"]}
    assert 2 == len(run(comfy, "JoyTag_PromptCheck", **inputs).args[0])
    with pytest.raises(Exception, match="2 pictures came in with 3"):
        run(comfy, "JoyTag_PromptCheck", image=[pictures(2)], prompt=["smile"], scores=[scores(GIRL)] * 3)


def test_tags_that_are_no_text_are_told_by_the_switch(comfy: FakeComfy) -> None:
    """As on the Tag Filter node: what came in, and what was expected."""
    with pytest.raises(ValueError, match="7 came in as tags; expected text"):
        comfy.nodes()["JoyTag_TagSwitch"].execute(pattern=["1girl"], tags=[7])
    with pytest.raises(ValueError, match="7 came in as pattern; expected text"):
        comfy.nodes()["JoyTag_TagSwitch"].execute(pattern=[7], tags=["1girl"])
    with pytest.raises(ValueError, match="7 came in as prompt; expected text"):
        comfy.nodes()["JoyTag_PromptCheck"].execute(image=[pictures(1)], prompt=[7], scores=[scores(GIRL)])


def test_a_list_of_patterns_is_answered_one_by_one(comfy: FakeComfy) -> None:
    """One for each picture, or all of them of one picture; several of both have to be as many."""
    both = [scores(GIRL), scores(SMILE)]
    assert [True, True] == run(comfy, "JoyTag_TagSwitch", pattern=["1girl", "smile"], scores=both).args[0]
    assert [False, False] == run(comfy, "JoyTag_TagSwitch", pattern=["smile", "1girl"], scores=both).args[0]
    assert [True, False] == run(comfy, "JoyTag_TagSwitch", pattern=["1girl", "smile"], scores=both[:1]).args[0]
    assert [True, False] == run(comfy, "JoyTag_TagSwitch", pattern=["1girl", "smile"], tags=["1girl"]).args[0]
    with pytest.raises(ValueError, match="3 patterns came in with 2 pictures; expected as many of each, or one"):
        run(comfy, "JoyTag_TagSwitch", pattern=["1girl"] * 3, scores=both)


def test_a_pattern_that_the_model_cannot_know_is_told(comfy: FakeComfy) -> None:
    """For a picture; another tagger's tag list may hold such a tag."""
    shown = run(comfy, "JoyTag_TagSwitch", pattern=["smlie & !1girl"], scores=[scores(GIRL)]).ui
    assert "not known: smlie" == shown["text"][0].splitlines()[1]
    assert [("said_unknown", "smlie")] == shown["said"][0][1]
    (text,) = run(comfy, "JoyTag_TagSwitch", pattern=["smlie"], tags=["smlie"]).ui["text"]
    assert "yes, 1.00" == text
