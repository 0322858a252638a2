"""What does a click on a tag make of the settings?"""

from __future__ import annotations

import numpy as np
import pytest

from joytag_core import TagScores, Vocabulary
from joytag_core.settings.clicks import ACTIONS, ClickedTags, click_tag
from joytag_core.settings.interrogation import Interrogation

NONE = {"exclude": "", "protect": "", "add_last": "", "target": "comfyui", "spaces": True}
# Signs in every one of them mean something in a pattern or a prompt.
NAMES = (
    "long_hair",
    "^_^",
    ":3",
    "!",
    "!?",
    "saber_(fate)",
    "\\m/",
    "/\\/\\/\\",
    "*",
    ";)",
    "@_@",
    "<o>_<o>",
    "6+girls",
)


def test_a_ban_is_a_rule_that_means_the_tag_alone() -> None:
    """What stood there stays, and what protected or added the tag goes."""
    settings = NONE | {"exclude": "*background", "protect": '"hat"', "add_last": "hat, tree"}
    expected = {"exclude": '*background\n"hat"', "protect": "", "add_last": "tree"}
    assert expected == click_tag(settings, "hat", "ban")


def test_a_kept_tag_is_protected_and_no_longer_banned() -> None:
    """A rule of the person's own that drops it stays: protection is stronger."""
    settings = NONE | {"exclude": 'hat\n"hat"'}
    assert {"exclude": "hat", "protect": '"hat"', "add_last": ""} == click_tag(settings, "hat", "keep")


def test_an_added_tag_is_put_behind_what_is_there() -> None:
    """Written for the target, so that its brackets are no weight."""
    settings = NONE | {"add_last": "masterpiece"}
    assert r"masterpiece, saber \(fate\)" == click_tag(settings, "saber_(fate)", "add")["add_last"]


@pytest.mark.parametrize(("spaces", "expected"), [(True, "hat, long hair"), (False, "hat, long_hair")])
def test_an_added_tag_is_spelled_as_the_others_are(spaces: bool, expected: str) -> None:
    """It is later written as it stands."""
    settings = NONE | {"add_last": "hat", "spaces": spaces}
    assert expected == click_tag(settings, "long_hair", "add")["add_last"]


def test_to_keep_what_was_put_in_takes_it_out() -> None:
    """It is there already, whatever the rules say."""
    settings = NONE | {"add_last": "hat, long_hair"}
    assert ClickedTags(settings).is_kept("long_hair")
    assert NONE | {"add_last": "hat"} == NONE | click_tag(settings, "long_hair", "keep")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_second_click_takes_back_the_first(name: str, action: str) -> None:
    """Whatever signs the name holds."""
    once = NONE | click_tag(NONE, name, action)
    assert once != NONE
    assert click_tag(once, name, action) == dict.fromkeys(("exclude", "protect", "add_last"), "")
    assert (action == "ban") == ClickedTags(once).is_banned(name)
    assert (action == "add") == ClickedTags(once).is_added(name)


@pytest.mark.parametrize("name", ["long_hair", "^_^", ":3", "!", "saber_(fate)", ";)", "@_@"])
def test_a_click_does_what_it_says(name: str) -> None:
    """A banned tag goes, a kept one survives a rule, an added one comes though its score is low."""
    vocabulary = Vocabulary.from_names((name, "other"))
    high, low = TagScores(vocabulary, np.array([0.9, 0.9])), TagScores(vocabulary, np.array([0.1, 0.9]))

    def names(scores: TagScores, **settings: str) -> set[str]:
        kept = Interrogation.from_settings(settings).prompt(scores).kept
        return {one.tag.name if one.tag else one.name for one in kept}

    assert {"other"} == names(high, **click_tag(NONE, name, "ban"))
    rule = NONE | {"exclude": "score>0.5"}
    assert {name} == names(high, **(rule | click_tag(rule, name, "keep")))
    assert {name, "other"} == names(low, **click_tag(NONE, name, "add"))


def test_an_unknown_action_is_an_error() -> None:
    """Nothing is guessed."""
    with pytest.raises(KeyError, match="forget"):
        click_tag(NONE, "hat", "forget")
