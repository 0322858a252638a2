"""Does the prompt check say which tags of a prompt a picture shows, and what nobody asked for?"""

from __future__ import annotations

import pytest

from joytag_core import PromptCheck, PromptReport, SettingError
from joytag_core.judging.prompt_check import best_first
from tests.judging.scores import scores_of

PICTURE = scores_of({"1girl": 0.9, "red_hair": 0.7, "cat_ears": 0.6, "animal_ears": 0.8, "smile": 0.4})


def names(report: PromptReport) -> tuple[list[str], list[str], list[str]]:
    """Return a report's shown, missing and unexpected tags."""
    return (
        [asked.name for asked in report.shown],
        [asked.name for asked in report.missing],
        [one.name for one in report.unexpected],
    )


def test_tags_are_shown_missing_or_unexpected() -> None:
    """A tag at its threshold is not over it."""
    report = PromptCheck().check("1girl, smile, blue hair", PICTURE)

    assert (["1girl"], ["smile", "blue hair"], ["animal_ears", "red_hair", "cat_ears"]) == names(report)


def test_a_missing_tag_names_what_is_there_instead() -> None:
    """Of the same exclusive set: another colour of hair."""
    report = PromptCheck().check("1girl, blue hair, smile", PICTURE)

    assert [["red_hair"], []] == [[one.name for one in asked.instead] for asked in report.missing]


def test_what_an_asked_tag_implies_is_not_unexpected() -> None:
    """Cat ears are animal ears; whoever asks for the one gets the other."""
    assert "animal_ears" not in names(PromptCheck().check("cat ears", PICTURE))[2]
    assert "cat_ears" in names(PromptCheck().check("animal ears", PICTURE))[2]


@pytest.mark.parametrize(
    ("score", "threshold", "expected"),
    [
        (0.0, 0.4, 0.0),
        (0.2, 0.4, 0.25),
        (0.4, 0.4, 0.5),
        (0.7, 0.4, 0.75),
        (1.0, 0.4, 1.0),
        (0.0, 0.0, 0.5),
        (1.0, 1.0, 0.5),
    ],
)
def test_a_tag_counts_by_its_score_half_at_the_threshold(score: float, threshold: float, expected: float) -> None:
    """Straight from 0 to the threshold, and from there to 1; both ends of the threshold as well."""
    report = PromptCheck(threshold=threshold).check("1girl", scores_of({"1girl": score}))

    assert expected == pytest.approx(report.score, abs=1e-6)


def test_weights_count() -> None:
    """The mean is by the prompt's weights, nested ones multiplied in A1111; weight 0 asks for nothing."""
    picture = scores_of({"1girl": 1.0})

    assert 0.75 == pytest.approx(PromptCheck().check("(1girl:3), sky", picture).score)
    assert 1.21 / 2.21 == pytest.approx(PromptCheck(target="a1111").check("((1girl)), sky", picture).score)
    assert ([], [asked.name for asked in PromptCheck().check("(1girl:0), sky", picture).missing]) == ([], ["sky"])
    assert 1.0 == PromptCheck().check("1girl, (1girl:2), (sky:0)", picture).score


def test_what_the_model_does_not_know_is_left_out_and_said() -> None:
    """Words and sentences are no tags; a LoRA and BREAK ask for none."""
    report = PromptCheck(target="a1111").check("1girl, my idea, <lora:x:1> BREAK a girl walks home at night.", PICTURE)

    assert (["1girl"], []) == names(report)[:2]
    assert ("my idea", "a girl walks home at night.") == report.unknown


def test_a_tag_in_two_regions_is_asked_for_once() -> None:
    """The picture is one, however its prompt is composed; comments ask for nothing."""
    report = PromptCheck(target="a1111").check("1girl, sky BREAK 1girl, smile\n# cat ears", PICTURE)

    assert (["1girl"], ["sky", "smile"]) == names(report)[:2]


def test_todays_names_are_understood() -> None:
    """Either name asks for the one tag, once."""
    tag = next(tag for tag in PICTURE.vocabulary if tag.current_name and tag.current_name != tag.name)
    report = PromptCheck().check(f"{tag.current_name}, {tag.name}", scores_of({tag.name: 0.9}))

    assert [tag.name] == [asked.tag.name for asked in report.shown]


def test_characters_have_their_own_threshold() -> None:
    """0 means as the other; a score between the two is missing."""
    picture = scores_of({"hatsune_miku": 0.6})

    assert (["hatsune miku"], []) == names(PromptCheck().check("hatsune miku", picture))[:2]
    assert ([], ["hatsune miku"]) == names(PromptCheck(character_threshold=0.8).check("hatsune miku", picture))[:2]


@pytest.mark.parametrize("prompt", ["", "my idea", "<lora:x:1>", "(1girl:0)"])
def test_a_prompt_without_a_tag_cannot_be_checked(prompt: str) -> None:
    """There is nothing to have a score of; the sentence says what was expected."""
    with pytest.raises(SettingError, match="asks for no tag that the model knows; expected tags such as 1girl"):
        PromptCheck().check(prompt, PICTURE)


@pytest.mark.parametrize("settings", [{"threshold": 1.5}, {"character_threshold": -0.1}, {"target": "midjourney"}])
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    """As everywhere, when they are given."""
    with pytest.raises(SettingError):
        PromptCheck(**settings)  # type: ignore[arg-type]


def test_the_report_reads_as_lines_and_as_json() -> None:
    """Both say the same; a kind that is empty has no line."""
    report = PromptCheck().check("1girl, (blue hair:1.5), my idea", scores_of({"1girl": 1.0, "red_hair": 0.7}))

    assert (
        "score 0.40\nshown: 1girl 1.00\nmissing: blue hair 0.00 (red hair 0.70)\nunexpected: red hair 0.70\n"
        "not known: my idea"
    ) == report.explain()
    red = {"tag": "red_hair", "name": "red_hair", "score": 0.7, "category": "general"}
    blue = {"tag": "blue_hair", "name": "blue hair", "score": 0.0, "category": "general", "weight": 1.5}
    assert {
        "score": 0.4,
        "shown": [{"tag": "1girl", "name": "1girl", "score": 1.0, "category": "general", "weight": 1.0}],
        "missing": [blue | {"instead": [red]}],
        "unexpected": [red],
        "unknown": ["my idea"],
    } == report.to_dict()
    assert "score 1.00\nshown: 1girl 1.00" == PromptCheck().check("1girl", scores_of({"1girl": 1.0})).explain()


def test_the_best_of_a_batch_come_first() -> None:
    """Equals keep their places."""
    reports = [PromptReport(score) for score in (0.2, 0.9, 0.2, 0.5)]

    assert [1, 3, 0, 2] == best_first(reports)
    assert [] == best_first([])
