"""What do many frames show, taken as one thing?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..checks import check_choice, check_unit
from ..errors import SettingError
from ..tags.scores import TagScores
from .choices import FRAME_WAYS


def combine_frames(frames: Sequence[TagScores], *, how: str = "any", share: float = 0.5) -> list[TagScores]:
    """Return the scores of frames as one picture's, or with `how="each"` as they are; `how` is one of `FRAME_WAYS`.

    `any` takes each tag's best score, `mean` the mean. `share` (0..1) takes the best score that so large a part of the
    frames reaches, so that whatever the threshold, a tag is there exactly if it is there in that many frames: a share
    of 1 asks for all of them, 0 for one.

    Raises:
        SettingError: `how` or `share` is none of these, or the frames were scored by different models.
    """
    check_choice("combine_frames", how, FRAME_WAYS)
    check_unit("frame_share", share)
    if how == "each" or not frames:
        return list(frames)
    vocabulary = frames[0].vocabulary
    if any(frame.vocabulary.names != vocabulary.names for frame in frames):
        raise SettingError("the frames' scores are of different models; expected those of one")
    values = np.stack([frame.values for frame in frames])
    if how == "mean":
        return [TagScores(vocabulary, values.mean(axis=0, dtype=np.float64))]
    asked = 1 if how == "any" else _count(share, len(frames))
    return [TagScores(vocabulary, np.sort(values, axis=0)[-asked])]


def _count(share: float, frames: int) -> int:
    """Return how many frames a share asks for: at least one, and 0.3 of ten are three, whatever 0.3 * 10 is."""
    return max(1, math.ceil(round(share * frames, 9)))
