"""Can a regular expression hang the host? None can: its work is bounded, or it is refused."""

from __future__ import annotations

import re

import pytest

from joytag_core import RuleError, TagFilter
from joytag_core.rules.globs import Glob
from joytag_core.rules.programs import LONGEST_NAME, MOST_STEPS
from joytag_core.rules.regexes import LONGEST_PATTERN, Budget, RegularExpression

from .hostile_patterns import HOSTILE, NAMES, random_patterns

WORK_FOR_A_NAME = 50_000
"""Steps that no pattern may exceed on one name of 100 characters: under 0.2 s on the machine that this was set on."""

REFUSED = [r"(a)\1", r"(?P<n>a+)(?P=n)", r"(a)?(?(1)b|c)"]
UNKNOWN_FLAGS = [r"(?a)\w+", r"(?a:\w)", r"x|(?-i:a)", r"(?=(?a:\b))a"]
MALFORMED = [r"[[:alpha:]]", r"(", r"[a", r"a**", r"(?P<x", r"\8", "(" * 290, r"(?<=a*)b"]
TOO_LARGE = ["(a{50}){50}", "((a|b){0,30}c){0,30}", ".{99}" * 12]
HARMLESS = [
    (r".*hair.*", "long hair bow", True), (r"(red|blue) (hair|eyes)", "blue eyes", True),
    (r"(\w+ )*hair", "very long hair", True), (r"(very )?long hair", "long hair", True),
    (r"\d\+?girls?", "6+girls", True), (r"(?!.*blue).*hair", "blue hair", False),
    (r"(?!.*blue).*hair", "red hair", True),
    (r"(?:(?!blue).)*hair", "red hair", True), (r"[^ ]+ [^ ]+ [^ ]+", "a b c", True), (r".*a.*b.*c.*", "xaxbxc", True),
    (r"((a|b)*c)*", "abcbc", True), (r"x{3}", "xx", False), (r"x{3}", "xxx", True), (r".", "ab", False),
    (r"(?i)A", "a", True), (r"é+", "éé", True), (r"([а-я]+ ?)+", "привет мир", True), (r"[À-Ö]x", "éx", True),
    (r"\bhair", "hair", True), (r".+\Bhair", "chair", True), (r".+\bhair", "chair", False), (r"(?<=a )b", "b", False),
    (r"a (?<=a )b", "a b", True), (r".*(?<!a )b", "a b", False), (r"^a$", "a", True),
    (r"(?s:.)", "a", True), (r"a{0,4000}", "a" * 100, True), (r"(?!)", "", False), (r"", "", True), (r"a||b", "", True),
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_patterns_do_bounded_work(source: str) -> None:
    """Whatever would go back for ever is answered in a bounded number of steps, or refused by name."""
    try:
        pattern = RegularExpression(source)
    except RuleError as error:
        assert source in str(error)
        return
    for name in NAMES:
        before = pattern.machine.steps
        pattern.fullmatch(name)
        assert pattern.machine.steps - before < WORK_FOR_A_NAME


def test_random_patterns_do_bounded_work_and_mean_what_python_says() -> None:
    """Of 2,000 patterns that Python reads none is refused; each agrees with Python on short names."""
    short = ["", "a", "ab", "aab b", "xx", "a b", "abxab", "я я", "aé", "k", "ba_1", "bababa"]
    for source in random_patterns(2000, seed=15):
        pattern, python = RegularExpression(source), re.compile(source, re.IGNORECASE)
        assert [python.fullmatch(name) is not None for name in short] == [
            pattern.fullmatch(name) is not None for name in short
        ], source
        for name in NAMES[:4]:
            before = pattern.machine.steps
            pattern.fullmatch(name)
            assert pattern.machine.steps - before < WORK_FOR_A_NAME, source


def test_there_are_enough_hostile_patterns() -> None:
    """The list above is long, and each of its patterns is one."""
    assert len(set(HOSTILE)) >= 200
    assert all(re.compile(source) for source in HOSTILE)


@pytest.mark.parametrize("source", REFUSED)
def test_backreferences_are_refused(source: str) -> None:
    """Nobody can say how long a pattern takes that refers back to what it matched."""
    with pytest.raises(RuleError, match="refers back to a group"):
        RegularExpression(source)


@pytest.mark.parametrize("source", UNKNOWN_FLAGS)
def test_flags_that_could_not_be_kept_are_refused(source: str) -> None:
    """Names come in lower case and in any alphabet; a flag that says otherwise would be passed over."""
    with pytest.raises(RuleError, match="has the flag") as caught:
        RegularExpression(source)
    assert f"/{source}/" in str(caught.value)


@pytest.mark.parametrize("source", MALFORMED)
def test_malformed_patterns_are_named(source: str) -> None:
    """What Python cannot read is an error with Python's reason."""
    with pytest.raises(RuleError, match="is no regular expression") as caught:
        RegularExpression(source)
    assert f"/{source}/" in str(caught.value)


@pytest.mark.parametrize("source", TOO_LARGE)
def test_patterns_that_would_be_too_large_are_refused(source: str) -> None:
    """Counted repeats are written out, up to a stated number of steps."""
    with pytest.raises(RuleError, match=f"more than {MOST_STEPS:,} steps"):
        TagFilter(exclude=f"/{source}/")


@pytest.mark.parametrize(("source", "name", "matches"), HARMLESS)
def test_patterns_of_people_are_accepted(source: str, name: str, matches: bool) -> None:
    """What a person would write works, and matches the whole name, as Python says."""
    assert matches == (RegularExpression(source).fullmatch(name) is not None)
    assert matches == (re.fullmatch(source, name, re.IGNORECASE) is not None)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (r"(.*) hair", "very long hair"), (r"(\w+) (\w+)", "red hair"), (r"(a|ab)(c|bcd)?(d*)", "abcd"),
        (r"(a*?)(a*)", "aaa"),
        (r"(a*)(a*)", "aaa"), (r"(x)?(.*)", "hair"), (r"(?:(\w)\w* ?)+", "red hair bow"),
        (r"((\w+) (\w+))?", "red hair"),
    ],
)  # fmt: skip
def test_groups_stand_for_what_python_says(source: str, name: str) -> None:
    """A replacement carries the same over as Python's own matcher; a group that took no part is empty."""
    python = re.fullmatch(source, name, re.IGNORECASE)

    assert python is not None
    assert tuple(group or "" for group in python.groups()) == RegularExpression(source).fullmatch(name)


def test_patterns_have_a_longest_length() -> None:
    """A pattern is at most 300 characters long."""
    assert RegularExpression("a" * LONGEST_PATTERN).fullmatch("a") is None
    with pytest.raises(RuleError, match="301 characters"):
        RegularExpression("a" * (LONGEST_PATTERN + 1))


def test_texts_longer_than_any_name_are_not_tried() -> None:
    """An unknown text of more than 100 characters is no name, and no regular expression sees it."""
    longest, longer = "a" * LONGEST_NAME, "a" * (LONGEST_NAME + 1)

    assert (longer,) == TagFilter(exclude="/a*/").apply(f"{longest}, {longer}").tags


def test_the_work_of_all_patterns_together_is_bounded() -> None:
    """Once the budget is used up, the next match is an error that names the pattern."""
    pattern = RegularExpression("a.*")

    assert Budget(1).fullmatch(pattern, "abc") == ()
    with pytest.raises(RuleError, match=re.escape("/a.*/ was stopped")):
        Budget(0).fullmatch(pattern, "abc")


def test_globs_with_many_stars_are_matched_without_going_back() -> None:
    """Forty stars against a name that almost matches: a backtracking matcher would never return."""
    name = "_".join("a" * 90)

    assert Glob(("", *[" a"] * 40, " b")).match(name.replace("_", " ")) is None
    assert Glob(("", *[" a"] * 40, " a")).match(name.replace("_", " ")) is not None
