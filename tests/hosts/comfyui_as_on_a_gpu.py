"""Start a ComfyUI whose memory flags count although there is no GPU: it takes the CPU for one that is nearly full.

Run by its interpreter, in its folder, in place of main.py. `--lowvram`, `--novram` and `--gpu-only` exclude `--cpu`,
and without it ComfyUI asks CUDA for a device. Only what that device is and what is free on it is answered otherwise.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

sys.argv[0] = "main.py"
sys.path.insert(0, str(Path.cwd()))
torch.cuda.current_device = lambda: torch.device("cpu")  # type: ignore[assignment, return-value]

import comfy.options  # noqa: E402

comfy.options.enable_args_parsing()

import comfy.model_management as management  # noqa: E402

FREE = 1_000_000
"""Bytes free beyond ComfyUI's reserve: a third of the demo model."""
LOAD = management.load_models_gpu


def free_memory(device: Any = None, torch_free_too: bool = False) -> Any:
    """Return what is left, as `get_free_memory` does."""
    left = management.minimum_inference_memory() + FREE - sum(one.loaded_size() for one in management.loaded_models())
    return (left, left) if torch_free_too else left


def load(models: Any, *flags: Any, **requirements: Any) -> None:
    """Load as ComfyUI does on a device that is not the CPU."""
    with (
        patch.object(management, "is_device_cpu", lambda device: False),
        patch.object(management, "get_free_memory", free_memory),
    ):
        LOAD(models, *flags, **requirements)


print("memory state:", management.vram_state.name, flush=True)
management.load_models_gpu = load
runpy.run_path("main.py", run_name="__main__")
