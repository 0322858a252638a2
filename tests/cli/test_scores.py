"""Does `scores` list, export and prune what `caption` kept?"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from joytag_core import caption_folder
from joytag_core.cli.main import main
from tests.captions.conftest import draw_pictures, lazy

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def captioned(tiny: Path, tmp_path: Path) -> Path:
    """Return a folder of three captioned pictures."""
    draw_pictures(tmp_path / "p", ["a.png", "b.png", "c.png"])
    caption_folder(tmp_path / "p", model=lazy(tiny))
    return tmp_path / "p"


def test_scores_lists_models_pictures_and_bytes(captioned: Path, capsys: Capture) -> None:
    """As a sentence, and as JSON."""
    assert 0 == main(["scores", str(captioned)])
    assert "tiny" == capsys.readouterr().out.split()[0]
    main(["scores", str(captioned), "--json"])
    assert [{"name": "tiny", "tags": 40, "pictures": 3}] == json.loads(capsys.readouterr().out)["models"]


def test_scores_are_exported_from_the_floor_up(captioned: Path, tmp_path: Path, capsys: Capture) -> None:
    """JSON lines a picture, CSV a tag and picture; Parquet where pyarrow is there."""
    for form in ("jsonl", "csv"):
        assert 0 == main(["scores", str(captioned), "--export", str(tmp_path / f"x.{form}"), "--floor", "0.5"])

    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    with (tmp_path / "x.csv").open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert [str(captioned / name) for name in ("a.png", "b.png", "c.png")] == [row["path"] for row in rows]
    assert all(min(row["scores"].values()) >= 0.5 for row in rows)
    assert [(row["path"], tag) for row in rows for tag in row["scores"]] == [(one["path"], one["tag"]) for one in cells]


def test_scores_are_exported_as_parquet(captioned: Path, tmp_path: Path) -> None:
    """Where pyarrow is there."""
    parquet = pytest.importorskip("pyarrow.parquet")

    main(["scores", str(captioned), "--export", str(tmp_path / "x.parquet")])

    assert 3 == parquet.read_table(tmp_path / "x.parquet").num_rows


def test_pictures_that_are_gone_are_forgotten(captioned: Path, capsys: Capture) -> None:
    """Only they."""
    (captioned / "b.png").unlink()

    main(["scores", str(captioned), "--prune-missing", "--check"])

    out, err = capsys.readouterr()
    assert "forgot 1 picture\nwhole\n" == err
    assert " 2 pictures" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--export", "x.xlsx"], "its ending names no format"),
        (
            ["--export", "x.csv", "--model", "other"],
            "--model takes one of: tiny",
        ),
    ],
)
def test_a_wrong_export_is_one_sentence(captioned: Path, capsys: Capture, options: list[str], message: str) -> None:
    """Nothing is written then."""
    assert 2 == main(["scores", str(captioned), *options])
    assert message in capsys.readouterr().err


def test_a_folder_without_a_database_gets_none(tmp_path: Path, capsys: Capture) -> None:
    """Looking makes nothing."""
    assert 2 == main(["scores", str(tmp_path)])
    assert "there is no score database" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_scores_of_another_reading_are_exported_by_themselves(tiny: Path, captioned: Path, tmp_path: Path) -> None:
    """Those of the usual reading are the default."""
    caption_folder(captioned / "c.png", model=lazy(tiny), settings={"colours": "stored"}, existing="overwrite")
    listed = {}
    for options in ((), ("--colours", "stored")):
        assert 0 == main(["scores", str(captioned), "--export", str(tmp_path / "x.jsonl"), *options])
        rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
        listed[options] = [Path(row["path"]).name for row in rows]
    assert {(): ["a.png", "b.png", "c.png"], ("--colours", "stored"): ["c.png"]} == listed
