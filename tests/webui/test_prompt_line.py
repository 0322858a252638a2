"""Does a made picture's infotext say which tags of its prompt it shows, and only where that is asked for?"""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core.errors import JoyTagError
from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from joytag_webui import prompt_line
from joytag_webui.axes import add_axes
from joytag_webui.prompt_line import INFOTEXT_CHECK, check_made_picture, forget_check
from tests.webui.fake_webui import FakeWebUI
from tests.webui.processing import Processing
from tests.webui.test_loading import scripts_among

NAMES = ("blue_hair", "red_hair", "smile", "hat")
SCORES = np.array([0.16, 0.9, 0.7, 0.2], dtype=np.float32)
PICTURE = Image.new("RGB", (4, 4))
LINE = "0.39; shows smile; lacks blue hair 0.16 (red hair 0.90), hat 0.20; not known: a photo"


@pytest.fixture(autouse=True)
def scored(webui: FakeWebUI, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Score every picture alike, and remember with which models."""
    models: list[str] = []

    def score(pictures: list[Image.Image], *, model: str) -> list[TagScores]:
        models.append(model)
        return [TagScores(Vocabulary.from_names(NAMES), SCORES) for _ in pictures]

    monkeypatch.setattr(prompt_line, "score", score)
    webui.opts.data["joytag_check_made"] = True
    return models


def checked(p: Processing) -> str | None:
    """Check the picture that a processing object is at; return what the WebUI writes into its infotext."""
    check_made_picture(p, PICTURE)
    return in_infotext(p)


def in_infotext(p: Processing, *, use_main_prompt: bool = False) -> str | None:
    """Return what a WebUI from A1111 1.9 on makes of the line: it calls what it can, with all that it knows."""
    value = p.extra_generation_params[INFOTEXT_CHECK]
    text: str | None = value(p=p, index=p.batch_index, use_main_prompt=use_main_prompt, key=INFOTEXT_CHECK, value=value)
    return text


def test_the_line_says_what_is_shown_and_what_not() -> None:
    """The score, then the tags of the prompt; what is there instead of a missing one; and what is no tag."""
    assert LINE == checked(Processing("a photo, blue hair, smile, (hat:1.2), <lora:x:1>", []))


def test_nobody_pays_for_it_unasked(webui: FakeWebUI, scored: list[str]) -> None:
    """Without the setting no model runs, and the infotext is as it was."""
    del webui.opts.data["joytag_check_made"]
    p = Processing("smile", [])
    check_made_picture(p, PICTURE)
    assert ({}, []) == (p.extra_generation_params, scored)


def test_each_picture_is_held_against_its_own_prompt() -> None:
    """Of two batches of two: the slot's prompt, as automatic prompts or the host's own scripts have made it."""
    p = Processing("", [], slots=4)
    p.batch_size, p.all_prompts = 2, ["smile", "red hair", "hat", "blue hair"]
    lines = []
    for p.iteration in (0, 1):
        for p.batch_index in (0, 1):
            lines.append(checked(p))
    assert ["0.75; shows smile", "0.92; shows red hair"] == lines[:2]
    assert ["0.25; lacks hat 0.20", "0.20; lacks blue hair 0.16 (red hair 0.90)"] == lines[2:]


def test_no_other_picture_has_the_line() -> None:
    """Neither the grid of all, nor a file of the next picture that is written before that one is checked."""
    p = Processing("smile", [], slots=2)
    assert checked(p) is not None
    assert in_infotext(p, use_main_prompt=True) is None
    p.batch_index = 1
    assert in_infotext(p) is None
    forget_check(p)
    assert {} == p.extra_generation_params


def test_older_webuis_take_the_line_as_text() -> None:
    """Before A1111 1.9 nothing is called: the line is a text by itself."""
    p = Processing("smile", [])
    check_made_picture(p, PICTURE)
    assert "0.75; shows smile" == f"{copy.copy(p).extra_generation_params[INFOTEXT_CHECK]}"


def test_a_prompt_without_tags_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """There is nothing to check, and the picture is there all the same."""
    line = checked(Processing("a photo of my cat", []))
    assert line is not None
    assert line.startswith("not done (the prompt 'a photo of my cat' asks for no tag")


@pytest.mark.parametrize("error", [JoyTagError("no\nmodel"), RuntimeError("boom")])
def test_what_fails_is_said_in_the_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """In one line, and never as a picture that is not made."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(prompt_line, "score", fail)
    assert checked(Processing("smile", [])) in ("not done (no model)", "not done (RuntimeError: boom)")


def test_the_plots_threshold_holds_here_too(webui: FakeWebUI) -> None:
    """An axis changes which tags count as shown."""
    add_axes()
    p = Processing("smile", [])
    next(one for one in webui.plot.axis_options if one.label == "[JoyTag] Threshold").apply(p, 0.8, [0.8])
    assert "0.44; lacks smile 0.70" == checked(p)


@pytest.mark.parametrize("lacking", [False, True])
def test_the_script_looks_as_late_as_it_can(webui: FakeWebUI, lacking: bool) -> None:
    """After all that other scripts do to a picture, where the WebUI has such a moment; once in any case."""
    names = ["postprocess_image_after_composite", "postprocess_image"]
    if lacking:
        webui.take_away(f"modules.scripts.Script.{names.pop(0)}")
    (script,) = scripts_among(webui.load_scripts())
    assert names[:1] == [name for name in names if name in vars(script)]
    p = Processing("smile", [])
    getattr(script(), names[0])(p, SimpleNamespace(image=PICTURE), False, "after", "", "", None)
    assert "0.75; shows smile" == in_infotext(p)
    script().process(p, False)
    assert {} == p.extra_generation_params
