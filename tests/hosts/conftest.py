"""What do the tests on real hosts share? Running hosts, a browser, and pictures with what the core says of them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from joytag_core import Tagger
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.comfyui_page import CHROMIUM, open_page
from tests.hosts.comfyui_prompts import COMFYUI, VIDEO, draw_pictures, put_checkpoints
from tests.hosts.comfyui_server import ComfyServer
from tests.hosts.webui_page import WebUIPage
from tests.hosts.webui_server import MODEL, THRESHOLD, WebUIServer
from tests.hub import HubStandIn, published_files, serving


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Draw four pictures that have hardly a tag in common."""
    folder = tmp_path_factory.mktemp("pictures")
    red, green, blue, grey = (Image.new("RGB", (96, 96), colour) for colour in ("white", "yellow", "black", "grey"))
    ImageDraw.Draw(red).ellipse((16, 16, 80, 80), fill="red")
    ImageDraw.Draw(green).polygon([(48, 10), (10, 86), (86, 86)], fill="green")
    ImageDraw.Draw(blue).rectangle((20, 20, 76, 76), fill="blue")
    ImageDraw.Draw(grey).line((0, 0, 96, 96), fill="purple", width=12)
    paths = [folder / f"{number}.png" for number in range(4)]
    for path, picture in zip(paths, (red, green, blue, grey), strict=True):
        picture.save(path)
    return paths


@pytest.fixture(scope="session")
def expected(webui: WebUIServer, pictures: list[Path]) -> list[str]:
    """Return the prompt of each picture as the core makes it without any host."""
    interrogation = Interrogation.from_settings({"threshold": THRESHOLD, "target": "a1111"})
    prompts = [interrogation.prompt(scores).text for scores in Tagger.load(webui.model_folder).score(pictures)]
    assert len(set(prompts)) == len(pictures), "the tests need pictures with different tags"
    return prompts


@pytest.fixture(scope="module")
def hub() -> Iterator[HubStandIn]:
    """Serve the published small files and made-up weights, which wait until a test lets them go."""
    weights = bytes(range(256)) * 8000
    with serving(HubStandIn(published_files(weights), stall=threading.Event())) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def webui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUIServer]:
    """Run one WebUI for all tests."""
    settings = {"joytag_model": MODEL, "joytag_threshold": THRESHOLD, "joytag_tagger_routes": True}
    with WebUIServer(Path(os.environ["WEBUI_PATH"]), tmp_path_factory.mktemp("webui"), settings=settings) as webui:
        yield webui


@pytest.fixture(scope="module")
def webui_page(webui: WebUIServer, browser: Any) -> Iterator[WebUIPage]:
    """Open one page of the WebUI for all tests of a file; at its end, nothing of ours has failed in the browser."""
    page = WebUIPage(browser, webui)
    yield page
    page.close()
    assert [] == [error for error in page.page_errors if "joytag" in error.lower()]


@pytest.fixture(scope="module")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI for all page tests of a file, with what the example workflows name in its folders."""
    assert COMFYUI is not None
    comfyui = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(comfyui.base / "input")
    (comfyui.base / "input" / "example.png").write_bytes((comfyui.base / "input" / "circle.png").read_bytes())
    (comfyui.base / "input" / "my_pictures").mkdir()
    draw_pictures(comfyui.base / "input" / "my_pictures")
    shutil.copy(VIDEO, comfyui.base / "input")
    put_checkpoints(comfyui.base / "models")
    comfyui.start()
    yield comfyui
    comfyui.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Run one headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(comfyui: ComfyServer, browser: Any) -> Iterator[Any]:
    """Open ComfyUI's page in English with classic nodes, the menu entry set to the demo model."""
    page = open_page(comfyui, browser)
    yield page
    page.close()
