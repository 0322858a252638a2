"""Do whole prompts come out as they did when a person last read them?"""

from __future__ import annotations

from .whole_prompts import RULE_SETS, found, recorded


def test_whole_prompts_come_out_as_they_were_read() -> None:
    """Twenty prompts, three sets of rules each: nothing is lost that no rule names."""
    assert 20 == len(recorded())
    assert {len(RULE_SETS)} == {len(one["outputs"]) for one in recorded()}
    for expected, one in zip(recorded(), found(), strict=True):
        assert expected == one
