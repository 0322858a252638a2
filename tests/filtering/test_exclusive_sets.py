"""Are the tags that switch exclusive sets off real, and complete under implication?"""

from __future__ import annotations

import pytest

from joytag_core import TagFilter, Vocabulary
from joytag_core.filtering import exclusive_sets as sets

VOCABULARY = Vocabulary.joytag()
SWITCHES = {
    "several persons": sets.SEVERAL_PERSONS,
    "several views": sets.SEVERAL_VIEWS,
    "comics": sets.COMICS,
    **sets.MIXED,
}
SETS = {tag.exclusive_set for tag in VOCABULARY if tag.exclusive_set}


@pytest.mark.parametrize("name", SWITCHES)
def test_switches_are_tags_of_the_vocabulary(name: str) -> None:
    """A misspelt switch would never switch anything."""
    assert [] == sorted(tag for tag in SWITCHES[name] if tag not in VOCABULARY.names)


def test_sets_are_those_of_the_vocabulary() -> None:
    """Every set that is spoken of exists, and appearance and view together are all of them."""
    assert SETS == sets.APPEARANCE | sets.VIEW
    assert set(sets.MIXED) <= SETS


@pytest.mark.parametrize("switch", ["2girls", "sisters", "symmetrical_docking", "mmf_threesome", "4koma"])
def test_what_implies_a_switch_is_one(switch: str) -> None:
    """`sisters` says as much as `siblings`; it must not matter which of the two is present."""
    assert (switch.replace("_", " "), "black hair", "red hair") == TagFilter(exclusive=True).apply(
        f"{switch}, black_hair, red_hair"
    ).tags


def test_a_set_holds_again_when_a_limit_drops_what_switched_it_off() -> None:
    """The rules are asked again after a limit, so that a second run changes nothing."""
    tag_filter = TagFilter(exclusive=True, max_tags=2)
    scores = {"black_hair": 0.9, "red_hair": 0.8, "2girls": 0.1}
    once = tag_filter.apply("black_hair, red_hair, 2girls", scores=scores)

    assert ("black hair",) == once.tags
    assert once.text == tag_filter.apply(once.text, scores=scores).text
