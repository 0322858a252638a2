"""Are the last scores kept, within their bounds?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from joytag_core.tagging.remembered import RememberedScores, Scores


class Computer:
    """Give each picture its own mean as its scores, four of them, and remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, pictures: Sequence[Tensor]) -> list[Scores]:
        self.asked.append([int(one.flatten()[0]) for one in pictures])
        return [np.full(4, float(one.flatten()[0]), dtype=np.float32) for one in pictures]


def grey(value: int) -> Tensor:
    """Return a picture [1, 3, 2, 2] uint8 of one grey."""
    return torch.full((1, 3, 2, 2), value, dtype=torch.uint8)


def test_the_picture_used_longest_ago_is_forgotten_first() -> None:
    """Sixteen bytes a picture: two fit into 32 to 47 bytes, three into 48."""
    for most, kept in ((47, 2), (48, 3)):
        remembered, compute = RememberedScores(most), Computer()
        for value in (1, 2, 1, 3):
            remembered.fill([grey(value)], compute)
        assert kept == len(remembered)
        remembered.fill([grey(1)], compute)
        assert [[1], [2], [3]] == compute.asked
        remembered.fill([grey(2)], compute)
        assert ([[1], [2], [3], [2]] if kept == 2 else [[1], [2], [3]]) == compute.asked


def test_nothing_is_kept_where_nothing_may_be() -> None:
    """And nothing is lost: every picture is computed, doubles too."""
    remembered, compute = RememberedScores(0), Computer()
    assert [1.0, 1.0] == [float(row[0]) for row in remembered.fill([grey(1), grey(1)], compute)]
    assert [[1, 1]] == compute.asked
    assert 0 == len(remembered)


def test_more_than_fits_comes_out_whole() -> None:
    """A call of more pictures than are kept gives all their scores."""
    remembered, compute = RememberedScores(16), Computer()
    rows = remembered.fill([grey(value) for value in (5, 6, 7, 5)], compute)
    assert [5.0, 6.0, 7.0, 5.0] == [float(row[0]) for row in rows]
    assert 1 == len(remembered)


def test_forgetting_gives_everything_back() -> None:
    """As when the model's memory is given back."""
    remembered, compute = RememberedScores(100), Computer()
    remembered.fill([grey(1)], compute)
    remembered.forget()
    remembered.fill([grey(1)], compute)
    assert [[1], [1]] == compute.asked
