"""Can a regular expression hang the host? None can: it is refused, or it is stopped."""

from __future__ import annotations

import re

import pytest

from joytag_core import RuleError, TagFilter
from joytag_core.rules.globs import Glob
from joytag_core.rules.regexes import LONGEST_NAME, LONGEST_PATTERN, Stopwatch, compile_regex

HOSTILE = [
    r"(a+)+$", r"(a*)*", r"(a|a)*b", r"(a|aa)+$", r"(.*a){20}", r"(a{0,50}){0,50}", r"(((a{0,9}){0,9}){0,9}){0,9}",
    r".*.*.*.*x", r".*a.*b.*c.*d.*", r"(x+x+)+y", r"([a-z]+)+", r"([a-z]+_?)*x", r"(a?){50}a{50}", r"(?:a?){30}a{30}",
    r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(\d+)*\D", r"(a*?)*?b", r"\w*\w*\w*\w*\w*x", r"(a|b|ab)*c",
    r"(?=(a+)+$)a", r"(?!(a+)+$).*", r"(?:K|\u212a)*(?:k|x)*(?:k|y)*(?:k|z)*k*!", r"((a{1,4000}){1,4000}){1,4000}",
]  # fmt: skip
BACKREFERENCES = [r"(a)\1", r"(?P<n>a+)(?P=n)", r"(a)?(?(1)b|c)"]
MALFORMED = [r"(", r"[a", r"a**", r"(?P<x", r"\8", "(" * 290]
HARMLESS = [
    (r".*hair.*", "long hair bow", True), (r"(red|blue) (hair|eyes)", "blue eyes", True),
    (r"(\w+ )*hair", "very long hair", True),
    (r"(very )?long hair", "long hair", True), (r"\d\+?girls?", "6+girls", True),
    (r"(?!.*blue).*hair", "blue hair", False),
    (r"(?:(?!blue).)*hair", "red hair", True), (r"[^ ]+ [^ ]+ [^ ]+", "a b c", True), (r".*a.*b.*c.*", "xaxbxc", True),
    (r"((a|b)*c)*", "abcbc", True), (r"x{3}", "xx", False), (r".", "ab", False),
    (r"(?i)A", "a", True), (r"é+", "éé", True),
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_patterns_are_refused_before_they_run(source: str) -> None:
    """A pattern with too many ways through a name is an error that names it."""
    with pytest.raises(RuleError) as caught:
        TagFilter(exclude=f"/{source}/")
    assert f"/{source}/ could take too long" in str(caught.value)


@pytest.mark.parametrize("source", BACKREFERENCES)
def test_backreferences_are_refused(source: str) -> None:
    """Nobody can say how long a pattern takes that refers back to what it matched."""
    with pytest.raises(RuleError, match="refers back to a group"):
        compile_regex(source)


@pytest.mark.parametrize("source", MALFORMED)
def test_malformed_patterns_are_named(source: str) -> None:
    """What Python cannot read is an error with Python's reason."""
    with pytest.raises(RuleError, match="is no regular expression") as caught:
        compile_regex(source)
    assert f"/{source}/" in str(caught.value)


@pytest.mark.parametrize(("source", "name", "matches"), HARMLESS)
def test_patterns_of_people_are_accepted(source: str, name: str, matches: bool) -> None:
    """What a person would write works, and matches the whole name."""
    assert matches == (Stopwatch().fullmatch(compile_regex(source), name) is not None)


def test_patterns_have_a_longest_length() -> None:
    """A pattern is at most 300 characters long."""
    assert compile_regex("a" * LONGEST_PATTERN).fullmatch("a" * LONGEST_PATTERN)
    with pytest.raises(RuleError, match="301 characters"):
        compile_regex("a" * (LONGEST_PATTERN + 1))


def test_texts_longer_than_any_name_are_not_tried() -> None:
    """An unknown text of more than 100 characters is no name, and no regular expression sees it."""
    longest, longer = "a" * LONGEST_NAME, "a" * (LONGEST_NAME + 1)

    assert (longer,) == TagFilter(exclude="/a*/").apply(f"{longest}, {longer}").tags


def test_the_time_of_all_patterns_together_is_bounded() -> None:
    """Once the budget is used up, the next match is an error that names the pattern."""
    spent = Stopwatch(budget=0.0)

    with pytest.raises(RuleError, match=re.escape("/a.*/ was stopped")):
        spent.fullmatch(compile_regex("a.*"), "abc")


def test_globs_with_many_stars_are_matched_without_going_back() -> None:
    """Forty stars against a name that almost matches: a backtracking matcher would never return."""
    name = "_".join("a" * 90)

    assert Glob(("", *[" a"] * 40, " b")).match(name.replace("_", " ")) is None
    assert Glob(("", *[" a"] * 40, " a")).match(name.replace("_", " ")) is not None
