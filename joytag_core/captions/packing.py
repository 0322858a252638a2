"""How do one picture's scores and features become few bytes, and come back?

Scores: which tags have 0.01 or more, as bits, then their scores in steps of 1/65535, high bytes before low bytes, all
deflated. Features: a float32 scale, then int8 multiples of it, deflated.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

FLOOR = 0.01
"""Scores below it are not kept."""

_STEPS = 65535
_FEATURE_STEPS = 31
_LOWEST = round(FLOOR * _STEPS)

Array = npt.NDArray[np.float32]


def pack_scores(values: npt.NDArray[Any]) -> bytes:
    """Return the bytes for scores [T] in 0..1."""
    steps = np.rint(np.asarray(values, dtype=np.float64) * _STEPS).astype(np.uint16)
    kept = steps >= _LOWEST
    high, low = np.divmod(steps[kept], 256)
    return zlib.compress(np.packbits(kept).tobytes() + high.astype(np.uint8).tobytes() + low.astype(np.uint8).tobytes())


def unpack_scores(packed: bytes, count: int) -> Array:
    """Return scores [count] float32 in 0..1, 0 where they were below the floor.

    Raises:
        ValueError: the bytes are not those of `count` scores.
    """
    try:
        plain = np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    except zlib.error as error:
        raise ValueError(f"these are no packed scores: {error}") from error
    ends = -(-count // 8)
    kept = np.flatnonzero(np.unpackbits(plain[:ends], count=count)) if len(plain) >= ends else np.zeros(0, dtype=int)
    number = len(kept)
    if len(plain) != ends + 2 * number:
        raise ValueError(f"{len(plain)} bytes are no scores of {count} tags")
    steps = plain[ends : ends + number].astype(np.float64) * 256 + plain[ends + number :]
    values = np.zeros(count, dtype=np.float32)
    values[kept] = (steps / _STEPS).astype(np.float32)
    return values


def rounded_scores(values: npt.NDArray[Any], *, floor: float = FLOOR) -> Array:
    """Return scores as they come back from the store: what is scored now and what is kept give the same captions."""
    steps = np.rint(np.asarray(values, dtype=np.float64) * _STEPS)
    steps[steps < round(floor * _STEPS)] = 0
    rounded: Array = (steps / _STEPS).astype(np.float32)
    return rounded


def pack_features(features: npt.NDArray[Any]) -> bytes:
    """Return the bytes for a picture's features [D], a 31st of the largest exact: that moves a cosine by 0.001."""
    largest = float(np.abs(features).max(initial=0.0))
    scale = np.float32(largest / _FEATURE_STEPS if largest else 1.0)
    steps: npt.NDArray[np.int8] = np.rint(features / scale).astype(np.int8)
    return bytes(scale.tobytes() + zlib.compress(steps.tobytes()))


def unpack_features(packed: bytes) -> Array:
    """Return features [D] float32."""
    scale = np.frombuffer(packed, dtype=np.float32, count=1)[0]
    features: Array = np.frombuffer(zlib.decompress(packed[4:]), dtype=np.int8).astype(np.float32) * scale
    return features
