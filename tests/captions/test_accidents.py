"""What becomes of a run when something is wrong with a picture, a name, a folder or the disk?"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from joytag_core import CancelledError, LocalHost, ScoreStore, caption_folder
from joytag_core.captions import outputs
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.listing import sweep_left_overs
from joytag_core.captions.score_store import DATABASE_NAME
from joytag_core.errors import CaptionError, SettingError, UnreadablePictureError
from tests.captions.conftest import Draw, captions_in, expected_captions, lazy


def test_twins_are_told_before_anything_is_written(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """The first of them gets the caption."""
    draw(tmp_path, ["a.jpg", "a.png", "b.png"])
    written_then: list[dict[str, str]] = []

    summary = caption_folder(
        tmp_path, model=lazy(tiny), on_twins=lambda twins: written_then.append(captions_in(tmp_path))
    )

    assert [{}] == written_then
    assert [(str(tmp_path / "a.png"), str(tmp_path / "a.txt"))] == summary.twins
    assert 2 == summary.written
    assert expected_captions(tiny, [tmp_path / "a.jpg"])[0] == (tmp_path / "a.txt").read_text()


def test_twins_are_told_apart_by_a_template(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """The picture's own extension is part of the name then."""
    draw(tmp_path, ["a.jpg", "a.png"])

    summary = caption_folder(tmp_path, model=model, name_template="[name]-[extension].[output_extension]")

    assert ["a-jpg.txt", "a-png.txt"] == list(captions_in(tmp_path))
    assert [] == summary.twins


def test_bad_pictures_are_listed_and_do_not_stop_the_run(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Each with its reason; also one that is gone when its turn comes."""
    draw(tmp_path, ["a.png", "z.png"])
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "c.png").symlink_to(tmp_path / "c.png")

    summary = caption_folder([tmp_path, tmp_path / "gone.png"], model=model)

    assert ["a.txt", "z.txt"] == list(captions_in(tmp_path))
    reasons = dict(summary.failed)
    assert "no picture that Pillow can read" in reasons[str(tmp_path / "b.png")]
    assert "there is no such file" in reasons[str(tmp_path / "gone.png")]


def test_a_folder_without_pictures_is_told_and_the_others_are_captioned(
    model: LazyModel, draw: Draw, tmp_path: Path
) -> None:
    """Only where there is nothing at all the run fails."""
    draw(tmp_path / "full", ["a.png"])
    (tmp_path / "empty").mkdir()

    summary = caption_folder([tmp_path / "empty", tmp_path / "full"], model=model)

    assert [str(tmp_path / "empty")] == [path for path, _ in summary.failed]
    assert 1 == summary.written
    with pytest.raises(UnreadablePictureError, match="there is no picture in this folder"):
        caption_folder(tmp_path / "empty", model=model)


def test_interrupted_work_goes_on(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A host that cancels after some batches; the next run scores only what is missing."""
    draw(tmp_path, [f"{n}.png" for n in range(8)])

    class Stopping(LocalHost):
        left = 2

        def check_cancelled(self) -> None:
            if not self.left:
                raise CancelledError("stopped")
            self.left -= 1

    with pytest.raises(CancelledError):
        caption_folder(tmp_path, model=lazy(tiny), host=Stopping(device="cpu"), batch_size=2)
    assert 4 == len(captions_in(tmp_path))
    summary = caption_folder(tmp_path, model=lazy(tiny), batch_size=2)

    assert (4, 4, 4) == (summary.written, summary.scored, summary.skipped)


def test_a_full_disk_stops_the_run_and_says_so(
    model: LazyModel, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No caption is torn; the scores are kept."""
    draw(tmp_path, ["a.png", "b.png"])
    write_whole = outputs.write_whole

    def full(path: Path, content: bytes) -> None:
        if path.name == "b.txt":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, content)

    monkeypatch.setattr(outputs, "write_whole", full)

    with pytest.raises(CaptionError, match=r"b\.txt: the caption cannot be written: No space left on device"):
        caption_folder(tmp_path, model=model)
    assert ["a.txt"] == list(captions_in(tmp_path))
    with ScoreStore(tmp_path) as store:
        assert 2 == store.models()[0].pictures


def test_one_read_only_folder_fails_alone(
    model: LazyModel, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The captions of other folders are written."""
    draw(tmp_path / "locked", ["a.png"])
    draw(tmp_path / "open", ["b.png"])
    write_whole = outputs.write_whole

    def locked(path: Path, content: bytes) -> None:
        if path.parent.name == "locked":
            raise OSError(errno.EACCES, "Permission denied")
        write_whole(path, content)

    monkeypatch.setattr(outputs, "write_whole", locked)

    summary = caption_folder(tmp_path, model=model, recursive=True)

    assert ["open/b.txt"] == list(captions_in(tmp_path))
    assert (1, 1) == (summary.written, len(summary.failed))


def test_names_with_newlines_and_other_bytes(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Linux names are bytes; the report is text."""
    name = os.fsdecode(b"caf\xe9\n1.png")
    draw(tmp_path, [name])
    (tmp_path / os.fsdecode(b"bad\xe9\n.png")).write_bytes(b"")

    summary = caption_folder(tmp_path, model=model)
    summary.write_report(tmp_path / "report.json")

    assert (tmp_path / name).with_suffix(".txt").is_file()
    (failed,) = json.loads((tmp_path / "report.json").read_text("utf-8"))["failed"]
    assert failed["path"].endswith("bad\\udce9\\n.png")


def test_half_written_files_of_killed_runs_are_swept_away(tmp_path: Path) -> None:
    """Only those that nobody works on: ten minutes old."""
    for name, age in (("old", 601), ("new", 0)):
        path = tmp_path / f".joytag-{name}.part"
        path.write_bytes(b"half")
        os.utime(path, (path.stat().st_mtime - age,) * 2)

    sweep_left_overs(tmp_path)

    assert [".joytag-new.part"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "options",
    [
        {"extension": "png"},
        {"extension": ".JPG", "existing": "append"},
        {"name_template": "[name].[extension]"},
        {"format": "xmp", "extension": "webp"},
        {"format": "jsonl", "output": Path("table.png")},
        {"format": "jsonl", "output": Path(DATABASE_NAME)},
    ],
)
def test_no_caption_is_written_over_a_picture(
    model: LazyModel, draw: Draw, tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a table, nor either over kept scores; it is refused before anything is written."""
    monkeypatch.chdir(tmp_path)
    draw(tmp_path, ["a.png", "b.png"])
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.png")}

    with pytest.raises(SettingError, match="would have the name of"):
        caption_folder(tmp_path, model=model, **{"existing": "overwrite", **options})
    assert before == {path.name: path.read_bytes() for path in tmp_path.glob("*.png")}


def test_a_name_with_a_picture_s_ending_inside_is_no_picture_s(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Only the last ending counts."""
    draw(tmp_path, ["a.png.jpg"])
    caption_folder(tmp_path, model=model)
    assert ["a.png.txt"] == list(captions_in(tmp_path))
    with pytest.raises(SettingError, match="a picture"):
        caption_folder(tmp_path, model=model, name_template="[name]")
