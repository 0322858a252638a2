"""Does a tag switch answer as its pattern says?"""

from __future__ import annotations

from pathlib import Path

import pytest

from joytag_core import RuleError, SettingError, TagSwitch, Verdict
from tests.judging.scores import scores_of

PICTURE = scores_of({"cat_ears": 0.8, "smile": 0.5, "hatsune_miku": 0.7, "dog": 0.3, "red_hair": 0.6, "sky": 0.4})


def judge(pattern: str, **settings: object) -> Verdict:
    """Answer for the picture, the score to four decimals."""
    verdict = TagSwitch(pattern=pattern, **settings).judge(PICTURE)  # type: ignore[arg-type]
    return Verdict(verdict.holds, round(verdict.score, 4))


@pytest.mark.parametrize(
    ("pattern", "holds", "score"),
    [
        ("cat ears", True, 0.8),
        ("dog", False, 0.3),
        ("sky", False, 0.4),  # at the threshold, not over it
        ("!dog", True, 0.7),
        ("!cat ears", False, 0.2),
        ("cat ears & !dog", True, 0.7),
        ("cat ears & dog", False, 0.3),
        ("dog & !cat ears", False, 0.2),
        ("category:character", True, 0.7),
        ("category:copyright", False, 0.0),
        ("*hair", True, 0.6),
        ("/.*_ears|.* ears/", True, 0.8),
        ('"cat ears" & "smile"', True, 0.5),
        ("set:hair_color", True, 0.6),
        ("implies:animal ears", True, 0.8),
        ("score>0.6", True, 0.8),
        ("score>0.81", False, 0.8),
        ("category:character & score>0.6", True, 0.7),
        ("category:character & score>0.75", False, 0.7),
        ("score>0.2 & dog", True, 0.3),
        ("score>0.2 & !dog", False, 0.7),
        ("cat ears & !dog & score>0.2", False, 0.7),
        ("dog, cat ears", True, 0.8),
        ("dog\n# a comment\nsmile", True, 0.5),
        ("dog, sky & cat ears", False, 0.4),
        ("cat ears & precision>0", True, 0.8),
    ],
)
def test_patterns_answer(pattern: str, holds: bool, score: float) -> None:
    """The weakest term of the strongest alternative gives the score; what is asked of scores says what counts."""
    assert Verdict(holds, score) == judge(pattern)


def test_thresholds_say_what_is_there() -> None:
    """A character's is its own, and 0 means as the other."""
    assert judge("dog", threshold=0.2).holds
    assert not judge("category:character", character_threshold=0.75).holds
    assert not judge("category:character", threshold=0.75).holds
    assert judge("category:character", threshold=0.75, character_threshold=0.6).holds


def test_lists_may_be_named(tmp_path: Path) -> None:
    """A person's own list, read anew when it changes."""
    (tmp_path / "pets.txt").write_text("dog, cat ears")
    switch = TagSwitch(pattern="@pets", lists_folder=tmp_path)
    assert switch.judge(PICTURE).holds
    (tmp_path / "pets.txt").write_text("dog only, no cats")
    assert not switch.judge(PICTURE).holds


def test_a_name_with_an_ampersand_stays_whole() -> None:
    """Only an ampersand between blanks joins terms; quotation marks hold those together too."""
    name = next(tag.name for tag in PICTURE.vocabulary if "&" in tag.name)

    for written in (name, f'"{name.replace("_", " ")}"'):
        assert TagSwitch(pattern=written).judge(scores_of({name: 0.9})).holds
        assert not TagSwitch(pattern=written).judge(PICTURE).holds


def test_a_tag_list_has_all_its_tags() -> None:
    """Whatever nobody scored is sure, and is over no score; with scores those count."""
    text = "cat ears, (smile:1.2), my idea"

    assert Verdict(True, 1.0) == TagSwitch(pattern="cat ears & smile & my idea").judge_text(text)
    assert Verdict(True, 1.0) == TagSwitch(pattern="cat ears & !dog").judge_text(text)
    assert Verdict(False, 0.0) == TagSwitch(pattern="score>0.1").judge_text(text)
    assert Verdict(True, 0.3) == TagSwitch(pattern="smile").judge_text(text, scores={"smile": 0.3})
    assert Verdict(False, 0.0) == TagSwitch(pattern="smile").judge_text("")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "the pattern is empty"),
        ("# a comment", "the pattern is empty"),
        ("cat ears &", "pattern, line 1: '' is no term"),
        ("& cat ears", "pattern, line 1: '' is no term"),
        ("sky\ncat ears & & dog", "pattern, line 2: '' is no term"),
        ("sky\ncategory:x", "pattern, line 2: category:x is unknown"),
        ("@no-such-list", "list 'no-such-list' is unknown"),
        ("/(/", r"pattern, line 1: /\(/ is no regular expression"),
    ],
)
def test_a_malformed_pattern_is_named(pattern: str, message: str) -> None:
    """When it is given, with the line and what was expected."""
    with pytest.raises(RuleError, match=message):
        TagSwitch(pattern=pattern)


def test_thresholds_are_checked() -> None:
    """From 0 to 1."""
    with pytest.raises(SettingError):
        TagSwitch(pattern="smile", threshold=2)


def test_terms_that_mean_no_tag_of_the_model_are_told() -> None:
    """As they are written, each once; comparisons ask for no tag."""
    switch = TagSwitch(pattern="cat ears & !cat eras, *hair & score>0.5, cat eras, (cat ears | smile), /xyz+/")
    assert ["!cat eras", "cat eras", "(cat ears | smile)", "/xyz+/"] == switch.unknown_terms(PICTURE.vocabulary)
    assert [] == TagSwitch(pattern="smile, category:character").unknown_terms(PICTURE.vocabulary)
