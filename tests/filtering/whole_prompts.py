"""What do the rules make of whole prompts, as people write them for today's models?

The prompts lie in data/whole_prompts.json with what became of them; python -m tests.filtering.whole_prompts writes that
anew: read every line of its difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from joytag_core import TagFilter

RECORD = Path(__file__).parent / "data" / "whole_prompts.json"

RULE_SETS: list[dict[str, Any]] = [
    {},
    {"exclude": "*hair, group:clothing", "implications": "specific", "exclusive": True},
    {"lists": "no-names, sfw", "order": "prompt", "add_first": "my_trigger_v2"},
]


def found() -> list[dict[str, Any]]:
    """Return what each set of rules makes of each prompt."""
    return [one | {"outputs": [_output(rules, one) for rules in RULE_SETS]} for one in recorded()]


def recorded() -> list[dict[str, Any]]:
    """Return the prompts, each with its target and what the rules made of it when a person last read it."""
    read: list[dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return read


def _output(rules: dict[str, Any], prompt: dict[str, Any]) -> str:
    tag_filter = TagFilter(target=prompt["target"], keep_line_breaks="\n" in prompt["text"], **rules)
    return tag_filter.apply(prompt["text"]).text


if __name__ == "__main__":
    RECORD.write_text(json.dumps(found(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
