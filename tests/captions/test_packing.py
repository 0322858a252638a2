"""Do scores and features survive being packed, in little room?"""

from __future__ import annotations

import numpy as np
import pytest

from joytag_core.captions.packing import (
    FLOOR,
    pack_features,
    pack_scores,
    rounded_scores,
    unpack_features,
    unpack_scores,
)


def test_scores_from_the_floor_up_come_back_to_a_65535th() -> None:
    """0.01 is kept, what is below is 0, and both ends are exact."""
    values = np.array([0.0, 0.0099, FLOOR, 0.4, 0.5, 1.0], dtype=np.float32)

    back = unpack_scores(pack_scores(values), 6)

    assert [0.0, 0.0] == back[:2].tolist()
    assert 1.0 == back[5]
    assert np.abs(back[2:] - values[2:]).max() <= 0.5 / 65535 + 1e-7


@pytest.mark.parametrize("count", [1, 7, 8, 9, 5813])
def test_any_number_of_tags_comes_back_as_rounded(count: int) -> None:
    """What is scored now and what was kept are the same numbers."""
    values = np.random.default_rng(count).beta(0.1, 2.0, count).astype(np.float32)

    assert rounded_scores(values).tolist() == unpack_scores(pack_scores(values), count).tolist()


def test_a_usual_picture_takes_less_than_two_kilobytes() -> None:
    """300 of 5,813 tags over the floor, some 30 over 0.4, as JoyTag's pictures have, and 768 features."""
    random = np.random.default_rng(0)
    values = np.zeros(5813, dtype=np.float32)
    values[random.choice(5813, 330, replace=False)] = np.concatenate(
        [random.uniform(0.01, 0.1, 250), random.uniform(0.1, 0.4, 50), random.uniform(0.4, 1.0, 30)]
    )

    assert len(pack_scores(values)) < 1100
    assert len(pack_scores(values)) + len(pack_features(random.normal(size=768))) < 2000


@pytest.mark.parametrize("packed", [b"", b"nothing", pack_scores(np.ones(9, dtype=np.float32))])
def test_bytes_that_are_no_such_scores_are_refused(packed: bytes) -> None:
    """Broken bytes, and scores of another number of tags, are an error and no scores."""
    with pytest.raises(ValueError, match="scores"):
        unpack_scores(packed, 5813)


def test_features_come_back_to_a_31st_of_the_largest() -> None:
    """Steps of the largest over 31; all zero stays so."""
    features = np.array([0.0, 1.0, -12.7, 3.14], dtype=np.float32)

    assert np.abs(unpack_features(pack_features(features)) - features).max() <= 12.7 / 31 / 2 + 1e-6
    assert [0.0, 0.0] == unpack_features(pack_features(np.zeros(2, dtype=np.float32))).tolist()
