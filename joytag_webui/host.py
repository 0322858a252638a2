"""How does the A1111 family offer what the core needs of a host?"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from joytag_core.errors import CancelledError
from joytag_core.host.devices import find_dtype
from joytag_core.host.local import LocalHost
from joytag_core.host.protocol import Placement, Progress, Residence

from .family import flag, toast
from .memory import find_memory_management
from .settings import option

MEGABYTE = 1_000_000
SECONDS_BETWEEN_NOTICES = 10.0


class WebUIHost(LocalHost):
    """Live in A1111, Forge or reForge: their devices, memory management, model folders and interrupt button."""

    def __init__(self) -> None:
        """Find out which memory management there is."""
        super().__init__(model_folders=())
        self._memory = find_memory_management()

    def placement(self) -> Placement:
        """Return the WebUI's device; the CPU with `--use-cpu interrogate` or `--use-cpu all`."""
        device = torch.device("cpu") if _is_told_to_use_the_cpu() else self._memory.device()
        if _wants_full_precision():
            return Placement(device, torch.float32)
        return Placement(device, find_dtype("auto", device) if device.type == "cpu" else self._memory.dtype(device))

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Hand a network to the WebUI's memory management."""
        return self._memory.adopt(network, placement)

    def model_folders(self) -> Sequence[Path]:
        """Return `models/joytag` and the folder named in the settings."""
        from modules import paths

        more = str(option("models_folder")).strip()
        return [Path(paths.models_path) / "joytag", *([Path(more).expanduser()] if more else [])]

    def download_folder(self) -> Path | None:
        """Download to `models/joytag`."""
        return self.model_folders()[0]

    def progress(self, *, total: int, label: str) -> Progress:
        """Show the work below the WebUI's progress bar."""
        return _StateProgress(total, label)

    def check_cancelled(self) -> None:
        """Raise CancelledError once the person has pressed Interrupt.

        Raises:
            CancelledError: the work is to stop.
        """
        from modules import shared

        if shared.state.interrupted:
            raise CancelledError("JoyTag was interrupted.")


class DownloadHost(WebUIHost):
    """Be the host of a download outside the WebUI's queue, where its progress bar and its Interrupt are others'."""

    def __init__(self, cancelled: threading.Event) -> None:
        """Let it run until `cancelled` is set."""
        super().__init__()
        self._cancelled = cancelled
        self._progress: _DownloadProgress | None = None

    def progress(self, *, total: int, label: str) -> Progress:
        """Show the bytes in the console, and now and then on the page."""
        self._progress = _DownloadProgress(total, label)
        return self._progress

    def close(self) -> None:
        """End the console's bar, whatever became of the download."""
        if self._progress is not None:
            self._progress.close()

    def check_cancelled(self) -> None:
        """Raise CancelledError once the download is to stop.

        Raises:
            CancelledError: it is.
        """
        if self._cancelled.is_set():
            raise CancelledError("JoyTag's download was interrupted; what has arrived is kept.")


class _DownloadProgress:
    def __init__(self, total: int, label: str) -> None:
        from tqdm import tqdm  # huggingface_hub requires it, so it is there

        self._label = label
        self._bar = tqdm(total=total or None, desc=label, unit="B", unit_scale=True)
        self._next_notice = 0.0
        self.update(0)

    def update(self, done: int) -> None:
        import gradio as gr

        self._bar.update(done - self._bar.n)
        if time.monotonic() >= self._next_notice:
            self._next_notice = time.monotonic() + SECONDS_BETWEEN_NOTICES
            of_all = f" of {_megabytes(self._bar.total)}" if self._bar.total else ""
            gr.Info(toast(f"{self._label}: {_megabytes(done)}{of_all} MB"))

    def close(self) -> None:
        self._bar.close()


class _StateProgress:
    def __init__(self, total: int, label: str) -> None:
        self._total = total
        self._label = label
        self.update(0)

    def update(self, done: int) -> None:
        from modules import shared

        shared.state.textinfo = f"{self._label} {self._steps(done)}" if done < self._total or not self._total else None

    def _steps(self, done: int) -> str:
        if not self._total:
            return f"{done}"
        if self._total < MEGABYTE:
            return f"{done}/{self._total}"
        return f"{_megabytes(done)}/{_megabytes(self._total)} MB"  # of pictures there are never so many


def _megabytes(count: int) -> int:
    return round(count / MEGABYTE)


def _is_told_to_use_the_cpu() -> bool:
    return bool({"interrogate", "all"} & set(flag("use_cpu", ())))


def _wants_full_precision() -> bool:
    return bool(flag("no_half")) or flag("precision") == "full"
