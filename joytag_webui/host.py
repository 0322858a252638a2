"""How does the A1111 family offer what the core needs of a host?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from joytag_core.errors import CancelledError
from joytag_core.host import LocalHost, Placement, Progress, Residence

from .memory import find_memory_management
from .settings import option


class WebUIHost(LocalHost):
    """Live in A1111, Forge or reForge: their devices, memory management, model folders and interrupt button."""

    def __init__(self) -> None:
        """Find out which memory management there is."""
        super().__init__(model_folders=())
        self._memory = find_memory_management()

    def placement(self) -> Placement:
        """Return the WebUI's device; the CPU with `--use-cpu interrogate` or `--use-cpu all`."""
        if _is_told_to_use_the_cpu():
            return Placement(torch.device("cpu"), torch.float32)
        device = self._memory.device()
        return Placement(device, torch.float32 if _wants_full_precision() else self._memory.dtype(device))

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


class _StateProgress:
    def __init__(self, total: int, label: str) -> None:
        self._total = total
        self._label = label
        self.update(0)

    def update(self, done: int) -> None:
        from modules import shared

        shared.state.textinfo = f"{self._label} {done}/{self._total}" if done < self._total else None


def _is_told_to_use_the_cpu() -> bool:
    from modules import shared

    return bool({"interrogate", "all"} & set(shared.cmd_opts.use_cpu or ()))


def _wants_full_precision() -> bool:
    from modules import shared

    return bool(shared.cmd_opts.no_half) or getattr(shared.cmd_opts, "precision", "autocast") == "full"
