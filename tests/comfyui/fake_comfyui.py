"""What of ComfyUI does the pack touch? A small fake of it, with the fields that version 0.3.64 has."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

PACK = Path(__file__).parents[2]
# As ComfyUI names a pack: its path, dots replaced.
PACK_NAME = str(PACK / "as.a.pack").replace(".", "_x_")
OLDEST_SCHEMA = (
    "node_id", "display_name", "category", "inputs", "outputs", "hidden", "description", "is_input_list",
    "is_output_node", "is_deprecated", "is_experimental", "is_api_node", "not_idempotent", "enable_expand",
)  # fmt: skip
OLDEST_INPUT = {"display_name", "optional", "tooltip", "default", "min", "max", "step", "multiline", "options"}


class InterruptProcessingException(Exception):  # noqa: N818 - ComfyUI's own name
    """Be what ComfyUI raises where a person pressed Cancel."""


class PromptQueue:
    """Be ComfyUI's queue as far as flags go."""

    def __init__(self) -> None:
        self.flags: dict[str, Any] = {}

    def get_flags(self, reset: bool = True) -> dict[str, Any]:
        """Return what was asked for since, and forget it."""
        flags = dict(self.flags)
        if reset:
            self.flags.clear()
        return flags


@dataclass
class FakeComfy:
    """Hold the state of a fake ComfyUI that tests set and look at."""

    models_dir: Path
    interrupted: bool = False
    interrupt_at: int | None = None
    half: bool = False
    load_part: bool = False
    progress: list[tuple[int, int]] = field(default_factory=list)
    loads: list[int] = field(default_factory=list)
    loaded_models: list[Any] = field(default_factory=list)
    folders: dict[str, tuple[list[str], set[str]]] = field(default_factory=dict)
    pack: ModuleType | None = None
    node_list: list[Any] = field(default_factory=list)
    queue: PromptQueue = field(default_factory=PromptQueue)

    def nodes(self) -> dict[str, Any]:
        """Return the pack's nodes by their ids."""
        return {node.define_schema().node_id: node for node in self.node_list}

    def module(self, name: str) -> ModuleType:
        """Return a module of the pack, such as `nodes.host`."""
        return importlib.import_module(f"{PACK_NAME}.{name}")

    def after_a_prompt(self) -> dict[str, Any]:
        """Take the queue's flags, as ComfyUI's thread of prompts does after each."""
        flags: dict[str, Any] = sys.modules["server"].PromptServer.instance.prompt_queue.get_flags()
        return flags


class FakeInput:
    """Keep what a node says of one input."""

    def __init__(self, io_type: str, id: str, **options: Any) -> None:
        unknown = set(options) - OLDEST_INPUT
        assert not unknown, f"ComfyUI 0.3.64 knows no {unknown}"
        self.io_type, self.id = io_type, id
        self.options = options
        self.extra_dict: dict[str, Any] = {}


class FakeOutput:
    """Keep what a node says of one output."""

    def __init__(self, io_type: str, id: str, **options: Any) -> None:
        self.io_type, self.id, self.options = io_type, id, options


class FakePatcher:
    """Be a ModelPatcher for a machine without a device: loading in part leaves weights behind as float64.

    Torch refuses to mix dtypes in one operation as it refuses to mix devices, so what a host leaves on another device
    is told by its dtype here: float64 is "there", float32 and float16 are "here".
    """

    def __init__(self, model: nn.Module, load_device: torch.device, offload_device: torch.device) -> None:
        self.model, self.load_device, self.offload_device = model, load_device, offload_device
        self.detached = 0

    def load(self, *, part: bool) -> None:
        """Bring the weights here; of layers that cast, only every second one, and of bare parameters none, in part."""
        casting = [m for m in self.model.modules() if getattr(m, "comfy_cast_weights", None) is not None]
        left_behind = {id(module) for module in casting[::2]}
        for module in self.model.modules():
            stays = part and (id(module) in left_behind or module not in casting)
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.to(torch.float64 if stays else _here(parameter))

    def detach(self) -> None:
        """Forget the device."""
        self.detached += 1


def _here(parameter: Tensor) -> torch.dtype:
    return torch.float32 if parameter.dtype == torch.float64 else parameter.dtype


class SDTokenizer:
    """Be a tokenizer that makes one token of each letter, between a start and an end."""

    def tokenizer(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [0, *(1 for _ in text), 2]}


@dataclass
class LoadedModel:
    """Be an entry of `current_loaded_models`."""

    model: FakePatcher

    def model_unload(self) -> bool:
        """Unload it whole."""
        self.model.detach()
        return True


class _Casting:
    comfy_cast_weights = True

    def _cast(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        weight, bias = self.weight, self.bias  # type: ignore[attr-defined]
        return weight.to(x), None if bias is None else bias.to(x)


class Linear(_Casting, nn.Linear):
    """Cast the weights to the input, as `comfy.ops.manual_cast` does."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, *self._cast(x))


class Conv2d(_Casting, nn.Conv2d):
    """Cast the weights to the input."""

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, *self._cast(x))


class LayerNorm(_Casting, nn.LayerNorm):
    """Cast the weights to the input."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, self.normalized_shape, *self._cast(x), self.eps)


@contextmanager
def fake_comfyui(models_dir: Path, *, schema_fields: tuple[str, ...] = OLDEST_SCHEMA) -> Iterator[FakeComfy]:
    """Put a fake ComfyUI into `sys.modules` and load the pack as ComfyUI does; take both out again after."""
    comfy = FakeComfy(models_dir)
    before = set(sys.modules)
    sys.modules.update(_modules(comfy, schema_fields))
    try:
        comfy.pack = load_pack()
        extension = asyncio.run(comfy.pack.comfy_entrypoint())
        comfy.node_list = asyncio.run(extension.get_node_list())
        yield comfy
    finally:
        for name in set(sys.modules) - before:
            if name.split(".")[0] in ("comfy", "comfy_api", "folder_paths", "server") or name.startswith(PACK_NAME):
                del sys.modules[name]


def load_pack() -> ModuleType:
    """Import the repository's root as ComfyUI's `load_custom_node` does."""
    spec = importlib.util.spec_from_file_location(PACK_NAME, PACK / "__init__.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACK_NAME] = module
    spec.loader.exec_module(module)
    return module


def _modules(comfy: FakeComfy, schema_fields: tuple[str, ...]) -> dict[str, ModuleType]:
    management = _module(
        "comfy.model_management",
        OOM_EXCEPTION=torch.cuda.OutOfMemoryError,
        current_loaded_models=comfy.loaded_models,
        get_torch_device=lambda: torch.device("cpu"),
        unet_offload_device=lambda: torch.device("cpu"),
        should_use_fp16=lambda device: comfy.half,
        soft_empty_cache=lambda: None,
        load_models_gpu=_loader(comfy),
        throw_exception_if_processing_interrupted=_interrupter(comfy),
    )
    patcher = _module("comfy.model_patcher", ModelPatcher=FakePatcher)
    casts = type("manual_cast", (), {"Linear": Linear, "Conv2d": Conv2d, "LayerNorm": LayerNorm})
    ops = _module("comfy.ops", manual_cast=casts)
    utils = _module("comfy.utils", ProgressBar=_progress_bar(comfy))
    sd1_clip = _module("comfy.sd1_clip", SDTokenizer=SDTokenizer)
    server = type("PromptServer", (), {"instance": type("Instance", (), {"prompt_queue": comfy.queue})()})
    extension = type("ComfyExtension", (), {})
    latest = _module(
        "comfy_api.latest", io=_io(schema_fields), ui=_module("ui", PreviewImage=PreviewImage), ComfyExtension=extension
    )
    return {
        "comfy": _module("comfy", model_management=management, model_patcher=patcher, ops=ops, utils=utils),
        **{module.__name__: module for module in (management, patcher, ops, utils, sd1_clip, latest)},
        "comfy_api": _module("comfy_api", latest=latest),
        "folder_paths": _folder_paths(comfy),
        "server": _module("server", PromptServer=server),
    }


def _module(name: str, **contents: Any) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = []
    module.__dict__.update(contents)
    return module


def _loader(comfy: FakeComfy) -> Callable[..., None]:
    def load_models_gpu(models: list[FakePatcher], memory_required: int = 0) -> None:
        comfy.loads.append(memory_required)
        for patcher in models:
            patcher.load(part=comfy.load_part)
            if patcher not in [loaded.model for loaded in comfy.loaded_models]:
                comfy.loaded_models.append(LoadedModel(patcher))

    return load_models_gpu


def _interrupter(comfy: FakeComfy) -> Callable[[], None]:
    def throw_exception_if_processing_interrupted() -> None:
        if comfy.interrupted:
            comfy.interrupted = False
            raise InterruptProcessingException

    return throw_exception_if_processing_interrupted


def _progress_bar(comfy: FakeComfy) -> type:
    class ProgressBar:
        def __init__(self, total: int) -> None:
            self.total = total

        def update_absolute(self, value: int) -> None:
            comfy.progress.append((value, self.total))
            if comfy.interrupt_at is not None and value >= comfy.interrupt_at:
                raise InterruptProcessingException

    return ProgressBar


def _folder_paths(comfy: FakeComfy) -> ModuleType:
    def add_model_folder_path(name: str, path: str) -> None:
        paths, _ = comfy.folders.setdefault(name, ([], set()))
        if path not in paths:
            paths.append(path)

    return _module(
        "folder_paths",
        models_dir=str(comfy.models_dir),
        folder_names_and_paths=comfy.folders,
        add_model_folder_path=add_model_folder_path,
        get_folder_paths=lambda name: list(comfy.folders[name][0]),
    )


def _io(schema_fields: tuple[str, ...]) -> ModuleType:
    kinds = ("Image", "Mask", "String", "Int", "Float", "Boolean", "Combo")
    return _module(
        "comfy_api.latest.io",
        Schema=dataclasses.make_dataclass("Schema", [(name, Any, None) for name in schema_fields]),
        ComfyNode=type("ComfyNode", (), {}),
        Input=FakeInput,
        NodeOutput=NodeOutput,
        Custom=_kind,
        **{kind: _kind(kind.upper()) for kind in kinds},
    )


def _kind(io_type: str) -> type:
    def make(base: type) -> type:
        return type(base.__name__, (base,), {"__init__": lambda self, id, **o: base.__init__(self, io_type, id, **o)})

    return type(io_type, (), {"io_type": io_type, "Input": make(FakeInput), "Output": make(FakeOutput)})


class PreviewImage:
    """Stand for pictures that ComfyUI keeps for its page: it writes each of a batch to a file."""

    def __init__(self, image: Tensor, cls: Any = None) -> None:
        assert image.ndim == 4 and image.shape[3] == 3
        self.count = len(image)

    def as_dict(self) -> dict[str, Any]:
        """Return what goes to the page."""
        return {"images": [{"filename": f"{n}.png", "type": "temp"} for n in range(self.count)], "animated": (False,)}


class NodeOutput:
    """Keep what a node gave back."""

    def __init__(self, *args: Any, ui: dict[str, Any] | None = None) -> None:
        self.args, self.ui = args, ui
