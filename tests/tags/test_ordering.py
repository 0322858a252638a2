"""In which order do tags stand?"""

from __future__ import annotations

import pytest

from joytag_core import ScoredTag, SettingError, Tag
from joytag_core.tags.ordering import arrange, prompt_rank
from joytag_core.tags.vocabulary import GROUPS

TREE = ScoredTag(Tag(index=4, name="tree", group="object"), 0.5)
GIRL = ScoredTag(Tag(index=3, name="1girl", group="subject"), 0.6)
SABER = ScoredTag(Tag(index=2, name="saber", category="character"), 0.7)
FATE = ScoredTag(Tag(index=5, name="fate", category="copyright"), 0.8)
HAIR = ScoredTag(Tag(index=1, name="Long_hair", group="hair"), 0.9)
OWN = ScoredTag(Tag(index=0, name="own"), 0.95)
ALL = [TREE, GIRL, SABER, FATE, HAIR, OWN]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("given", [TREE, GIRL, SABER, FATE, HAIR, OWN]),
        ("score", [OWN, HAIR, FATE, SABER, GIRL, TREE]),
        ("vocabulary", [OWN, HAIR, SABER, GIRL, TREE, FATE]),
        ("alphabetical", [GIRL, FATE, HAIR, OWN, SABER, TREE]),
        ("prompt", [GIRL, SABER, FATE, HAIR, TREE, OWN]),
    ],
)
def test_each_order(order: str, expected: list[ScoredTag]) -> None:
    """As given; best first; by training count; by name whatever its case; subject, names, then outwards."""
    assert [item.name for item in expected] == [item.name for item in arrange(ALL, order)]


@pytest.mark.parametrize("order", ["given", "score", "alphabetical", "vocabulary", "prompt"])
def test_no_order_loses_or_doubles_a_tag(order: str) -> None:
    """An order is a permutation, of none and of one too."""
    assert sorted(map(id, ALL)) == sorted(map(id, arrange(ALL, order)))
    assert [] == arrange([], order)
    assert [TREE] == arrange([TREE], order)


def test_inside_a_prompt_rank_the_best_come_first() -> None:
    """Equal ranks are ordered by score."""
    weak, strong = (ScoredTag(Tag(index=i, name=str(i), group="hair"), score) for i, score in enumerate((0.4, 0.8)))
    assert [strong, weak] == arrange([weak, strong], "prompt")


def test_groups_go_outwards_from_the_subject() -> None:
    """The ranks of the groups rise in the order of GROUPS, after all names, and unknown tags come last."""
    ranks = [prompt_rank(Tag(index=0, name="x", group=group)) for group in GROUPS]
    names = [prompt_rank(Tag(index=0, name="x", category=name)) for name in ("character", "copyright", "artist")]
    assert ranks == sorted(set(ranks))
    assert ranks[0] < names[0] < names[1] < names[2] < ranks[1]
    assert prompt_rank(None) == prompt_rank(Tag(index=0, name="x")) > ranks[-1]


def test_an_unknown_order_is_named() -> None:
    """The error lists the orders there are."""
    with pytest.raises(SettingError, match=r"best.*prompt"):
        arrange(ALL, "best")
