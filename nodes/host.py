"""How does the core live in ComfyUI? Its devices, memory, progress, interruption and model folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import comfy.model_management
import comfy.model_patcher
import comfy.ops
import comfy.utils
import folder_paths
import torch
from torch import nn

from ..joytag_core.host.devices import find_dtype
from ..joytag_core.host.protocol import Placement
from ..joytag_core.tagging.session import Session, shared_session

MODEL_FOLDER = "joytag"
"""The kind of model in `extra_model_paths.yaml`, and the folder in `models/`."""


def session() -> Session:
    """Return the process's one session, made for ComfyUI at the first call."""
    return shared_session(ComfyHost)


def register_model_folder() -> None:
    """Make `models/joytag` a model folder beside those that `extra_model_paths.yaml` named before nodes were loaded."""
    folder_paths.add_model_folder_path(MODEL_FOLDER, os.path.join(folder_paths.models_dir, MODEL_FOLDER))  # noqa: PTH118
    # ComfyUI gives a folder that it learns from a pack no extensions, and then lists every file in it.
    folders, _ = folder_paths.folder_names_and_paths[MODEL_FOLDER]
    folder_paths.folder_names_and_paths[MODEL_FOLDER] = (folders, {".safetensors", ".pt"})


class ComfyHost:
    """Be a `joytag_core.host.protocol.Host` whose network is one more model in ComfyUI's memory management."""

    operations: Any = comfy.ops.manual_cast

    def is_out_of_memory(self, error: Exception) -> bool:
        """Ask ComfyUI; versions before 0.9 know one class of such errors, later ones also what drivers raise."""
        is_oom = getattr(comfy.model_management, "is_oom", None)
        return isinstance(error, comfy.model_management.OOM_EXCEPTION) if is_oom is None else bool(is_oom(error))

    def placement(self) -> Placement:
        """Compute where ComfyUI does; in float16 where it calls that worthwhile, on a CPU in what is fastest there."""
        device = comfy.model_management.get_torch_device()
        if device.type == "cpu":
            return Placement(device, find_dtype("float32" if _wants_full_precision() else "auto", device))
        half = comfy.model_management.should_use_fp16(device)
        return Placement(device, torch.float16 if half else torch.float32)

    def adopt(self, network: nn.Module, placement: Placement) -> PatchedResidence:
        """Wrap the network for ComfyUI's memory management and let it rest where unused models do."""
        offload_device = comfy.model_management.unet_offload_device()
        # Looked up at every call: newer ComfyUI rebinds CoreModelPatcher after packs are imported.
        patcher_class = getattr(comfy.model_patcher, "CoreModelPatcher", comfy.model_patcher.ModelPatcher)
        model = JoyTag(network).to(offload_device)
        return PatchedResidence(patcher_class(model, load_device=placement.device, offload_device=offload_device))

    def model_folders(self) -> Sequence[Path]:
        """Return `models/joytag` and the `joytag` folders of `extra_model_paths.yaml`, in ComfyUI's order."""
        return [Path(folder) for folder in folder_paths.get_folder_paths(MODEL_FOLDER)]

    def download_folder(self) -> Path:
        """Download to the first model folder: the one that `is_default` of `extra_model_paths.yaml` chooses."""
        return self.model_folders()[0]

    def progress(self, *, total: int, label: str) -> NodeProgress:
        """Begin the bar of the node that runs."""
        return NodeProgress(total)

    def check_cancelled(self) -> None:
        """Raise ComfyUI's own exception if the person pressed Cancel."""
        comfy.model_management.throw_exception_if_processing_interrupted()


class JoyTag(nn.Module):
    """Hold the network under the name that ComfyUI's log gives to what it loads: that of the class."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network


class PatchedResidence:
    """Keep one network as a `ModelPatcher`, which ComfyUI loads whole or in part and evicts as it sees fit."""

    def __init__(self, patcher: Any) -> None:
        # ComfyUI keeps only weak references to what it loaded.
        self._patcher = patcher

    @contextmanager
    def occupy(self, memory_required: int) -> Iterator[torch.device]:
        """Have the network loaded: at every call, since other nodes may have evicted it meanwhile."""
        comfy.model_management.load_models_gpu([self._patcher], memory_required=memory_required)
        yield self._patcher.load_device

    def leave(self) -> None:
        """Unload the network and strike it off ComfyUI's list of loaded models."""
        loaded_models = comfy.model_management.current_loaded_models
        for loaded in [loaded for loaded in loaded_models if loaded.model is self._patcher]:
            loaded.model_unload()
            loaded_models.remove(loaded)
        comfy.model_management.soft_empty_cache()


class NodeProgress:
    """Show progress on the node that runs, as often as ComfyUI sends it."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._bar = comfy.utils.ProgressBar(total or 1)

    def update(self, done: int) -> None:
        """Move the bar to `done` of the total."""
        if self._total:
            self._bar.update_absolute(done)
        else:
            self._bar.update_absolute(done, done + 1)  # a total that is not known stays ahead


def _wants_full_precision() -> bool:
    return bool(getattr(comfy.model_management, "FORCE_FP32", False))  # --force-fp32
