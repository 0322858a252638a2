"""Does the extension's page work in a real WebUI and a real browser? Run as test_webui.py, with Playwright, Chromium.

JOYTAG_SCREENSHOTS may name a folder for screenshots of what the tests do.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from joytag_core.prompts.merging import merge_prompts
from tests.hosts.test_webui import WEBUI, makes_pictures
from tests.hosts.test_webui_prompts import prompt_in
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import THRESHOLD, encoded

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


def test_a_logged_in_page_may_call_our_routes(webui_page: WebUIPage) -> None:
    """The cookie of gradio's login is as good as a password."""
    assert 200 == webui_page.server.call("/joytag/v1/models", login=None, cookie=webui_page.cookies)[0]
    assert 401 == webui_page.server.call("/joytag/v1/models", login=None, cookie="access-token=wrong")[0]


def test_no_handler_is_a_public_endpoint(webui_page: WebUIPage) -> None:
    """gradio's list of named endpoints has none of ours."""
    answer = webui_page.context.request.get(webui_page.server.url("/info?serialize=False"))
    names = set(answer.json()["named_endpoints"])
    ours = ("interrogate", "show", "mark_tag", "inserted", "tag_folder", "interrupt", "load_preset", "unload_model")
    assert set() == {name for name in names if re.fullmatch(rf"/({'|'.join(ours)})(_\d+)?", name)}


def test_settings_page_stores_what_is_set(webui_page: WebUIPage) -> None:
    """The section JoyTag on the settings page shows what is stored, and stores what is changed."""
    webui_page.open_tab("Settings")
    webui_page.open_tab("JoyTag", among="#settings")
    threshold = webui_page.page.locator("#setting_joytag_threshold input[type=number]").first
    assert str(THRESHOLD) == threshold.input_value()
    webui_page.keep("settings")
    webui_page.fill("#setting_joytag_exclude", "*hair")
    webui_page.click("#settings_submit")
    stored = webui_page.server.base / "config.json"
    wait_for(lambda: json.loads(stored.read_text()).get("joytag_exclude") == "*hair")
    assert "*hair" == json.loads(stored.read_text())["joytag_exclude"]
    webui_page.fill("#setting_joytag_exclude", "")
    webui_page.click("#settings_submit")
    wait_for(lambda: json.loads(stored.read_text()).get("joytag_exclude") == "")


@makes_pictures
def test_directory_gives_each_picture_its_own_tags(
    webui_page: WebUIPage, pictures: list[Path], expected: list[str], tmp_path: Path
) -> None:
    """Four pictures of one directory: each made picture's infotext holds its own tags only, at the placeholder."""
    webui_page.open()  # reForge (March 2026) generates nothing while an unpainted picture lies on its Inpaint tab
    webui_page.open_batch_tab(pictures[0].parent, tmp_path)
    webui_page.fill("#img2img_prompt", "a photo, {joytag}")
    webui_page.switch_section_on()
    webui_page.keep("section")
    webui_page.click("#img2img_generate")
    wait_for(lambda: len(list(tmp_path.rglob("*.png"))) == len(pictures), seconds=240)
    webui_page.page.wait_for_timeout(2000)
    # Each WebUI names made pictures in its own way; they are made in the order of their sources.
    made = sorted(tmp_path.rglob("*.png"), key=lambda path: path.stat().st_mtime)
    wanted = [merge_prompts("a photo", tags, how="append") for tags in expected]
    assert wanted == [prompt_in(Image.open(path).info["parameters"]) for path in made]
    webui_page.keep("batch")


def test_pasted_infotext_is_the_finished_prompt(webui_page: WebUIPage) -> None:
    """Pasting an infotext with our mark brings the resolved prompt back and switches the section off."""
    webui_page.show_tab("img2img")
    if not webui_page.section_is_on():
        webui_page.switch_section_on()
    assert webui_page.section_is_on()
    prompt = "a photo, red background, circle"
    webui_page.fill("#img2img_prompt", f"{prompt}\nSteps: 4, CFG scale: 7, Seed: 1, Size: 64x64, JoyTag model: demo")

    webui_page.click("#img2img_tools #paste")

    wait_for(lambda: webui_page.text_of("#img2img_prompt") == prompt and not webui_page.section_is_on())
    assert prompt == webui_page.text_of("#img2img_prompt")
    assert not webui_page.section_is_on()


def test_reload_ui_keeps_everything_once(webui_page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """After "Reload UI" there is one of each button, and all routes answer as before."""
    started = webui_page.server.log.count("Startup time")
    webui_page.click("#settings_restart_gradio")
    assert wait_for(lambda: webui_page.server.log.count("Startup time") > started)
    webui_page.server.wait_until_it_answers()
    webui_page.context.request.post(
        webui_page.server.url("/login"), form={"username": "page-user", "password": "page-word"}
    )
    webui_page.open()
    for button in ("#joytag_img2img_interrogate", "#joytag_txt2img_interrogate", "#joytag_interrogate"):
        assert 1 == webui_page.page.locator(button).count()
    body = {"image": encoded(pictures[0]), "model": "joytag"}
    assert (200, {"caption": expected[0]}) == webui_page.server.call("/sdapi/v1/interrogate", body)
    assert (200, {"models": ["of another extension"]}) == webui_page.server.call("/tagger/v1/interrogators")
    assert {"/joytag/v1/interrogate", "/sdapi/v1/txt2img"} <= set(webui_page.server.call("/openapi.json")[1]["paths"])
    assert 401 == webui_page.server.status("/joytag/v1/models", login=None)
