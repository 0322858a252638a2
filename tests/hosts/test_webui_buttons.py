"""Do the interrogate buttons work in a real WebUI and a real browser? Run as test_webui_page.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from joytag_core import Tagger
from joytag_core.prompts.merging import merge_prompts
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.test_webui import WEBUI
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import THRESHOLD

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


def test_txt2img_button_takes_a_picture(webui_page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """A picture chosen with the button in txt2img becomes tags in the prompt; tags already there come once."""
    webui_page.show_tab("txt2img")
    webui_page.fill("#txt2img_prompt", "masterpiece")
    with webui_page.page.expect_file_chooser() as chooser:
        webui_page.click("#joytag_txt2img_interrogate")
    chooser.value.set_files(str(pictures[0]))
    wanted = merge_prompts("masterpiece", expected[0], how="append")
    wait_for(lambda: webui_page.text_of("#txt2img_prompt") == wanted)
    assert wanted == webui_page.text_of("#txt2img_prompt")
    webui_page.keep("txt2img")


def test_txt2img_button_takes_a_dropped_picture(
    webui_page: WebUIPage, pictures: list[Path], expected: list[str]
) -> None:
    """A picture dropped onto the button is as good as one that was chosen."""
    webui_page.show_tab("txt2img")
    webui_page.fill("#txt2img_prompt", "")
    webui_page.drop("#joytag_txt2img_interrogate", pictures[1])
    wait_for(lambda: webui_page.text_of("#txt2img_prompt") == expected[1])
    assert expected[1] == webui_page.text_of("#txt2img_prompt")


def test_img2img_button_tags_the_picture_of_the_tab(
    webui_page: WebUIPage, pictures: list[Path], expected: list[str]
) -> None:
    """The button beside DeepBooru's puts the tags of the picture on the open tab into the prompt."""
    webui_page.show_tab("img2img")
    webui_page.fill("#img2img_prompt", "")
    webui_page.upload("#img2img_image", pictures[1])
    webui_page.click("#joytag_img2img_interrogate")
    wait_for(lambda: webui_page.text_of("#img2img_prompt") == expected[1])
    assert expected[1] == webui_page.text_of("#img2img_prompt")
    webui_page.keep("img2img")


@pytest.mark.parametrize(
    ("tab", "box"),
    [
        ("Sketch", "#img2img_sketch"),
        ("Inpaint", "#img2maskimg"),
        ("Inpaint sketch", "#inpaint_sketch"),
        ("Inpaint upload", "#img_inpaint_base"),
    ],
)
def test_img2img_button_tags_the_picture_of_every_tab(
    webui_page: WebUIPage, pictures: list[Path], expected: list[str], tab: str, box: str
) -> None:
    """The canvases of the other tabs are read as the plain picture is."""
    webui_page.show_tab("img2img")
    webui_page.open_tab(tab)
    webui_page.fill("#img2img_prompt", "")
    webui_page.upload(box, pictures[3])
    webui_page.click("#joytag_img2img_interrogate")
    wait_for(lambda: webui_page.text_of("#img2img_prompt") == expected[3])
    assert expected[3] == webui_page.text_of("#img2img_prompt")


def test_batch_tab_button_writes_text_files(webui_page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """On the batch tab the button writes a text file for every picture, unescaped, as captions are."""
    webui_page.open_batch_tab(pictures[0].parent, tmp_path)
    webui_page.click("#joytag_img2img_interrogate")
    wait_for(lambda: len(list(tmp_path.glob("*.txt"))) == len(pictures))
    webui_page.page.wait_for_timeout(1000)
    interrogation = Interrogation.from_settings({"threshold": THRESHOLD, "target": "caption"})
    wanted = [
        interrogation.prompt(scores).text + "\n"
        for scores in Tagger.load(webui_page.server.model_folder).score(pictures)
    ]
    assert wanted == [(tmp_path / f"{path.stem}.txt").read_text() for path in pictures]


def test_batch_upload_says_what_the_button_needs(webui_page: WebUIPage) -> None:
    """Without an input directory, as where pictures were uploaded, the button says where it takes one."""
    webui_page.open_batch_tab("", "")
    if webui_page.tabs("Upload").count():
        webui_page.open_tab("Upload")
    webui_page.click("#joytag_img2img_interrogate")
    said = webui_page.page.get_by_text("name a folder under From directory").first
    said.wait_for()
    webui_page.keep("batch-upload")
