"""Is it told rightly how far two ways to compute scores are apart?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from joytag_core import TagScores, Vocabulary
from joytag_core.cli.main import main
from joytag_core.datasets.agreement import Agreement, Difference
from tests.checkpoints import write_checkpoint
from tests.sample_pictures import wide_picture

VOCABULARY = Vocabulary.joytag()


def scored(*first: float) -> TagScores:
    """Return scores whose first values are given, all others 0."""
    return TagScores(VOCABULARY, [*first, *[0.0] * (len(VOCABULARY) - len(first))])


def test_tags_that_change_at_the_threshold_are_named() -> None:
    """A tag has to be over it, not on it; both directions count as a change."""
    agreement = Agreement(0.5)
    agreement.add("a.png", scored(0.75, 0.5, 0.625), scored(0.75, 0.75, 0.5))
    agreement.add("b.png", scored(0.75), scored(0.625))

    assert [
        Difference("a.png", VOCABULARY[1].name, 0.5, 0.75),
        Difference("a.png", VOCABULARY[2].name, 0.625, 0.5),
    ] == agreement.changed
    assert (2, 1, 2) == (agreement.pictures, agreement.same_pictures, agreement.both)
    assert 0.5 == agreement.share
    assert Difference("a.png", VOCABULARY[1].name, 0.5, 0.75) == agreement.largest
    assert pytest.approx((0.25 + 0.125 + 0.125) / 2 / len(VOCABULARY)) == agreement.mean


def test_no_tags_at_all_agree_wholly() -> None:
    """Nothing over the threshold, nothing changed."""
    agreement = Agreement(0.5)
    agreement.add("a.png", scored(0.25), scored(0.25))
    assert 1.0 == agreement.share
    assert agreement.same_pictures == 1


def test_the_command_compares_with_float32(
    tmp_path: Path, picture_paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """float32 agrees with itself in everything; bfloat16 does not, and says by how much."""
    model = write_checkpoint(tmp_path / "tiny", "tiny")
    paths = [str(path) for path in picture_paths]
    assert 0 == main(["compare", *paths, "--model", str(model), "--dtype", "float32", "--json"])
    same = json.loads(capsys.readouterr().out)
    expected = {"share": 1.0, "pictures": 7, "same_pictures": 7, "mean": 0.0, "changed": []}
    assert expected == {name: same[name] for name in expected}

    assert 0 == main(["compare", *paths, "--model", str(model), "--dtype", "bfloat16", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (str(model), "bfloat16", "float32", "exact") == (
        told["model"], told["dtype"], told["against"], told["reading"],
    )  # fmt: skip
    assert 0 == main(["compare", *paths, "--model", str(model), "--dtype", "bfloat16"])
    out = capsys.readouterr().out
    assert "7 pictures, bfloat16 against float32, threshold 0.4" in out
    assert 0.0 < float(out.split("differences of scores: ")[1].split()[0]) < 0.02


def test_a_picture_that_cannot_be_read_is_told_and_left_out(
    tmp_path: Path, picture_paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 where others were compared, 2 where none was."""
    model, broken = write_checkpoint(tmp_path / "tiny", "tiny"), tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    assert 1 == main(["compare", str(broken), str(picture_paths[0]), "--model", str(model)])
    assert "1 picture, " in capsys.readouterr().out
    assert 2 == main(["compare", str(broken), "--model", str(model)])
    assert "broken.png" in capsys.readouterr().err


def test_the_command_compares_readings(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other way is as the options say, the exact one always exact; `auto` is called what it is here."""
    (tmp_path / "wide.png").write_bytes(wide_picture())
    words = ["compare", str(tmp_path), "--model", str(tiny), "--device", "cpu", "--dtype", "float32"]
    assert 0 == main([*words, "--colours", "stored"])
    changed = capsys.readouterr().out
    assert "1 picture, float32, stored against float32" in changed
    assert " 0.00000 in the mean" not in changed
    assert 0 == main([*words[:-1], "auto"])
    assert "auto" not in capsys.readouterr().out
