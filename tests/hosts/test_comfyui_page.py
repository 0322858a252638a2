"""Does the page of a real ComfyUI show the pack? Run where COMFYUI_PATH and CHROMIUM name both."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.hosts.comfyui_page import (
    CHROMIUM,
    CLIPBOARDS,
    NODE,
    PROMPT,
    TEXT,
    choose_in_menu,
    load,
    menu_of,
    open_page,
    pasted,
    run_and_wait,
)
from tests.hosts.comfyui_prompts import COMFYUI
from tests.hosts.comfyui_server import ComfyServer

WORKFLOWS = Path(__file__).parents[2] / "example_workflows"
FIRST_WITH_ALL_NODES = (0, 33)
"""Since then ComfyUI has every node that the example workflows use."""
BOXES = """modern => window.app.graph._nodes.map(node => {
    const title = LiteGraph.NODE_TITLE_HEIGHT, [left, top] = [node.pos[0], node.pos[1] - title];
    const drawn = modern && document.querySelector(`[data-node-id="${node.id}"]`);
    const [width, height] = drawn ? [drawn.offsetWidth, drawn.offsetHeight] : [node.size[0], node.size[1] + title];
    return [node.title, left, top, left + width, top + height];
})"""

pytestmark = pytest.mark.skipif(not (COMFYUI and CHROMIUM), reason="COMFYUI_PATH or CHROMIUM is not set")


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


def test_a_shown_text_is_not_saved_and_shifts_no_setting(page: Any) -> None:
    """What a node shows is no setting: the workflow and the next prompt hold the settings alone."""
    load(page, PROMPT)
    ours = "window.app.graphToPrompt().then(({ output }) => [output[2], output[3]])"
    before = page.evaluate(ours)
    saved = len(page.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.serialize().widgets_values"))
    run_and_wait(page, "JoyTag_Interrogate")
    assert before == page.evaluate(ours)
    assert saved == len(page.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.serialize().widgets_values"))


def test_a_reloaded_page_shows_the_tags_of_a_cached_run(comfyui: ComfyServer, browser: Any, page: Any) -> None:
    """ComfyUI sends the text of an output node with every run."""
    load(page, PROMPT)
    tags = run_and_wait(page, "JoyTag_Interrogate")
    again = open_page(comfyui, browser)
    load(again, PROMPT)
    assert tags == run_and_wait(again, "JoyTag_Interrogate")
    again.close()


def test_a_cached_run_of_another_workflow_shows_its_tags_too(comfyui: ComfyServer, browser: Any, page: Any) -> None:
    """ComfyUI's cache does not look at ids; a picture with other tags does not lend them."""
    load(page, PROMPT)
    tags = run_and_wait(page, "JoyTag_Interrogate")
    renamed = {f"1{id}": {**node, "inputs": _renamed(node["inputs"])} for id, node in PROMPT.items()}
    again = open_page(comfyui, browser)
    load(again, renamed)
    assert tags == run_and_wait(again, "JoyTag_Interrogate")
    again.close()


def _renamed(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: [f"1{value[0]}", value[1]] if isinstance(value, list) else value for name, value in inputs.items()}


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
    page.click(".joytag-buttons button:nth-child(2)")
    made = NODE.format(type="PrimitiveStringMultiline")
    assert tags == page.evaluate(f"{made}.widgets[0].value")
    assert page.evaluate("document.querySelector('.joytag-dialog') === null")


@pytest.mark.parametrize("clipboard", CLIPBOARDS)
def test_the_dialog_copies_the_tags(comfyui: ComfyServer, browser: Any, clipboard: str) -> None:
    """Copy works on a page from this machine, where the browser refuses, and on a page served over plain http."""
    page = open_page(comfyui, browser)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('nothing of ours')")
    page.evaluate(CLIPBOARDS[clipboard])
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    page.wait_for_function("document.querySelector('.joytag-dialog textarea').value", timeout=60_000)
    page.click(".joytag-buttons button:nth-child(1)")
    page.wait_for_function("document.querySelector('.joytag-buttons button').textContent === 'Copied'")
    page.click(".joytag-buttons button:nth-child(2)")
    made = NODE.format(type="PrimitiveStringMultiline")
    assert page.evaluate(f"{made}.widgets[0].value") == pasted(page) != ""
    page.close()


def test_an_error_of_the_menus_prompt_is_shown_in_the_dialog(page: Any) -> None:
    """The person reads ComfyUI's own words where the tags would stand."""
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    page.evaluate("window.app.extensionManager.setting.set('JoyTag.Menu.Model', 'no-such-model')")
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    page.wait_for_function("document.querySelector('.joytag-error')?.value", timeout=60_000)
    assert "no-such-model" in page.evaluate("document.querySelector('.joytag-error').value")


def test_nodes_and_menu_speak_the_pages_language(comfyui: ComfyServer, browser: Any, page: Any) -> None:
    """Titles, settings, tooltips and the menu entry are in Japanese on a Japanese page."""
    japanese = open_page(comfyui, browser, language="ja")
    load(japanese, PROMPT)
    assert "JoyTag 画像からタグ" == japanese.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.title")
    labels = japanese.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.widgets.map(one => one.label)")
    assert {"モデル", "しきい値", "設定をもっと見る"} <= set(labels)
    japanese.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    assert "JoyTag でタグ付け" in menu_of(japanese, "LoadImage")
    japanese.close()


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_workflow_loads_and_is_valid(comfyui: ComfyServer, page: Any, path: Path) -> None:
    """The page makes a prompt of it that ComfyUI accepts; without a diffusion checkpoint, it also runs."""
    for kind in ("json", "jpg"):
        assert 200 == comfyui.status(f"/api/workflow_templates/joytag-pack/{quote(path.stem)}.{kind}")
    workflow = json.loads(path.read_text(encoding="utf-8"))
    there = comfyui.get("/object_info")
    missing = {node["type"] for node in workflow["nodes"]} - set(there) - {"MarkdownNote"}
    if missing:
        assert _version(comfyui) < FIRST_WITH_ALL_NODES, f"no {', '.join(sorted(missing))}"
        pytest.skip(f"this ComfyUI has no {', '.join(sorted(missing))}")
    page.evaluate("workflow => window.app.loadGraphData(workflow)", workflow)
    page.wait_for_timeout(1000)
    prompt = page.evaluate("window.app.graphToPrompt()")["output"]
    for one in workflow["nodes"]:
        if one["type"].startswith("JoyTag_"):
            saved, sent = _saved_settings(one), prompt[str(one["id"])]["inputs"]
            assert saved == {name: sent.get(name) for name in saved}
    for one in prompt.values():
        if one["class_type"].startswith("JoyTag_") and "model" in one["inputs"]:
            assert "joytag" == one["inputs"]["model"]
            one["inputs"]["model"] = "demo"
    if "CheckpointLoaderSimple" in {one["class_type"] for one in prompt.values()}:
        comfyui.queue(prompt)  # asserts that it is valid; the empty checkpoint file then ends it
        return
    run = comfyui.run(prompt)
    assert "execution_success" == run.ending, run.error
    if path.stem == "Captions for a LoRA":
        saved = sorted((comfyui.base / "output" / "joytag_dataset").iterdir())
        assert [".png", ".txt"] * 3 == [one.suffix for one in saved]
        assert all(one.read_text("utf-8").startswith("mychar, ") for one in saved if one.suffix == ".txt")


@pytest.mark.parametrize("modern", [False, True], ids=["classic", "nodes 2"])
def test_no_node_of_an_example_workflow_lies_on_another(comfyui: ComfyServer, browser: Any, modern: bool) -> None:
    """With the least height that its settings take, in both node designs."""
    if _version(comfyui) < FIRST_WITH_ALL_NODES:
        pytest.skip("older pages draw core's nodes larger, and lack some of them")
    page = open_page(comfyui, browser, modern=modern, width=2000, height=1200)
    for path in sorted(WORKFLOWS.glob("*.json")):
        page.evaluate("workflow => window.app.loadGraphData(workflow)", json.loads(path.read_text(encoding="utf-8")))
        page.evaluate("void window.app.extensionManager.command.execute('Comfy.Canvas.FitView')")
        page.wait_for_timeout(1500)  # Nodes 2.0 draw what can be seen, one after the other
        boxes = page.evaluate(BOXES, modern)
        assert [] == [(path.stem, a[0], b[0]) for a, b in itertools.combinations(boxes, 2) if _overlap(a[1:], b[1:])]
    page.close()


def _overlap(one: list[float], other: list[float]) -> bool:
    return all(one[side] < other[side + 2] and other[side] < one[side + 2] for side in (0, 1))


def _version(comfyui: ComfyServer) -> tuple[int, ...]:
    version: str = comfyui.get("/system_stats")["system"]["comfyui_version"]
    return tuple(int(part) for part in version.split(".")[:2])


def _saved_settings(node: dict[str, Any]) -> dict[str, Any]:
    """Return a saved node's settings by name, without those that a link decides; the page saves them by their place."""
    settings = zip((one for one in node["inputs"] if "widget" in one), node["widgets_values"], strict=False)
    return {one["name"]: value for one, value in settings if one["link"] is None}
