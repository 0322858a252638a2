"""Does the extension's page work in a real WebUI and a real browser? Run as test_webui.py, with Playwright, Chromium.

JOYTAG_SCREENSHOTS may name a folder for screenshots of what the tests do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from joytag_core import Tagger
from joytag_core.prompts.merging import merge_prompts
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.test_webui import WEBUI, makes_pictures
from tests.hosts.test_webui_prompts import prompt_in
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import THRESHOLD, WebUIServer, encoded

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


@pytest.fixture(scope="module")
def page(webui: WebUIServer) -> Iterator[WebUIPage]:
    """Open one page for all tests of this file."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield WebUIPage(browser, webui)
        browser.close()


def keep(page: WebUIPage, name: str) -> None:
    """Keep a screenshot where the person asked for them."""
    if folder := os.environ.get("JOYTAG_SCREENSHOTS"):
        page.shot(Path(folder) / f"webui-{page.server.kind}-{name}.png")


def test_a_logged_in_page_may_call_our_routes(page: WebUIPage) -> None:
    """The cookie of gradio's login is as good as a password."""
    assert 200 == page.server.call("/joytag/v1/models", login=None, cookie=page.cookies)[0]
    assert 401 == page.server.call("/joytag/v1/models", login=None, cookie="access-token=wrong")[0]


def test_txt2img_button_takes_a_picture(page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """A picture chosen with the button in txt2img becomes tags in the prompt; tags already there come once."""
    page.show_tab("txt2img")
    page.fill("#txt2img_prompt", "masterpiece")
    with page.page.expect_file_chooser() as chooser:
        page.click("#joytag_txt2img_interrogate")
    chooser.value.set_files(str(pictures[0]))
    wanted = merge_prompts("masterpiece", expected[0], how="append")
    wait_for(lambda: page.text_of("#txt2img_prompt") == wanted)
    assert wanted == page.text_of("#txt2img_prompt")
    keep(page, "txt2img")


def test_txt2img_button_takes_a_dropped_picture(page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """A picture dropped onto the button is as good as one that was chosen."""
    page.show_tab("txt2img")
    page.fill("#txt2img_prompt", "")
    page.drop("#joytag_txt2img_interrogate", pictures[1])
    wait_for(lambda: page.text_of("#txt2img_prompt") == expected[1])
    assert expected[1] == page.text_of("#txt2img_prompt")


def test_img2img_button_tags_the_picture_of_the_tab(page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """The button beside DeepBooru's puts the tags of the picture on the open tab into the prompt."""
    page.show_tab("img2img")
    page.fill("#img2img_prompt", "")
    page.upload("#img2img_image", pictures[1])
    page.click("#joytag_img2img_interrogate")
    wait_for(lambda: page.text_of("#img2img_prompt") == expected[1])
    assert expected[1] == page.text_of("#img2img_prompt")
    keep(page, "img2img")


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
    page: WebUIPage, pictures: list[Path], expected: list[str], tab: str, box: str
) -> None:
    """The canvases of the other tabs are read as the plain picture is."""
    page.show_tab("img2img")
    page.open_tab(tab)
    page.fill("#img2img_prompt", "")
    page.upload(box, pictures[3])
    page.click("#joytag_img2img_interrogate")
    wait_for(lambda: page.text_of("#img2img_prompt") == expected[3])
    assert expected[3] == page.text_of("#img2img_prompt")


def test_tab_filters_without_running_the_model_again(page: WebUIPage, pictures: list[Path]) -> None:
    """Interrogate shows bars; another threshold and a banned tag act at once on the scores that are there."""
    (scores,) = Tagger.load(page.server.model_folder).score(pictures[2])
    page.show_tab("JoyTag")
    page.upload("#joytag_picture", pictures[2])
    page.click("#joytag_interrogate")
    wait_for(lambda: page.page.locator(".joytag-bar").count())
    page.server.call("/joytag/v1/unload", {})
    page.fill("#joytag_threshold", "0.6")
    wanted = Interrogation.from_settings({"threshold": 0.6, "target": "a1111"}).prompt(scores)
    wait_for(lambda: page.text_of("#joytag_tags") == wanted.text)
    assert wanted.text == page.text_of("#joytag_tags")
    page.click(".joytag-bar.kept [data-joytag-action=ban]")
    banned = ", ".join(wanted.text.split(", ")[1:])
    wait_for(lambda: page.text_of("#joytag_tags") == banned)
    assert banned == page.text_of("#joytag_tags")
    assert f'"{wanted.tags[0].replace(" ", "_")}"' == page.text_of("#joytag_exclude")
    assert 1 == page.page.locator(".joytag-bar.dropped").count()
    assert not any(model["loaded"] for model in page.server.call("/joytag/v1/models")[1]["models"])
    keep(page, "tab")


def test_a_click_on_a_tag_shows_where_it_is(page: WebUIPage, pictures: list[Path]) -> None:
    """The map lies over the picture, in words too, and its mask goes to Inpaint upload with the picture."""
    page.show_tab("JoyTag")
    page.click(".joytag-bar.kept [data-joytag-action=map]")
    page.page.locator("#joytag_map_words", has_text="against it 1").first.wait_for()
    page.page.locator("#joytag_map img").first.wait_for()
    assert wait_for(lambda: page.is_in_view("#joytag_map img"), seconds=5)
    keep(page, "map")
    page.page.locator("#joytag_map_shown").first.get_by_label("mask", exact=True).check()
    page.page.wait_for_timeout(1500)
    keep(page, "mask")
    page.click("#joytag_to_inpaint")
    page.page.locator("#img_inpaint_mask img").first.wait_for()
    assert page.page.locator("#img_inpaint_base img").first.is_visible()
    keep(page, "inpaint")


def test_a_map_is_opened_where_it_is_seen(page: WebUIPage) -> None:
    """From the lowest bar of a page that is scrolled down too; a tag that does not hold is said not to."""
    page.show_tab("JoyTag")
    page.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.page.locator(".joytag-bar.below [data-joytag-action=map]").last.evaluate("element => element.click()")
    page.page.locator("#joytag_map_words", has_text="not over the threshold").first.wait_for()
    assert wait_for(lambda: page.is_in_view("#joytag_map img"), seconds=5)
    keep(page, "map-absent")


def test_a_map_goes_with_its_bars(page: WebUIPage) -> None:
    """Tagging anew closes the map: it may be of another picture."""
    page.show_tab("JoyTag")
    page.click("#joytag_interrogate")
    page.page.locator("#joytag_place").first.wait_for(state="hidden")
    wait_for(lambda: page.page.locator(".joytag-bar").count())


def test_always_adds_what_the_threshold_left_out(page: WebUIPage) -> None:
    """✓ on a tag that was not chosen puts it into the prompt; a second click takes it out again."""
    page.show_tab("JoyTag")
    before = page.text_of("#joytag_tags")
    tag = page.page.locator("[data-joytag-action=add]").first.get_attribute("data-joytag-tag")
    added = f"{before}, {tag.replace('_', ' ')}"
    page.click(f"[data-joytag-action=add][data-joytag-tag='{tag}']")
    wait_for(lambda: page.text_of("#joytag_tags") == added)
    assert added == page.text_of("#joytag_tags")
    page.click(f"[data-joytag-action=keep][data-joytag-tag='{tag}']")
    wait_for(lambda: page.text_of("#joytag_tags") == before)
    assert before == page.text_of("#joytag_tags")


def test_a_file_that_is_no_picture_gets_our_sentence(page: WebUIPage, tmp_path: Path) -> None:
    """On the tab a file with a picture's name and no picture in it is told in our words."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.show_tab("JoyTag")
    page.clear("#joytag_picture")
    page.upload("#joytag_picture", broken)
    page.click("#joytag_interrogate")
    said = "the file cannot be read as a picture"
    wait_for(lambda: said in page.page.locator("#joytag_bars").first.inner_text())
    assert said in page.page.locator("#joytag_bars").first.inner_text()
    keep(page, "broken")
    page.clear("#joytag_picture")


def test_messages_are_plain_text(page: WebUIPage) -> None:
    """What a person typed is shown as typed, and makes no element, where messages are HTML too."""
    page.show_tab("JoyTag")
    page.fill("#joytag_preset_name", "<b>&amp;")
    page.click("#joytag_preset_save")
    toast = page.page.locator(".toast-text").last
    toast.wait_for()
    assert 'saved as the preset "<b>&amp;"' in toast.inner_text()
    page.click("#joytag_preset_delete")


def test_no_handler_is_a_public_endpoint(page: WebUIPage) -> None:
    """gradio's list of named endpoints has none of ours."""
    answer = page.context.request.get(page.server.url("/info?serialize=False"))
    names = set(answer.json()["named_endpoints"])
    ours = ("interrogate", "show", "mark_tag", "inserted", "tag_folder", "interrupt", "load_preset", "unload_model")
    assert set() == {name for name in names if re.fullmatch(rf"/({'|'.join(ours)})(_\d+)?", name)}


def test_presets_are_saved_loaded_and_deleted(page: WebUIPage) -> None:
    """A preset brings back what the controls showed when it was saved."""
    page.show_tab("JoyTag")
    page.fill("#joytag_exclude", "*hair")
    page.fill("#joytag_preset_name", "no hair")
    page.click("#joytag_preset_save")
    file = page.server.base / "joytag_presets.json"
    assert wait_for(file.is_file)
    page.fill("#joytag_exclude", "")
    page.click("#joytag_preset_load")
    wait_for(lambda: page.text_of("#joytag_exclude") == "*hair")
    assert "*hair" == page.text_of("#joytag_exclude")
    page.click("#joytag_preset_delete")
    wait_for(lambda: file.read_text() == "{}")
    assert "{}" == file.read_text()
    page.fill("#joytag_exclude", "")


def test_folder_becomes_a_list(page: WebUIPage, pictures: list[Path]) -> None:
    """The folder part of the tab lists every picture with its tags."""
    page.show_tab("JoyTag")
    page.open_tab("Folder")
    page.fill("#joytag_folder", str(pictures[0].parent))
    page.click("#joytag_all")
    wait_for(lambda: page.page.locator("#joytag_table .joytag-list tr").count() == len(pictures))
    names = page.page.locator(".joytag-list td:first-child").all_inner_texts()
    assert [path.name for path in pictures] == names
    keep(page, "folder")


def test_failed_pictures_are_marked(page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """A row of a picture that could not be read has a colour of its own, whatever gradio does to tables."""
    shutil.copy(pictures[0], tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    page.show_tab("JoyTag")
    page.open_tab("Folder")
    page.fill("#joytag_folder", str(tmp_path))
    page.click("#joytag_all")
    wait_for(lambda: page.page.locator("#joytag_table .joytag-failed").count())
    colour = "element => getComputedStyle(element).backgroundColor + getComputedStyle(element).color"
    rows = [page.page.locator(f"#joytag_table tr:nth-child({number}) td").first for number in (1, 2)]
    assert rows[0].evaluate(colour) != rows[1].evaluate(colour)
    keep(page, "failed")


def test_interrupted_folder_shows_what_is_done(page: WebUIPage, tmp_path: Path) -> None:
    """Interrupt ends a folder early; the pictures tagged until then are listed, and how many there would have been."""
    first = tmp_path / "000.png"
    Image.effect_noise((2000, 2000), 64).save(first, compress_level=1)
    for number in range(1, 200):
        (tmp_path / f"{number:03}.png").hardlink_to(first)
    page.show_tab("JoyTag")
    page.open_tab("Folder")
    page.fill("#joytag_folder", str(tmp_path))
    page.click("#joytag_all")
    page.page.locator("#joytag_many_results").get_by_text(re.compile(r"\d+/200 pictures")).first.wait_for()
    keep(page, "progress")
    page.click("#joytag_interrupt_all")
    said = page.page.locator(".joytag-said", has_text="interrupted: ").last
    said.wait_for()
    rows = page.page.locator(".joytag-list tr").count()
    assert 1 <= rows < 200
    assert f"interrupted: {rows} tagged" == said.inner_text()


def test_folder_gets_caption_files(page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """Where asked, a caption is written beside every picture that has none, and one that is there stays."""
    for path in pictures:
        shutil.copy(path, tmp_path)
    (tmp_path / "2.txt").write_text("mine")
    page.show_tab("JoyTag")
    page.open_tab("Folder")
    page.fill("#joytag_folder", str(tmp_path))
    page.page.locator("#joytag_captions").get_by_label("skip", exact=True).check()
    page.fill("#joytag_triggers", "ohwx woman")
    page.click("#joytag_all")
    wait_for(lambda: len(list(tmp_path.glob("*.txt"))) == len(pictures))
    page.page.get_by_text("3 written, 1 skipped").wait_for()
    keep(page, "captions")
    page.page.locator("#joytag_captions").get_by_label("list only", exact=True).check()
    page.fill("#joytag_triggers", "")
    texts = [(tmp_path / f"{number}.txt").read_text() for number in range(4)]
    assert "mine" == texts[2]
    assert all(text.startswith("ohwx woman, ") for number, text in enumerate(texts) if number != 2)


def test_settings_page_stores_what_is_set(page: WebUIPage) -> None:
    """The section JoyTag on the settings page shows what is stored, and stores what is changed."""
    page.open_tab("Settings")
    page.open_tab("JoyTag", among="#settings")
    threshold = page.page.locator("#setting_joytag_threshold input[type=number]").first
    assert str(THRESHOLD) == threshold.input_value()
    keep(page, "settings")
    page.fill("#setting_joytag_exclude", "*hair")
    page.click("#settings_submit")
    stored = page.server.base / "config.json"
    wait_for(lambda: json.loads(stored.read_text()).get("joytag_exclude") == "*hair")
    assert "*hair" == json.loads(stored.read_text())["joytag_exclude"]
    page.fill("#setting_joytag_exclude", "")
    page.click("#settings_submit")
    wait_for(lambda: json.loads(stored.read_text()).get("joytag_exclude") == "")


def test_send_to_img2img_brings_prompt_and_picture(page: WebUIPage, pictures: list[Path]) -> None:
    """Send puts the tags into the tab's prompt and the picture onto the tab, and opens it."""
    page.show_tab("img2img")
    page.fill("#img2img_prompt", "")
    page.show_tab("JoyTag")
    page.open_tab("One picture")
    page.upload("#joytag_picture", pictures[2])
    page.click("#joytag_interrogate")
    wait_for(lambda: page.page.locator(".joytag-bar").count())
    page.page.wait_for_timeout(1000)
    tags = page.text_of("#joytag_tags")
    page.click("#joytag_to_img2img")
    wait_for(lambda: page.text_of("#img2img_prompt") == tags)
    assert tags == page.text_of("#img2img_prompt") != ""
    assert page.page.locator("#img2img_image").first.is_visible()


def test_batch_tab_button_writes_text_files(page: WebUIPage, pictures: list[Path], tmp_path: Path) -> None:
    """On the batch tab the button writes a text file for every picture, unescaped, as captions are."""
    page.open_batch_tab(pictures[0].parent, tmp_path)
    page.click("#joytag_img2img_interrogate")
    wait_for(lambda: len(list(tmp_path.glob("*.txt"))) == len(pictures))
    page.page.wait_for_timeout(1000)
    interrogation = Interrogation.from_settings({"threshold": THRESHOLD, "target": "caption"})
    wanted = [
        interrogation.prompt(scores).text + "\n" for scores in Tagger.load(page.server.model_folder).score(pictures)
    ]
    assert wanted == [(tmp_path / f"{path.stem}.txt").read_text() for path in pictures]


def test_batch_upload_says_what_the_button_needs(page: WebUIPage) -> None:
    """Without an input directory, as where pictures were uploaded, the button says where it takes one."""
    page.open_batch_tab("", "")
    if page.tabs("Upload").count():
        page.open_tab("Upload")
    page.click("#joytag_img2img_interrogate")
    said = page.page.get_by_text("name a folder under From directory").first
    said.wait_for()
    keep(page, "batch-upload")


def test_others_may_work_between_two_pictures_of_a_folder(
    page: WebUIPage, pictures: list[Path], expected: list[str], tmp_path: Path
) -> None:
    """A folder lets go of the WebUI after each picture: a call that comes meanwhile is answered long before its end."""
    first = tmp_path / "000.png"
    Image.effect_noise((2000, 2000), 64).save(first, compress_level=1)
    for number in range(1, 200):
        (tmp_path / f"{number:03}.png").hardlink_to(first)
    page.show_tab("JoyTag")
    page.open_tab("Folder")
    page.fill("#joytag_folder", str(tmp_path))
    page.click("#joytag_all")
    page.page.locator("#joytag_many_results").get_by_text(re.compile(r"\d+/200 pictures")).first.wait_for()
    _, answer = page.server.call("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
    assert expected[0] == answer["pictures"][0]["text"]
    page.click("#joytag_interrupt_all")
    page.page.locator(".joytag-said", has_text="interrupted: ").last.wait_for()


@makes_pictures
def test_directory_gives_each_picture_its_own_tags(
    page: WebUIPage, pictures: list[Path], expected: list[str], tmp_path: Path
) -> None:
    """Four pictures of one directory: each made picture's infotext holds its own tags only, at the placeholder."""
    page.open()  # reForge (March 2026) generates nothing while an unpainted picture lies on its Inpaint tab
    page.open_batch_tab(pictures[0].parent, tmp_path)
    page.fill("#img2img_prompt", "a photo, {joytag}")
    page.switch_section_on()
    keep(page, "section")
    page.click("#img2img_generate")
    wait_for(lambda: len(list(tmp_path.rglob("*.png"))) == len(pictures), seconds=240)
    page.page.wait_for_timeout(2000)
    # Each WebUI names made pictures in its own way; they are made in the order of their sources.
    made = sorted(tmp_path.rglob("*.png"), key=lambda path: path.stat().st_mtime)
    wanted = [merge_prompts("a photo", tags, how="append") for tags in expected]
    assert wanted == [prompt_in(Image.open(path).info["parameters"]) for path in made]
    keep(page, "batch")


def test_pasted_infotext_is_the_finished_prompt(page: WebUIPage) -> None:
    """Pasting an infotext with our mark brings the resolved prompt back and switches the section off."""
    page.show_tab("img2img")
    if not page.section_is_on():
        page.switch_section_on()
    assert page.section_is_on()
    prompt = "a photo, red background, circle"
    page.fill("#img2img_prompt", f"{prompt}\nSteps: 4, CFG scale: 7, Seed: 1, Size: 64x64, JoyTag model: demo")

    page.click("#img2img_tools #paste")

    wait_for(lambda: page.text_of("#img2img_prompt") == prompt and not page.section_is_on())
    assert prompt == page.text_of("#img2img_prompt")
    assert not page.section_is_on()


def test_reload_ui_keeps_everything_once(page: WebUIPage, pictures: list[Path], expected: list[str]) -> None:
    """After "Reload UI" there is one of each button, and all routes answer as before."""
    started = page.server.log.count("Startup time")
    page.click("#settings_restart_gradio")
    assert wait_for(lambda: page.server.log.count("Startup time") > started)
    page.server.wait_until_it_answers()
    page.context.request.post(page.server.url("/login"), form={"username": "page-user", "password": "page-word"})
    page.open()
    for button in ("#joytag_img2img_interrogate", "#joytag_txt2img_interrogate", "#joytag_interrogate"):
        assert 1 == page.page.locator(button).count()
    body = {"image": encoded(pictures[0]), "model": "joytag"}
    assert (200, {"caption": expected[0]}) == page.server.call("/sdapi/v1/interrogate", body)
    assert (200, {"models": ["of another extension"]}) == page.server.call("/tagger/v1/interrogators")
    assert {"/joytag/v1/interrogate", "/sdapi/v1/txt2img"} <= set(page.server.call("/openapi.json")[1]["paths"])
    assert 401 == page.server.status("/joytag/v1/models", login=None)


def test_page_has_no_script_errors(page: WebUIPage) -> None:
    """Nothing of ours failed in the browser."""
    assert [] == [error for error in page.page_errors if "joytag" in error.lower()]
