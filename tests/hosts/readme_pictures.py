"""How are README's pictures of ComfyUI and the templates' thumbnails made? `python -m tests.hosts.readme_pictures`.

COMFYUI_PATH, COMFYUI_PYTHON and CHROMIUM name what to use, as for the tests; a frontend from 1.30 to 1.40 looks best;
before 1.44 Nodes 2.0 stay where they are, so JoyTag Prompt Check's picture needs a later one.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from joytag_core import Tagger
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.comfyui_page import (
    CHROMIUM,
    NODE,
    choose_in_menu,
    load,
    open_page,
    open_workflow,
    run_and_wait,
)
from tests.hosts.comfyui_prompts import COMFYUI, VIDEO, put_checkpoints
from tests.hosts.comfyui_server import REPOSITORY, ComfyServer

IMAGES, TEMPLATES, EXAMPLES = REPOSITORY / "docs" / "images", REPOSITORY / "example_workflows", REPOSITORY / "examples"
PICTURE = "hello-note.png"
PROMPT: dict[str, dict[str, Any]] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": PICTURE}},
    "2": {"class_type": "JoyTag_Interrogate", "inputs": {"image": ["1", 0], "model": "demo"}},
    "3": {
        "class_type": "JoyTag_TagFilter",
        "inputs": {
            "tags": ["2", 0], "scores": ["2", 2], "exclude": "*border, category:meta",
            "replace": "musical note -> eighth note",
        },
    },
    "4": {"class_type": "PreviewAny", "inputs": {"source": ["3", 0]}},
}  # fmt: skip
MAP_PROMPT: dict[str, dict[str, Any]] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": PICTURE}},
    "2": {
        "class_type": "JoyTag_TagMask",
        "inputs": {"image": ["1", 0], "tags": "musical note", "model": "demo", "combine": "union", "grow": 4},
    },
    "3": {"class_type": "MaskPreview", "inputs": {"mask": ["2", 0]}},
}
JUDGING_PROMPT: dict[str, dict[str, Any]] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": PICTURE}},
    "2": {
        "class_type": "JoyTag_PromptCheck",
        "inputs": {"image": ["1", 0], "prompt": "(musical note:1.2), blue background, masterpiece", "model": "demo"},
    },
    "3": {
        "class_type": "JoyTag_TagSwitch",
        "inputs": {"image": ["1", 0], "pattern": "musical note & !heart", "model": "demo"},
    },
}
AROUND_NODES = """() => {
    const boxes = window.app.graph._nodes.map(({ pos, size }) =>
        [pos[0], pos[1] - LiteGraph.NODE_TITLE_HEIGHT * 1.6, pos[0] + size[0], pos[1] + size[1]]);
    return [0, 1, 2, 3].map(i => (i < 2 ? Math.min : Math.max)(...boxes.map(box => box[i])));
}"""
CORNER = (90, 170)  # where the nodes' upper left corner goes: clear of the page's own bars
MARGIN = 24
THUMBNAIL_WIDTH = 800


def main() -> None:
    """Make all pictures anew."""
    assert COMFYUI is not None
    with tempfile.TemporaryDirectory() as base, sync_playwright() as running:
        comfyui = ComfyServer(Path(COMFYUI), Path(base))
        folder = comfyui.base / "input" / "my_pictures"
        folder.mkdir(parents=True)
        for path in EXAMPLES.glob("*.png"):
            shutil.copy(path, comfyui.base / "input")
            shutil.copy(path, folder)
        shutil.copy(EXAMPLES / PICTURE, comfyui.base / "input" / "example.png")
        shutil.copy(VIDEO, comfyui.base / "input")
        put_checkpoints(comfyui.base / "models")
        comfyui.start()
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            draw_nodes(open_page(comfyui, browser, width=1900, height=1000), "comfyui-nodes")
            draw_nodes(open_page(comfyui, browser, width=1900, height=1000, language="ja"), "comfyui-ja")
            draw_menu(open_page(comfyui, browser))
            draw_map(open_page(comfyui, browser, width=1500, height=1000))
            draw_judging(open_page(comfyui, browser, width=1500, height=1000, modern=True))
            for path in sorted(TEMPLATES.glob("*.json")):
                draw_template(open_page(comfyui, browser, width=2500, height=2000), path)
        finally:
            browser.close()
            comfyui.stop()


def draw_nodes(page: Any, name: str) -> None:
    """Draw the nodes after a run."""
    load(page, PROMPT)
    run_and_wait(page, "JoyTag_TagFilter")
    page.evaluate(f"{NODE.format(type='JoyTag_TagFilter')}.setSize([320, 680])")  # room for what was dropped
    Image.open(io.BytesIO(picture_of_nodes(page))).convert("RGB").save(IMAGES / f"{name}.png", optimize=True)
    page.close()


def draw_menu(page: Any) -> None:
    """Draw the dialog of the menu entry."""
    load(page, PROMPT)
    page.wait_for_function(f"{NODE.format(type='LoadImage')}.imgs?.length", timeout=20_000)
    choose_in_menu(page, "LoadImage", "Tag with JoyTag")
    page.wait_for_function("document.querySelector('.joytag-dialog textarea').value", timeout=60_000)
    page.wait_for_timeout(500)
    page.locator(".joytag-dialog").screenshot(path=str(IMAGES / "comfyui-menu.png"))
    page.close()


def draw_map(page: Any) -> None:
    """Draw JoyTag Tag Mask after a run, with its map and its mask."""
    load(page, MAP_PROMPT)
    run_and_wait(page, "JoyTag_TagMask")
    page.wait_for_timeout(3000)
    page.evaluate(
        """places => {
            for (const node of window.app.graph._nodes) {
                const [x, width, height] = places[node.type];
                node.pos = [x, 0];
                node.size = [width, height];
            }
        }""",
        {"LoadImage": [0, 270, 330], "JoyTag_TagMask": [310, 330, 520], "MaskPreview": [680, 270, 330]},
    )
    page.wait_for_timeout(1000)
    Image.open(io.BytesIO(picture_of_nodes(page))).convert("RGB").save(IMAGES / "comfyui-tag-mask.png", optimize=True)
    page.close()


def draw_judging(page: Any) -> None:
    """Draw JoyTag Prompt Check and JoyTag Tag Switch after a run, in Nodes 2.0."""
    load(page, JUDGING_PROMPT)
    run_and_wait(page, "JoyTag_PromptCheck")
    run_and_wait(page, "JoyTag_TagSwitch")
    page.evaluate(
        """places => {
            for (const node of window.app.graph._nodes) {
                const [x, width, height] = places[node.type];
                node.pos = [x, 0];
                node.setSize([width, height]);
            }
        }""",
        {"LoadImage": [0, 270, 330], "JoyTag_PromptCheck": [310, 330, 520], "JoyTag_TagSwitch": [680, 330, 400]},
    )
    page.wait_for_timeout(1000)
    png = picture_of_nodes(page)
    Image.open(io.BytesIO(png)).convert("RGB").save(IMAGES / "comfyui-prompt-check.png", optimize=True)
    page.close()


def draw_template(page: Any, path: Path) -> None:
    """Draw a template's thumbnail, as it looks after a run with the demo model."""
    workflow = json.loads(path.read_text(encoding="utf-8"))
    for node in workflow["nodes"]:
        if node["type"].startswith("JoyTag_"):
            node["widgets_values"] = ["demo" if value == "joytag" else value for value in node["widgets_values"]]
    open_workflow(page, json.dumps(workflow))
    if "CheckpointLoaderSimple" in {node["type"] for node in workflow["nodes"]}:
        scores = Tagger.load("demo").score(EXAMPLES / PICTURE)[0]
        for exclude in [one["widgets_values"][4] for one in workflow["nodes"] if one["type"] == "JoyTag_Interrogate"]:
            # The demo knows no hat, which the templates of maps look for and leave out.
            tags = Interrogation.from_settings({"exclude": exclude}).prompt(scores).text
            page.evaluate(f"text => {NODE.format(type='JoyTag_Interrogate')}.onExecuted({{ text: [text] }})", tags)
    else:
        ours = [one["type"] for one in workflow["nodes"] if one["type"].startswith("JoyTag_")]
        run_and_wait(page, ours[-1])
        page.wait_for_timeout(3000)
    thumbnail = Image.open(io.BytesIO(picture_of_nodes(page))).convert("RGB")
    thumbnail.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH), Image.Resampling.LANCZOS)
    thumbnail.save(path.with_suffix(".jpg"), quality=85)
    page.close()


def picture_of_nodes(page: Any) -> bytes:
    """Return a PNG of the page's nodes, without its bars and notices."""
    left, top, *_ = page.evaluate(AROUND_NODES)
    page.evaluate(
        """offset => {
            const { canvas } = window.app;
            canvas.deselectAllNodes?.();
            Object.assign(canvas.ds, { offset, scale: 1 });
            canvas.setDirty(true, true);
        }""",
        [CORNER[0] - left, CORNER[1] - top],
    )
    page.add_style_tag(content=".p-toast { display: none !important }")
    page.mouse.move(page.viewport_size["width"] / 2, page.viewport_size["height"] - 3)
    page.wait_for_timeout(3000)  # nodes grow when their pictures have come
    left, top, right, bottom = page.evaluate(AROUND_NODES)
    clip = {
        "x": CORNER[0] - MARGIN,
        "y": CORNER[1] - MARGIN,
        "width": right - left + 2 * MARGIN,
        "height": bottom - top + 2 * MARGIN,
    }
    png: bytes = page.screenshot(clip=clip)
    return png


if __name__ == "__main__":
    main()
