"""Does the tab for one picture work in a real WebUI and a real browser? Run as test_webui_page.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from joytag_core import Tagger
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.test_webui import WEBUI
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


def test_tab_filters_without_running_the_model_again(webui_page: WebUIPage, pictures: list[Path]) -> None:
    """Interrogate shows bars; another threshold and a banned tag act at once on the scores that are there."""
    (scores,) = Tagger.load(webui_page.server.model_folder).score(pictures[2])
    webui_page.show_tab("JoyTag")
    webui_page.upload("#joytag_picture", pictures[2])
    webui_page.click("#joytag_interrogate")
    wait_for(lambda: webui_page.page.locator(".joytag-bar").count())
    webui_page.server.call("/joytag/v1/unload", {})
    webui_page.fill("#joytag_threshold", "0.6")
    wanted = Interrogation.from_settings({"threshold": 0.6, "target": "a1111"}).prompt(scores)
    wait_for(lambda: webui_page.text_of("#joytag_tags") == wanted.text)
    assert wanted.text == webui_page.text_of("#joytag_tags")
    webui_page.click(".joytag-bar.kept [data-joytag-action=ban]")
    banned = ", ".join(wanted.text.split(", ")[1:])
    wait_for(lambda: webui_page.text_of("#joytag_tags") == banned)
    assert banned == webui_page.text_of("#joytag_tags")
    assert f'"{wanted.tags[0].replace(" ", "_")}"' == webui_page.text_of("#joytag_exclude")
    assert 1 == webui_page.page.locator(".joytag-bar.dropped").count()
    assert not any(model["loaded"] for model in webui_page.server.call("/joytag/v1/models")[1]["models"])
    webui_page.keep("tab")


def test_a_click_on_a_tag_shows_where_it_is(webui_page: WebUIPage, pictures: list[Path]) -> None:
    """The map lies over the picture, in words too, and its mask goes to Inpaint upload with the picture."""
    webui_page.show_tab("JoyTag")
    webui_page.click(".joytag-bar.kept [data-joytag-action=map]")
    webui_page.page.locator("#joytag_map_words", has_text="against it 1").first.wait_for()
    webui_page.page.locator("#joytag_map img").first.wait_for()
    assert wait_for(lambda: webui_page.is_in_view("#joytag_map img"), seconds=5)
    webui_page.keep("map")
    webui_page.page.locator("#joytag_map_shown").first.get_by_label("mask", exact=True).check()
    webui_page.page.wait_for_timeout(1500)
    webui_page.keep("mask")
    webui_page.click("#joytag_to_inpaint")
    webui_page.page.locator("#img_inpaint_mask img").first.wait_for()
    assert webui_page.page.locator("#img_inpaint_base img").first.is_visible()
    webui_page.keep("inpaint")


def test_a_map_is_opened_where_it_is_seen(webui_page: WebUIPage) -> None:
    """From the lowest bar of a page that is scrolled down too; a tag that does not hold is said not to."""
    webui_page.show_tab("JoyTag")
    webui_page.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    webui_page.page.locator(".joytag-bar.below [data-joytag-action=map]").last.evaluate("element => element.click()")
    webui_page.page.locator("#joytag_map_words", has_text="not over the threshold").first.wait_for()
    assert wait_for(lambda: webui_page.is_in_view("#joytag_map img"), seconds=5)
    webui_page.keep("map-absent")


def test_the_map_follows_the_threshold(webui_page: WebUIPage) -> None:
    """Moved after the click, it is the one that the map's words mean."""
    webui_page.show_tab("JoyTag")
    words = webui_page.page.locator("#joytag_map_words").first
    for threshold, is_absent in (("0", False), ("0.6", True)):
        webui_page.fill("#joytag_threshold", threshold)
        assert wait_for(lambda is_absent=is_absent: is_absent == ("not over the threshold" in words.inner_text()))
    assert "not over the threshold of 0.6" in words.inner_text()


def test_what_rules_do_is_seen_beside_them(webui_page: WebUIPage) -> None:
    """Whoever edits the lowest of the rules that are always shown has tags and bars in view."""
    webui_page.show_tab("JoyTag")
    webui_page.page.locator("#joytag_add_last").first.scroll_into_view_if_needed()
    webui_page.page.wait_for_timeout(500)
    assert webui_page.is_in_view("#joytag_add_last")
    assert webui_page.is_in_view("#joytag_tags textarea")
    assert webui_page.is_in_view(".joytag-bar")
    webui_page.keep("rules")


def test_a_map_goes_with_its_bars(webui_page: WebUIPage) -> None:
    """Tagging anew closes the map: it may be of another picture."""
    webui_page.show_tab("JoyTag")
    webui_page.click("#joytag_interrogate")
    webui_page.page.locator("#joytag_place").first.wait_for(state="hidden")
    wait_for(lambda: webui_page.page.locator(".joytag-bar").count())


def test_always_adds_what_the_threshold_left_out(webui_page: WebUIPage) -> None:
    """✓ on a tag that was not chosen puts it into the prompt; a second click takes it out again."""
    webui_page.show_tab("JoyTag")
    before = webui_page.text_of("#joytag_tags")
    tag = webui_page.page.locator("[data-joytag-action=add]").first.get_attribute("data-joytag-tag")
    added = f"{before}, {tag.replace('_', ' ')}"
    webui_page.click(f"[data-joytag-action=add][data-joytag-tag='{tag}']")
    wait_for(lambda: webui_page.text_of("#joytag_tags") == added)
    assert added == webui_page.text_of("#joytag_tags")
    webui_page.click(f"[data-joytag-action=keep][data-joytag-tag='{tag}']")
    wait_for(lambda: webui_page.text_of("#joytag_tags") == before)
    assert before == webui_page.text_of("#joytag_tags")


def test_another_picture_takes_map_and_bars_along(webui_page: WebUIPage, pictures: list[Path]) -> None:
    """Put over the old one, without clearing the box first: nothing of the old one is left to be taken for its."""
    webui_page.show_tab("JoyTag")
    webui_page.click(".joytag-bar.kept [data-joytag-action=map]")
    webui_page.page.locator("#joytag_place").first.wait_for()
    webui_page.upload("#joytag_picture", pictures[0])
    webui_page.page.locator("#joytag_place").first.wait_for(state="hidden")
    assert wait_for(lambda: webui_page.page.locator(".joytag-bar").count() == 0)
    assert "" == webui_page.text_of("#joytag_tags")
    webui_page.keep("another")


def test_a_file_that_is_no_picture_gets_our_sentence(webui_page: WebUIPage, tmp_path: Path) -> None:
    """On the tab a file with a picture's name and no picture in it is told in our words."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    webui_page.show_tab("JoyTag")
    webui_page.clear("#joytag_picture")
    webui_page.upload("#joytag_picture", broken)
    webui_page.click("#joytag_interrogate")
    said = "the file cannot be read as a picture"
    wait_for(lambda: said in webui_page.page.locator("#joytag_bars").first.inner_text())
    assert said in webui_page.page.locator("#joytag_bars").first.inner_text()
    webui_page.keep("broken")
    webui_page.clear("#joytag_picture")


def test_messages_are_plain_text(webui_page: WebUIPage) -> None:
    """What a person typed is shown as typed, and makes no element, where messages are HTML too."""
    webui_page.show_tab("JoyTag")
    webui_page.fill("#joytag_preset_name", "<b>&amp;")
    webui_page.click("#joytag_preset_save")
    toast = webui_page.page.locator(".toast-text").last
    toast.wait_for()
    assert 'saved as the preset "<b>&amp;"' in toast.inner_text()
    webui_page.click("#joytag_preset_delete")


def test_presets_are_saved_loaded_and_deleted(webui_page: WebUIPage) -> None:
    """A preset brings back what the controls showed when it was saved."""
    webui_page.show_tab("JoyTag")
    webui_page.fill("#joytag_exclude", "*hair")
    webui_page.fill("#joytag_preset_name", "no hair")
    webui_page.click("#joytag_preset_save")
    file = webui_page.server.base / "joytag_presets.json"
    assert wait_for(file.is_file)
    webui_page.fill("#joytag_exclude", "")
    webui_page.click("#joytag_preset_load")
    wait_for(lambda: webui_page.text_of("#joytag_exclude") == "*hair")
    assert "*hair" == webui_page.text_of("#joytag_exclude")
    webui_page.click("#joytag_preset_delete")
    wait_for(lambda: file.read_text() == "{}")
    assert "{}" == file.read_text()
    webui_page.fill("#joytag_exclude", "")


def test_send_to_img2img_brings_prompt_and_picture(webui_page: WebUIPage, pictures: list[Path]) -> None:
    """Send puts the tags into the tab's prompt and the picture onto the tab, and opens it."""
    webui_page.show_tab("img2img")
    webui_page.fill("#img2img_prompt", "")
    webui_page.show_tab("JoyTag")
    webui_page.open_tab("One picture")
    webui_page.upload("#joytag_picture", pictures[2])
    webui_page.click("#joytag_interrogate")
    wait_for(lambda: webui_page.page.locator(".joytag-bar").count())
    webui_page.page.wait_for_timeout(1000)
    tags = webui_page.text_of("#joytag_tags")
    webui_page.click("#joytag_to_img2img")
    wait_for(lambda: webui_page.text_of("#img2img_prompt") == tags)
    assert tags == webui_page.text_of("#img2img_prompt") != ""
    assert webui_page.page.locator("#img2img_image").first.is_visible()
