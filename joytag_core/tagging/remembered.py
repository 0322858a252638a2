"""Which pictures were scored just now, so that a changed threshold or rule runs no network?"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor

Scores = npt.NDArray[np.float32]
"""One picture's scores [T] float32 0..1."""


class RememberedScores:
    """Keep the last pictures' scores, by what the network is given, up to a number of bytes.

    Belongs to one loaded model: another model, or the same in another dtype, has its own.
    """

    def __init__(self, most_bytes: int) -> None:
        """Take how many bytes of scores to keep; 0 remembers nothing, and costs nothing."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[bytes, Scores] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def fill(
        self, pictures: Sequence[Tensor], compute: Callable[[Sequence[Tensor]], Sequence[Scores]]
    ) -> Sequence[Scores]:
        """Return the scores of pictures [1, 3, S, S] uint8, in order; those not kept are computed, each once."""
        if not self._most_bytes or not pictures:
            return compute(pictures)
        keys = [_key(picture) for picture in pictures]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        new = {key: picture for key, picture in zip(keys, pictures, strict=True) if key not in known}
        computed = dict(zip(new, compute(list(new.values())), strict=True)) if new else {}
        with self._lock:
            for key in keys:
                self._keep(key, known.get(key, computed.get(key)))
        return [known[key] if key in known else computed[key] for key in keys]

    def forget(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _keep(self, key: bytes, scores: Scores | None) -> None:
        assert scores is not None
        if key not in self._kept:
            self._bytes += scores.nbytes
        self._kept[key] = scores
        self._kept.move_to_end(key)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.nbytes


def _key(picture: Tensor) -> bytes:
    steps = picture.permute(0, 2, 3, 1).contiguous().numpy()  # as Pillow made them: no copy
    return hashlib.blake2b(steps.data, digest_size=16).digest()
