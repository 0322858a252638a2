"""Which rules, settings and scores are refused, and what is said of them?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import RuleError, SettingError, TagFilter

WRONG = [
    ({"exclude": "a, b\n/(/"}, "exclude, line 2: /(/"),
    ({"exclude": r"/(a)\1/"}, "refers back"),
    ({"exclude": "/abc"}, "no closing slash"),
    ({"exclude": '"abc'}, "no closing quotation mark"),
    ({"exclude": "category:people"}, "category:people is unknown; expected one of general"),
    ({"keep_only": "a\n\ngroup:hairs"}, "keep only, line 3: group:hairs"),
    ({"protect": "set:hair"}, "protect, line 1: set:hair"),
    ({"exclude": "implies:"}, "implies: says nothing"),
    ({"exclude": "score<high"}, "expected a number from 0 to 1"),
    ({"exclude": "precision>1.5"}, "expected a number from 0 to 1"),
    ({"exclude": "@photo, /(/"}, "exclude, line 1: /(/"),
    ({"exclude": "@nowhere"}, "list 'nowhere' is unknown; there is anima"),
    ({"exclude": "@../secret"}, "without folders"),
    ({"exclude": "@/etc/passwd"}, "without folders"),
    ({"exclude": "@a/b"}, "without folders"),
    ({"lists": "nowhere"}, "list 'nowhere' is unknown"),
    ({"exclude": "a, score<0,5"}, "compares with '0,5'; expected a number from 0 to 1"),
    ({"exclude": "score 0.5"}, "score 0.5 compares nothing"),
    ({"exclude": "/hair/i"}, "/hair/i has letters behind it"),
    ({"exclude": "//"}, "// is empty"),
    ({"replace": "a -> b -> c"}, "has two arrows"),
    ({"replace": "a b"}, "replace, line 1: 'a b' has no arrow"),
    ({"replace": "-> b"}, "replaces nothing"),
    ({"replace": "a -> *"}, "more than the 0"),
    ({"replace": "* hair -> * and *"}, "more than the 1"),
    ({"replace": r"/(a)/ -> \2"}, "more than the 1"),
    ({"replace": r"/(?=(\w+) hair).*/ -> \1 fur"}, "puts in group 1, which stands in a lookahead"),
    ({"replace": r"/(a)(?<=(b)) c/ -> * *"}, "puts in group 2, which stands in a lookahead"),
    ({"replace": "a, b -> c"}, "separate several old names with |"),
    ({"replace": "| -> x"}, "'| -> x' replaces nothing"),
    ({"replace": "# a\n|| -> x"}, "replace, line 2: '|| -> x' replaces nothing"),
    ({"max_per_group": "hair"}, "'hair' is no limit"),
    ({"max_per_group": "hair " + "1" * 5000}, "a number of 5000 digits; expected at most 9"),
    ({"max_per_group": "hairs 3"}, "'hairs' is no group"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "message"), WRONG)
def test_malformed_rules_are_named(rules: dict[str, Any], message: str) -> None:
    """A bad rule is an error with its line and the reason, as soon as the filter is made."""
    with pytest.raises(RuleError) as caught:
        TagFilter(**rules)
    assert message in str(caught.value)


def test_every_group_is_offered_once() -> None:
    """`meta` is a group and a category."""
    with pytest.raises(RuleError) as caught:
        TagFilter(max_per_group="hairs 3")
    offered = str(caught.value).split("expected one of ")[1].split(", ")
    assert {"hair", "artist", "meta"} <= set(offered)
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"implications": "on"}, "implications is 'on'; expected one of"),
        ({"order": "random"}, "order is 'random'; expected one of"),
        ({"target": "dalle"}, "target is 'dalle'; expected one of"),
        ({"names": "old"}, "names is 'old'; expected one of"),
        ({"weights": "on"}, "weights is 'on'; expected one of"),
        ({"duplicates": "drop"}, "duplicates is 'drop'; expected one of"),
        ({"min_score": 1.01}, "min_score is 1.01; expected a number from 0 to 1"),
        ({"min_score": float("nan")}, "min_score is nan"),
        ({"max_tags": -1}, "max_tags is -1; expected 0 or more"),
        ({"max_tokens": -1}, "max_tokens is -1"),
        ({"exclude": [1]}, "exclude [1] is no text"),
        ({"exclude": None}, "exclude None is no text"),
        ({"replace": 5}, "replace 5 is no text"),
        ({"add_first": None}, "add_first None is no text"),
        ({"add_last": ["a"]}, "add_last ['a'] is no text"),
        ({"separator": 5}, "separator 5 is no text"),
        ({"spaces": "yes"}, "spaces is 'yes'; expected true or false"),
        ({"exclusive": 1}, "exclusive is 1"),
        ({"weight_range": 5}, "weight_range is 5"),
        ({"weight_range": [0.8]}, "weight_range is (0.8,)"),
        ({"prose": "maybe"}, "prose is 'maybe'; expected one of keep, drop"),
        ({"artist_style": "#"}, "artist_style is '#'"),
    ],
)
def test_settings_out_of_their_range_are_refused(rules: dict[str, Any], message: str) -> None:
    """A wrong setting is an error that names it and its value."""
    with pytest.raises(SettingError) as caught:
        TagFilter(**rules)
    assert message in str(caught.value)


def test_a_long_rule_fills_no_screen_when_it_is_refused() -> None:
    """Where it stands and what was expected are told, and of the rule its beginning."""
    with pytest.raises(RuleError) as caught:
        TagFilter(replace="hair " + "9" * 5_000)
    message = str(caught.value)
    assert len(message) <= 1_000
    assert message.startswith("replace, line 1: 'hair 999")
    assert message.endswith("has no arrow; expected old -> new")


@pytest.mark.parametrize(
    "scores",
    [5, ["smile"], {"smile": "high"}, {"smile": None}, {5: 0.5}, {"smile": True},
     {"smile": 1.001}, {"smile": -0.001}, {"smile": float("nan")}],
)  # fmt: skip
def test_what_are_no_scores_is_refused(scores: Any) -> None:
    """Scores are numbers by name; anything else is an error that says so."""
    with pytest.raises(SettingError, match="expected numbers from 0 to 1"):
        TagFilter().apply("smile", scores=scores)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"said": None}, "said is None; expected a list or set of names"),
        ({"said": "hat"}, "said is 'hat'"),
        ({"said": [5]}, "said is [5]"),
        ({"tokens": 5}, "tokens is 5; expected a list or set of names"),
        ({"count_tokens": 5}, "count_tokens is 5; expected a function"),
        ({"vocabulary": "joytag"}, "vocabulary is 'joytag'; expected a Vocabulary"),
    ],
)
def test_what_is_told_of_the_place_is_checked(given: dict[str, Any], message: str) -> None:
    """A value of another kind is an error that names it, and not one of Python's in the middle of the work."""
    with pytest.raises(SettingError) as caught:
        TagFilter().apply("hat", **given)
    assert message in str(caught.value)


@pytest.mark.parametrize("tags", [None, 5, [None], ["hat"], "hat"])
def test_what_are_no_scored_tags_is_refused(tags: Any) -> None:
    """Only scored tags have a score; a list of names is a text for `apply`."""
    with pytest.raises(SettingError, match="are no scored tags; expected those that"):
        TagFilter().apply_scored(tags)
    assert TagFilter().apply_scored([]).text == ""
