"""Do JoyTag Prompt Check and JoyTag Tag Switch work in a real ComfyUI, together with its own nodes?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core import Tagger
from joytag_core.judging.prompt_check import PromptCheck
from joytag_core.judging.tag_switch import TagSwitch
from tests.hosts.comfyui_prompts import COMFYUI, batch_of_two, draw_pictures, node
from tests.hosts.comfyui_server import ComfyServer, Prompt, Run

pytestmark = pytest.mark.skipif(COMFYUI is None, reason="COMFYUI_PATH names no ComfyUI")
CIRCLE_PROMPT = "(circle:1.2), blue background, heart, masterpiece"
TOLERANCE = 0.01  # ComfyUI's SaveImage cuts floats down to bytes, the core rounds them


@pytest.fixture(scope="module")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI for all tests of this file."""
    assert COMFYUI is not None
    comfyui = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(comfyui.base / "input")
    comfyui.start()
    yield comfyui
    comfyui.stop()


def run_of(comfyui: ComfyServer, prompt: Prompt) -> Run:
    """Run a prompt that goes well."""
    run = comfyui.run(prompt)
    assert "execution_success" == run.ending, run.error
    return run


def triangle_and_circle() -> Prompt:
    """Return the nodes of a list of two pictures, the triangle first."""
    nodes = batch_of_two()
    return {
        **nodes,
        "batch": node("ImageBatch", image1=["two", 0], image2=["one", 0]),
        "list": node("RebatchImages", images=["batch", 0], batch_size=1),
    }


def checking(name: str, images: Any, **settings: Any) -> Prompt:
    """Return the nodes that hold pictures against the circle's prompt, save what comes on, and show the rest."""
    inputs = {"image": images, "prompt": CIRCLE_PROMPT, "model": "demo"} | settings
    shown = {"score": 1, "missing": 2, "unexpected": 3, "report": 4}
    return {
        **triangle_and_circle(),
        "check": node("JoyTag_PromptCheck", **inputs),
        "saved": node("SaveImage", images=["check", 0], filename_prefix=name),
        **{kind: node("PreviewAny", source=["check", place]) for kind, place in shown.items()},
    }


def saved_pictures(comfyui: ComfyServer, name: str) -> list[Path]:
    """Return the pictures that a prompt saved, in their order."""
    return sorted((comfyui.base / "output").glob(f"{name}_*.png"))


@pytest.mark.parametrize("source", ["batch", "list"])
def test_the_best_picture_comes_first_with_its_own_values(comfyui: ComfyServer, source: str) -> None:
    """Of a batch and of a list; the values are the core's for the very pictures that come on."""
    run = run_of(comfyui, checking(f"best_{source}", [source, 0]))
    saved = saved_pictures(comfyui, f"best_{source}")
    reports = [PromptCheck().check(CIRCLE_PROMPT, one) for one in Tagger.load("demo").score(saved)]
    assert 2 == len(reports)
    assert reports[0].score > reports[1].score
    assert [one.score for one in reports] == pytest.approx([float(one) for one in run.shown("score")], abs=TOLERANCE)
    assert ["heart"] == run.shown("missing")[0].split(", ")
    assert "circle" in run.shown("missing")[1].split(", ")
    assert [{one.name.replace("_", " ") for one in report.unexpected} for report in reports] == [
        set(one.split(", ")) for one in run.shown("unexpected")
    ]
    assert run.shown("check") == run.shown("report")
    assert all("not known: masterpiece" in one for one in run.shown("report"))
    with Image.open(saved[0]) as best, Image.open(comfyui.base / "input" / "circle.png") as circle:
        assert np.array_equal(np.asarray(best.convert("RGB"))[0, 0], np.asarray(circle)[0, 0])


def test_only_the_best_are_kept(comfyui: ComfyServer) -> None:
    """What follows runs for them alone."""
    run = run_of(comfyui, checking("kept", ["list", 0], keep_best=1))
    assert 1 == len(saved_pictures(comfyui, "kept")) == len(run.shown("score")) == len(run.shown("report"))
    assert "circle" not in run.shown("missing")[0]


def switching(pattern: str, **inputs: Any) -> Prompt:
    """Return the nodes that ask a pattern about both pictures and show the answers."""
    asked = inputs or {"image": ["list", 0], "model": "demo"}
    return {
        **triangle_and_circle(),
        "switch": node("JoyTag_TagSwitch", pattern=pattern, **asked),
        "holds": node("PreviewAny", source=["switch", 0]),
        "score": node("PreviewAny", source=["switch", 1]),
    }


@pytest.mark.parametrize(
    "pattern", ["circle", "triangle & !blue background", "score>0.9 & circle", "category:character"]
)
def test_a_list_of_pictures_gives_a_list_of_answers(comfyui: ComfyServer, pattern: str) -> None:
    """The core's answer for each picture; the node shows them."""
    run = run_of(
        comfyui, {**switching(pattern), "saved": node("SaveImage", images=["list", 0], filename_prefix="asked")}
    )
    pictures = saved_pictures(comfyui, "asked")[:2]
    verdicts = [TagSwitch(pattern=pattern).judge(one) for one in Tagger.load("demo").score(pictures)]
    assert [str(verdict.holds) for verdict in verdicts] == run.shown("holds")
    assert [verdict.score for verdict in verdicts] == pytest.approx(
        [float(one) for one in run.shown("score")], abs=TOLERANCE
    )
    answers = [f"{'yes' if one.holds else 'no'}, {one.score:.2f}" for one in verdicts]
    # The demo knows no characters.
    unknown = "\nnot known: category:character" if pattern == "category:character" else ""
    assert [answer + unknown for answer in answers] == run.shown("switch")


def test_the_answers_decide_which_way_each_picture_goes(comfyui: ComfyServer) -> None:
    """ComfyUI's own switch takes one input where the answer is yes and the other where it is no."""
    if "ComfySwitchNode" not in comfyui.get("/object_info"):
        pytest.skip("this ComfyUI has no switch")
    texts = {name: node("PrimitiveStringMultiline", value=name) for name in ("a circle", "no circle")}
    switch = node("ComfySwitchNode", switch=["switch", 0], on_true=["a circle", 0], on_false=["no circle", 0])
    prompt = {**switching("circle"), **texts, "way": switch, "shown": node("PreviewAny", source=["way", 0])}
    assert ["no circle", "a circle"] == run_of(comfyui, prompt).shown("shown")


def test_a_switch_asks_tags_alone(comfyui: ComfyServer) -> None:
    """Where no picture is wired in."""
    run = run_of(comfyui, switching("cat ears & !dog", tags="1girl, cat ears"))
    assert ["True"] == run.shown("holds")
