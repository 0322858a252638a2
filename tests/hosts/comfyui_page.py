"""How do tests use the page of a real ComfyUI? As its own scripts do, in a headless Chromium."""

from __future__ import annotations

import os
from typing import Any

from tests.hosts.comfyui_server import ComfyServer

CHROMIUM = os.environ.get("CHROMIUM")
SETTINGS = {"Comfy.TutorialCompleted": True, "Comfy.Minimap.Visible": False}
PROMPT: dict[str, dict[str, Any]] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "circle.png"}},
    "2": {"class_type": "JoyTag_Interrogate", "inputs": {"image": ["1", 0], "model": "demo"}},
    "3": {
        "class_type": "JoyTag_TagFilter",
        "inputs": {"tags": ["2", 0], "scores": ["2", 2], "model": "demo", "exclude": "*background"},
    },
    "4": {"class_type": "PreviewAny", "inputs": {"source": ["3", 0]}},
}
# The page has its connection to the server, and has opened what it opens by itself, which would replace a test's nodes.
READY = """window.app?.vueAppReady && window.app.api.clientId && !window.app.extensionManager.spinner
    && window.app.extensionManager.workflow?.activeWorkflow"""
NODE = "window.app.graph._nodes.find(node => node.type === {type!r})"
TEXT = NODE + ".widgets.find(widget => widget.name === 'joytag_text')?.value"

# What a page may find in place of a clipboard that works.
CLIPBOARDS = {
    "there": "0",
    "refused": "navigator.clipboard.writeText = () => Promise.reject(new Error('NotAllowedError')), 0",
    "missing": "Object.defineProperty(navigator, 'clipboard', {value: undefined})",
}
_PASTE_HERE = """() => {
    const box = document.createElement("textarea");
    box.id = "pasted";
    document.body.append(box);
}"""


def open_page(
    comfyui: ComfyServer,
    browser: Any,
    *,
    language: str = "en",
    modern: bool = False,
    menu_model: str = "demo",
    width: int = 1500,
    height: int = 900,
) -> Any:
    """Open the page, with Nodes 2.0 where `modern`, and wait until it can be used."""
    changed = {"Comfy.Locale": language, "Comfy.VueNodes.Enabled": modern, "JoyTag.Menu.Model": menu_model}
    for name, value in {**SETTINGS, **changed}.items():
        assert 200 == comfyui.post(f"/settings/{name}", value)[0]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"http://127.0.0.1:{comfyui.port}/")
    page.wait_for_function(READY, timeout=120_000)
    page.wait_for_timeout(500)
    return page


def load(page: Any, prompt: dict[str, Any]) -> None:
    """Put a prompt on the page."""
    page.evaluate("prompt => window.app.loadApiJson(prompt, 'joytag')", prompt)
    page.wait_for_function("ids => ids.every(id => window.app.graph.getNodeById(id))", arg=list(prompt))
    page.wait_for_timeout(800)


def run_and_wait(page: Any, node: str) -> str:
    """Queue what is on the page; return the text that a node shows when it has run."""
    page.evaluate("window.app.queuePrompt(0, 1)")
    page.wait_for_function(TEXT.format(type=node), timeout=60_000)
    page.wait_for_timeout(500)
    text: str = page.evaluate(TEXT.format(type=node))
    return text


def pasted(page: Any) -> str:
    """Return what is on the clipboard, pasted by keys into a field of its own."""
    page.evaluate(_PASTE_HERE)
    page.focus("#pasted")
    page.keyboard.press("Control+V")
    text: str = page.input_value("#pasted")
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


def saved_workflow(page: Any) -> str:
    """Return the JSON of what is on the page, as its menu would save it."""
    workflow: str = page.evaluate("window.app.graphToPrompt().then(({ workflow }) => JSON.stringify(workflow))")
    return workflow


def open_workflow(page: Any, workflow: str) -> None:
    """Put a saved workflow on the page."""
    page.evaluate("workflow => window.app.loadGraphData(JSON.parse(workflow))", workflow)
    page.wait_for_timeout(1000)


def undo_a_move(page: Any) -> None:
    """Move a node and take that back, which makes all nodes anew."""
    page.evaluate(
        f"""() => {{
            {NODE.format(type="LoadImage")}.pos = [7, 7];
            window.app.extensionManager.workflow.activeWorkflow.changeTracker.checkState();
        }}"""
    )
    page.wait_for_timeout(300)
    page.evaluate("void window.app.extensionManager.workflow.activeWorkflow.changeTracker.undo()")
    page.wait_for_timeout(1000)


def visit_another_tab(page: Any) -> None:
    """Open a blank workflow, then come back."""
    for command in ("Comfy.NewBlankWorkflow", "Workspace.PreviousOpenedWorkflow"):
        page.evaluate("command => void window.app.extensionManager.command.execute(command)", command)
        page.wait_for_timeout(1500)
    page.wait_for_function("window.app.graph._nodes.length")


def reload(page: Any) -> None:
    """Load the page anew; it opens what was open."""
    page.wait_for_timeout(1500)  # the page saves what is open now and then
    page.reload()
    page.wait_for_function(f"{READY} && window.app.graph?._nodes.length", timeout=120_000)
