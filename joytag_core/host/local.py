"""What is the host where there is none? Plain torch, one device, the folders of `JOYTAG_MODELS`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from . import operations as casting_operations
from .devices import empty_cache, find_device, find_dtype
from .environment import model_places
from .protocol import Placement, Progress, Residence

# torch.cuda's class is the common one where torch has no torch.OutOfMemoryError yet (before 2.5).
_OUT_OF_MEMORY = (getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError), torch.cuda.OutOfMemoryError)
_OUT_OF_MEMORY_CODE = 2  # cudaErrorMemoryAllocation
_DEVICE_FAULTS: tuple[type[Exception], ...] = (torch.AcceleratorError,) if hasattr(torch, "AcceleratorError") else ()


class LocalHost:
    """Be the host where there is none: plain torch, one device, the folders of `JOYTAG_MODELS`."""

    operations: Any = casting_operations

    def __init__(
        self,
        *,
        device: str = "auto",
        dtype: str = "auto",
        model_folders: Sequence[str | os.PathLike[str]] | None = None,
    ) -> None:
        """Take a device (`auto`, `cpu`, `cuda`, `cuda:1`, `mps`, `xpu`) and a dtype (one of `DTYPES`).

        Without `model_folders`, those of the environment variable JOYTAG_MODELS are used, separated as in PATH. Each
        holds models, or is one model itself.
        """
        self._device = device
        self._dtype = dtype
        self._folders = model_places() if model_folders is None else [Path(f) for f in model_folders]

    def is_out_of_memory(self, error: Exception) -> bool:
        """Tell by torch's own classes; of the one that a device raises for every fault, by its code or words."""
        if isinstance(error, _DEVICE_FAULTS):
            return getattr(error, "error_code", None) == _OUT_OF_MEMORY_CODE or "out of memory" in str(error).lower()
        return isinstance(error, _OUT_OF_MEMORY)

    def placement(self) -> Placement:
        """Say where to compute.

        Raises:
            DeviceError: the device or dtype is unknown or not on this machine.
        """
        device = find_device(self._device)
        return Placement(device, find_dtype(self._dtype, device))

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Keep the network on its device for good."""
        return _StayingResidence(network, placement.device)

    def model_folders(self) -> Sequence[Path]:
        """Return the folders of JOYTAG_MODELS, or those given."""
        return self._folders

    def download_folder(self) -> Path | None:
        """Download to the first folder of models, or to the Hub's cache where there is none."""
        return next((folder for folder in self._folders if not _is_one_model(folder)), None)

    def progress(self, *, total: int, label: str) -> Progress:
        """Show nothing; the command line has a host that shows a bar."""
        return SilentProgress()

    def check_cancelled(self) -> None:
        """Never cancel: Ctrl-C does, by itself."""


class SilentProgress:
    """Show nothing."""

    def update(self, done: int) -> None:
        """Ignore the step."""


class _StayingResidence:
    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self._network = network
        self._device = device

    @contextmanager
    def occupy(self, memory_required: int) -> Iterator[torch.device]:
        self._move_to(self._device)
        yield self._device

    def leave(self) -> None:
        self._move_to(torch.device("cpu"))
        empty_cache(self._device)

    def _move_to(self, device: torch.device) -> None:
        # A caller may be in inference mode; weights that are moved there could not be moved outside it again.
        with torch.inference_mode(False), torch.no_grad():
            self._network.to(device)


def _is_one_model(folder: Path) -> bool:
    """Say whether a path is a model itself, which a download should not go into: its folder, or its weights."""
    return folder.suffix in (".safetensors", ".pt") or (folder / "config.json").is_file()
