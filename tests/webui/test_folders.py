"""Does the tab's folder list and caption pictures, and let others generate between two of them?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from joytag_core.errors import SettingError
from joytag_webui import tab_actions
from joytag_webui.folders import CAPTIONS, LIST_ONLY, run_folder
from joytag_webui.settings import current_settings
from tests.webui.fake_webui import FakeWebUI
from tests.webui.test_page_parts import defaults


@pytest.fixture
def folder(picture: Image.Image, tmp_path: Path) -> Path:
    """Return a folder with two pictures, one of which has a caption, and one below it."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    for name in ("a.png", "b.png", "below/c.png"):
        picture.save(folder / name)
    (folder / "b.txt").write_text("mine")
    return folder


def run(folder: Path, **more: Any) -> Any:
    """Run a folder with the small model."""
    return run_folder([folder], current_settings({"model": "tiny", "max_tags": 1}), **more)


def files_in(folder: Path) -> dict[str, str]:
    """Return the text files of a folder and those below it."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.txt"))}


def test_listing_writes_nothing(webui: FakeWebUI, folder: Path) -> None:
    """By itself a folder is only listed: no caption is made or changed, and no database is left."""
    before = sorted(folder.rglob("*"))
    result = run(folder, recursive=True)
    assert [("a.png", "tag 8"), ("b.png", "tag 8"), ("c.png", "tag 8")] == result.tagged
    assert ("3 tagged", []) == (result.said, result.failed)
    assert before == sorted(folder.rglob("*"))
    assert "mine" == (folder / "b.txt").read_text()


@pytest.mark.parametrize(
    ("captions", "expected"),
    [
        ("skip", {"a.txt": "tag 8", "b.txt": "mine"}),
        ("overwrite", {"a.txt": "tag 8", "b.txt": "tag 8"}),
        ("append", {"a.txt": "tag 8", "b.txt": "mine, tag 8"}),
        ("prepend", {"a.txt": "tag 8", "b.txt": "tag 8, mine"}),
    ],
)
def test_captions_are_written_as_asked(webui: FakeWebUI, folder: Path, captions: str, expected: dict[str, str]) -> None:
    """The same code as the command `caption` writes them, and keeps the scores beside them."""
    run(folder, captions=captions)
    assert expected == {name: text.strip() for name, text in files_in(folder).items()}
    assert (folder / "joytag-scores.sqlite").is_file()


def test_triggers_and_the_folders_below(webui: FakeWebUI, folder: Path) -> None:
    """Trigger words come first, and folders below are captioned if asked."""
    run(folder, captions="overwrite", triggers="ohwx woman, photo", recursive=True)
    assert {"a.txt", "b.txt", "below/c.txt"} == set(files_in(folder))
    assert {"ohwx woman, photo, tag 8"} == {text.strip() for text in files_in(folder).values()}


def test_captions_escape_nothing(webui: FakeWebUI, folder: Path) -> None:
    """A caption is written for training, a list for the prompt."""
    settings = current_settings({"model": "tiny", "replace": "tag_8 -> saber_(fate)"})
    assert "saber_\\(fate\\)" == run_folder([folder], settings).tagged[0][1].split(", ")[0]
    run_folder([folder], settings, captions="overwrite")
    assert "saber_(fate)" == (folder / "a.txt").read_text().split(", ")[0]


def test_twins_are_listed_and_not_captioned(webui: FakeWebUI, folder: Path, picture: Image.Image) -> None:
    """Two pictures that would share a caption file are both listed; captioned, they are told."""
    picture.save(folder / "a.jpg")
    assert ["a.jpg", "a.png", "b.png"] == [name for name, _ in run(folder).tagged]
    told = run(folder, captions="overwrite").failed
    assert told
    assert all("shares its caption file" in reason for _, reason in told)


def test_the_queue_is_free_between_two_pictures(webui: FakeWebUI, folder: Path) -> None:
    """After each picture others may have the WebUI."""
    seen: list[tuple[int, bool]] = []
    run(folder, report=lambda done, _: seen.append((done, webui.queue_lock.locked())))
    assert [(1, False), (2, False)] == seen


def test_interrupt_is_heard_while_others_have_the_queue(webui: FakeWebUI, folder: Path) -> None:
    """Interrupt on the tab stops the folder even if it is pressed between two pictures."""
    result = run(folder, report=lambda done, _: tab_actions.interrupt(), recursive=True)
    assert 1 == len(result.tagged)
    assert "interrupted: 1 tagged" == result.said


def test_an_interrupt_of_the_host_stops_the_folder(
    webui: FakeWebUI, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The WebUI's own Interrupt, pressed while a picture of the folder is computed, is meant for the folder."""
    begin = webui.state.begin
    monkeypatch.setattr(webui.state, "begin", lambda job: (begin(job), webui.state.interrupt()))
    assert run(folder).said.startswith("interrupted: 0 tagged")


def test_dropped_files_are_only_listed(webui: FakeWebUI, folder: Path) -> None:
    """They are copies in a temporary folder: a caption there would be found by nobody."""
    files = [SimpleNamespace(name=str(folder / "a.png"))]
    request = tab_actions.FolderRequest(files=files, model="tiny")
    assert "a.png: tag 8" in tab_actions.tag_folder(request, lambda *_, **__: None, *defaults())[1]
    request = tab_actions.FolderRequest(files=files, model="tiny", captions="overwrite")
    assert "can only be listed" in tab_actions.tag_folder(request, None, *defaults())[0]


def test_an_unknown_treatment_is_refused(webui: FakeWebUI, folder: Path) -> None:
    """The page offers what there is; whoever calls it by itself is told."""
    assert LIST_ONLY == CAPTIONS[0]
    with pytest.raises(SettingError, match="'burn' is unknown"):
        run(folder, captions="burn")
