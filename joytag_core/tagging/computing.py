"""How is one batch computed, whatever the device's memory and the dtype's range?

A ladder: the batch, its halves, one picture on the CPU; and again in float32 where values are not finite.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import torch
from torch import Tensor

from ..errors import ModelError
from ..host.protocol import Host, Placement
from ..model.config import NetworkConfig, parse_stem
from ..model.network import Network
from ..pictures.pixels import normalise

Forward = Callable[[Network, Tensor], Tensor]
"""What to compute: the network and pixels [N, 3, S, S] on its device -> a tensor whose first axis is N."""

_BATCH_ON_CPU = 2  # more gains no speed there
_BATCH_ON_DEVICE = 16  # where torch does not say what is free
_MOST_AT_ONCE = 256
_SHARE_OF_FREE = 0.6  # the rest is the host's, and for what the estimate leaves out

logger = logging.getLogger("joytag")


class Computer:
    """Compute with one network in a host's memory management; one thread at a time."""

    _first_process: ClassVar[int | None] = None
    """The one that first used torch; its forks know of the threads that it started, and have none of them."""

    def __init__(
        self,
        network: Network,
        host: Host,
        placement: Placement,
        *,
        lock: AbstractContextManager[Any] | None = None,
        name: str = "the model",
    ) -> None:
        """Take a network on the CPU and hand it to the host's memory management; `name` is for messages."""
        self.enter_process()
        self._name = name
        self.network = network
        self.placement = placement
        self.lock = lock or threading.RLock()
        self._is_out_of_memory = host.is_out_of_memory
        self._residence = host.adopt(network, placement)
        self._warned: set[str] = set()
        self._process = os.getpid()

    def compute(self, pixels: Tensor, forward: Forward = Network.__call__) -> Tensor:
        """Return what `forward` gives for pixels [N, 3, S, S], float32 on the CPU; by default logits [N, T].

        Raises:
            ModelError: there are values that are not finite, in float32 too; or one picture does not fit into memory.
        """
        self.check_process()
        with self.lock:
            values = self._fitting(pixels, forward)
            if not bool(torch.isfinite(values).all()):
                self._warn_once(
                    "JoyTag: %s gave values that are not finite; computing in float32", self.placement.dtype
                )
                values = self._in_float32(pixels, forward)
            if not bool(torch.isfinite(values).all()):
                raise ModelError(
                    f"The outputs of {self._name} are not finite, even in float32: its weights are broken. Get its "
                    "files again; `joytag models verify` compares them with what is known of them."
                )
            return values

    def batch_size(self) -> int:
        """Return how many pictures at once make full use of the device, and fit into what is free there."""
        device = self.placement.device
        if device.type == "cpu":
            return _BATCH_ON_CPU
        free = _free_bytes(device)
        if free is None:
            return _BATCH_ON_DEVICE
        side = self.network.config.image_size
        fitting = int(free * _SHARE_OF_FREE) // activation_bytes(self.network.config, side, side)
        return min(max(fitting, 1), _MOST_AT_ONCE)

    @classmethod
    def enter_process(cls) -> None:
        """Refuse to use torch in a forked child, where it would wait for its parent's threads for ever.

        With one thread torch waits for none.

        Raises:
            ModelError: a process from which this one was forked has loaded a model.
        """
        if cls._first_process is None:
            cls._first_process = os.getpid()
        if cls._first_process != os.getpid() and torch.get_num_threads() > 1:
            raise ModelError(
                "A model was loaded before this process was forked, and torch hangs in such a fork. Start processes "
                "with multiprocessing.get_context('spawn'), or call torch.set_num_threads(1) first in each."
            )

    def check_process(self) -> None:
        """Refuse to work in a forked child, with locks, threads and a device that are its parent's.

        Raises:
            ModelError: this process is not the one that loaded the model.
        """
        if os.getpid() != self._process:
            raise ModelError(
                "This model was loaded in another process, of which this one is a fork. Load a tagger in each process, "
                "and start processes with multiprocessing.get_context('spawn')."
            )

    def leave(self) -> None:
        """Give the network's memory back; it is taken again at the next use."""
        with self.lock:
            self._residence.leave()

    def _in_float32(self, pixels: Tensor, forward: Forward) -> Tensor:
        before = self.network.compute_dtype
        self.network.compute_in(torch.float32)
        try:
            return self._fitting(pixels, forward)
        finally:
            self.network.compute_in(before)

    def _fitting(self, pixels: Tensor, forward: Forward) -> Tensor:
        """Compute a batch; where it does not fit into the device's memory, its halves; at last, on the CPU."""
        try:
            return self._on_device(pixels, forward)
        except Exception as error:
            if not (self._is_out_of_memory(error) or _is_out_of_host_memory(error)):
                raise
        # Outside the handler, so that the traceback no longer holds the tensors of the failed try.
        self._residence.leave()
        if len(pixels) > 1:
            self._warn_once("JoyTag: %d pictures at once do not fit into memory; trying fewer", len(pixels))
            return torch.cat([self._fitting(half, forward) for half in pixels.tensor_split(2)])
        self._warn_once("JoyTag: one picture does not fit into the memory of %s; using the CPU", self.placement.device)
        return self._on_cpu(pixels, forward)

    def _on_device(self, pixels: Tensor, forward: Forward) -> Tensor:
        with self._residence.occupy(self._memory_for(pixels)) as device:
            return self._run(pixels, forward, device)

    def _on_cpu(self, pixels: Tensor, forward: Forward) -> Tensor:
        before = self.network.compute_dtype
        self.network.to("cpu").compute_in(torch.float32)
        try:
            return self._run(pixels, forward, torch.device("cpu"))
        except Exception as error:
            if not _is_out_of_host_memory(error):
                raise
            reason = str(error).partition("DefaultCPUAllocator: ")[2].partition("\n")[0] or "MemoryError"
            raise ModelError(
                f"One picture of {self.network.config.image_size} pixels a side does not fit into this machine's "
                f"memory with {self._name}: {reason}"
            ) from error
        finally:
            self.network.compute_in(before)

    def _run(self, pixels: Tensor, forward: Forward, device: torch.device) -> Tensor:
        # Only here: weights that are moved in inference mode could not be moved outside it again.
        with torch.inference_mode(), _without_autocast(device):
            return forward(self.network, _on(device, pixels)).float().cpu()

    def _memory_for(self, pixels: Tensor) -> int:
        count, _, height, width = pixels.shape
        return count * activation_bytes(self.network.config, height, width)

    def _warn_once(self, message: str, *values: object) -> None:
        if message not in self._warned:
            self._warned.add(message)
            logger.warning(message, *values)


def _is_out_of_host_memory(error: Exception) -> bool:
    # Torch has no class for it.
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error))


def activation_bytes(config: NetworkConfig, height: int, width: int) -> int:
    """Estimate the most bytes of activations that one picture of `height` x `width` pixels needs at a time.

    That is the widest layer of the stem with its input, its norm and one copy in float32, or a block's perceptron and
    attention, whichever is more.
    """
    patches = height * width // config.patch_size**2
    block = patches * (2 * config.mlp_dim + 4 * config.d_model)
    return 4 * max(block, 3 * _widest_layer(config, height * width))


def _widest_layer(config: NetworkConfig, pixels: int) -> int:
    """Return the most values that a layer of the stem takes or gives for a picture of some pixels."""
    if config.cnn_stem is None:
        return max(3 * pixels, config.d_model * pixels // config.patch_size**2)
    widest, step = 3 * pixels, 1
    for kind, options in parse_stem(config.cnn_stem):
        if kind == "conv":
            step *= options["s"]
            widest = max(widest, options["c"] * pixels // step**2)
    return widest


def _on(device: torch.device, pixels: Tensor) -> Tensor:
    """Return pixels on a device, normalised there if they are uint8: a quarter of the bytes to move."""
    if device.type == "cuda":
        pixels = pixels.pin_memory().to(device, non_blocking=True)
    return normalise(pixels.to(device)) if pixels.dtype == torch.uint8 else pixels.to(device)


def _free_bytes(device: torch.device) -> int | None:
    """Return the bytes that a device has free for us, torch's own reserve included; None where torch cannot say."""
    module = getattr(torch, device.type, None)
    if not hasattr(module, "mem_get_info"):
        return None
    free, _ = module.mem_get_info(device)  # type: ignore[union-attr]
    reserve = module.memory_reserved(device) - module.memory_allocated(device)  # type: ignore[union-attr]
    return int(free + reserve)


def _without_autocast(device: torch.device) -> AbstractContextManager[object]:
    # A host may run us inside its own autocast, which would take the residual stream out of float32.
    if device.type in ("cuda", "cpu", "xpu"):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()
