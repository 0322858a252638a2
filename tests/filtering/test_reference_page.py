"""Does docs/tag-filter.md say what the Tag Filter does?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from joytag_core import TagFilter
from joytag_core.rules.library import Library
from joytag_core.settings.parameters import PARAMETERS

PAGE = (Path(__file__).parents[2] / "docs" / "tag-filter.md").read_text(encoding="utf-8")
SCORES = {"blonde_hair": 0.9, "brown_hair": 0.5, "1girl": 0.99, "sky": 0.3}


def _tables(header: str, page: str = PAGE) -> list[list[str]]:
    """Return the rows below every table header of that text on a page, a list of cells each."""
    rows = []
    for table in re.findall(rf"^{re.escape(header)}\n\| ---[^\n]*\n((?:\|[^\n]*\n)+)", page, re.MULTILINE):
        rows += [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table.splitlines()]
    return rows


def _code(cell: str) -> list[str]:
    # In a table, markdown wants `|` as `\|`.
    return [text.replace(r"\|", "|") for text in re.findall(r"`([^`]*)`", cell)]


def _fields(cell: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for rule in "".join(_code(cell)).split("; ") if cell else []:
        name, _, value = rule.partition(": ")
        kind = type(PARAMETERS[name].default)
        fields[name] = value == "on" if kind is bool else kind(value.strip('"').replace(r"\n", "\n"))
    return fields


WITH_SCORES = PAGE[PAGE.index("With scores (") : PAGE.index("## What a prompt is made of")]
INPUT = "| input | rules | output |"
EXAMPLES = [
    *((*row, None) for row in _tables(INPUT, PAGE.replace(WITH_SCORES, ""))),
    *((*row, SCORES) for row in _tables(INPUT, WITH_SCORES)),
]
PATTERNS = _tables("| pattern | matches | does not match |")


@pytest.mark.parametrize(
    ("text", "rules", "output", "scores"), EXAMPLES, ids=[f"{row[0]} {row[1]}" for row in EXAMPLES]
)
def test_examples_come_out_as_shown(text: str, rules: str, output: str, scores: dict[str, float] | None) -> None:
    """Each example gives its output, with the page's scores where it stands below them."""
    assert _code(output)[0] == TagFilter(**_fields(rules)).apply(_code(text)[0], scores=scores).text


@pytest.mark.parametrize(("pattern", "matches", "others"), PATTERNS, ids=[row[0] for row in PATTERNS])
def test_patterns_match_what_the_page_says(pattern: str, matches: str, others: str) -> None:
    """Each pattern matches the first column of tags and none of the second."""
    tag_filter = TagFilter(keep_only=_code(pattern)[0], spaces=False, target="caption")

    for name in _code(matches):
        assert (name,) == tag_filter.apply(name).tags
    for name in _code(others):
        assert () == tag_filter.apply(name).tags


def test_the_page_has_its_tables() -> None:
    """The tests above have something to run."""
    assert len(EXAMPLES) > 35
    assert len(PATTERNS) > 20


def test_every_setting_and_every_list_is_on_the_page() -> None:
    """What can be set is explained."""
    fields = set(TagFilter.__dataclass_fields__) - {"lists_folder", "weight_range"}

    assert [] == sorted(name for name in fields if f"`{name}" not in PAGE)
    assert [] == [name for name in Library().names() if f"| `{name}` |" not in PAGE]
