"""Does `caption` do what a person at a terminal expects?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from joytag_core.cli.main import main
from tests.captions.conftest import draw_pictures

Capture = pytest.CaptureFixture[str]


def test_caption_writes_files_and_says_how_many(tiny: Path, tmp_path: Path, capsys: Capture) -> None:
    """Standard output stays empty; the counts are on standard error."""
    draw_pictures(tmp_path / "p", ["a.png", "b.png"])

    status = main(["caption", str(tmp_path / "p"), "--model", str(tiny), "--device", "cpu", "--trigger", "ohwx"])

    out, err = capsys.readouterr()
    assert (0, "") == (status, out)
    assert err.startswith("2 written; ")
    assert "2 scored" in err
    assert (tmp_path / "p" / "a.txt").read_text().startswith("ohwx, tag ")


def test_a_dry_run_prints_what_would_change(tiny: Path, tmp_path: Path, capsys: Capture) -> None:
    """The file, the old line and the new one."""
    draw_pictures(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_text("mine\n")

    options = ["--existing", "append", "--max-tags", "1", "--dry-run"]
    main(["caption", str(tmp_path), "--model", str(tiny), "--device", "cpu", *options])

    out, err = capsys.readouterr()
    assert [str(tmp_path / "a.txt"), "  - mine", "  + mine, tag 8"] == out.splitlines()
    assert "1 would be written" in err
    assert "mine\n" == (tmp_path / "a.txt").read_text()


@pytest.mark.parametrize(("options", "expected"), [([], 0), (["--strict"], 1)])
def test_failures_are_in_the_report_and_in_the_status_only_if_asked(
    tiny: Path, tmp_path: Path, capsys: Capture, options: list[str], expected: int
) -> None:
    """A bad picture among many is no failure of the run."""
    draw_pictures(tmp_path, ["a.png"])
    (tmp_path / "b.png").write_bytes(b"")
    report = tmp_path / "report.json"

    status = main(
        ["caption", str(tmp_path), "--model", str(tiny), "--device", "cpu", "--report", str(report), *options]
    )

    told = json.loads(report.read_text("utf-8"))
    assert expected == status
    assert (1, True) == (told["written"], told["is_complete"])
    assert [str(tmp_path / "b.png")] == [one["path"] for one in told["failed"]]
    assert "failed: " in capsys.readouterr().err


def test_ctrl_c_stops_and_says_how_to_go_on(
    tiny: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 130, as the shell's own."""
    draw_pictures(tmp_path, ["a.png"])

    def interrupt(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("joytag_core.tagging.tagger.Tagger.score_pixels", interrupt)

    status = main(["caption", str(tmp_path), "--model", str(tiny), "--device", "cpu"])

    assert 130 == status
    assert "stopped; run the same command again, and it goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--min-share", "0.5", "--max-share", "0.2"], "min_share 0.5 and max_share 0.2 are no range"),
        (["--own", "--existing", "merge"], "own redoes captions"),
        (["--name-template", "x"], "name template 'x' has neither [name] nor [hash:...]"),
        (["--name-template", "[hash:md6]"], "hash 'md6' is unknown"),
        (["--output", "x.jsonl"], "output names a table's file"),
        (["--threads", "0"], "threads 0 is out of range"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    tiny: Path, tmp_path: Path, capsys: Capture, options: list[str], message: str
) -> None:
    """Nothing is read or written then."""
    status = main(["caption", str(tmp_path), "--model", str(tiny), *options])

    assert 2 == status
    assert message in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
