"""Do settings and scores become the same prompt wherever they come from?"""

from __future__ import annotations

import pytest

from joytag_core import Interrogation, TagScores, Vocabulary

VOCABULARY = Vocabulary.joytag()
CHARACTER, GENERAL = "hatsune_miku", "long_hair"


def scored(**scores: float) -> TagScores:
    """Return scores that are 0 but for those given."""
    return TagScores(VOCABULARY, [scores.get(tag.name, 0.0) for tag in VOCABULARY])


def prompt(scores: TagScores, **settings: object) -> str:
    """Return the prompt that settings make of scores."""
    return Interrogation.from_settings(settings).prompt(scores).text


@pytest.mark.parametrize(("threshold", "expected"), [(0.3, "hatsune miku, long hair"), (0.5, "")])
def test_the_threshold_alone_holds_for_characters_too(threshold: float, expected: str) -> None:
    """One number moves all: the character threshold is "as threshold" until it is set."""
    assert expected == prompt(scored(hatsune_miku=0.45, long_hair=0.4), threshold=threshold)


@pytest.mark.parametrize(("score", "expected"), [(0.75, "long hair"), (0.76, "hatsune miku, long hair")])
def test_the_character_threshold_holds_for_characters_alone(score: float, expected: str) -> None:
    """Its own category must pass it; all others pass the threshold."""
    assert expected == prompt(scored(hatsune_miku=score, long_hair=0.5), threshold=0.4, character_threshold=0.75)


def test_a_mapped_weight_begins_at_the_threshold_in_force() -> None:
    """A score at the threshold gets the lowest weight, whatever the threshold is."""
    settings = {"weights": "mapped", "weight_range": (0.5, 1.5)}
    assert "(long hair:0.5)" == prompt(scored(long_hair=0.2001), threshold=0.2, **settings)
    assert "(long hair:0.75)" == prompt(scored(long_hair=0.4), threshold=0.2, **settings)
