"""Which tags does a selection choose, at each of its limits?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from joytag_core import Selection, SettingError, Tag, TagScores, Vocabulary

TAGS = Vocabulary(
    [
        Tag(index=0, name="girl", group="subject", precision=0.9),
        Tag(index=1, name="saber", category="character", precision=0.8),
        Tag(index=2, name="hat", group="headwear", precision=0.5),
        Tag(index=3, name="blur", category="meta", group="meta"),
        Tag(index=4, name="tree", group="object", precision=0.2),
    ]
)
SCORES = TagScores(TAGS, [0.9, 0.6, 0.4, 0.3, 0.5])


def chosen(scores: TagScores = SCORES, **settings: Any) -> str:
    """Return the names that a selection chooses, in its order."""
    return " ".join(item.name for item in scores.select(**settings))


def test_the_published_rule_is_the_default() -> None:
    """A tag holds if its score is greater than 0.4: exactly 0.4 is not."""
    assert "girl saber tree" == chosen()
    assert 0.4 == Selection().threshold


@pytest.mark.parametrize("threshold", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_a_score_at_the_threshold_is_not_over_it(threshold: float) -> None:
    """In float32, in which scores are, the threshold itself stays out and the next number is in."""
    at = np.float32(threshold)
    scores = TagScores(TAGS, [at, np.nextafter(at, np.float32(1)), np.nextafter(at, np.float32(0)), 0.0, 0.0])
    assert "saber" == chosen(scores, threshold=threshold)


def test_threshold_zero_takes_all_above_zero_and_one_takes_none() -> None:
    """The ends of the range hold what they say."""
    scores = TagScores(TAGS, [1.0, 1e-7, 0.0, 0.5, 0.2])
    assert "girl blur tree saber" == chosen(scores, threshold=0.0)
    assert "" == chosen(scores, threshold=1.0)


def test_a_category_has_its_own_threshold() -> None:
    """Raised for characters, everything else stays; lowered for meta, only meta gets in."""
    assert "girl tree" == chosen(category_thresholds={"character": 0.6})
    assert "girl saber tree" == chosen(category_thresholds={"character": 0.599})
    assert "girl saber tree blur" == chosen(category_thresholds={"meta": 0.29})


def test_only_some_categories() -> None:
    """Tags of other categories are never chosen, and never used to fill up."""
    assert "saber" == chosen(categories=("character",))
    assert "saber" == chosen(categories=("character",), min_tags=3)
    assert "" == chosen(categories=())


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "girl saber tree"), (1, "girl"), (2, "girl saber"), (3, "girl saber tree"), (4, "girl saber tree")],
)
def test_at_most(count: int, expected: str) -> None:
    """The best are kept; 0 is no limit."""
    assert expected == chosen(max_tags=count)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "girl saber tree"), (3, "girl saber tree"), (4, "girl saber tree hat"), (9, "girl saber tree hat blur")],
)
def test_at_least(count: int, expected: str) -> None:
    """Below the threshold, the next best fill up; there are never more than there are tags."""
    assert expected == chosen(min_tags=count)


def test_at_least_and_at_most_agree() -> None:
    """Equal limits give exactly that many."""
    assert "girl saber tree hat" == chosen(min_tags=4, max_tags=4)
    assert "girl saber" == chosen(min_tags=2, max_tags=2)


@pytest.mark.parametrize(
    ("precision", "expected"), [(0.2, "girl saber tree"), (0.21, "girl saber"), (0.8, "girl saber"), (0.81, "girl")]
)
def test_minimum_precision(precision: float, expected: str) -> None:
    """Tags below go, tags at it stay."""
    assert expected == chosen(min_precision=precision)


def test_unknown_precision_stays() -> None:
    """A tag without a published figure is not judged by it."""
    assert "girl blur" == chosen(min_precision=0.9, threshold=0.0)


def test_equal_scores_keep_the_vocabulary_s_order() -> None:
    """A tie is broken by the model's order, in the limits too."""
    scores = TagScores(TAGS, [0.5] * 5)
    assert "girl saber hat blur tree" == chosen(scores)
    assert "girl saber" == chosen(scores, max_tags=2)


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": -0.01}, {"threshold": 1.01}, {"threshold": float("nan")}, {"min_precision": 1.5},
        {"category_thresholds": {"character": 2.0}}, {"category_thresholds": {"char": 0.5}}, {"categories": ("hair",)},
        {"order": "random"}, {"max_tags": -1}, {"min_tags": -1}, {"min_tags": 3, "max_tags": 2},
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_refused(settings: dict[str, Any]) -> None:
    """Every field is checked when the selection is made, not when it is used."""
    with pytest.raises(SettingError):
        Selection(**settings)


def test_a_selection_can_be_used_for_several_vocabularies() -> None:
    """Nothing of one model is kept for another."""
    selection = Selection(categories=("general",))
    other = Vocabulary([Tag(index=0, name="x", category="character"), Tag(index=1, name="y")])
    assert ["girl", "tree"] == [item.name for item in SCORES.select(selection)]
    assert ["y"] == [item.name for item in TagScores(other, [0.9, 0.8]).select(selection)]


def test_near_misses_are_what_scores_alone_left_out() -> None:
    """Best first; neither what is chosen, nor what its category or reliability rules out, nor more than asked for."""
    assert ["tree", "hat", "blur"] == [one.name for one in Selection(threshold=0.5).near_misses(SCORES, 9)]
    assert ["tree"] == [one.name for one in Selection(threshold=0.5).near_misses(SCORES, 1)]
    strict = Selection(threshold=0.5, categories=("general",), min_precision=0.3)
    assert ["hat"] == [one.name for one in strict.near_misses(SCORES, 9)]
    assert [] == Selection(threshold=0.0).near_misses(SCORES, 9)


def test_looking_for_near_misses_changes_no_choice() -> None:
    """What was chosen before is chosen again."""
    selection = Selection(threshold=0.5)
    before = selection.choose(SCORES)
    selection.near_misses(SCORES, 9)
    assert before == selection.choose(SCORES)


def test_selections_in_turns_keep_their_own_thresholds() -> None:
    """Two selections asked in turns, on one vocabulary, do not take each other's."""
    low, high = Selection(threshold=0.2), Selection(threshold=0.4, tag_thresholds={"girl": 0.95})
    for _ in range(2):
        assert ["girl", "saber", "tree", "hat", "blur"] == [item.name for item in low.choose(SCORES)]
        assert ["saber", "tree"] == [item.name for item in high.choose(SCORES)]


def test_a_whole_number_may_come_as_a_float() -> None:
    """As JSON of another language has it."""
    assert chosen(max_tags=1) == chosen(max_tags=1.0)
    assert chosen(min_tags=4) == chosen(min_tags=4.0) != chosen()
