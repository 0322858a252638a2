"""Does the model's download show itself in a real ComfyUI? From a stand-in for the Hub on this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from joytag_core.model.folders import MODEL_FILES
from tests.hosts.comfyui_page import CHROMIUM, NODE, PROMPT, choose_in_menu, load, open_page
from tests.hosts.comfyui_prompts import COMFYUI, TAGGER, draw_pictures, tagging
from tests.hosts.comfyui_server import ComfyServer
from tests.hub import HubStandIn

pytestmark = pytest.mark.skipif(not COMFYUI, reason="COMFYUI_PATH names no ComfyUI")


@pytest.fixture(scope="module")
def server(hub: HubStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run a ComfyUI that takes the stand-in for the Hub."""
    assert COMFYUI is not None
    server = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"), hub=hub.url)
    draw_pictures(server.base / "input")
    server.start()
    yield server
    server.stop()


def test_cancel_stops_a_download_that_hangs(server: ComfyServer) -> None:
    """The person does not wait for a slow network: Cancel ends the run, and no half model is left."""
    asked: list[int] = []

    def cancel_at_first_progress(message: dict[str, Any]) -> None:
        if message["type"] == "progress" and not asked:
            asked.append(server.post("/interrupt", {})[0])

    run = server.run(tagging(model="joytag"), meanwhile=cancel_at_first_progress)
    assert "execution_interrupted" == run.ending
    assert not (server.base / "models" / "joytag" / "joytag" / "model.safetensors").exists()


def test_a_download_shows_its_bytes_on_the_node_and_goes_where_models_are(hub: HubStandIn, server: ComfyServer) -> None:
    """The bar counts the bytes of all three files; weights that are none are named with their path."""
    total = sum(len(content) for content in hub.files.values())
    small = total - len(hub.files["model.safetensors"])
    seen: list[int] = []

    def let_go_when_the_small_files_are_there(message: dict[str, Any]) -> None:
        if message["type"] == "progress":
            seen.append(message["data"]["value"])
            assert hub.stall is not None
            if seen[-1] >= small:
                hub.stall.set()

    run = server.run(tagging(model="joytag"), meanwhile=let_go_when_the_small_files_are_there)
    steps = [message["data"] for message in run.of("progress")]
    assert {(TAGGER, total)} == {(step["node"], step["max"]) for step in steps}
    assert sorted(seen) == seen
    folder = server.base / "models" / "joytag" / "joytag"
    assert hub.files == {name: (folder / name).read_bytes() for name in MODEL_FILES}
    assert str(folder / "model.safetensors") in run.error


@pytest.mark.skipif(not CHROMIUM, reason="CHROMIUM is not set")
def test_the_menus_dialog_shows_the_download(hub: HubStandIn, server: ComfyServer, browser: Any) -> None:
    """There is no node that could show it; the dialog counts the megabytes."""
    shutil.rmtree(server.base / "models" / "joytag" / "joytag")
    hub.stall = threading.Event()
    page = open_page(server, browser, menu_model="joytag")
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    field = "document.querySelector('.joytag-dialog textarea')"
    page.wait_for_function(f"{field}?.placeholder.startsWith('Downloading the model: 0 / 2 MB')", timeout=60_000)
    hub.stall.set()
    page.wait_for_function(f"{field}.value.includes('model.safetensors')", timeout=60_000)
    page.close()
