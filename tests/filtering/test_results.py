"""What does a Tag Filter tell beside the text: what remains, what was dropped, and by which rule?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import TagFilter
from joytag_core.filtering.result import Dropped

from .test_rules import SCORES

DROPPED = [
    ({"exclude": "*hair"}, "long_hair", ("long hair", "exclude *hair")),
    ({"exclude": "@no-names"}, "touhou", ("touhou", "exclude @no-names: category:copyright")),
    ({"lists": "no-names"}, "touhou", ("touhou", "exclude @no-names: category:copyright")),
    ({"keep_only": "sky"}, "smile", ("smile", "keep only: no pattern matches")),
    ({"replace": "solo ->"}, "(solo:1.2)", ("solo", "replace solo ->")),
    ({"min_score": 0.5}, "sky", ("sky", "minimum score 0.5: has 0.3")),
    ({"exclusive": True}, "blonde_hair, brown_hair", ("brown hair", "exclusive hair_color: blonde hair stays")),
    ({"implications": "specific"}, "skirt, black_skirt", ("skirt", "implied by black skirt")),
    ({"implications": "general"}, "skirt, black_skirt", ("black skirt", "implies skirt")),
    ({}, "smile, smile", ("smile", "duplicate")),
    ({"max_tags": 1}, "smile, sky", ("sky", "at most 1 tag")),
    ({"max_per_group": "hair 0"}, "long_hair", ("long hair", "at most 0 of hair")),
    ({"max_tokens": 1}, "smile, sky", ("sky", "at most 1 token")),
]


@pytest.mark.parametrize(("rules", "text", "expected"), DROPPED)
def test_what_was_dropped_is_told_with_its_rule(rules: dict[str, Any], text: str, expected: tuple[str, str]) -> None:
    """Every item that goes is reported once, with the rule that did it."""
    assert (Dropped(*expected),) == TagFilter(**rules).apply(text, scores=SCORES).dropped


def test_in_prompt_order_the_best_of_a_group_is_first() -> None:
    """Whatever has no score comes after it, in its place."""
    text, scores = "coat, skirt, dress, shirt", {"skirt": 0.3, "shirt": 0.9, "dress": 0.5}
    assert "shirt, dress, skirt, coat" == TagFilter(order="prompt").apply(text, scores=scores).text


def test_filters_are_values() -> None:
    """Equal rules make equal filters that can be keys; nothing in them can change."""
    rules = TagFilter(exclude=["a", "b"], target="caption")

    assert rules == TagFilter(exclude="a\nb", target="caption")
    assert hash(rules) == hash(TagFilter(exclude="a\nb", target="caption"))
    with pytest.raises(AttributeError):
        rules.exclude = "c"  # type: ignore[misc]


def test_explanations_name_each_item_and_its_rule() -> None:
    """`explain` lines up what was dropped and why."""
    result = TagFilter(exclude="*hair, sky").apply("long_hair, sky")

    assert "long hair  exclude *hair\nsky        exclude sky" == result.explain()


def test_what_remains_is_told_with_tag_and_score() -> None:
    """Each name that remains comes with the tag it means and its score; a dropped tag's score is in neither."""
    result = TagFilter(exclude="sky").apply("Long_Hair, sky, my idea, <lora:x:1>", scores=SCORES)

    assert [("Long Hair", "long_hair", 0.8), ("my idea", None, None)] == [
        (kept.name, kept.tag and kept.tag.name, kept.score) for kept in result.kept
    ]
    assert {
        "text": "Long Hair, my idea, <lora:x:1>",
        "tags": [
            {"tag": "long_hair", "name": "Long Hair", "score": 0.8, "category": "general"},
            {"tag": None, "name": "my idea", "score": None, "category": None},
        ],
        "dropped": [{"tag": "sky", "rule": "exclude sky"}],
        "replaced": [],
        "sentences": [],
    } == result.to_dict()


def test_sentences_that_were_left_alone_are_told() -> None:
    """A rule about tags cannot reach them, so the result names them at every door."""
    result = TagFilter(exclude="hat").apply("hat, A girl is standing, wearing a hat, in the rain.")

    assert ["A girl is standing, wearing a hat, in the rain."] == result.to_dict()["sentences"]


def test_what_a_prompt_says_already_is_not_said_again() -> None:
    """Names that are handed over are dropped, by whatever name; what is to be added is not added."""
    tag_filter = TagFilter(separator="; ", add_first="my_word, hat", max_tags=2)
    result = tag_filter.apply("rabbit, sky, (smile:1.2), <lora:x:1>", said={"bunny", "hat", "smile"})

    assert "my_word; sky; <lora:x:1>" == result.text
    assert {"my word", "sky"} == result.said
