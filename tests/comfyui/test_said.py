"""Do the texts that the page writes in its own language say what the nodes' texts say?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from tests.comfyui.conftest import TAGS
from tests.comfyui.fake_comfyui import PACK, FakeComfy

LANGUAGES = ("en", "zh", "zh-TW", "ja", "ko")


def messages(language: str) -> dict[str, str]:
    """Return the page's messages of a language."""
    text = (PACK / "locales" / language / "main.json").read_text("utf-8")
    said: dict[str, str] = json.loads(text)["joytag"]
    return said


def on_page(said: list[list[list[Any]]], language: str) -> list[str]:
    """Return what `web/js/shown_text.js` makes of what a node says."""
    words = messages(language)

    def part(one: Any) -> str:
        return one if isinstance(one, str) else words[one[0]].replace("%", one[1], 1)

    return ["\n".join("".join(part(one) for one in line) for line in lines) for lines in said]


def shown_by(comfy: FakeComfy) -> Iterator[dict[str, Any]]:
    """Yield what each node that writes sentences sends to the page."""
    scores = TagScores(Vocabulary.from_names(TAGS), np.linspace(0.9, 0.1, len(TAGS)))
    picture = torch.zeros(1, 8, 8, 3)
    nodes = comfy.nodes()
    prompt = f"{TAGS[0]}, {TAGS[-1]}, masterpiece"
    yield nodes["JoyTag_PromptCheck"].execute(image=[picture], prompt=[prompt], scores=[scores]).ui
    for pattern in (TAGS[0], f"!{TAGS[0]}"):
        yield nodes["JoyTag_TagSwitch"].execute(pattern=[pattern], scores=[scores]).ui
    for threshold in (0.0, 1.0):
        given = {"tags": ["smile, solo"], "model": ["tiny"], "threshold": [threshold]}
        yield nodes["JoyTag_TagMask"].execute(image=[picture], **given).ui
    yield nodes["JoyTag_TagInfo"].execute(tags="bunny, blonde hair, flying pig").ui
    yield nodes["JoyTag_TagInfo"].execute(tags="smile", scores=scores).ui


def test_in_english_the_page_writes_the_nodes_own_text(comfy: FakeComfy) -> None:
    """What a node gives on as text, and what it shows, are the same there."""
    for shown in shown_by(comfy):
        assert shown["text"] == on_page(json.loads(json.dumps(shown["said"])), "en")


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_english_sentence_is_left_in_another_language(comfy: FakeComfy, language: str) -> None:
    """Every word is the language's own, but for names of tags, categories, groups and sets."""
    english = {word for text in messages("en").values() for word in re.findall(r"[a-z]{2,}", text)}
    for shown in shown_by(comfy):
        for lines in shown["said"]:
            for one in (part for line in lines for part in line if not isinstance(part, str)):
                assert not english & set(re.findall(r"[a-z]{2,}", messages(language)[one[0]]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_place_for_what_is_said(comfy: FakeComfy, language: str) -> None:
    """One `%`, once: the page fills in the first."""
    said = [text for name, text in messages(language).items() if name.startswith("said_")]
    assert {1} == {text.count("%") for text in said}
    asked = {part[0] for shown in shown_by(comfy) for lines in shown["said"] for line in lines for part in line
             if not isinstance(part, str)}  # fmt: skip
    assert asked == {name for name in messages(language) if name.startswith("said_")}
