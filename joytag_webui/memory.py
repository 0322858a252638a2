"""Which memory management does this WebUI have, and how does one network live in it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import nn

from joytag_core.host.devices import find_dtype
from joytag_core.host.protocol import Placement, Residence

from .family import keeps_models_in_memory, make_room, memory_management


class MemoryManagement(Protocol):
    """Say where a WebUI computes, and keep networks there."""

    def device(self) -> torch.device:
        """Return the device that the WebUI computes on."""

    def dtype(self, device: torch.device) -> torch.dtype:
        """Return the dtype that the WebUI would compute in there."""

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Take a network, on the CPU, into the care of the WebUI."""


def find_memory_management() -> MemoryManagement:
    """Return Forge's or reForge's memory management, or plain devices where there is neither (A1111)."""
    found = memory_management()
    return PatcherMemory(*found) if found else DeviceMemory()


class DeviceMemory:
    """Move the network to A1111's device for each use, and back unless models are to be kept there."""

    def device(self) -> torch.device:
        """Return A1111's best device."""
        from modules import devices

        device: torch.device = devices.get_optimal_device()
        return device

    def dtype(self, device: torch.device) -> torch.dtype:
        """Return float16 where the device is fast in it."""
        return find_dtype("auto", device)

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Leave it on the CPU until it is used."""
        return VisitingResidence(network, placement.device)


class VisitingResidence:
    """Keep a network on the CPU between uses, as A1111 does with its own interrogators."""

    def __init__(self, network: nn.Module, device: torch.device) -> None:
        """Take the network and the device that it computes on."""
        self._network = network
        self._device = device

    @contextmanager
    def occupy(self, memory_required: int) -> Iterator[torch.device]:
        """Move the network over for a `with` block."""
        if self._device.type != "cpu":
            make_room()
        _move(self._network, self._device)
        try:
            yield self._device
        finally:
            if not keeps_models_in_memory():
                self.leave()

    def leave(self) -> None:
        """Move the network to the CPU and give the device's memory back."""
        from modules import devices

        _move(self._network, torch.device("cpu"))
        devices.torch_gc()


class PatcherMemory:
    """Hand the network to a memory management of ComfyUI's kind: Forge's or reForge's."""

    def __init__(self, management: Any, patcher_class: Any) -> None:
        """Take the module that manages memory, and its ModelPatcher."""
        self._management = management
        self._patcher_class = patcher_class

    def device(self) -> torch.device:
        """Return the device of the memory management."""
        device: torch.device = self._management.get_torch_device()
        return device

    def dtype(self, device: torch.device) -> torch.dtype:
        """Return float16 where the memory management would use it."""
        return torch.float16 if self._management.should_use_fp16(device) else torch.float32

    def adopt(self, network: nn.Module, placement: Placement) -> Residence:
        """Wrap the network so that the WebUI can move it out when it needs the memory."""
        patcher = self._patcher_class(network, load_device=placement.device, offload_device=torch.device("cpu"))
        return PatchedResidence(self._management, patcher)


class PatchedResidence:
    """Keep a network as one of the models that Forge or reForge loads and unloads."""

    def __init__(self, management: Any, patcher: Any) -> None:
        """Take the module that manages memory, and the patcher that holds the network."""
        self._management = management
        self._patcher = patcher

    @contextmanager
    def occupy(self, memory_required: int) -> Iterator[torch.device]:
        """Have the network loaded for a `with` block; it stays until the WebUI needs the memory."""
        with torch.inference_mode(False), torch.no_grad():
            self._management.load_models_gpu([self._patcher], memory_required=memory_required)
        yield self._patcher.load_device

    def leave(self) -> None:
        """Take the network out of the loaded models and off the device."""
        loaded = self._management.current_loaded_models
        with torch.inference_mode(False), torch.no_grad():
            for one in [one for one in loaded if one.model is self._patcher]:
                one.model_unload()
                # By identity: both hosts' own == reads a weak reference that may be dead by now.
                loaded[:] = [other for other in loaded if other is not one]
        self._management.soft_empty_cache()


def _move(network: nn.Module, device: torch.device) -> None:
    # A WebUI generates inside inference_mode; weights moved there could never be moved outside it again.
    with torch.inference_mode(False), torch.no_grad():
        network.to(device)
