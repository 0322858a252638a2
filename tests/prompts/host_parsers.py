"""How do the hosts themselves read a prompt? Their own parsers, loaded from their checkouts, never copied."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Parsed = list[tuple[str, float]]
"""Pieces of text with their weights."""


def load_a1111(webui: Path) -> Callable[[str], Parsed]:
    """Return A1111's way from a prompt to weighted text: extra networks, AND, schedule, attention.

    Needs the package `lark`, as the host does.
    """
    parser, networks = _a1111(webui)

    def parse(prompt: str) -> Parsed:
        prompt, found = networks["parse_prompt"](prompt)
        assert not found, f"{prompt!r} was read as an extra network"
        [[(_, whole_weight)]], texts, _ = parser.get_multicond_prompt_list([prompt])
        [[_, text]] = parser.get_learned_conditioning_prompt_schedules(list(texts), 20)[0]
        return [(piece, weight * whole_weight) for piece, weight in parser.parse_prompt_attention(text)]

    return parse


def load_a1111_prompt(webui: Path) -> Callable[[str], list[list[Any]]]:
    """Return A1111's way from a whole prompt, of several parts, with networks and comments, to weighted text.

    Parts stand behind each other with AND between; a part's weight multiplies those inside it.
    """
    parser, networks = _a1111(webui)

    comments = _names_from(webui / "modules" / "processing_scripts" / "comments.py", {"strip_comments"})

    def parse(prompt: str) -> list[list[Any]]:
        text, _ = networks["parse_prompt"](comments["strip_comments"](prompt))
        [parts], texts, _ = parser.get_multicond_prompt_list([text])
        read: list[list[Any]] = []
        for number, (index, whole_weight) in enumerate(parts):
            schedule = parser.get_learned_conditioning_prompt_schedules([texts[index]], 20)[0]
            pieces = [
                [f" {piece} " if weight == -1 else piece, 1.0 if weight == -1 else weight * whole_weight]
                for _, part in schedule
                for piece, weight in parser.parse_prompt_attention(part)
            ]
            read += [*([[" AND ", 1.0]] if number else []), *pieces]
        return read

    return parse


def load_comfyui_prompt(comfyui: Path) -> Callable[[str], list[list[Any]]]:
    """Return ComfyUI's way from a prompt to weighted text, as lists."""
    parse = load_comfyui(comfyui)
    return lambda prompt: [list(piece) for piece in parse(prompt)]


def load_comfyui(comfyui: Path) -> Callable[[str], Parsed]:
    """Return ComfyUI's way from a prompt to weighted text, without the rest of the module and its imports."""
    wanted = {"parse_parentheses", "token_weights", "escape_important", "unescape_important"}
    names = _names_from(comfyui / "comfy" / "sd1_clip.py", wanted)

    def parse(prompt: str) -> Parsed:
        pieces = names["token_weights"](names["escape_important"](prompt), 1.0)
        return [(names["unescape_important"](piece), weight) for piece, weight in pieces]

    return parse


def _a1111(webui: Path) -> tuple[Any, dict[str, Any]]:
    """Return A1111's prompt parser, and the names of its extra networks' one."""
    spec = importlib.util.spec_from_file_location("a1111_prompt_parser", webui / "modules" / "prompt_parser.py")
    assert spec is not None and spec.loader is not None
    parser = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(parser)
    return parser, _names_from(webui / "modules" / "extra_networks.py", {"re_extra_net", "parse_prompt"})


def _names_from(path: Path, wanted: set[str]) -> dict[str, Any]:
    def defines(node: ast.stmt) -> bool:
        names = [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]
        return getattr(node, "name", None) in wanted or bool(wanted & set(names))

    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if defines(node)]
    options = SimpleNamespace(opts=SimpleNamespace(enable_prompt_comments=True))
    module = {"re": re, "defaultdict": defaultdict, "ExtraNetworkParams": lambda items: items, "shared": options}
    exec(compile(tree, str(path), "exec"), module)
    assert wanted <= set(module), f"{path} no longer has {wanted - set(module)}"
    return module
