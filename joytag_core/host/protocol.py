"""What must a program offer so that the core can live in it? Devices, memory, progress, cancel, model folders."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from ..errors import DeviceError
from . import operations as casting_operations

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
DTYPES = ("auto", "float32", "float16", "bfloat16")

logger = logging.getLogger("joytag")


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

    `operations` holds `Linear`, `Conv2d` and `LayerNorm` that cast their weights to their input's device and dtype;
    `out_of_memory` the exceptions that mean "the device's memory is full".
    """

    operations: Any
    out_of_memory: tuple[type[BaseException], ...]

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
        """Begin to show some work of `total` steps."""

    def check_cancelled(self) -> None:
        """Raise the host's own exception if the person has stopped the work."""


class LocalHost:
    """Be the host where there is none: plain torch, one device, the folders of `JOYTAG_MODELS`."""

    operations: Any = casting_operations
    # torch.cuda's class is the common one where torch has no torch.OutOfMemoryError yet (before 2.5).
    out_of_memory: tuple[type[BaseException], ...] = (
        getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError),
        torch.cuda.OutOfMemoryError,
    )

    def __init__(
        self,
        *,
        device: str = "auto",
        dtype: str = "auto",
        model_folders: Sequence[str | os.PathLike[str]] | None = None,
    ) -> None:
        """Take a device (`auto`, `cpu`, `cuda`, `cuda:1`, `mps`, `xpu`) and a dtype (one of `DTYPES`).

        Without `model_folders`, those of the environment variable JOYTAG_MODELS are used, separated as in PATH.
        """
        self._device = device
        self._dtype = dtype
        self._folders = _folders_of_environment() if model_folders is None else [Path(f) for f in model_folders]

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
        """Download to the first model folder, or to the Hub's cache where there is none."""
        return self._folders[0] if self._folders else None

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


def find_device(name: str) -> torch.device:
    """Return the torch device of a name; `auto` takes CUDA (or ROCm), XPU, MPS, then the CPU.

    Raises:
        DeviceError: the name is unknown, or this machine or torch build has no such device.
    """
    if name == "auto":
        return torch.device(next((kind for kind in ("cuda", "xpu", "mps") if _count(kind)), "cpu"))
    if not re.fullmatch(r"cpu|mps|(cuda|xpu)(:\d+)?", name):
        raise DeviceError(f"device {name!r} is unknown; expected auto, cpu, cuda, cuda:1, mps or xpu")
    device = torch.device(name)
    if device.type != "cpu" and (device.index or 0) >= _count(device.type):
        raise DeviceError(f"device {name!r} is not available in torch {torch.__version__}; there is: {_available()}")
    return device


def find_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the torch dtype of a name; `auto` is float16 where the device has fast float16, else float32.

    Raises:
        DeviceError: the name is unknown, or this torch cannot compute in it on that device.
    """
    if name not in DTYPES:
        raise DeviceError(f"dtype {name!r} is unknown; expected one of {', '.join(DTYPES)}")
    if name == "float16" and device.type == "cpu" and not _has_float16_on_cpu():
        raise DeviceError(f"dtype 'float16' does not run on the CPU in torch {torch.__version__}; expected float32")
    if name != "auto":
        dtype: torch.dtype = getattr(torch, name)
        return dtype
    return torch.float16 if device.type in ("cuda", "xpu", "mps") else torch.float32


def empty_cache(device: torch.device) -> None:
    """Give memory that torch keeps in reserve on a device back to the system."""
    release = getattr(getattr(torch, device.type, None), "empty_cache", None)
    if device.type != "cpu" and release is not None:
        release()


@lru_cache(maxsize=1)
def _has_float16_on_cpu() -> bool:
    # Asked of torch itself: which version learned it differs by processor.
    one = torch.ones(1, 1, 1, 1, dtype=torch.float16)
    try:
        nn.functional.conv2d(one, one)
    except RuntimeError:
        return False
    return True


def _count(kind: str) -> int:
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    module = getattr(torch, kind, None)
    return int(module.device_count()) if module is not None and module.is_available() else 0


def _available() -> str:
    return ", ".join(["cpu", *(kind for kind in ("cuda", "xpu", "mps") if _count(kind))])


def _folders_of_environment() -> list[Path]:
    return [Path(folder) for folder in os.environ.get("JOYTAG_MODELS", "").split(os.pathsep) if folder]
