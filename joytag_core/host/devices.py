"""Which device and which dtype does a name mean on this machine?"""

from __future__ import annotations

import os
import platform
import re
import time
from functools import lru_cache

import torch
from torch import nn

from ..errors import DeviceError

DTYPES = ("auto", "float32", "float16", "bfloat16")

_MEASURED_SECONDS = 0.02
# A busy machine does not disturb the time that a thread has computed; Windows counts it in steps of 16 ms.
_CLOCK = time.perf_counter if os.name == "nt" else time.thread_time
_FASTER = 0.9
"""The share of float32's time from which bfloat16 is worth its rounding."""


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
    """Return the torch dtype of a name.

    `auto` is float16 on a GPU; on a CPU bfloat16 where `has_fast_bfloat16`, else float32.

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
    if device.type == "cpu":
        return torch.bfloat16 if has_fast_bfloat16() else torch.float32
    return torch.float16 if device.type in ("cuda", "xpu", "mps") else torch.float32


def empty_cache(device: torch.device) -> None:
    """Give memory that torch keeps in reserve on a device back to the system."""
    release = getattr(getattr(torch, device.type, None), "empty_cache", None)
    if device.type != "cpu" and release is not None:
        release()


@lru_cache(maxsize=1)
def has_fast_bfloat16() -> bool:
    """Say whether this processor computes faster in bfloat16: it has the units, and a measurement agrees.

    Measured once a process, for at most some hundredths of a second, and only where torch says that there are units to
    measure.
    """
    if not _has_bfloat16_units():
        return False
    try:
        return _time_ratio(torch.bfloat16, torch.float32) < _FASTER
    except RuntimeError:  # a torch built without these kernels
        return False


def _has_bfloat16_units() -> bool:
    asked = [getattr(torch.cpu, f"_is_{unit}_supported", None) for unit in ("amx_tile", "avx512_bf16")]
    if any(ask is not None for ask in asked):
        if any(ask() for ask in asked if ask is not None):
            return True
        if platform.machine().lower() in ("x86_64", "amd64"):
            return False
    # Arm's units, and torch before 2.4; where it only means that bfloat16 runs at all, the measurement says no.
    return _runs_bfloat16()


def _runs_bfloat16() -> bool:
    ask = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return ask is not None and bool(ask())


def _time_ratio(dtype: torch.dtype, other: torch.dtype) -> float:
    """Return how long a layer of the published network takes in one dtype over another: the best of a few, in turn.

    On one thread: several would wait for each other on a busy machine.
    """
    best = {dtype: float("inf"), other: float("inf")}
    threads, end = torch.get_num_threads(), time.perf_counter() + _MEASURED_SECONDS
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            layers = {kind: (torch.ones(48, 768, dtype=kind), torch.ones(768, 768, dtype=kind)) for kind in best}
            for number in range(20):
                if number > 1 and time.perf_counter() > end:
                    break
                for kind, (values, weights) in layers.items():
                    start = _CLOCK()
                    nn.functional.linear(values, weights)
                    best[kind] = min(best[kind], _CLOCK() - start)
    finally:
        torch.set_num_threads(threads)
    return best[dtype] / best[other]


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
