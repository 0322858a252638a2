"""What must a program offer so that the core can live in it? Devices, memory, progress, cancel, model folders."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class Placement:
    """Say where a network computes, and the dtype of the arithmetic inside its branches."""

    device: torch.device
    dtype: torch.dtype


class Progress(Protocol):
    """Show how far some work is."""

    def update(self, done: int) -> None:
        """Show that `done` of the total are done; may raise the host's own exception to cancel."""


class Residence(Protocol):
    """Keep one network in a host's memory management."""

    def occupy(self, memory_required: int) -> AbstractContextManager[torch.device]:
        """Hold the network on its compute device for a `with` block, with `memory_required` bytes free beside it."""

    def leave(self) -> None:
        """Give all its memory back."""


class Host(Protocol):
    """Offer what the core needs of the program that it runs in.

    `operations` holds `Linear`, `Conv2d` and `LayerNorm` that cast their weights to their input's device and dtype.
    """

    operations: Any

    def is_out_of_memory(self, error: Exception) -> bool:
        """Tell whether an error means that the device's memory is full."""

    def placement(self) -> Placement:
        """Say where to compute and in which dtype.

        Raises:
            DeviceError: the device or dtype asked for is not there.
        """

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Take a loaded network, on the CPU, into the host's memory management."""

    def model_folders(self) -> Sequence[Path]:
        """Return the folders that hold models, each as `<name>/model.safetensors` and the two small files."""

    def download_folder(self) -> Path | None:
        """Return the model folder that downloads go to, or None for the Hub's own cache."""

    def progress(self, *, total: int, label: str) -> Progress:
        """Begin to show some work of `total` steps, 0 where their number is not known."""

    def check_cancelled(self) -> None:
        """Raise the host's own exception if the person has stopped the work."""
