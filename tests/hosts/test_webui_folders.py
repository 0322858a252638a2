"""Does the tab list and caption folders in a real WebUI and a real browser? Run as test_webui_page.py."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.hosts.test_webui import WEBUI
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import encoded

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


def test_folder_becomes_a_list(webui_page: WebUIPage, pictures: list[Path]) -> None:
    """The folder part of the tab lists every picture with its tags."""
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("Folder")
    webui_page.fill("#joytag_folder", str(pictures[0].parent))
    webui_page.click("#joytag_all")
    wait_for(lambda: webui_page.page.locator("#joytag_table .joytag-list tr").count() == len(pictures))
    names = webui_page.page.locator(".joytag-list td:first-child").all_inner_texts()
    assert [path.name for path in pictures] == names
    webui_page.keep("folder")


def test_failed_pictures_are_marked(webui_page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """A row of a picture that could not be read has a colour of its own, whatever gradio does to tables."""
    shutil.copy(pictures[0], tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("Folder")
    webui_page.fill("#joytag_folder", str(tmp_path))
    webui_page.click("#joytag_all")
    wait_for(lambda: webui_page.page.locator("#joytag_table .joytag-failed").count())
    colour = "element => getComputedStyle(element).backgroundColor + getComputedStyle(element).color"
    rows = [webui_page.page.locator(f"#joytag_table tr:nth-child({number}) td").first for number in (1, 2)]
    assert rows[0].evaluate(colour) != rows[1].evaluate(colour)
    webui_page.keep("failed")


def test_interrupted_folder_shows_what_is_done(webui_page: WebUIPage, tmp_path: Path) -> None:
    """Interrupt ends a folder early; the pictures tagged until then are listed, and how many there would have been."""
    first = tmp_path / "000.png"
    Image.effect_noise((2000, 2000), 64).save(first, compress_level=1)
    for number in range(1, 200):
        (tmp_path / f"{number:03}.png").hardlink_to(first)
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("Folder")
    webui_page.fill("#joytag_folder", str(tmp_path))
    webui_page.click("#joytag_all")
    webui_page.page.locator("#joytag_many_results").get_by_text(re.compile(r"\d+/200 pictures")).first.wait_for()
    webui_page.keep("progress")
    webui_page.click("#joytag_interrupt_all")
    said = webui_page.page.locator(".joytag-said", has_text="interrupted: ").last
    said.wait_for()
    rows = webui_page.page.locator(".joytag-list tr").count()
    assert 1 <= rows < 200
    assert f"interrupted: {rows} tagged" == said.inner_text()


def test_folder_gets_caption_files(webui_page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """Where asked, a caption is written beside every picture that has none, and one that is there stays."""
    for path in pictures:
        shutil.copy(path, tmp_path)
    (tmp_path / "2.txt").write_text("mine")
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("Folder")
    webui_page.fill("#joytag_folder", str(tmp_path))
    webui_page.page.locator("#joytag_captions").get_by_label("skip", exact=True).check()
    webui_page.fill("#joytag_triggers", "ohwx woman")
    webui_page.click("#joytag_all")
    wait_for(lambda: len(list(tmp_path.glob("*.txt"))) == len(pictures))
    webui_page.page.get_by_text("3 written, 1 skipped").wait_for()
    webui_page.keep("captions")
    webui_page.page.locator("#joytag_captions").get_by_label("list only", exact=True).check()
    webui_page.fill("#joytag_triggers", "")
    texts = [(tmp_path / f"{number}.txt").read_text() for number in range(4)]
    assert "mine" == texts[2]
    assert all(text.startswith("ohwx woman, ") for number, text in enumerate(texts) if number != 2)


def test_others_may_work_between_two_pictures_of_a_folder(
    webui_page: WebUIPage, pictures: list[Path], expected: list[str], tmp_path: Path
) -> None:
    """A folder lets go of the WebUI after each picture: a call that comes meanwhile is answered long before its end."""
    first = tmp_path / "000.png"
    Image.effect_noise((2000, 2000), 64).save(first, compress_level=1)
    for number in range(1, 200):
        (tmp_path / f"{number:03}.png").hardlink_to(first)
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("Folder")
    webui_page.fill("#joytag_folder", str(tmp_path))
    webui_page.click("#joytag_all")
    webui_page.page.locator("#joytag_many_results").get_by_text(re.compile(r"\d+/200 pictures")).first.wait_for()
    _, answer = webui_page.server.call("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
    assert expected[0] == answer["pictures"][0]["text"]
    webui_page.click("#joytag_interrupt_all")
    webui_page.page.locator(".joytag-said", has_text="interrupted: ").last.wait_for()
