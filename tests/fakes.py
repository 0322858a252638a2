"""Which host do the core's tests live in? One that remembers what it is asked, and fails where a test wants it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from joytag_core.host import operations as casting_operations
from joytag_core.host.protocol import Placement


class DeviceFullError(Exception):
    """Stand for "the device's memory is full"."""


class StoppedByPersonError(Exception):
    """Stand for a host's own way to say that the person has stopped the work."""


class FakeHost:
    """Compute on the CPU, and remember.

    `capacity` is how many pictures fit into its memory at once; `moves` is done to the network when it comes and goes,
    as a host does that keeps it elsewhere; `cancel_after` batches, the person stops the work.
    """

    operations: Any = casting_operations

    def __init__(self, folders: Sequence[Path] = (), *, dtype: torch.dtype = torch.float32) -> None:
        self.folders = list(folders)
        self.dtype = dtype
        self.capacity = 1000
        self.cancel_after: int | None = None
        self.moves: tuple[Callable[[nn.Module], object], Callable[[nn.Module], object]] | None = None
        self.adopted: list[nn.Module] = []
        self.batches: list[int] = []
        self.left = 0
        self.progresses: list[tuple[int, str, list[int]]] = []

    def is_out_of_memory(self, error: Exception) -> bool:
        return isinstance(error, DeviceFullError)

    def placement(self) -> Placement:
        return Placement(torch.device("cpu"), self.dtype)

    def adopt(self, network: nn.Module, placement: Placement) -> _Residence:
        self.adopted.append(network)
        _first_layer(network).register_forward_pre_hook(lambda _module, inputs: self.batches.append(len(inputs[0])))
        return _Residence(self, network)

    def model_folders(self) -> Sequence[Path]:
        return self.folders

    def download_folder(self) -> Path | None:
        return self.folders[0] if self.folders else None

    def progress(self, *, total: int, label: str) -> _Progress:
        self.progresses.append((total, label, []))
        return _Progress(self.progresses[-1][2])

    def check_cancelled(self) -> None:
        if self.cancel_after is not None and len(self.batches) >= self.cancel_after:
            raise StoppedByPersonError


def _first_layer(network: nn.Module) -> nn.Module:
    """Return what every pass goes through, be it for scores or for maps."""
    layer: nn.Module = getattr(network, "patch_embeddings", network)
    return layer


class _Residence:
    def __init__(self, host: FakeHost, network: nn.Module) -> None:
        self._host = host
        self._network = network
        self._inside = False
        _first_layer(network).register_forward_pre_hook(self._refuse_what_does_not_fit)

    @contextmanager
    def occupy(self, memory_required: int) -> Iterator[torch.device]:
        assert memory_required > 0
        self._inside = True
        if self._host.moves:
            self._host.moves[0](self._network)
        try:
            yield torch.device("cpu")
        finally:
            self._inside = False

    def leave(self) -> None:
        self._host.left += 1
        if self._host.moves:
            self._host.moves[1](self._network)

    def _refuse_what_does_not_fit(self, _module: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        if self._inside and len(inputs[0]) > self._host.capacity:
            raise DeviceFullError(f"{len(inputs[0])} pictures")


class _Progress:
    def __init__(self, seen: list[int]) -> None:
        self._seen = seen

    def update(self, done: int) -> None:
        self._seen.append(done)
