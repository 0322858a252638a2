"""Does the page of a real ComfyUI do what its users are used to? Run as the other page tests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.hosts.comfyui_page import (
    CHROMIUM,
    NODE,
    PROMPT,
    TEXT,
    load,
    open_page,
    open_workflow,
    reload,
    run_and_wait,
    saved_workflow,
    undo_a_move,
    visit_another_tab,
)
from tests.hosts.comfyui_prompts import COMFYUI
from tests.hosts.comfyui_server import ComfyServer

pytestmark = pytest.mark.skipif(not (COMFYUI and CHROMIUM), reason="COMFYUI_PATH or CHROMIUM is not set")

TAGGER = NODE.format(type="JoyTag_Interrogate")
FILTER = NODE.format(type="JoyTag_TagFilter")
BYPASSED = 4
# What the search box asks, without its window, which differs from page to page.
SEARCH = """text => document.querySelector("#vue-app").__vue_app__.config.globalProperties.$pinia._s.get("nodeDef")
    .nodeSearchService.searchNode(text, [], { limit: 9 }).map(({ name }) => name)"""


@pytest.mark.parametrize("modern", [False, True], ids=["classic", "nodes 2"])
@pytest.mark.parametrize("leave", [undo_a_move, visit_another_tab, reload])
def test_texts_come_back(comfyui: ComfyServer, browser: Any, leave: Callable[[Any], None], modern: bool) -> None:
    """After undo, on another tab and on a reloaded page, each node shows again what its last run gave."""
    page = open_page(comfyui, browser, modern=modern)
    load(page, PROMPT)
    tags = run_and_wait(page, "JoyTag_Interrogate")
    filtered = run_and_wait(page, "JoyTag_TagFilter")
    leave(page)
    assert tags == _shown_again(page, "JoyTag_Interrogate")
    assert filtered == _shown_again(page, "JoyTag_TagFilter")
    page.close()


def test_another_workflow_shows_no_text_of_the_first(page: Any) -> None:
    """Its nodes may have the same ids."""
    load(page, PROMPT)
    run_and_wait(page, "JoyTag_TagFilter")
    other = {**json.loads(saved_workflow(page)), "id": str(uuid.uuid4())}
    page.evaluate("void window.app.extensionManager.command.execute('Comfy.NewBlankWorkflow')")
    page.wait_for_timeout(1500)
    open_workflow(page, json.dumps(other))
    page.wait_for_timeout(1500)
    assert "" == page.evaluate(TEXT.format(type="JoyTag_Interrogate"))


def test_a_bypassed_filter_passes_its_tags_on(page: Any) -> None:
    """Not its picture or scores, also where the next node takes anything."""
    prompt = {**PROMPT, "3": {**PROMPT["3"], "inputs": {**PROMPT["3"]["inputs"], "image": ["1", 0]}}}
    load(page, prompt | {"5": {"class_type": "StringTrim", "inputs": {"string": ["3", 0], "mode": "Both"}}})
    page.evaluate(f"{FILTER}.mode = {BYPASSED}")
    queued = page.evaluate("window.app.graphToPrompt()")["output"]
    assert "3" not in queued
    assert ["2", 0] == queued["4"]["inputs"]["source"]
    assert ["2", 0] == queued["5"]["inputs"]["string"]


def test_a_filter_without_tags_names_no_threshold(page: Any) -> None:
    """Behind a bypassed tagger no tags come in, whatever the thresholds are."""
    load(page, {"1": {"class_type": "JoyTag_TagFilter", "inputs": {"tags": ""}}})
    page.evaluate("window.app.queuePrompt(0, 1)")
    page.wait_for_function("document.querySelector('.joytag-chip-list').textContent === 'No tag is left.'")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("text", ["joytag", "tagger", "Tagger"])
def test_the_search_box_lists_the_tagger_first(comfyui: ComfyServer, browser: Any, text: str, language: str) -> None:
    """For the pack's name, and for what people call such a node; the node's own title stays short."""
    page = open_page(comfyui, browser, language=language)
    assert "JoyTag_Interrogate" == page.evaluate(SEARCH, text)[0]
    load(page, PROMPT)
    assert "agger" not in page.evaluate(f"{TAGGER}.title")
    page.close()


def test_the_search_box_knows_the_tagger_by_other_names(comfyui: ComfyServer, page: Any) -> None:
    """Those of other packs' nodes, what it does, and words of other languages, typed whole."""
    if "search_aliases" not in comfyui.get("/object_info/JoyTag_Interrogate")["JoyTag_Interrogate"]:
        pytest.skip("this ComfyUI knows no search_aliases")
    for text in ("wd14 tagger", "clip interrogator", "prompt from image", "img2txt", "打标", "タグ付け", "태거"):
        assert "JoyTag_Interrogate" == page.evaluate(SEARCH, text)[0], text


def test_a_page_in_traditional_chinese_speaks_it(comfyui: ComfyServer, browser: Any) -> None:
    """Neither English nor simplified Chinese."""
    page = open_page(comfyui, browser, language="zh-TW")
    load(page, PROMPT)
    labels = page.evaluate(f"{NODE.format(type='JoyTag_Interrogate')}.widgets.map(one => one.label)")
    assert {"閾值", "更多設定"} <= set(labels)
    page.close()


def _shown_again(page: Any, node: str) -> str:
    page.wait_for_function(TEXT.format(type=node), timeout=10_000)
    text: str = page.evaluate(TEXT.format(type=node))
    return text
