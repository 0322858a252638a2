"""Which tensors came a moment ago, so that their squares need not be made again?

A host hands the same tensor over where only a threshold changed. To scale a large one again takes longer than to see
that it is the same: the same object, of the same version, with the same sums over its bytes.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import PictureError
from ..pictures.arrays import split_tensor
from ..pictures.inputs import Pictures, split_each
from ..pictures.reading import Reading
from .preparation import Given, PartOfTensor, PreparedPicture

_ROW = 4096  # words of 8 bytes
_ROWS_AT_ONCE = 32  # 1 MiB: what is summed twice comes from the processor's cache the second time


@dataclass
class _Known:
    """Hold what is known of one tensor: of which state, and its squares as far as they are made."""

    tensor: weakref.ref[Tensor]
    state: object
    squares: list[PreparedPicture | None] = field(default_factory=list)


class TensorSquares:
    """Keep the squares of the last tensors as long as these live, up to a number of pictures."""

    def __init__(self, most: int) -> None:
        """Take how many pictures' squares to keep; 0 keeps none, and costs nothing."""
        self._most = most
        self._known: dict[int, _Known] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def pictures_of(self, pictures: Pictures, reading: Reading) -> Iterator[Given]:
        """Yield pictures one by one, as `split_each`; of tensors that came a moment ago, their squares."""
        if isinstance(pictures, Tensor):
            yield from self._parts_of(pictures, reading)
        elif isinstance(pictures, list | tuple):
            for one in pictures:
                yield from self.pictures_of(one, reading)
        else:
            yield from split_each(pictures, reading=reading)

    def forget(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._known.clear()

    def _parts_of(self, tensor: Tensor, reading: Reading) -> Iterator[Given]:
        try:
            pictures = split_tensor(tensor, reading.layout)
        except PictureError as error:
            yield error
            return
        can_know = len(pictures) <= self._most and tensor.device.type == "cpu" and tensor.is_contiguous()
        known = self._entry(tensor, reading, len(pictures)) if can_know else None
        for index, picture in enumerate(pictures):
            square = known.squares[index] if known else None
            yield square or PartOfTensor(picture, known.squares if known else None, index)

    def _entry(self, tensor: Tensor, reading: Reading, count: int) -> _Known:
        """Return what is known of a tensor, begun anew where it is another, or changed since."""
        state = (reading, _version(tensor), tuple(tensor.shape), tensor.dtype, _digest(tensor))
        with self._lock:
            self._drop_the_dead()
            known = self._known.pop(id(tensor), None)
            if known is None or known.tensor() is not tensor or known.state != state:
                known = _Known(weakref.ref(tensor), state, [None] * count)
            self._known[id(tensor)] = known  # the last one stands last
            while sum(len(one.squares) for one in self._known.values()) > self._most:
                del self._known[next(iter(self._known))]
            return known

    def _drop_the_dead(self) -> None:
        for key in [key for key, known in self._known.items() if known.tensor() is None]:
            del self._known[key]


def _version(tensor: Tensor) -> int:
    # ComfyUI runs nodes in inference mode, whose tensors count no versions: there the sums alone tell.
    return -1 if tensor.is_inference() else int(tensor._version)


def _digest(tensor: Tensor) -> bytes:
    """Return the digest of the sums over rows and columns of a contiguous tensor's bytes, laid out in a table.

    A change behind torch's back, through an array that shares the memory, moves them.
    """
    words, rest = _words_of(tensor)
    table = words[: len(words) // _ROW * _ROW].reshape(-1, _ROW)
    columns = np.zeros(_ROW, dtype=np.int64)
    digest = hashlib.blake2b(rest, digest_size=16)
    digest.update(words[table.size :].tobytes())
    for first in range(0, len(table), _ROWS_AT_ONCE):
        band = table[first : first + _ROWS_AT_ONCE]
        columns += band.sum(axis=0)  # sums of words overflow, and stay sums
        digest.update(band.sum(axis=1).tobytes())
    digest.update(columns.tobytes())
    return digest.digest()


def _words_of(tensor: Tensor) -> tuple[Any, bytes]:
    steps = tensor.detach().reshape(-1).view(torch.uint8).numpy()
    end = len(steps) // 8 * 8
    return steps[:end].view(np.int64), steps[end:].tobytes()
