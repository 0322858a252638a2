"""Can tags be clicked on a real ComfyUI's nodes, and does the next run give what they show? Run as the page tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hosts.comfyui_page import (
    CHROMIUM,
    CLIPBOARDS,
    NODE,
    PROMPT,
    TEXT,
    load,
    open_page,
    open_workflow,
    pasted,
    reload,
    run_and_wait,
    saved_workflow,
)
from tests.hosts.comfyui_prompts import COMFYUI, batch_of_two
from tests.hosts.comfyui_server import ComfyServer

pytestmark = pytest.mark.skipif(not (COMFYUI and CHROMIUM), reason="COMFYUI_PATH or CHROMIUM is not set")

TAGGER, FILTER = NODE.format(type="JoyTag_Interrogate"), NODE.format(type="JoyTag_TagFilter")
ALONE = {name: PROMPT[name] for name in ("1", "2")}
OLDEST_NODES_2 = (1, 35)
PATIENCE = 20  # seconds


@pytest.fixture(params=[False, True], ids=["classic", "nodes 2"])
def page(request: pytest.FixtureRequest, comfyui: ComfyServer, browser: Any) -> Iterator[Any]:
    """Open the page with classic nodes, then with Nodes 2.0 where they show any node's text."""
    page = open_page(comfyui, browser, modern=request.param)
    version = page.evaluate("window.__COMFYUI_FRONTEND_VERSION__")
    if request.param and tuple(int(part) for part in version.split(".")[:2]) < OLDEST_NODES_2:
        pytest.skip(f"Nodes 2.0 of frontend {version} are not finished")
    yield page
    page.close()


def chips(page: Any, *states: str) -> list[str]:
    """Return the tags of the chips on the page that are in one of the states, in their order."""
    named: list[str] = page.evaluate(
        """states => [...document.querySelectorAll(".joytag-chip")]
            .filter(chip => states.some(state => chip.classList.contains("joytag-" + state)))
            .map(chip => chip.dataset.tag)""",
        list(states),
    )
    return named


def run(page: Any, prompt: dict[str, Any] = ALONE, node: str = "JoyTag_Interrogate") -> str:
    """Load a prompt, run it, and return the node's text when its chips are there."""
    load(page, prompt)
    text = run_and_wait(page, node)
    page.wait_for_selector(".joytag-chip", state="attached")
    page.wait_for_timeout(500)
    return text


def click(page: Any, tag: str) -> None:
    """Click on a tag as a person does, and wait for what becomes of it."""
    page.wait_for_timeout(500)  # what a run shows comes in two steps
    with page.expect_response("**/joytag/preview"):
        page.locator(f'.joytag-chip[data-tag="{tag}"]').first.click()
    page.wait_for_timeout(500)


def next_run(page: Any, node: str = "JoyTag_Interrogate") -> str:
    """Empty the node's text, run, and return what the run shows."""
    page.evaluate(f"{NODE.format(type=node)}.widgets.find(({{ name }}) => name === 'joytag_text').value = ''")
    return run_and_wait(page, node)


def become(expected: Any, read: Callable[[], Any]) -> None:
    """Wait until what is read is as expected: on a busy machine that takes its time."""
    deadline = time.monotonic() + PATIENCE
    while (seen := read()) != expected and time.monotonic() < deadline:
        time.sleep(0.2)
    assert expected == seen


def setting(page: Any, name: str, node: str = TAGGER) -> Any:
    """Return what a node's setting is."""
    return page.evaluate(f"name => {node}.widgets.find(one => one.name === name).value", name)


def queued(page: Any) -> int:
    """Return how many prompts the server has been asked to run."""
    count: int = page.evaluate("fetch('/history').then(answer => answer.json()).then(runs => Object.keys(runs).length)")
    return count


def test_chips_show_what_is_in_the_result_and_what_nearly_is(page: Any) -> None:
    """In the result's order; the near misses behind it."""
    text = run(page)
    assert text.split(", ") == [tag.replace("_", " ") for tag in chips(page, "kept")]
    assert chips(page, "near")
    assert not set(chips(page, "near")) & set(chips(page, "kept"))


def test_a_click_bans_and_a_second_one_takes_it_back(page: Any) -> None:
    """The rule goes into Exclude; nothing runs for it, and the next run gives what was shown."""
    before = run(page)
    count = queued(page)
    click(page, "circle")
    become(["circle"], lambda: chips(page, "dropped"))
    become('"circle"', lambda: setting(page, "exclude"))
    shown = page.evaluate(TEXT.format(type="JoyTag_Interrogate"))
    assert count == queued(page)
    assert "circle" not in shown
    assert shown == next_run(page)
    click(page, "circle")
    become("", lambda: setting(page, "exclude"))
    assert before == page.evaluate(TEXT.format(type="JoyTag_Interrogate"))


def test_a_click_adds_what_was_nearly_chosen(page: Any) -> None:
    """The tag goes into Add last, and comes with the next run."""
    run(page)
    tag = chips(page, "near")[0]
    click(page, tag)
    become(True, lambda: tag in chips(page, "kept"))
    shown = page.evaluate(TEXT.format(type="JoyTag_Interrogate"))
    assert tag.replace("_", " ") in shown
    assert shown == next_run(page)


def test_a_click_keeps_what_a_rule_drops(page: Any) -> None:
    """On the Tag Filter: the tag goes into Protect."""
    run(page, PROMPT, "JoyTag_TagFilter")
    page.evaluate("document.querySelectorAll('.joytag-dropped[data-tag=\"blue_background\"]')[0].click()")
    become('"blue_background"', lambda: setting(page, "protect", FILTER))
    shown = page.evaluate(TEXT.format(type="JoyTag_TagFilter"))
    assert "blue background" in shown.split("— dropped")[0]
    assert shown == next_run(page, "JoyTag_TagFilter")


def test_the_slider_moves_the_threshold_and_the_chips_follow(page: Any) -> None:
    """Nothing runs for it; the next run gives what the chips show."""
    run(page)
    before, count = chips(page, "kept"), queued(page)
    for threshold in ("0.05", "0.9"):
        page.evaluate(
            """value => {
                const slider = document.querySelector(".joytag-slider input");
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            threshold,
        )
        assert float(threshold) == pytest.approx(setting(page, "threshold"))
        more = threshold == "0.05"
        become(True, lambda more=more: (len(chips(page, "kept")) > len(before)) == more)
    assert count == queued(page)
    shown = page.evaluate(TEXT.format(type="JoyTag_Interrogate"))
    assert shown == next_run(page)


def test_undo_takes_a_move_of_the_slider_back(page: Any) -> None:
    """Dragged by the mouse: the whole move is one change."""
    run(page)
    box = page.locator(".joytag-slider input").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], middle, steps=10)
    page.mouse.up()
    become(True, lambda: setting(page, "threshold") > 0.7)
    page.wait_for_timeout(1000)
    page.evaluate("void window.app.extensionManager.workflow.activeWorkflow.changeTracker.undo()")
    become(0.4, lambda: round(setting(page, "threshold"), 6))


def test_the_chips_follow_the_nodes_own_settings(page: Any) -> None:
    """What is typed into Exclude acts at once."""
    run(page)
    page.evaluate(
        f"""() => {{
            const exclude = {TAGGER}.widgets.find(({{ name }}) => name === "exclude");
            exclude.value = "*background";
            exclude.callback(exclude.value);
        }}"""
    )
    page.wait_for_timeout(1000)
    become({"simple_background", "blue_background"}, lambda: set(chips(page, "dropped")))


def test_several_pictures_have_a_picker(page: Any) -> None:
    """Each picture has its own chips."""
    batch = batch_of_two()
    run(page, {**batch, "2": {**PROMPT["2"], "inputs": {"image": ["batch", 0], "model": "demo"}}})
    assert "blue_background" in chips(page, "kept")
    page.locator(".joytag-chips select").first.select_option("1", force=True)
    become(True, lambda: "red_background" in chips(page, "kept"))
    assert "blue_background" not in chips(page, "kept")


def test_a_saved_workflow_holds_the_clicks(page: Any) -> None:
    """After a reload the chips are there again with them; the saved file, opened in another tab, has the settings."""
    run(page)
    click(page, "circle")
    workflow = json.loads(saved_workflow(page))
    assert '"circle"' in next(one for one in workflow["nodes"] if "Interrogate" in one["type"])["widgets_values"]
    reload(page)
    become(["circle"], lambda: chips(page, "dropped"))
    become(False, lambda: "circle" in page.evaluate(TEXT.format(type="JoyTag_Interrogate")))
    open_workflow(page, json.dumps(workflow))
    become('"circle"', lambda: setting(page, "exclude"))


def test_undo_takes_the_last_click_back_alone(page: Any) -> None:
    """Text and chips say what the settings of now give, not those of the run; the picture that was looked at stays."""
    batch = batch_of_two()
    run(page, {**batch, "2": {**PROMPT["2"], "inputs": {"image": ["batch", 0], "model": "demo"}}})
    page.locator(".joytag-chips select").first.select_option("1", force=True)
    become(True, lambda: "red_background" in chips(page, "kept"))
    first, second = [tag for tag in chips(page, "kept") if tag != "red_background"][:2]
    for tag in (first, second):
        click(page, tag)
    page.evaluate("void window.app.extensionManager.workflow.activeWorkflow.changeTracker.undo()")
    become(f'"{first}"', lambda: setting(page, "exclude"))
    become([first], lambda: chips(page, "dropped"))
    kept = [tag.replace("_", " ") for tag in chips(page, "kept")]
    assert {"red background", second.replace("_", " ")} <= set(kept)
    become(", ".join(kept), lambda: page.evaluate(TEXT.format(type="JoyTag_Interrogate")))


def test_undo_takes_a_click_back(page: Any) -> None:
    """As any change of a setting; the chips are those of the node that undo makes anew, and can be clicked."""
    before = run(page)
    click(page, "circle")
    page.evaluate("void window.app.extensionManager.workflow.activeWorkflow.changeTracker.undo()")
    become("", lambda: setting(page, "exclude"))
    become(True, lambda: "circle" in chips(page, "kept"))
    become(before, lambda: page.evaluate(TEXT.format(type="JoyTag_Interrogate")))
    click(page, "circle")
    become('"circle"', lambda: setting(page, "exclude"))
    become(["circle"], lambda: chips(page, "dropped"))


def test_a_setting_that_another_node_makes_is_left_to_it(page: Any) -> None:
    """A click says so instead of changing what would have no effect."""
    linked = {**PROMPT["2"], "inputs": {**PROMPT["2"]["inputs"], "exclude": ["5", 0]}}
    run(page, {**ALONE, "2": linked, "5": {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "blurry"}}})
    click(page, "circle")
    assert "exclude" in page.locator(".joytag-chips-error").first.text_content()
    assert "circle" in chips(page, "kept")


def test_chips_are_reached_and_pressed_by_keys(page: Any) -> None:
    """They are buttons with a name that says all; the canvas does not take their keys."""
    run(page)
    chip = page.locator('.joytag-chip[data-tag="circle"]').first
    assert "circle, 0.9" in chip.get_attribute("aria-label")
    chip.focus()
    page.keyboard.press("Enter")
    become(["circle"], lambda: chips(page, "dropped"))
    page.evaluate(f"window.app.canvas.selectNode({TAGGER})")
    page.locator('.joytag-chip[data-tag="circle"]').first.focus()
    page.keyboard.press("Delete")
    assert page.evaluate(f"Boolean({TAGGER})"), "the key deleted the node"


@pytest.mark.parametrize("clipboard", CLIPBOARDS)
def test_a_button_copies_the_tags_that_the_chips_show(page: Any, clipboard: str) -> None:
    """Those of the result, as the next run gives them, also where the browser keeps its clipboard from the page."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('nothing of ours')")
    page.evaluate(CLIPBOARDS[clipboard])
    run(page)
    click(page, "circle")
    page.locator(".joytag-copy").first.click()
    page.wait_for_function("document.querySelector('.joytag-copy').textContent === 'Copied'")
    assert pasted(page) == ", ".join(tag.replace("_", " ") for tag in chips(page, "kept")) != ""
    page.wait_for_function("document.querySelector('.joytag-copy').textContent === 'Copy'")


def test_the_text_is_selected_and_copied_by_keys(page: Any) -> None:
    """The field under the settings is read-only, and its text a person's all the same."""
    text = run(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('nothing of ours')")
    fields = page.locator("textarea")
    field = next(fields.nth(place) for place in range(fields.count()) if fields.nth(place).input_value() == text)
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    assert text == pasted(page)


def test_chips_do_not_shift_saved_settings(page: Any) -> None:
    """They are no setting: neither the workflow nor the prompt holds them."""
    load(page, ALONE)
    before = page.evaluate("window.app.graphToPrompt().then(({ output }) => output[2])")
    saved = page.evaluate(f"{TAGGER}.serialize().widgets_values.length")
    run(page)
    assert before == page.evaluate("window.app.graphToPrompt().then(({ output }) => output[2])")
    assert saved == page.evaluate(f"{TAGGER}.serialize().widgets_values.length")
