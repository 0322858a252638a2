"""Which device and which dtype does a name mean on this machine?"""

from __future__ import annotations

import re
from functools import lru_cache

import torch
from torch import nn

from ..errors import DeviceError

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
DTYPES = ("auto", "float32", "float16", "bfloat16")


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
