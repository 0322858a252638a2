"""Does the page of a real ComfyUI show the pack? Run where COMFYUI_PATH and CHROMIUM name both.

With JOYTAG_SCREENSHOTS naming a folder, the pictures of the README are left there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.comfyui_server import ComfyServer
from tests.hosts.test_comfyui import COMFYUI, draw_pictures

CHROMIUM = os.environ.get("CHROMIUM")
WORKFLOWS = Path(__file__).parents[2] / "example_workflows"

pytestmark = pytest.mark.skipif(not (COMFYUI and CHROMIUM), reason="COMFYUI_PATH or CHROMIUM is not set")

PROMPT = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "circle.png"}},
    "2": {"class_type": "JoyTag_Interrogate", "inputs": {"image": ["1", 0], "model": "demo"}},
    "3": {
        "class_type": "JoyTag_TagFilter",
        "inputs": {"tags": ["2", 0], "scores": ["2", 2], "model": "demo", "exclude": "*background"},
    },
    "4": {"class_type": "PreviewAny", "inputs": {"source": ["3", 0]}},
}
NODE = "window.app.graph._nodes.find(node => node.type === {type!r})"
TEXT = NODE + ".widgets.find(widget => widget.name === 'joytag_text')?.value"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI, with what the example workflows name in its folders."""
    assert COMFYUI is not None
    server = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(server.base / "input")
    (server.base / "input" / "example.png").write_bytes((server.base / "input" / "circle.png").read_bytes())
    (server.base / "input" / "my_pictures").mkdir()
    draw_pictures(server.base / "input" / "my_pictures")
    checkpoints = server.base / "models" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "v1-5-pruned-emaonly.safetensors").touch()
    server.start()
    yield server
    server.stop()


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
def page(server: ComfyServer, browser: Any) -> Iterator[Any]:
    """Open ComfyUI's page in English, with the menu entry set to the demo model."""
    settings = {"Comfy.TutorialCompleted": True, "Comfy.Locale": "en", "Comfy.Minimap.Visible": False}
    for name, value in {**settings, "JoyTag.Menu.Model": "demo", "Comfy.VueNodes.Enabled": False}.items():
        assert 200 == server.post(f"/settings/{name}", value)[0]
    page = open_page(server, browser)
    yield page
    page.close()


def open_page(server: ComfyServer, browser: Any) -> Any:
    """Open the page and wait until it can be used."""
    page = browser.new_page(viewport={"width": 1500, "height": 900})
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.wait_for_function("window.app?.vueAppReady", timeout=120_000)
    page.wait_for_timeout(1500)
    return page


def keep(page: Any, name: str) -> None:
    """Keep a picture of the page for the README, where a folder for it is named."""
    folder = os.environ.get("JOYTAG_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def load(page: Any, prompt: dict[str, Any]) -> None:
    """Put a prompt on the page."""
    page.evaluate("prompt => window.app.loadApiJson(prompt, 'joytag')", prompt)
    page.wait_for_timeout(800)


def run_and_wait(page: Any, node: str) -> str:
    """Queue what is on the page; return the text that a node shows when it has run."""
    page.evaluate("window.app.queuePrompt(0, 1)")
    page.wait_for_function(TEXT.format(type=node), timeout=60_000)
    page.wait_for_timeout(500)
    text: str = page.evaluate(TEXT.format(type=node))
    return text


def menu_of(page: Any, node: str) -> list[str]:
    """Return the entries of a node's right-click menu."""
    entries: list[str] = page.evaluate(
        f"window.app.canvas.getNodeMenuOptions({NODE.format(type=node)}).map(entry => entry?.content ?? '')"
    )
    return entries


def choose_in_menu(page: Any, node: str, entry: str) -> None:
    """Choose an entry of a node's right-click menu."""
    page.evaluate(
        f"""entry => window.app.canvas.getNodeMenuOptions({NODE.format(type=node)})
            .find(one => one?.content === entry).callback()""",
        entry,
    )


def test_tags_show_on_the_node_and_what_was_dropped_with_its_rule(page: Any) -> None:
    """After a run the tagger shows its tags, and the filter what remains and why the rest went."""
    load(page, PROMPT)
    tags = run_and_wait(page, "JoyTag_Interrogate")
    assert "blue background" in tags
    page.wait_for_function(TEXT.format(type="JoyTag_TagFilter"))
    filtered = page.evaluate(TEXT.format(type="JoyTag_TagFilter"))
    assert "dropped" in filtered
    assert "background" not in filtered.split("— dropped")[0]
    assert "*background" in filtered.split("— dropped")[1]
    keep(page, "comfyui-nodes")


def test_a_shown_text_is_not_saved_and_shifts_no_setting(page: Any) -> None:
    """What a node shows is no setting: the workflow and the next prompt hold the settings alone."""
    load(page, PROMPT)
    ours = "window.app.graphToPrompt().then(({ output }) => [output[2], output[3]])"
    before = page.evaluate(ours)
    saved = len(page.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.serialize().widgets_values"))
    run_and_wait(page, "JoyTag_Interrogate")
    assert before == page.evaluate(ours)
    assert saved == len(page.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.serialize().widgets_values"))


def test_a_reloaded_page_shows_the_tags_of_a_cached_run(server: ComfyServer, browser: Any, page: Any) -> None:
    """ComfyUI sends a cached node's text no more; it is found in the history, unless something before it differs."""
    load(page, PROMPT)
    tags = run_and_wait(page, "JoyTag_Interrogate")
    again = open_page(server, browser)
    load(again, PROMPT)
    assert tags == run_and_wait(again, "JoyTag_Interrogate")
    again.close()


def test_rare_settings_are_folded_away_until_asked_for(page: Any) -> None:
    """The button shows them and hides them again; they stay set meanwhile."""
    load(page, PROMPT)
    hidden = f"{NODE.format(type='JoyTag_Interrogate')}.widgets.filter(widget => widget.hidden).length"
    height = f"{NODE.format(type='JoyTag_Interrogate')}.size[1]"
    press = f"{NODE.format(type='JoyTag_Interrogate')}.widgets.find(one => one.type === 'button').callback()"
    folded = page.evaluate(hidden)
    small = page.evaluate(height)
    page.evaluate(press)
    page.wait_for_timeout(300)
    assert folded > 10
    assert 0 == page.evaluate(hidden)
    assert small < page.evaluate(height)
    page.evaluate(press)
    page.wait_for_timeout(300)
    assert folded == page.evaluate(hidden)
    assert small == page.evaluate(height)


def test_the_menu_of_a_picture_tags_it_and_makes_a_text_node(page: Any) -> None:
    """The entry queues a prompt of its own, shows the tags, and puts them into a node to go on with."""
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    assert "Tag with JoyTag" in menu_of(page, "LoadImage")
    assert "Tag with JoyTag" not in menu_of(page, "PreviewAny")
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    page.wait_for_function("document.querySelector('.joytag-dialog textarea').value", timeout=60_000)
    tags = page.evaluate("document.querySelector('.joytag-dialog textarea').value")
    assert "blue background" in tags
    page.wait_for_timeout(500)
    keep(page, "comfyui-menu")
    page.click(".joytag-buttons button:nth-child(2)")
    made = NODE.format(type="PrimitiveStringMultiline")
    assert tags == page.evaluate(f"{made}.widgets[0].value")
    assert page.evaluate("document.querySelector('.joytag-dialog') === null")


def test_an_error_of_the_menus_prompt_is_shown_in_the_dialog(page: Any) -> None:
    """The person reads ComfyUI's own words where the tags would stand."""
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    page.evaluate("window.app.extensionManager.setting.set('JoyTag.Menu.Model', 'no-such-model')")
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    page.wait_for_function("document.querySelector('.joytag-error')?.value", timeout=60_000)
    assert "no-such-model" in page.evaluate("document.querySelector('.joytag-error').value")


def test_nodes_and_menu_speak_the_pages_language(server: ComfyServer, browser: Any, page: Any) -> None:
    """Titles, settings, tooltips and the menu entry are in Japanese on a Japanese page."""
    server.post("/settings/Comfy.Locale", "ja")
    japanese = open_page(server, browser)
    load(japanese, PROMPT)
    assert "JoyTag 画像からタグ" == japanese.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.title")
    labels = japanese.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.widgets.map(one => one.label)")
    assert {"モデル", "しきい値", "設定をもっと見る"} <= set(labels)
    japanese.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    assert "JoyTag でタグ付け" in menu_of(japanese, "LoadImage")
    keep(japanese, "comfyui-ja")
    japanese.close()


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_workflow_loads_and_is_valid(server: ComfyServer, page: Any, path: Path) -> None:
    """The page makes a prompt of it that ComfyUI accepts; without a diffusion checkpoint, it also runs."""
    workflow = json.loads(path.read_text(encoding="utf-8"))
    there = server.get("/object_info")
    missing = {node["type"] for node in workflow["nodes"]} - set(there) - {"MarkdownNote"}
    if missing:
        pytest.skip(f"this ComfyUI has no {', '.join(sorted(missing))}")
    page.evaluate("workflow => window.app.loadGraphData(workflow)", workflow)
    page.wait_for_timeout(1000)
    prompt = page.evaluate("window.app.graphToPrompt()")["output"]
    for one in prompt.values():
        if one["class_type"].startswith("JoyTag_") and "model" in one["inputs"]:
            assert "joytag" == one["inputs"]["model"]
            one["inputs"]["model"] = "demo"
    if "CheckpointLoaderSimple" in {one["class_type"] for one in prompt.values()}:
        server.queue(prompt)  # asserts that it is valid; the empty checkpoint file then ends it
        return
    run = server.run(prompt)
    assert "execution_success" == run.ending, run.error
    if path.stem == "lora_captions":
        saved = sorted((server.base / "output" / "joytag_dataset").iterdir())
        assert [".png", ".txt"] * 3 == [one.suffix for one in saved]
        assert all(one.read_text("utf-8").startswith("mychar, ") for one in saved if one.suffix == ".txt")
