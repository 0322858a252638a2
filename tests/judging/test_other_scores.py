"""Are other taggers' scores read in every form that they come in?"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from joytag_core import SettingError, TagFilter, read_scores

RATING = {"general": 0.9, "sensitive": 0.08, "questionable": 0.01, "explicit": 0.0}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"smile": 0.9, "long_hair": 1}, {"long_hair": 1.0, "smile": 0.9}),
        ("smile: 0.9\nlong hair: .5\n\n# a comment\nre:zero: 1\n", {"re:zero": 1.0, "smile": 0.9, "long hair": 0.5}),
        ("smile:0.9, sky: 0.3", {"smile": 0.9, "sky": 0.3}),
        (r"(smile:0.95), (star \(symbol\):0.5), sky", {"sky": 1.0, "smile": 0.95, "star (symbol)": 0.5}),
        (":3, 12:30", {":3": 1.0, "12:30": 1.0}),
        ("smile: 95%\nsky:12.5 %", {"smile": 0.95, "sky": 0.125}),
        ("smile: 95%, sky: 30%", {"smile": 0.95, "sky": 0.3}),
        ((RATING, {"smile": 0.9}, {"saber": 0.4}), {"smile": 0.9, "saber": 0.4}),
        ({"rating": RATING, "features": {"smile": 0.9}, "characters": {"saber": 0.4}}, {"smile": 0.9, "saber": 0.4}),
        ({"rating": [0.1, 0.9], "general": {"smile": 0.9}}, {"smile": 0.9}),
        ([["smile", 0.2], ("sky", 0.4)], {"sky": 0.4, "smile": 0.2}),
        ([{"label": "smile", "score": 0.2}, {"name": "sky", "confidence": 0.4}], {"sky": 0.4, "smile": 0.2}),
        ([{"smile": 0.2}, {"smile": 0.4}], {"smile": 0.4}),
        ({}, {}),
        ("", {}),
    ],
)
def test_every_form_gives_scores_by_name_best_first(source: Any, expected: dict[str, float]) -> None:
    """And the same as JSON, where JSON can say it; ratings are no tags."""
    assert list(expected.items()) == list(read_scores(source).items())
    if not isinstance(source, str):
        assert expected == read_scores(json.dumps(source))


def test_results_of_our_own_are_read() -> None:
    """What `--json` and the API gave comes in again; a tag that the model does not know has its name."""
    result = TagFilter().apply("smile, my idea", scores={"smile": 0.5, "my idea": 0.25})

    assert {"smile": 0.5, "my idea": 0.25} == read_scores(result.to_dict()) == read_scores(json.dumps(result.to_dict()))


def test_a_prompt_may_begin_with_a_bracket() -> None:
    """What is no JSON is a prompt."""
    assert {"smile": pytest.approx(1.0)} == read_scores("[smile]", target="a1111")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("smile: 95", "the score of 'smile' is 95.0; expected a number from 0 to 1"),
        ("smile: 950%", "the score of 'smile' is 9.5;"),
        (np.array(0.5), "ndarray holds no scores"),
        ("(smile:1.2)", "the score of 'smile' is 1.2;"),
        ({"smile": None}, "the score of 'smile' is None;"),
        ({"smile": True}, "the score of 'smile' is True;"),
        ({"smile": float("nan")}, "the score of 'smile' is nan;"),
        ({"smile": -0.1}, "the score of 'smile' is -0.1;"),
        ({"smile": "high"}, "the score of 'smile' is 'high';"),
        ([["smile", "high"]], "the score of 'smile' is 'high';"),
        (3, "3 holds no scores; expected scores by tag"),
        (None, "None holds no scores"),
        (b"x", "b'x' holds no scores"),
        ("[1, 2]", "1 holds no scores"),
    ],
)
def test_what_is_no_score_is_refused(source: Any, message: str) -> None:
    """The sentence names the tag, the value, and what was expected."""
    with pytest.raises(SettingError) as caught:
        read_scores(source)
    assert str(caught.value).startswith(message)


def test_what_is_nested_without_end_is_refused() -> None:
    """With a sentence, as text or as a value."""
    deep: list[Any] = []
    for _ in range(2000):
        deep = [deep]
    for source in (deep, 100_000 * "["):
        with pytest.raises(SettingError, match="nested too deeply"):
            read_scores(source)
