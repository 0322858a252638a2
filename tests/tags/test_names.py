"""Which words are about quality, and which names from before a renaming are still known?"""

from __future__ import annotations

import pytest

from joytag_core.tags.names import name_index
from joytag_core.tags.quality import is_quality
from joytag_core.tags.vocabulary import Tag, Vocabulary


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("masterpiece", True), ("score 9", True), ("year 2023", True), ("score 9 up", True),
        ("score 999", False), ("score ", False), ("year 20231", False), ("year of the dragon", False), ("hat", False),
    ],
)  # fmt: skip
def test_words_of_quality_are_whole(name: str, expected: bool) -> None:
    """One digit stands where the list has one."""
    assert expected == is_quality(name)


@pytest.mark.parametrize(("count", "known"), [(2, False), (3, True)])
def test_a_word_renamed_in_three_tags_is_renamed_in_all(count: int, known: bool) -> None:
    """Then the old name of another tag is found as well; two may be chance."""
    tags = [Tag(index=n, name=f"bunny_{n}", current_name=f"rabbit_{n}") for n in range(count)]
    vocabulary = Vocabulary([*tags, Tag(index=count, name="rabbit_house")])
    found = name_index(vocabulary).facts("bunny house").tag
    assert known == (found is not None and found.name == "rabbit_house")
