"""How do the nodes look on a real ComfyUI's page, classic and as Nodes 2.0? Run as the other page tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameters import FILTER_NAMES, SELECTION_NAMES
from tests.hosts.comfyui_page import (
    CHROMIUM,
    NODE,
    PROMPT,
    TEXT,
    load,
    open_page,
    open_workflow,
    run_and_wait,
    saved_workflow,
)
from tests.hosts.comfyui_prompts import COMFYUI
from tests.hosts.comfyui_server import ComfyServer

pytestmark = pytest.mark.skipif(not (COMFYUI and CHROMIUM), reason="COMFYUI_PATH or CHROMIUM is not set")

TAGGER = NODE.format(type="JoyTag_Interrogate")
FILTER = NODE.format(type="JoyTag_TagFilter")
BUTTON = ".widgets.find(widget => widget.name === 'joytag_more_settings')"
SHOWN = {
    "JoyTag_Interrogate": (
        "model", "threshold", "character_threshold", "max_tags", "exclude", "lists", "add_first", "base_model",
    ),
    "JoyTag_TagFilter": ("exclude", "replace", "lists", "min_score", "max_tags", "add_first", "base_model"),
}  # fmt: skip
SETTINGS = {
    "JoyTag_Interrogate": (*SELECTION_NAMES, *FILTER_NAMES, *FRAME_PARAMETERS),
    "JoyTag_TagFilter": (*FILTER_NAMES, "model", "threshold", *OTHER_PARAMETERS),
}  # fmt: skip
FOLDED = {node: sorted(set(names) - set(SHOWN[node])) for node, names in SETTINGS.items()}


def hidden(page: Any, node: str) -> list[str]:
    """Return the names of a node's settings that take no room."""
    # Newer pages call a linked setting hidden as well, though its row and its socket are there.
    names: list[str] = page.evaluate(
        f"""{node}.widgets.filter(widget => {node}.isWidgetRowVisible
            ? !{node}.isWidgetRowVisible(widget) : widget.hidden).map(widget => widget.name)"""
    )
    return sorted(names)


@pytest.fixture
def modern(comfyui: ComfyServer, browser: Any) -> Iterator[Any]:
    """Open the page with Nodes 2.0."""
    page = open_page(comfyui, browser, modern=True)
    version = page.evaluate("window.__COMFYUI_FRONTEND_VERSION__")
    if [int(part) for part in version.split(".")[:2]] < [1, 35]:
        page.close()
        pytest.skip(f"Nodes 2.0 of frontend {version} show neither buttons' labels nor any node's text, core's neither")
    yield page
    page.close()


@pytest.mark.parametrize("name", FOLDED)
def test_rare_settings_are_folded_away_until_asked_for(page: Any, name: str) -> None:
    """The button shows them and hides them again, and the node grows and shrinks by what they take."""
    node = NODE.format(type=name)
    load(page, PROMPT)
    small = page.evaluate(f"{node}.size[1]")
    assert FOLDED[name] == hidden(page, node)
    press_more_settings(page, node)
    assert [] == hidden(page, node)
    assert small < page.evaluate(f"{node}.size[1]")
    press_more_settings(page, node)
    assert FOLDED[name] == hidden(page, node)
    assert small == pytest.approx(page.evaluate(f"{node}.size[1]"))


def press_more_settings(page: Any, node: str) -> None:
    """Press the button that folds and unfolds."""
    page.evaluate(f"{node}{BUTTON}.callback()")
    page.wait_for_timeout(300)


def test_the_button_counts_what_is_changed_behind_it(page: Any) -> None:
    """A setting that is out of sight does not act unnoticed."""
    load(page, PROMPT)
    assert "More settings (1 changed)" == page.evaluate(f"{FILTER}{BUTTON}.label"), "the model is not the default"
    assert "More settings" == page.evaluate(f"{TAGGER}{BUTTON}.label")


def test_a_rare_setting_that_is_linked_stays_in_sight(page: Any) -> None:
    """A link has to end somewhere."""
    patterns = {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "*background"}}
    tagger = {**PROMPT["2"], "inputs": {**PROMPT["2"]["inputs"], "keep_only": ["5", 0]}}
    load(page, {**PROMPT, "2": tagger, "5": patterns})
    assert set(FOLDED["JoyTag_Interrogate"]) - {"keep_only"} == set(hidden(page, TAGGER))
    page.evaluate(f"{TAGGER}.disconnectInput({TAGGER}.inputs.findIndex(input => input.name === 'keep_only'))")
    page.wait_for_timeout(300)
    assert set(FOLDED["JoyTag_Interrogate"]) == set(hidden(page, TAGGER))


def test_an_unfolded_node_is_saved_unfolded(page: Any) -> None:
    """What a person has opened is open again when the workflow is, with the same size."""
    load(page, PROMPT)
    press_more_settings(page, TAGGER)
    size = page.evaluate(f"{TAGGER}.size[1]")
    workflow = saved_workflow(page)
    open_workflow(page, workflow)
    assert [] == hidden(page, TAGGER)
    assert "Fewer settings" == page.evaluate(f"{TAGGER}{BUTTON}.label")
    assert size == pytest.approx(page.evaluate(f"{TAGGER}.size[1]"))
    assert FOLDED["JoyTag_TagFilter"] == hidden(page, FILTER)


def test_a_filled_text_field_has_its_name_above_it(page: Any) -> None:
    """An empty one says in itself what it is for; text would cover that."""
    load(page, PROMPT)
    drawn = page.evaluate(
        f"""() => {{
            const drawn = [];
            const context = {{ save() {{}}, restore() {{}}, fillText: (text, x, y) => drawn.push(text) }};
            {FILTER}.onDrawForeground(context);
            return drawn;
        }}"""
    )
    assert ["Exclude"] == drawn
    assert "Replace" == page.evaluate(f"{FILTER}.widgets.find(widget => widget.name === 'replace').element.placeholder")


def test_the_name_moves_with_its_field(page: Any) -> None:
    """Also when nothing else asks the page to draw again."""
    load(page, PROMPT)
    field = f"{FILTER}.widgets.find(widget => widget.name === 'replace')"
    page.evaluate(
        f"""() => {{
            const draw = {FILTER}.onDrawForeground;
            {FILTER}.onDrawForeground = function () {{
                window.drawnAt = {field}.y;
                draw.apply(this, arguments);
            }};
            {FILTER}.setSize([320, 900]);
        }}"""
    )
    page.wait_for_timeout(1500)
    assert 300 < page.evaluate(f"{field}.y")
    assert page.evaluate(f"{field}.y") == page.evaluate("window.drawnAt")


def test_nodes_2_have_one_button_for_rare_settings(modern: Any) -> None:
    """Newer pages have a button of their own, older ones ours; it shows the settings and hides them again."""
    load(modern, {name: PROMPT[name] for name in ("1", "2")})
    rare = modern.get_by_text("Minimum reliability", exact=True)
    buttons = modern.get_by_text(
        re.compile("^(Show advanced inputs|Hide advanced inputs|More settings|Fewer settings)")
    )
    assert modern.get_by_text("Character threshold", exact=True).first.is_visible()
    assert modern.evaluate(f"{TAGGER}.size[1]") < 800
    for _ in range(2):
        assert [False] == [one.is_visible() for one in rare.all()] or rare.count() == 0
        assert 1 == sum(one.is_visible() for one in buttons.all())
        buttons.first.dispatch_event("click")
        rare.first.wait_for(state="visible", timeout=5000)
        assert 1 == sum(one.is_visible() for one in buttons.all())
        buttons.first.dispatch_event("click")
        modern.wait_for_timeout(500)


def test_nodes_2_show_the_tags(modern: Any) -> None:
    """The text stands in the node's own field, which names itself."""
    load(modern, PROMPT)
    tags = run_and_wait(modern, "JoyTag_Interrogate")
    fields = modern.locator("textarea")
    assert tags in [fields.nth(place).input_value() for place in range(fields.count())]


def test_a_saved_workflow_keeps_its_sizes_in_nodes_2(page: Any, comfyui: ComfyServer, browser: Any) -> None:
    """Hidden settings make no node taller than it was saved."""
    load(page, PROMPT)
    workflow = saved_workflow(page)
    size = page.evaluate(f"{TAGGER}.size[1]")
    modern = open_page(comfyui, browser, modern=True)
    open_workflow(modern, workflow)
    assert modern.evaluate(f"{TAGGER}.size[1]") < 1.5 * size
    modern.close()


def test_changing_the_node_design_and_back_folds_what_was_folded(page: Any) -> None:
    """Neither a size nor a setting is lost on the way."""
    load(page, PROMPT)
    size = page.evaluate(f"{TAGGER}.size[1]")
    for modern in (True, False):
        page.evaluate(f"window.app.extensionManager.setting.set('Comfy.VueNodes.Enabled', {str(modern).lower()})")
        page.wait_for_timeout(2000)
    assert FOLDED["JoyTag_Interrogate"] == hidden(page, TAGGER)
    assert page.evaluate(f"{TAGGER}.size[1]") < 1.5 * size


def test_the_command_tags_the_selected_picture_in_nodes_2(modern: Any) -> None:
    """There a node's pictures are no Image objects; the tags come all the same."""
    load(modern, PROMPT)
    modern.evaluate(f"window.app.canvas.selectNode({NODE.format(type='LoadImage')})")
    modern.evaluate("void window.app.extensionManager.command.execute('JoyTag.TagPicture')")
    modern.wait_for_function("document.querySelector('.joytag-dialog textarea')?.value", timeout=60_000)
    assert "blue background" in modern.evaluate("document.querySelector('.joytag-dialog textarea').value")


def test_a_node_in_a_subgraph_shows_its_tags(page: Any, comfyui: ComfyServer, browser: Any) -> None:
    """Also those of a cached run, on a page that was opened after it."""
    load(page, PROMPT)
    page.evaluate(f"void window.app.canvas.graph.convertToSubgraph(new Set([{TAGGER}, {FILTER}]))")
    workflow = saved_workflow(page)
    inner = TEXT.format(type="JoyTag_Interrogate").replace(
        "window.app.graph._nodes", "window.app.graph._nodes.flatMap(node => node.subgraph?._nodes ?? [])"
    )
    again = open_page(comfyui, browser)
    for one in (page, again):
        open_workflow(one, workflow)
        one.evaluate("window.app.queuePrompt(0, 1)")
        one.wait_for_function(inner, timeout=60_000)
        assert "blue background" in one.evaluate(inner)
    again.close()
