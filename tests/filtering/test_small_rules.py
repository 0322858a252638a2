"""Do the rules hold that no example of the reference page shows?"""

from __future__ import annotations

import pytest

from joytag_core import Interrogation, TagFilter, TagScores, Vocabulary
from joytag_core.filtering.duplicates import identity, weight_of
from joytag_core.prompts.items import Group, Item
from joytag_core.rules import matcher
from joytag_core.rules.matcher import Matcher
from joytag_core.rules.pattern_lists import parse_patterns
from joytag_core.rules.regexes import Budget
from joytag_core.tags.names import name_index

ROUND, SQUARE, CURLY = Group("(", ")"), Group("[", "]"), Group("{", "}")


@pytest.mark.parametrize(
    ("groups", "a1111", "comfyui"),
    [
        ((), 1.0, 1.0),
        ((ROUND,), 1.1, 1.1),
        ((ROUND, ROUND), 1.21, 1.21),
        ((SQUARE,), 1 / 1.1, 1.0),
        ((SQUARE, SQUARE), 1 / 1.21, 1.0),
        ((CURLY,), 1.0, 1.0),
        ((Group("(", ":1.5)", 1.5), Group("(", ":2)", 2.0)), 3.0, 2.0),
        ((Group("(", ":1.5)", 1.5), ROUND), 1.65, 1.65),
    ],
)
def test_brackets_weigh_what_the_host_gives_them(groups: tuple[Group, ...], a1111: float, comfyui: float) -> None:
    """Square brackets divide by 1.1 in A1111 and are text in ComfyUI, where an inner weight stands alone."""
    assert a1111 == pytest.approx(weight_of(groups, "a1111"))
    assert comfyui == pytest.approx(weight_of(groups, "comfyui"))


def test_of_duplicates_the_heavier_brackets_survive() -> None:
    """A square bracket is lighter than none in A1111, and as heavy in ComfyUI."""
    assert "smile" == TagFilter(target="a1111").apply("[smile], smile").text
    assert "[smile]" == TagFilter(target="comfyui").apply("[smile], smile").text
    assert "[smile]" == TagFilter(target="a1111").apply("[[smile]], [smile]").text


def test_verbatim_pieces_at_an_end_are_moved_and_never_merged() -> None:
    """What is to stand first or last may be a network; another one, and a wildcard like it, stay where they are."""
    tag_filter = TagFilter(add_first="<lora:x:1>", add_last="__hat__")

    assert "<lora:x:1>, smile, <lora:y:1>, hat, __hat__" == tag_filter.apply("smile, <lora:y:1>, <lora:x:1>, hat").text
    assert "<lora:x:1>, smile, __hat__" == tag_filter.apply("__hat__, smile").text


def test_words_of_composition_may_be_added_and_take_none_away() -> None:
    """BREAK in what is added is a new one."""
    assert "a_9 BREAK hat BREAK sky" == TagFilter(add_first="a_9 BREAK").apply("hat BREAK sky").text
    assert "a_9 BREAK b_9 BREAK sky" == TagFilter(add_first="a_9 BREAK b_9 BREAK").apply("sky").text
    assert "sky BREAK b_9 BREAK c_9" == TagFilter(add_last="BREAK b_9 BREAK c_9").apply("sky").text


def test_a_verbatim_piece_is_no_tag_of_that_name() -> None:
    """Whatever it is called; two of the same are one another's equal."""
    hat = Item("hat", facts=name_index(Vocabulary.joytag()).facts("hat"))
    piece = Item("hat", verbatim=True)

    for names in ("model", "current"):
        assert identity(hat, names) != identity(piece, names) == identity(Item("hat", verbatim=True), names)


def test_verdicts_are_forgotten_past_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that sees ever new names does not grow for ever, and says the same after it has forgotten."""
    monkeypatch.setattr(matcher, "_CACHED_VERDICTS", 10)
    index = name_index(Vocabulary.joytag())
    found = Matcher(parse_patterns("*hair", "exclude", lambda _name: pytest.fail("no list")), index)
    for number in range(35):
        name = f"name {number} hair" if number % 2 else f"name {number}"
        assert (number % 2 == 1) == (found.find(index.facts(name), None, Budget()) is not None)
        assert len(found._verdicts) <= 10


def test_mapped_weights_begin_at_the_threshold_that_was_chosen() -> None:
    """The lowest weight belongs to the score at the threshold, not to 0.4."""
    vocabulary = Vocabulary.from_names(["smile", "sky"])
    scores = TagScores(vocabulary, [0.6, 0.9])
    written = {
        threshold: Interrogation.from_settings({"threshold": threshold, "weights": "mapped"}).prompt(scores).text
        for threshold in (0.2, 0.5)
    }

    assert {0.2: "(sky:1.15), smile", 0.5: "(sky:1.12), (smile:0.88)"} == written
