"""Do two taggers' scores become one as the way says?"""

from __future__ import annotations

import pytest

from joytag_core import Combination, Selection, SettingError, TagFilter
from tests.judging.scores import VOCABULARY, scores_of

OURS = {"smile": 0.6, "sky": 0.3, "hat": 0.7, "hatsune_miku": 0.5}
OTHER = {"smile": 0.8, "sky": 0.9, "hatsune miku": 0.36, "dog": 0.3, "novelty": 0.5, "trifle": 0.2}
"""`novelty` and `trifle` are no tags of JoyTag; of `hat` the other says nothing."""


def chosen(combination: Combination, **selection: object) -> dict[str, float]:
    """Return the chosen tags with their scores, best first."""
    selection_ = Selection(**selection)  # type: ignore[arg-type]
    return {one.name: round(one.score, 4) for one in combination.choose(scores_of(OURS), OTHER, selection=selection_)}


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("max", {"sky": 0.9, "smile": 0.8, "hat": 0.7, "hatsune_miku": 0.5, "novelty": 0.5}),
        ("mean", {"smile": 0.7, "hat": 0.7, "sky": 0.6, "novelty": 0.5, "hatsune_miku": 0.43}),
        ("agree", {"smile": 0.6, "novelty": 0.5, "hatsune_miku": 0.36}),
        ("union", {"sky": 0.9, "smile": 0.8, "hat": 0.7, "hatsune_miku": 0.5, "novelty": 0.5}),
    ],
)
def test_ways(way: str, expected: dict[str, float]) -> None:
    """What each says with which score, best first; tags that only the other knows stay, with its score."""
    assert expected == chosen(Combination(way=way))
    assert sorted(expected.values(), reverse=True) == list(chosen(Combination(way=way)).values())


def test_union_takes_what_only_the_other_s_threshold_lets_in() -> None:
    """0.36 is over 0.35 and under 0.4; `max` holds it against JoyTag's."""
    other = {"dog": 0.36}

    def names(way: str, threshold: float = 0.35) -> list[str]:
        combination = Combination(way=way, threshold=threshold)
        return [one.name for one in combination.choose(scores_of({}), other)]

    assert ["dog"] == names("union")
    assert [] == names("union", 0.36) == names("max")


def test_a_category_may_have_its_own_way() -> None:
    """Characters by both, all else by either."""
    combination = Combination(way="max", by_category={"character": "agree"}, threshold=0.4)

    assert {"sky", "smile", "hat", "novelty"} == set(chosen(combination))
    assert {"hatsune_miku"} == set(chosen(Combination(way="agree", by_category={"character": "max"}))) - {
        "smile",
        "novelty",
    }


def test_the_selection_s_limits_hold_for_both() -> None:
    """Categories, at most, and at least: filled up with the next best of both together."""
    assert {"hatsune_miku": 0.5} == chosen(Combination(), categories=("character",))
    assert ["sky", "smile"] == list(chosen(Combination(), max_tags=2))
    assert ["sky", "smile", "hat"] == list(chosen(Combination(threshold=0.95), threshold=0.95, min_tags=3))


def test_scores_are_combined_for_the_filter_too() -> None:
    """By name, best first, for tags of either; a text keeps its tags, whatever was chosen."""
    scores = Combination(way="mean").scores(OURS, OTHER)

    assert {"hat": 0.7, "smile": 0.7, "sky": 0.6, "hatsune_miku": 0.43, "dog": 0.15, "novelty": 0.5, "trifle": 0.2} == {
        name: pytest.approx(score) for name, score in scores.items()
    }
    assert sorted(scores.values(), reverse=True) == list(scores.values())
    assert "smile, novelty" == TagFilter(min_score=0.4).apply("smile, dog, novelty", scores=scores).text
    assert 0.3 == pytest.approx(Combination(way="agree").scores(OURS, OTHER)["sky"])
    assert "hat" not in Combination(way="agree").scores(OURS, OTHER)


def test_chosen_tags_go_through_the_filter() -> None:
    """Those that JoyTag does not know as well."""
    result = TagFilter(exclude="sky").apply_scored(Combination().choose(scores_of(OURS), OTHER), vocabulary=VOCABULARY)

    assert "smile, hat, hatsune miku, novelty" == result.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mean", Combination(way="mean")),
        ("", Combination()),
        ("mean, character: union", Combination(way="mean", by_category={"character": "union"})),
        ("Character:AGREE", Combination(by_category={"character": "agree"})),
    ],
)
def test_a_combination_is_read_from_text(text: str, expected: Combination) -> None:
    """A way, and others for some categories."""
    assert expected == Combination.parse(text)


@pytest.mark.parametrize("text", ["average", "food: max", "character: average", "max: max"])
def test_a_wrong_combination_is_named(text: str) -> None:
    """With what there is."""
    with pytest.raises(SettingError, match="expected one of"):
        Combination.parse(text)


def test_the_other_s_threshold_is_checked() -> None:
    """From 0 to 1."""
    with pytest.raises(SettingError, match="threshold is 2; expected a number from 0 to 1"):
        Combination(threshold=2)
