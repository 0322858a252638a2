"""Does ComfyUI's own memory management change a score? Run by its interpreter, in its folder, on the CPU."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.argv = [sys.argv[0], "--cpu"]
sys.path.insert(0, str(Path.cwd()))

import comfy.options  # noqa: E402

comfy.options.enable_args_parsing()

import comfy.model_management as management  # noqa: E402
import torch  # noqa: E402

import nodes  # noqa: E402

PACK = Path(__file__).parents[2]
PICTURES = torch.rand(2, 90, 120, 3, generator=torch.Generator().manual_seed(7))


LOAD = management.load_models_gpu
MEGABYTE = 1024 * 1024


def main() -> None:
    """Score the same pictures in every state of ComfyUI's memory."""
    assert asyncio.run(nodes.load_custom_node(str(PACK))), "the pack did not load"
    session = sys.modules[str(PACK).replace(".", "_x_") + ".nodes.host"].session()

    def score() -> list[list[float]]:
        with torch.inference_mode():
            session.tagger("demo").forget()  # scores that are remembered load nothing
            return [one.values.tolist() for one in session.score(PICTURES, model="demo")]

    whole = score()
    (patcher,) = management.loaded_models()
    assert not patcher.model.model_lowvram
    seen = [whole]
    for flag, whole_below in (("NO_VRAM", 0), ("LOW_VRAM", 128 * MEGABYTE), ("NORMAL_VRAM", 128 * MEGABYTE)):
        evict(patcher)
        with memory_of(flag, free=patcher.model_size() // 3):
            seen.append(score())
            # ComfyUI 0.3.64 loads small models whole with --lowvram; 0.8.0 has no such floor.
            assert patcher.model.model_lowvram or patcher.model_size() < whole_below, f"{flag}: nothing left behind"
            seen.append(score())  # ComfyUI may load more of it at every further use
        patcher.detach()
        seen.append(score())
    evict(patcher)
    with patch.object(management, "load_models_gpu", load_a_third):
        seen.append(score())
    assert 0 < patcher.loaded_size() < patcher.model_size() / 2
    evict(patcher)
    with memory_of("HIGH_VRAM", free=1e12):
        seen.append(score())
    assert not patcher.model.model_lowvram
    assert [whole] * len(seen) == seen
    session.unload()
    assert [] == management.loaded_models()
    print("same scores: whole, in part, reloaded, after eviction")


@contextmanager
def memory_of(flag: str, *, free: float) -> Iterator[None]:
    """Have ComfyUI load as with that flag, with so many bytes free beyond its reserve, on what it takes for a device.

    --novram and --lowvram exclude --cpu; where no device is, ComfyUI's own decision what to load is asked all the same.
    """
    reserve = management.minimum_inference_memory()

    def free_memory(device: Any = None, torch_free_too: bool = False) -> Any:
        left = reserve + free - sum(one.loaded_size() for one in management.loaded_models())
        return (left, left) if torch_free_too else left

    def load(models: Any, **requirements: Any) -> None:
        with (
            patch.object(management, "is_device_cpu", lambda device: False),
            patch.object(management, "get_free_memory", free_memory),
            patch.object(management, "vram_state", management.VRAMState[flag]),
        ):
            LOAD(models, **requirements)

    with patch.object(management, "load_models_gpu", load):
        yield


def load_a_third(models: list[Any], **requirements: Any) -> None:
    """Load as ComfyUI does where there is memory for a third of the model."""
    for patcher in models:
        patcher.partially_load(patcher.load_device, patcher.model_size() // 3)


def evict(patcher: Any) -> None:
    """Free memory as ComfyUI does where another model needs it all."""
    management.free_memory(1e30, patcher.load_device)
    assert [] == management.loaded_models()


main()
