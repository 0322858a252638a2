"""Are tags measured as scikit-learn and the model's own report do, and are the best thresholds the best?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from joytag_core.captions.scoring import Found
from joytag_core.cli.main import main
from joytag_core.datasets.evaluation import Averages, Evaluation, by_category
from joytag_core.datasets.outcomes import Outcomes
from joytag_core.datasets.thresholds import Thresholds
from joytag_core.tags.vocabulary import Vocabulary
from tests.captions.conftest import draw_pictures
from tests.datasets.record_sklearn import PICTURES, RECORDED, TAGS, THRESHOLD, made_up

CLOSE = 1e-9


@pytest.fixture
def evaluation() -> Evaluation:
    """Return an evaluation of the made-up scores."""
    vocabulary = Vocabulary.from_names([f"tag_{index}" for index in range(TAGS)])
    scores, deserved = made_up()
    found = Evaluation(vocabulary)
    for row, true in zip(scores, deserved, strict=True):
        found.add(Found(row, None, 1, 1, is_new=False), [vocabulary[index].name for index in np.flatnonzero(true)])
    return found


def test_figures_are_scikit_learn_s(evaluation: Evaluation) -> None:
    """Per tag, micro and macro, and average precision with ties, to 1e-9."""
    recorded = json.loads(RECORDED.read_text("utf-8"))

    found = evaluation.qualities(np.full(TAGS, THRESHOLD))
    averages = Averages.of(found)

    assert PICTURES == evaluation.pictures
    for name in ("precision", "recall", "f1"):
        expected = [recorded[name][one.tag.index] for one in found]
        assert expected == pytest.approx([getattr(one.counts, name) for one in found], abs=CLOSE)
    assert recorded["average_precision"] == pytest.approx([one.average_precision for one in found], abs=CLOSE)
    assert recorded["micro"] == pytest.approx(
        [averages.micro.precision, averages.micro.recall, averages.micro.f1], abs=CLOSE
    )
    assert recorded["macro"] == pytest.approx([averages.precision, averages.recall, averages.f1], abs=CLOSE)


def test_the_best_threshold_is_the_best_of_all(evaluation: Evaluation) -> None:
    """No threshold between two scores gives a higher F1; tried one by one."""
    for tag in evaluation.measured():
        outcomes = evaluation.outcomes(tag.index)
        tried = [outcomes.counts(threshold).f1 for threshold in np.linspace(0.0, 1.0, 4001)]

        assert max(tried) <= outcomes.counts(outcomes.best_threshold()).f1 + CLOSE


def test_equal_scores_stand_or_fall_together() -> None:
    """A threshold cannot tell them apart, so average precision does not either, whatever their order."""
    scores = np.array([0.5, 0.5, 0.5, 0.2], dtype=np.float32)
    for deserved in ([True, False, False, True], [False, False, True, True]):
        outcomes = Outcomes.of(scores, np.array(deserved))

        assert pytest.approx(0.5 * (1 / 3) + 0.5 * (2 / 4)) == outcomes.average_precision


def test_a_tag_is_said_where_its_score_is_greater() -> None:
    """The published rule: exactly the threshold is not enough."""
    outcomes = Outcomes.of(np.array([0.4, 0.41], dtype=np.float32), np.array([True, True]))

    assert (1, 0, 1) == (outcomes.counts(0.4).hits, outcomes.counts(0.4).alarms, outcomes.counts(0.4).misses)
    assert 2 == outcomes.counts(0.39).hits


def test_what_true_tags_imply_is_true_unless_asked_otherwise() -> None:
    """As in the model's training; old and current names, spaces and underscores mean the same."""
    vocabulary = Vocabulary.joytag()
    found = Found(np.zeros(len(vocabulary), dtype=np.float32), None, 1, 1, is_new=False)
    for implied, expected in ((True, {"black_skirt", "skirt"}), (False, {"black_skirt"})):
        evaluation = Evaluation(vocabulary, implied=implied)
        evaluation.add(found, ["black skirt", "my_cat"])

        assert expected == {tag.name for tag in evaluation.measured()}
        assert {"my_cat": 1} == dict(evaluation.unknown)


def test_rare_tags_share_their_category_s_threshold(evaluation: Evaluation) -> None:
    """A tag of its own needs so many positives, and not one less."""
    positives = {tag.index: evaluation.outcomes(tag.index).positives for tag in evaluation.measured()}
    enough = sorted(positives.values())[3]

    fitted = Thresholds.fit(evaluation, enough=enough)
    values = fitted.values(evaluation, otherwise=0.4)

    assert {index for index, number in positives.items() if number >= enough} == set(fitted.tags)
    assert {fitted.categories["general"]} == {values[index] for index in range(TAGS) if index not in fitted.tags}


def test_averages_are_given_for_each_category() -> None:
    """Only for those that occur, and over all."""
    vocabulary = Vocabulary.joytag()
    evaluation = Evaluation(vocabulary)
    scores = np.zeros(len(vocabulary), dtype=np.float32)
    for name in ("1girl", "hatsune_miku"):
        tag = vocabulary.find(name)
        assert tag is not None
        scores[tag.index] = 0.9
    evaluation.add(Found(scores, None, 1, 1, is_new=False), ["1girl", "hatsune miku", "vocaloid"])

    averages = by_category(evaluation.qualities(np.full(len(vocabulary), 0.4)))

    assert ["general", "character", "copyright", "all"] == list(averages)
    assert [1.0, 1.0, 0.0, pytest.approx(2 / 3)] == [one.recall for one in averages.values()]


def test_evaluate_prints_a_table_and_writes_thresholds(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures without true tags are left out; the file is one of rules."""
    paths = draw_pictures(tmp_path, [f"{number}.png" for number in range(4)])
    for path in paths[:3]:
        path.with_suffix(".txt").write_text("tag_8, tag 13, my dog\n")

    status = main(
        ["evaluate", str(tmp_path), "--model", str(tiny), "--device", "cpu", "--fit", str(tmp_path / "fit.txt"),
         "--enough", "3"]
    )  # fmt: skip

    out, err = capsys.readouterr()
    assert 0 == status
    assert out.startswith("3 pictures, 2 tags that some of them deserve\n")
    assert "| `tag_8` | 3 | 3 | 0.4 | 1.000 | 1.000 | 1.000 | 1.000 |" in out
    assert "1 word that the model does not know: my dog (3)" in out
    rules = [line for line in (tmp_path / "fit.txt").read_text().splitlines() if not line.startswith("#")]
    assert ["category:general", '"tag_8"', '"tag_13"'] == [rule.rpartition(" ")[0] for rule in rules]
    assert "macro F1 1.0000" in err


def test_fitted_thresholds_are_taken_where_thresholds_are(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is a list: measured again with it, the tags are as good as was promised."""
    paths = draw_pictures(tmp_path / "p", [f"{number}.png" for number in range(6)])
    for number, path in enumerate(paths):
        path.with_suffix(".txt").write_text("tag_8, tag_39" if number % 2 else "tag_8")
    common = ["evaluate", str(tmp_path / "p"), "--model", str(tiny), "--device", "cpu"]
    (tmp_path / "lists").mkdir()
    main([*common, "--fit", str(tmp_path / "lists" / "measured.txt"), "--enough", "1"])
    promised = capsys.readouterr().err.partition("macro F1 ")[2].partition(",")[0]

    main([*common, "--thresholds", "@measured", "--lists-folder", str(tmp_path / "lists"), "--json"])

    assert promised == f"{json.loads(capsys.readouterr().out)['averages']['all']['macro']['f1']:.4f}"


def test_evaluate_may_be_json(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with everything."""
    (path,) = draw_pictures(tmp_path, ["a.png"])
    path.with_suffix(".txt").write_text("tag_8")

    main(["evaluate", str(tmp_path), "--model", str(tiny), "--device", "cpu", "--json"])

    found = json.loads(capsys.readouterr().out)
    assert (1, ["tag_8"]) == (found["pictures"], list(found["tags"]))
    assert 1 == found["averages"]["all"]["micro"]["hits"]


def test_a_folder_without_true_tags_is_an_error(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be measured."""
    draw_pictures(tmp_path, ["a.png"])

    assert 2 == main(["evaluate", str(tmp_path), "--model", str(tiny), "--device", "cpu"])
    assert "no picture there has its tags in a .txt file" in capsys.readouterr().err
