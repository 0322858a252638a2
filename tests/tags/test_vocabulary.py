"""Does the package know its tags, and what is known of them?"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joytag_core import ModelFileError, Tag, Vocabulary
from joytag_core.tags.vocabulary import CATEGORIES, GROUPS, tag_key
from tests.checkpoints import tag_bytes

PUBLISHED_TAGS_SHA256 = "32b1963a234af848643b2bbf47d8eff1f1c7889406810c57b980f41b2b9e01d0"
NAMES = Vocabulary.joytag().names


def test_the_names_are_the_published_list() -> None:
    """Joined by newlines, the names are the published top_tags.txt, byte for byte."""
    assert hashlib.sha256(tag_bytes(NAMES)).hexdigest() == PUBLISHED_TAGS_SHA256


def test_every_index_is_the_tag_s_logit() -> None:
    """Tag i is the i-th of the vocabulary."""
    assert [tag.index for tag in Vocabulary.joytag()] == list(range(5813))


def test_categories_are_danbooru_s() -> None:
    """1,489 of the 5,813 tags are characters, copyrights, artists or meta, and no category is unknown."""
    count = Counter(tag.category for tag in Vocabulary.joytag())
    assert set(CATEGORIES) == set(count)
    assert 1489 == sum(count.values()) - count["general"]


def test_general_and_meta_tags_have_a_known_group() -> None:
    """A group says what a general or meta tag is about; names of characters, copyrights and artists have none."""
    for tag in Vocabulary.joytag():
        assert (tag.group in GROUPS) == (tag.category in ("general", "meta")), tag


def test_facts_of_one_tag() -> None:
    """A tag carries the table's facts."""
    tag = Vocabulary.joytag().find("long_hair")
    assert tag is not None
    assert ("general", "hair", "hair_length", 2189933) == (tag.category, tag.group, tag.exclusive_set, tag.train_count)
    assert (0.7908, 0.9566, 0.8658) == (tag.precision, tag.recall, tag.f1)


@pytest.mark.parametrize(
    "written", ["saber_(fate)", "saber (fate)", "Saber_(Fate)", r"saber_\(fate\)", " saber   (FATE) ", "saber_ (fate)"]
)
def test_one_tag_however_it_is_written(written: str) -> None:
    """Case, underscores, spaces and escapes make no difference."""
    assert "saber (fate)" == tag_key(written)


def test_keys_of_the_vocabulary_do_not_collide() -> None:
    """No two of the 5,813 tags are the same tag after normalising, faces and backslashes included."""
    assert len(NAMES) == len({tag_key(name) for name in NAMES})


def test_every_tag_is_found_by_its_own_name_written_three_ways() -> None:
    """The model's name, with spaces, and escaped for a prompt all find that very tag."""
    vocabulary = Vocabulary.joytag()
    for tag in vocabulary:
        escaped = tag.name.replace("\\", "\\\\").replace("(", r"\(").replace(")", r"\)")
        for written in (tag.name, tag.name.replace("_", " ").upper(), escaped):
            assert tag is vocabulary.find(written), written


def test_every_tag_is_found_by_its_current_name() -> None:
    """Danbooru's name of today finds the tag, unless that name is another tag of the model itself."""
    vocabulary = Vocabulary.joytag()
    own = {tag_key(name) for name in NAMES}
    renamed = [tag for tag in vocabulary if tag.current_name and tag_key(tag.current_name) not in own]
    assert len(renamed) > 50
    for tag in renamed:
        found = vocabulary.find(tag.current_name)
        assert found is not None and tag_key(tag.current_name) == tag_key(found.current_name)


def test_a_name_that_is_no_tag_is_not_found() -> None:
    """An unknown name is no tag; neither is a part of one."""
    vocabulary = Vocabulary.joytag()
    assert vocabulary.find("long hai") is None
    assert "long hai" not in vocabulary
    assert "long hair" in vocabulary
    assert 7 not in vocabulary


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """A key without backslashes is its own key."""
    key = tag_key(text.replace("\\", ""))
    assert key == tag_key(key)


def test_implications_are_followed_through_any_number_of_steps() -> None:
    """Ancestors are the parents, their parents, and so on."""
    tags = [Tag(index=i, name=name) for i, name in enumerate("abcd")]
    vocabulary = Vocabulary(tags, {"a": ["b"], "b": ["c", "d"]})
    assert ("b",) == vocabulary.parents("a")
    assert frozenset("bcd") == vocabulary.ancestors("a")
    assert frozenset() == vocabulary.ancestors("d")


def test_published_implications_name_tags_and_have_no_cycle() -> None:
    """Each edge joins two tags of the model, and no tag is above itself."""
    vocabulary = Vocabulary.joytag()
    names = set(NAMES)
    assert {"skirt"} <= vocabulary.ancestors("black_skirt")
    for name in NAMES:
        assert set(vocabulary.parents(name)) <= names
        assert name not in vocabulary.ancestors(name)


def test_the_published_list_gets_all_facts(tmp_path: Path) -> None:
    """A top_tags.txt equal to the published one is the published vocabulary, reliability included."""
    path = tmp_path / "top_tags.txt"
    path.write_bytes(tag_bytes(NAMES) + b"\n\n")
    assert Vocabulary.joytag() is Vocabulary.from_file(path)


def test_a_model_with_other_tags_gets_no_foreign_figures() -> None:
    """Known names keep their category and set, unknown ones are general; no figure of another model is claimed."""
    known, unknown = Vocabulary.from_names(["long_hair", "my_own_tag"])
    assert Tag(index=1, name="my_own_tag", category="general") == unknown
    assert (0, "hair", "hair_length") == (known.index, known.group, known.exclusive_set)
    assert (None, None, None, None) == (known.train_count, known.precision, known.recall, known.f1)


def test_windows_line_ends_are_no_part_of_a_name(tmp_path: Path) -> None:
    """A list that an editor saved on Windows names the same tags."""
    path = tmp_path / "top_tags.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert ("one", "two") == Vocabulary.from_file(path).names


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n \n", "empty"), (b"a\nb\na\n", "twice"), (b"\xff\xfe\x00", "cannot be read")],
)
def test_a_broken_tag_list_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    """An empty, doubled or undecodable list is an error that names the file."""
    path = tmp_path / "top_tags.txt"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=reason) as caught:
        Vocabulary.from_file(path)
    assert str(path) in str(caught.value)


def test_a_missing_tag_list_is_named(tmp_path: Path) -> None:
    """A list that is not there is an error of ours, too."""
    with pytest.raises(ModelFileError, match=r"none\.txt"):
        Vocabulary.from_file(tmp_path / "none.txt")


def test_slices_and_length() -> None:
    """A vocabulary is a sequence of tags."""
    vocabulary = Vocabulary.joytag()
    assert ("1girl", "solo") == tuple(tag.name for tag in vocabulary[:2])
    assert vocabulary[-1].index == 5812
    assert len(vocabulary) == 5813
