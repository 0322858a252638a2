"""What does JoyTag Tag Info say of tags?"""

from __future__ import annotations

import numpy as np

from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from tests.comfyui.fake_comfyui import FakeComfy


def test_each_tag_has_one_line_in_order(comfy: FakeComfy) -> None:
    """What is known stands there; what is not known is said."""
    lines = comfy.nodes()["JoyTag_TagInfo"].execute(tags="bunny, (blonde hair:1.2), flying pig").args[0].splitlines()
    assert ["bunny", "blonde_hair", "flying pig"] == [line.split(":")[0] for line in lines]
    assert "now named rabbit" in lines[0]
    assert "general, group hair, set hair_color, right 83%" in lines[1]
    assert "flying pig: not a tag of the model" == lines[2]


def test_with_scores_each_tag_has_its_own(comfy: FakeComfy) -> None:
    """The scores' own vocabulary decides what is known."""
    scores = TagScores(Vocabulary.from_names(["smile", "disc"]), np.array([0.25, 0.5]))
    result = comfy.nodes()["JoyTag_TagInfo"].execute(tags="disc, smile", scores=scores)
    assert "disc: score 0.500, general\nsmile: score 0.250, general, group face" == result.args[0]
    assert [result.args[0]] == result.ui["text"]


def test_no_tags_give_no_lines(comfy: FakeComfy) -> None:
    """An empty text is no error."""
    assert "" == comfy.nodes()["JoyTag_TagInfo"].execute(tags="").args[0]
