"""What do many frames show, taken as one?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joytag_core import SettingError, TagScores, Vocabulary, combine_frames
from joytag_core.settings.frame_parameters import FRAME_PARAMETERS

TAGS = Vocabulary.from_names(["1girl", "smile", "sky"])
FRAMES = [
    TagScores(TAGS, values)
    for values in ([0.9, 0.1, 0.5], [0.8, 0.7, 0.5], [0.9, 0.2, 0.1], [0.7, 0.3, 0.5], [0.2, 0.1, 0.5])
]


def combined(how: str, share: float = 0.5) -> list[float]:
    """Return the one picture's scores that the frames make."""
    [one] = combine_frames(FRAMES, how=how, share=share)
    return [round(value, 4) for value in one.values.tolist()]


@pytest.mark.parametrize(
    ("how", "share", "expected"),
    [
        ("any", 0.5, [0.9, 0.7, 0.5]),
        ("mean", 0.5, [0.7, 0.28, 0.42]),
        ("share", 0.0, [0.9, 0.7, 0.5]),
        ("share", 0.2, [0.9, 0.7, 0.5]),
        ("share", 0.21, [0.9, 0.3, 0.5]),
        ("share", 0.6, [0.8, 0.2, 0.5]),
        ("share", 0.8, [0.7, 0.1, 0.5]),
        ("share", 1.0, [0.2, 0.1, 0.1]),
    ],
)
def test_frames_become_one(how: str, share: float, expected: list[float]) -> None:
    """The best, the mean, or what so many of the five reach."""
    assert expected == combined(how, share)


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.41, 0.9]), min_size=3, max_size=3), min_size=1, max_size=12),
    st.integers(0, 12),
    st.sampled_from([0.1, 0.4, 0.405, 0.9]),
)
def test_a_tag_is_there_exactly_if_it_is_in_the_share(frames: list[list[float]], asked: int, threshold: float) -> None:
    """Whatever the threshold, and however a share of so many frames is rounded."""
    asked = min(asked, len(frames))
    [one] = combine_frames([TagScores(TAGS, values) for values in frames], how="share", share=asked / len(frames))
    limit = np.float32(threshold)
    counts = (np.array(frames, dtype=np.float32) > limit).sum(axis=0)
    assert (counts >= max(asked, 1)).tolist() == (one.values > limit).tolist()


def test_each_frame_stays_by_itself_and_none_makes_none() -> None:
    """Also one alone is what it was."""
    assert FRAMES == combine_frames(FRAMES, how="each")
    assert [] == combine_frames([], how="mean")
    for how in ("any", "share", "mean"):
        assert FRAMES[:1] == combine_frames(FRAMES[:1], how=how)


def test_what_is_wrong_is_named() -> None:
    """The way, the share, and scores of two models."""
    with pytest.raises(SettingError, match="combine_frames is 'most'; expected one of each, any, share, mean"):
        combine_frames(FRAMES, how="most")
    with pytest.raises(SettingError, match="frame_share"):
        combine_frames(FRAMES, how="share", share=1.1)
    with pytest.raises(SettingError, match="different models"):
        combine_frames([FRAMES[0], TagScores(Vocabulary.from_names(["sky"]), [0.5])])


def test_the_settings_are_the_function_s_own() -> None:
    """Their defaults leave pictures alone."""
    defaults = {name: one.default for name, one in FRAME_PARAMETERS.items()}
    assert FRAMES == combine_frames(FRAMES, how=defaults["combine_frames"], share=defaults["frame_share"])
