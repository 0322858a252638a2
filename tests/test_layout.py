"""Does the core's layout hold: which folder may import which, no circle, and files of one question?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "joytag_core"
SHARED = frozenset({"checks", "errors", "lines", "texts", "whole_files"})
"""The core's single files, which every folder may import."""

ALLOWED: dict[str, tuple[str, ...]] = {
    "pictures": (),
    "tags": (),
    "prompts": ("tags",),
    "rules": ("prompts", "tags"),
    "filtering": ("prompts", "rules", "tags"),
    "settings": ("filtering", "judging", "maps", "pictures", "prompts", "rules", "tags"),
    "judging": ("filtering", "prompts", "rules", "tags"),
    "host": (),
    "model": ("host", "tags"),
    "maps": ("tags",),
    "tagging": ("host", "maps", "model", "pictures", "tags"),
    "captions": ("filtering", "host", "model", "pictures", "prompts", "rules", "settings", "tagging", "tags"),
    "datasets": ("captions", "filtering", "host", "pictures", "prompts", "rules", "settings", "tagging", "tags"),
    "cli": (
        "captions", "datasets", "filtering", "host", "judging", "maps", "model", "pictures", "prompts", "rules",
        "settings", "tagging", "tags",
    ),
}  # fmt: skip
"""Which folder of the core may import from which; CONTRIBUTING.md shows the same table."""

PRODUCT = [
    path
    for folder in ("joytag_core", "joytag_ray", "nodes", "joytag_webui", "scripts")
    for path in (ROOT / folder).rglob("*.py")
]


def module_of(path: Path) -> tuple[str, ...]:
    """Return a file's place in the core: `("tags", "scores")`."""
    return path.relative_to(CORE).with_suffix("").parts


def imports_of(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the modules of the core that a file imports: at once, late, or for types alone."""
    package = module_of(path)[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            inner = tuple(node.module.split(".")) if node.module else ()
            yield from ((*base, *inner, name.name) for name in node.names)


def test_every_folder_of_the_core_is_in_the_table() -> None:
    """And every folder of the table is there; beside them only the entry and the shared single files."""
    folders = {path.parent.name for path in CORE.glob("*/__init__.py")}
    assert folders == set(ALLOWED)
    assert SHARED | {"__init__", "__main__"} == {path.stem for path in CORE.glob("*.py")}


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_the_table_allows(folder: str) -> None:
    """Late imports and those for types alone count as well."""
    found = {
        (".".join(module_of(path)), target[0])
        for path in (CORE / folder).rglob("*.py")
        for target in imports_of(path)
        if target[0] not in {folder, "__version__", *SHARED}
    }
    assert set() == {(module, target) for module, target in found if target not in ALLOWED[folder]}


def test_the_table_has_no_circle() -> None:
    """Its folders can be put in a row in which every arrow points back."""
    placed: set[str] = set()
    while ready := {name for name, below in ALLOWED.items() if name not in placed and set(below) <= placed}:
        placed |= ready
    assert set(ALLOWED) == placed


def test_no_modules_of_the_core_import_each_other() -> None:
    """Not through any number of steps, nor for types alone."""
    modules = {module_of(path): path for path in CORE.rglob("*.py")}
    below = {
        module: {name for target in imports_of(path) for name in (target, target[:-1])} & set(modules) - {module}
        for module, path in modules.items()
    }
    placed: set[tuple[str, ...]] = set()
    while ready := {module for module, targets in below.items() if module not in placed and targets <= placed}:
        placed |= ready
    assert set() == set(modules) - placed


def test_contributing_shows_the_same_table() -> None:
    """A newcomer reads there what the tests hold."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `")]
    shown = {cells[0].strip("`/"): tuple(sorted(cells[2].replace("`", "").replace(",", " ").split())) for cells in rows}
    assert {name: tuple(sorted(below)) for name, below in ALLOWED.items()} == shown


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_answers_one_question(path: Path) -> None:
    """At most 300 lines, no function over 60."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in functions}
    assert {} == {name: length for name, length in lengths.items() if length > 60}
