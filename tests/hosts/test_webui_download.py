"""Does the model's download show itself in a real WebUI? Run as test_webui_page.py; a stand-in serves for the Hub."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from joytag_core.model.folders import JOYTAG, MODEL_FILES
from tests.hosts.test_webui import WEBUI
from tests.hosts.webui_page import CHROMIUM, WebUIPage, wait_for
from tests.hosts.webui_server import WebUIServer, encoded
from tests.hub import HubStandIn

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not (WEBUI and CHROMIUM), reason="WEBUI_PATH names no WebUI, or there is no Chromium")


@pytest.fixture(scope="module")
def page(hub: HubStandIn, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUIPage]:
    """Open the page of a WebUI that has no model but the demo, and is to use the published one."""
    folder = tmp_path_factory.mktemp("webui")
    settings = {"joytag_model": JOYTAG}
    with WebUIServer(Path(os.environ["WEBUI_PATH"]), folder, settings=settings, hub=hub.url) as webui:
        yield WebUIPage(browser, webui)


def said(page: WebUIPage, text: str) -> bool:
    """Wait until a text is to be seen on the page."""
    return bool(wait_for(page.page.get_by_text(text).first.is_visible, seconds=30))


def test_a_download_is_seen_and_can_be_interrupted(page: WebUIPage, pictures: list[Path]) -> None:
    """The page counts megabytes; Interrupt ends what a slow network would draw out, and leaves no half model."""
    page.show_tab("JoyTag")
    page.upload("#joytag_picture", pictures[0])
    page.click("#joytag_interrogate")
    assert said(page, "Downloading JoyTag: 0 of 2 MB")
    page.keep("download")
    page.click("#joytag_interrupt")
    assert said(page, "download was interrupted; what has arrived is kept")
    assert not (page.server.base / "models" / "joytag" / JOYTAG / "model.safetensors").exists()


def test_a_finished_download_is_used_wherever_it_was_asked_for(
    page: WebUIPage, hub: HubStandIn, pictures: list[Path]
) -> None:
    """An API call downloads too, with a bar in the console; weights that are none are named with their path."""
    assert hub.stall is not None
    hub.stall.set()
    status, answer = page.server.call("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
    folder = page.server.base / "models" / "joytag" / JOYTAG
    assert hub.files == {name: (folder / name).read_bytes() for name in MODEL_FILES}
    assert (500, True) == (status, str(folder / "model.safetensors") in answer["detail"])
    assert "Downloading JoyTag: 100%" in page.server.log
