"""Which pictures are nearly the same, and which are like no other? By their pooled features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

NEAR = 0.9
"""Two pictures whose features, seen from the folder's mean, have at least this cosine are near duplicates."""

_AT_ONCE = 1024
_NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Name two pictures by their places, and how alike they are: the cosine of their features, to 1."""

    first: int
    second: int
    likeness: float


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Hold near duplicates, the most alike first, and how alike each picture is to its nearest others, [N] -1..1."""

    near: list[Pair]
    closeness: Floats

    def outliers(self, count: int) -> list[int]:
        """Return the places of the pictures that are least like any other."""
        return [int(place) for place in np.argsort(self.closeness, kind="stable")[:count]]


def unit_features(features: Floats, mean: Floats | None = None) -> Floats:
    """Return features [N, D] seen from their mean, or another [D], with the length 1."""
    centred = features - (features.mean(axis=0) if mean is None else mean)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit: Floats = (centred / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def find_neighbours(features: Floats, *, near: float = NEAR) -> Neighbourhood:
    """Compare all pictures with all, some rows at a time, by unit features [N, D]."""
    count = len(features)
    pairs: list[Pair] = []
    closeness = np.ones(count, dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        alike = features[start : start + _AT_ONCE] @ features.T
        rows = np.arange(len(alike))
        alike[rows, start + rows] = -1.0
        best = min(_NEIGHBOURS, count - 1)
        if best > 0:
            closeness[start : start + len(alike)] = np.partition(alike, -best, axis=1)[:, -best:].mean(axis=1)
        first, second = np.nonzero(np.triu(alike >= near, k=start + 1))
        pairs += [
            Pair(start + int(a), int(b), round(float(alike[a, b]), 4)) for a, b in zip(first, second, strict=True)
        ]
    return Neighbourhood(sorted(pairs, key=lambda pair: -pair.likeness), closeness)


def find_leaks(features: Floats, others: Floats, *, near: float = NEAR) -> list[Pair]:
    """Return pairs of a picture and one of another folder that are near duplicates, by unit features of one mean."""
    pairs: list[Pair] = []
    for start in range(0, len(features), _AT_ONCE):
        alike = features[start : start + _AT_ONCE] @ others.T
        first, second = np.nonzero(alike >= near)
        pairs += [
            Pair(start + int(a), int(b), round(float(alike[a, b]), 4)) for a, b in zip(first, second, strict=True)
        ]
    return sorted(pairs, key=lambda pair: -pair.likeness)
