"""Do the hosts read every rendered tag as exactly that tag with exactly that weight?

The hosts' real parsers judge where their paths are given: WEBUI_PATH (needs `lark`) and COMFYUI_PATH.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from joytag_core import Vocabulary

from .forms import FACES, Form, composed_forms, forms_of, needs_record, plain
from .host_parsers import Parsed, load_a1111, load_comfyui

NAMES = Vocabulary.joytag().names
TARGETS = ("a1111", "comfyui")


@lru_cache
def _recorded(target: str) -> dict[str, Parsed]:
    path = Path(__file__).parent / "data" / f"parsed_{target}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    return {text: _parsed(json.loads(pieces)) for text, pieces in (line.split("\t") for line in lines)}


def _parsed(pieces: list[list[object]]) -> Parsed:
    return [(str(text), float(str(weight))) for text, weight in pieces]


def _wrong(forms: list[Form], parse: Callable[[str], Parsed]) -> list[tuple[str, Parsed]]:
    read = ((form, [(text, weight) for text, weight in parse(form.rendered)]) for form in forms)
    return [(form.rendered, pieces) for form, pieces in read if pieces != form.expected]


@pytest.mark.parametrize("target", TARGETS)
def test_recorded_parsers_read_every_tag_with_syntax_in_it_exactly(target: str) -> None:
    """Each tag that holds a possible piece of syntax comes back as itself, alone, in a list and with a weight."""
    recorded = _recorded(target)
    forms = [form for name in NAMES if needs_record(name) for form in forms_of(name, target)]

    assert [] == _wrong([*forms, *composed_forms(target)], lambda text: recorded.get(text, []))


@pytest.mark.parametrize("target", TARGETS)
def test_tags_without_syntax_are_written_as_they_are(target: str) -> None:
    """A tag of letters, digits, spaces and harmless punctuation holds nothing to escape."""
    harmless = [name for name in NAMES if not needs_record(name)]

    assert [plain(name) for name in harmless] == [forms_of(name, target)[0].rendered for name in harmless]
    assert not any(re.search(r"[()\[\]{}\\:|<>#]", name) for name in harmless)


def test_the_real_a1111_parser_reads_every_tag_exactly() -> None:
    """All 5,813 tags come back from A1111's own parser as their text and weight."""
    pytest.importorskip("lark")
    parse = load_a1111(_host("WEBUI_PATH", "modules/prompt_parser.py"))

    forms = [*(form for name in NAMES for form in forms_of(name, "a1111")), *composed_forms("a1111")]

    assert [] == _wrong(forms, parse)


def test_the_real_comfyui_parser_reads_every_tag_exactly() -> None:
    """All 5,813 tags come back from ComfyUI's own parser as their text and weight."""
    parse = load_comfyui(_host("COMFYUI_PATH", "comfy/sd1_clip.py"))

    forms = [*(form for name in NAMES for form in forms_of(name, "comfyui")), *composed_forms("comfyui")]

    assert [] == _wrong(forms, parse)


def test_faces_of_the_vocabulary_are_these() -> None:
    """The tags that keep their underscores are exactly those whose letters and digits make no word."""
    assert {name for name in NAMES if "_" in name and not re.search(r"[^\W_]{2,}", name)} == FACES


def _host(variable: str, file: str) -> Path:
    folder = os.environ.get(variable)
    if not folder or not (Path(folder) / file).is_file():
        pytest.skip(f"{variable} names no checkout with {file}")
    return Path(folder)
