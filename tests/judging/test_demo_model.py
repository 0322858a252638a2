"""Is the prompt check right on pictures whose tags are known?"""

from __future__ import annotations

import random

import pytest

from benchmarks.prompt_check import SEED, Judged, draw_and_score, judged_rightly, picked_rightly


@pytest.fixture(scope="module")
def judged() -> Judged:
    """Return 24 drawn pictures with the demo model's scores."""
    return draw_and_score(24)


def test_nearly_all_tags_are_judged_rightly(judged: Judged) -> None:
    """Of prompts of which half the tags are false; benchmarks/README.md has the figure for 200 pictures."""
    right, total = judged_rightly(judged, random.Random(SEED))

    assert total > 150
    assert right / total >= 0.95


def test_the_best_of_eight_is_the_picture_that_the_prompt_is_of(judged: Judged) -> None:
    """At least 95 in 100."""
    assert picked_rightly(judged, random.Random(SEED), of=8) >= 0.95 * len(judged)
