"""Which threshold does a tag have that patterns give one?"""

from __future__ import annotations

from pathlib import Path

import pytest

from joytag_core import Interrogation, RuleError, TagScores, Vocabulary

VOCABULARY = Vocabulary.joytag()
SCORES = {"smile": 0.5, "long_hair": 0.5, "black_hair": 0.35, "hatsune_miku": 0.7, "sky": 0.45, "hat": 0.4}


def chosen(lists_folder: Path | None = None, **settings: object) -> set[str]:
    """Return the names chosen from the scores above."""
    values = [SCORES.get(name, 0.0) for name in VOCABULARY.names]
    interrogation = Interrogation.from_settings({"spaces": False, **settings}, lists_folder=lists_folder)
    return set(interrogation.prompt(TagScores(VOCABULARY, values)).tags)


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ("", {"smile", "long_hair", "hatsune_miku", "sky"}),
        ("category:character 0.75", {"smile", "long_hair", "sky"}),
        ("category:character 0.69", {"smile", "long_hair", "sky", "hatsune_miku"}),
        ("group:hair 0.3", {"smile", "long_hair", "black_hair", "hatsune_miku", "sky"}),
        ("group:hair 0.3\nlong hair 0.5", {"smile", "black_hair", "hatsune_miku", "sky"}),
        ("long hair 0.5\ngroup:hair 0.3", {"smile", "long_hair", "black_hair", "hatsune_miku", "sky"}),
        ("smile 0.5\n# a note\n\nsky 0.44", {"long_hair", "hatsune_miku", "sky"}),
        ("*hair, !black hair 1", {"smile", "hatsune_miku", "sky"}),
        ("@no-names 1", {"smile", "long_hair", "sky"}),
        ("hat 0.39", {"smile", "long_hair", "hatsune_miku", "sky", "hat"}),
        ("hat 0.4", {"smile", "long_hair", "hatsune_miku", "sky"}),
    ],
)
def test_the_last_pattern_that_matches_gives_the_threshold(thresholds: str, expected: set[str]) -> None:
    """A tag is chosen if its score is greater than its own threshold; all others have the common one."""
    assert expected == chosen(thresholds=thresholds)


def test_the_common_threshold_moves_all_others() -> None:
    """One number moves what no pattern names, characters included."""
    assert {"hatsune_miku", "black_hair"} == chosen(threshold=0.6, thresholds="black hair 0.3")


def test_patterns_stand_over_the_threshold_of_characters() -> None:
    """The short form for characters is the weaker of the two."""
    assert "hatsune_miku" not in chosen(character_threshold=0.8)
    assert "hatsune_miku" in chosen(character_threshold=0.8, thresholds="hatsune miku 0.6")


def test_a_file_of_thresholds_is_named_like_a_list(tmp_path: Path) -> None:
    """`@name` alone on a line stands for the lines of a file; what follows stands over them."""
    (tmp_path / "measured.txt").write_text("smile 0.6\nsky 0.6\n", encoding="utf-8")

    assert {"long_hair", "hatsune_miku"} == chosen(tmp_path, thresholds="@measured")
    assert {"long_hair", "hatsune_miku", "sky"} == chosen(tmp_path, thresholds="@measured\nsky 0.4")


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ("smile", "line 1: 'smile' is no threshold"),
        ("0.5", "line 1: '0.5' is no threshold"),
        ("sky 0.4\nsmile 1.01", "line 2: 'smile 1.01' is no threshold"),
        ("smile -0.1", "is no threshold"),
        ("smile nan", "is no threshold"),
        ("/(/ 0.5", "/(/"),
        ("score<0.5 0.3", "asks for the score"),
        ("@nowhere", "list 'nowhere' is unknown"),
        ("category:people 0.5", "category:people is unknown"),
        ("smile: 0.5", "expected 'smile 0.5'"),
        ("smile = 0.5", "expected 'smile 0.5'"),
        ("!smile 0.5", "names none before it"),
        ("smile 0.5, sky 0.3", "has a number after 'smile 0.5'; expected one rule a line"),
    ],
)
def test_malformed_thresholds_are_named(thresholds: str, message: str) -> None:
    """A bad rule is an error with its line, as soon as the settings are made."""
    with pytest.raises(RuleError) as caught:
        Interrogation.from_settings({"thresholds": thresholds})
    assert message in str(caught.value)
