"""Do the hosts read a filtered prompt as they read it before, less what a rule names?

Their own parsers judge, as recorded, and themselves where their paths are given: WEBUI_PATH (needs `lark`) and
COMFYUI_PATH.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from .host_parsers import load_a1111_prompt, load_comfyui_prompt
from .random_prompts import EXCLUDED, Reading, pieces, readings
from .test_host_parsers import _host

TARGETS = ("a1111", "comfyui")
Parse = Callable[[str], list[list[Any]]]


@lru_cache
def _recorded(target: str) -> dict[str, list[list[Any]]]:
    path = Path(__file__).parent / "data" / f"prompts_{target}.jsonl"
    return dict(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _changed(found: list[Reading], parse: Parse) -> list[Reading]:
    return [one for one in found if pieces(parse(one.text)) != pieces(parse(one.kept))]


def _lost(found: list[Reading], parse: Parse) -> list[Reading]:
    def less(text: str) -> list[Any]:
        return [piece for piece in pieces(parse(text)) if piece[0] != EXCLUDED]

    return [one for one in found if less(one.text) != pieces(parse(one.less))]


@pytest.mark.parametrize("target", TARGETS)
def test_without_rules_a_prompt_is_read_as_before(target: str) -> None:
    """Weights, groups, regions, escapes, networks and wildcards mean the same to the host."""
    assert [] == _changed(readings(target), _recorded(target).__getitem__)


@pytest.mark.parametrize("target", TARGETS)
def test_without_one_tag_a_prompt_is_read_as_before_less_that_tag(target: str) -> None:
    """What is excluded is gone wherever it stood, and nothing else has changed."""
    found = readings(target)

    assert [] == _lost(found, _recorded(target).__getitem__)
    assert any(one.kept != one.less for one in found)


def test_the_real_a1111_reads_other_prompts_as_before() -> None:
    """Two hundred more, judged by A1111's own parser."""
    pytest.importorskip("lark")
    parse = load_a1111_prompt(_host("WEBUI_PATH", "modules/prompt_parser.py"))
    found = readings("a1111", count=200, seed=16)

    assert [] == _changed(found, parse)
    assert [] == _lost(found, parse)


def test_the_real_comfyui_reads_other_prompts_as_before() -> None:
    """Two hundred more, judged by ComfyUI's own parser."""
    parse = load_comfyui_prompt(_host("COMFYUI_PATH", "comfy/sd1_clip.py"))
    found = readings("comfyui", count=200, seed=16)

    assert [] == _changed(found, parse)
    assert [] == _lost(found, parse)
