"""What can be asked of one picture's scores?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from joytag_core import Selection, SettingError, TagScores, Vocabulary

TAGS = Vocabulary.from_names(["long_hair", "bunny", "own_tag"])


def test_scores_by_name_however_written() -> None:
    """Old and current names, spaces and underscores find the score."""
    scores = TagScores(TAGS, [0.25, 0.5, 0.75])
    assert 0.25 == scores["Long Hair"]
    assert 0.5 == scores["bunny"] == scores["rabbit"]
    with pytest.raises(KeyError, match="short_hair"):
        scores["short_hair"]


def test_as_dict_holds_every_tag_best_first() -> None:
    """All tags, by the model's names, as plain numbers."""
    found = TagScores(TAGS, [0.25, 0.5, 0.75]).as_dict()
    assert [("own_tag", 0.75), ("bunny", 0.5), ("long_hair", 0.25)] == list(found.items())
    assert {float} == set(map(type, found.values()))


@pytest.mark.parametrize(("count", "expected"), [(-1, 0), (0, 0), (1, 1), (3, 3), (4, 3)])
def test_top_gives_that_many_or_all(count: int, expected: int) -> None:
    """Whatever the scores, the best come first; never more than there are."""
    top = TagScores(TAGS, [0.0, 0.1, 0.0]).top(count)
    assert expected == len(top)
    assert ["bunny"] == [item.name for item in top[:1]] or count < 1


def test_select_takes_a_selection_or_its_fields() -> None:
    """Both ways choose the same."""
    scores = TagScores(TAGS, [0.25, 0.5, 0.75])
    assert scores.select(Selection(threshold=0.5)) == scores.select(threshold=0.5)
    assert ["own_tag"] == [item.name for item in scores.select(threshold=0.5)]
    assert scores.select(threshold=0.5) == scores.select(Selection(threshold=0.9), threshold=0.5)
    with pytest.raises(SettingError):
        scores.select(threshold=2)


@pytest.mark.parametrize("values", [[], [0.1], [0.1] * 4, [[0.1] * 3]])
def test_one_score_a_tag(values: list[float]) -> None:
    """More, fewer or nested scores are an error."""
    with pytest.raises(ValueError, match="3 tags"):
        TagScores(TAGS, values)


def test_scores_are_the_picture_s_own() -> None:
    """They cannot be written to, and what they were made from stays the caller's: writable, and no longer joined."""
    values = np.array([0.1, 0.2, 0.3], dtype=np.float32)
    scores = TagScores(TAGS, values)
    values[0] = 0.9
    assert pytest.approx(0.1) == scores["long_hair"]
    with pytest.raises(ValueError, match="read-only"):
        scores.values[0] = 0.5


def test_the_best_are_shown() -> None:
    """A person who prints scores sees the best of them."""
    assert "TagScores(3 tags; own_tag 0.75, bunny 0.50, long_hair 0.25, ...)" == repr(
        TagScores(TAGS, [0.25, 0.5, 0.75])
    )


def test_scores_are_a_mapping_from_names() -> None:
    """All that a dict of scores could do, by any spelling of a name."""
    scores = TagScores(TAGS, [0.25, 0.5, 0.75])
    assert ["long_hair", "bunny", "own_tag"] == list(scores) == list(scores.keys())
    assert [("long_hair", 0.25), ("bunny", 0.5), ("own_tag", 0.75)] == list(scores.items())
    assert "long hair" in scores
    assert "rabbit" in scores
    assert "short_hair" not in scores
    assert 7 not in scores
    assert (0.25, None, 0.0) == (scores.get("long hair"), scores.get("x"), scores.get("x", 0.0))
    assert {"long_hair": 0.25, "bunny": 0.5, "own_tag": 0.75} == dict(scores)


def test_scores_are_equal_where_tags_and_values_are() -> None:
    """To other scores, and to a mapping that says the same."""
    scores = TagScores(TAGS, [0.25, 0.5, 0.75])
    assert scores == TagScores(TAGS, [0.25, 0.5, 0.75])
    assert scores == {"long_hair": 0.25, "bunny": 0.5, "own_tag": 0.75}
    assert scores != TagScores(TAGS, [0.25, 0.5, 0.5])
    assert scores != TagScores(Vocabulary.from_names(["a", "b", "c"]), [0.25, 0.5, 0.75])
    assert scores != 0.25


def test_a_pickle_of_scores_is_small_and_whole() -> None:
    """The published vocabulary is not in it; another's names are, and what is known of them is known again."""
    published = Vocabulary.joytag()
    scores = TagScores(published, np.linspace(0, 1, len(published), dtype=np.float32))
    packed = pickle.dumps(scores)
    assert len(packed) < 5 * len(published)
    again = pickle.loads(packed)
    assert scores == again
    assert published is again.vocabulary
    own = pickle.loads(pickle.dumps(TagScores(TAGS, [0.25, 0.5, 0.75])))
    assert list(TAGS) == list(own.vocabulary)
    assert TAGS.ancestors("long_hair") == own.vocabulary.ancestors("long_hair")
    assert 0.5 == own["rabbit"]
    with pytest.raises(ValueError, match="read-only"):
        own.values[0] = 1
