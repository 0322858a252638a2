"""How are README's pictures of the WebUI made? `python -m tests.hosts.readme_pictures_webui`.

WEBUI_PATH, WEBUI_PYTHON, WEBUI_CHECKPOINT and CHROMIUM name what to use, as for the tests.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import MODEL, REPOSITORY, WebUIServer

IMAGES, EXAMPLES = REPOSITORY / "docs" / "images", REPOSITORY / "examples"
PICTURE = EXAMPLES / "hello-note.png"


def main() -> None:
    """Make all pictures anew."""
    with tempfile.TemporaryDirectory() as base, sync_playwright() as running:
        pictures = shutil.copytree(EXAMPLES, Path(base, "pictures"))
        made = Path(base, "made")
        made.mkdir()
        home = Path(base, "webui")
        home.mkdir()
        with WebUIServer(Path(os.environ["WEBUI_PATH"]), home, settings={"joytag_model": MODEL}) as webui:
            browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = WebUIPage(browser, webui)
            draw_button(page)
            draw_tab(page)
            draw_map(page)
            draw_section(page, pictures, made)
            browser.close()


def draw_button(page: WebUIPage) -> None:
    """Draw the img2img tab after a click on the button."""
    page.show_tab("img2img")
    page.upload("#img2img_image", PICTURE)
    page.click("#joytag_img2img_interrogate")
    wait_for(lambda: page.text_of("#img2img_prompt"))
    page.page.wait_for_timeout(2000)
    keep(page.page.screenshot(), "webui-img2img")


def draw_tab(page: WebUIPage) -> None:
    """Draw the tab with one tag banned by a click, and one replaced."""
    page.show_tab("JoyTag")
    page.upload("#joytag_picture", PICTURE)
    page.click("#joytag_interrogate")
    wait_for(lambda: page.page.locator(".joytag-bar").count())
    page.fill("#joytag_replace", "musical_note -> eighth note")
    wait_for(lambda: page.page.locator(".joytag-bar.replaced").count())
    page.click(".joytag-bar.kept [data-joytag-action=ban]")
    wait_for(lambda: page.page.locator(".joytag-bar.dropped").count())
    page.page.evaluate("scrollTo(0, 0)")
    page.page.wait_for_timeout(1000)
    keep(page.page.screenshot(), "webui-tab")


def draw_map(page: WebUIPage) -> None:
    """Draw where one of the tags is, beside the bars."""
    page.click("[data-joytag-action=map][data-joytag-tag=musical_note]")
    page.page.locator("#joytag_map img").first.wait_for()
    page.page.wait_for_timeout(2000)
    keep(page.page.screenshot(clip={"x": 0, "y": 132, "width": 1400, "height": 645}), "webui-map")


def draw_section(page: WebUIPage, pictures: Path, made: Path) -> None:
    """Draw the section of img2img, and what is said of one picture of a directory that it tagged."""
    page.open_batch_tab(pictures, made)
    page.fill("#img2img_prompt", "a photo, {joytag}, masterpiece")
    page.switch_section_on()
    page.page.wait_for_timeout(500)
    keep(page.page.locator("#joytag_img2img_enabled").first.screenshot(), "webui-section")
    page.click("#img2img_generate")
    wait_for(lambda: len(list(made.rglob("*.png"))) == len(list(pictures.iterdir())), seconds=600)
    page.page.wait_for_timeout(3000)
    keep(page.page.locator("#html_info_img2img").first.screenshot(), "webui-infotext")


def keep(png: bytes, name: str) -> None:
    """Write a screenshot without an alpha channel, as small as it gets."""
    Image.open(io.BytesIO(png)).convert("RGB").save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
