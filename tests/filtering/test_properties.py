"""What holds of the Tag Filter for every text?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from joytag_core import RuleError, TagFilter, Vocabulary
from joytag_core.prompts.prose import is_long
from joytag_core.tags.ordering import ORDERS
from joytag_core.tags.vocabulary import tag_key
from joytag_core.tags.words import is_phrase

VOCABULARY = Vocabulary.joytag()
NAMES = VOCABULARY.names
TARGETS = ("comfyui", "a1111", "caption")
VERBATIM = ("<lora:some_name:0.8>", "<hypernet:x:1>", "__wild_card__", "{red_a|blue}", "[cat_a:dog:0.5]", "[cat|dog]",
            "embedding:bad_hand", "BREAK", "AND", "A girl_x walks here. She smiles")  # fmt: skip
RULES: list[dict[str, Any]] = [
    {"exclude": "*hair, group:clothing, /.*eyes/, !blue eyes"},
    {"keep_only": "1girl, group:hair, group:eyes, *skirt"},
    {"min_score": 0.5, "order": "score"},
    {"exclusive": True},
    {"exclusive": True, "max_tags": 3, "order": "prompt"},
    {"implications": "specific"},
    {"implications": "general", "max_tags": 4},
    {"max_per_group": "clothing 1, hair 1", "order": "vocabulary"},
    {"max_tokens": 12},
    {"order": "alphabetical", "add_first": "masterpiece, <lora:added:1>", "add_last": "absurdres, smile"},
    {"lists": "prompt, character-lora", "implications": "specific"},
    {"lists": "style-lora, sfw"},
    {"lists": "photo, no-names"},
    {"lists": "outfit, pose, background", "names": "current"},
    {"weights": "mapped"},
    {"spaces": False, "trailing_separator": True},
]

tags = st.sampled_from(NAMES)
common_tags = st.sampled_from(NAMES[:300])
words = st.text(alphabet="abcxyz _'-", min_size=1, max_size=12)
plain_tags = st.one_of(tags, common_tags, common_tags.map(lambda name: name.replace("_", " ")), words)
weighted = st.builds("({}:{})".format, common_tags, st.sampled_from(["1.2", "0.8", ".5"]))
grouped = st.builds("({}, {}:1.1)".format, common_tags, common_tags)
stressed = st.builds("{}{}{}".format, st.just("(("), common_tags, st.just("))"))
pieces = st.one_of(plain_tags, weighted, grouped, stressed, st.sampled_from(VERBATIM))
prompts = st.lists(pieces, max_size=14).map(", ".join)
syntax = st.text(alphabet="ab_:3.1()[]{}<>|\\,，、\n# ANDBREK\"'!/*@-=^", max_size=40)
any_text = st.one_of(st.text(max_size=60), syntax, st.builds("{}{}{}".format, prompts, syntax, prompts))
all_scores = st.dictionaries(common_tags, st.floats(0, 1), max_size=60)

unhurried = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(text=any_text, target=st.sampled_from(TARGETS), rules=st.sampled_from(RULES), lines=st.booleans())
def test_no_text_is_an_error(text: str, target: str, rules: dict[str, Any], lines: bool) -> None:
    """Whatever a person wrote, the filter gives a text back."""
    result = TagFilter(**rules, target=target, keep_line_breaks=lines).apply(text)

    assert isinstance(result.text, str)


@unhurried
@given(patterns=any_text)
def test_no_rule_is_a_crash(patterns: str) -> None:
    """A pattern is either understood or refused by name; nothing else happens."""
    for field in ("exclude", "keep_only", "protect", "replace", "lists", "max_per_group"):
        try:
            TagFilter(**{field: patterns}).apply("1girl, long_hair, a")  # type: ignore[arg-type]
        except RuleError as error:
            assert str(error)


@unhurried
@given(text=any_text, target=st.sampled_from(TARGETS[:2]), rules=st.sampled_from(RULES), scores=all_scores)
def test_the_same_rules_twice_change_nothing(
    text: str, target: str, rules: dict[str, Any], scores: dict[str, float]
) -> None:
    """What a filter gives out goes through it unchanged."""
    tag_filter = TagFilter(**rules, target=target)
    once = tag_filter.apply(text, scores=scores)
    twice = tag_filter.apply(once.text, scores=scores)

    assert once.text == twice.text
    # A bracket behind a word without a comma, of which one tag is left, is read as a stressed word the next time.
    assert " ".join(once.tags) == " ".join(twice.tags)


@unhurried
@given(
    names=st.lists(plain_tags.filter(lambda name: bool(tag_key(name))), max_size=20), target=st.sampled_from(TARGETS)
)
def test_without_rules_tags_come_out_as_they_went_in(names: list[str], target: str) -> None:
    """No rule, no change: the same tags in the same order, each at its first place; sentences are no tags."""
    assume(not (is_phrase(", ".join(names)) and is_long(", ".join(names))))

    result = TagFilter(target=target, spaces=False, duplicates="keep").apply(", ".join(names))

    assert [name.strip() for name in names] == list(result.tags)


@unhurried
@given(
    before=st.lists(plain_tags, max_size=4),
    piece=st.sampled_from(VERBATIM),
    after=st.lists(plain_tags, max_size=4),
    target=st.sampled_from(TARGETS),
)
def test_verbatim_pieces_stay_as_and_where_they_are(
    before: list[str], piece: str, after: list[str], target: str
) -> None:
    """A network, wildcard, schedule or sentence comes out letter for letter, between the same neighbours."""
    result = TagFilter(target=target, exclude="group:clothing").apply(", ".join([*before, piece, *after]))
    left, found, right = result.text.partition(piece)

    assert piece == found
    before_it = TagFilter(target=target, exclude="group:clothing").apply(", ".join(before))
    after_it = TagFilter(target=target).apply(", ".join(after))
    assert before_it.tags == TagFilter(target=target).apply(left).tags
    assert set(TagFilter(target=target).apply(right).tags) <= set(after_it.tags)


@unhurried
@given(kept=common_tags, others=st.lists(pieces, max_size=10), rules=st.sampled_from(RULES), scores=all_scores)
def test_protected_tags_always_survive(
    kept: str, others: list[str], rules: dict[str, Any], scores: dict[str, float]
) -> None:
    """Whatever the other rules say, a protected tag that went in comes out."""
    tag_filter = TagFilter(**{**rules, "protect": f'"{kept}"', "replace": "* ->"})
    result = tag_filter.apply(", ".join([*others, kept]), scores=scores)

    assert tag_key(kept) in map(tag_key, result.tags)


@unhurried
@given(
    names=st.lists(pieces, max_size=16),
    pattern=st.one_of(tags.map('"{}"'.format), st.sampled_from(["*hair", "group:body", "category:character", "/.*s/"])),
    target=st.sampled_from(TARGETS),
)
def test_output_holds_nothing_that_is_excluded(names: list[str], pattern: str, target: str) -> None:
    """What an exclude pattern matches is gone, unless protected or added."""
    text = TagFilter(target=target, exclude=pattern).apply(", ".join(names)).text

    assert () == TagFilter(target=target, keep_only=pattern).apply(text).tags


@unhurried
@given(text=prompts, order=st.sampled_from(ORDERS), scores=all_scores)
def test_orders_lose_and_invent_nothing(text: str, order: str, scores: dict[str, float]) -> None:
    """Sorting changes places, and nothing else."""
    assert sorted(TagFilter().apply(text).tags) == sorted(TagFilter(order=order).apply(text, scores=scores).tags)


@unhurried
@given(
    text=st.lists(st.one_of(plain_tags, weighted, grouped, stressed), max_size=14).map(", ".join),
    count=st.integers(1, 6),
    scores=all_scores,
)
def test_limits_are_kept(text: str, count: int, scores: dict[str, float]) -> None:
    """There are never more tags of the vocabulary than wanted, and what else a person wrote stays."""
    result = TagFilter(max_tags=count).apply(text, scores=scores)
    plain = TagFilter().apply(text, scores=scores)

    assert [name.name for name in plain.kept if name.tag is None] == [name.name for name in result.kept if not name.tag]
    assert sum(kept.tag is not None for kept in result.kept) <= count


@unhurried
@given(lines=st.lists(st.lists(plain_tags, max_size=3).map(", ".join), min_size=1, max_size=6))
def test_kept_line_breaks_are_as_many_as_before(lines: list[str]) -> None:
    """One line in, one line out, even where all its tags are dropped."""
    result = TagFilter(keep_line_breaks=True, exclude="group:hair").apply("\n".join(lines))

    assert len(lines) == result.text.count("\n") + 1


@pytest.mark.parametrize("target", TARGETS)
def test_every_tag_of_the_vocabulary_is_read_back_as_itself(target: str) -> None:
    """All 5,813 tags, written for a target, are read as the same 5,813 tags."""
    plain = TagFilter(target=target, spaces=False)
    written = plain.apply(", ".join(NAMES))

    assert NAMES == written.tags
    assert NAMES == plain.apply(written.text).tags


@pytest.mark.parametrize("separator", [", ", "; ", " | ", " / "])
@pytest.mark.parametrize("target", ["comfyui", "a1111", "caption"])
def test_one_separator_at_the_end_is_enough(separator: str, target: str) -> None:
    """However often the filter is applied, and whether or not prompts know the sign."""
    rules = TagFilter(trailing_separator=True, separator=separator, target=target)
    once = rules.apply("1girl, smile").text

    assert f"1girl{separator}smile{separator.rstrip()}" == once
    assert once == rules.apply(once).text
