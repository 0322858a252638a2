"""Does ComfyUI's own memory management change a score? Run by its interpreter, in its folder, on the CPU."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

sys.argv = [sys.argv[0], "--cpu"]
sys.path.insert(0, str(Path.cwd()))

import comfy.options  # noqa: E402

comfy.options.enable_args_parsing()

import comfy.model_management as management  # noqa: E402
import torch  # noqa: E402

import nodes  # noqa: E402

PACK = Path(__file__).parents[2]
PICTURES = torch.rand(3, 90, 120, 3, generator=torch.Generator().manual_seed(7))


def main() -> None:
    """Score the same pictures in four states of ComfyUI's memory."""
    assert asyncio.run(nodes.load_custom_node(str(PACK))), "the pack did not load"
    session = sys.modules[str(PACK).replace(".", "_x_") + ".nodes.host"].session()

    def score() -> list[list[float]]:
        with torch.inference_mode():
            return [one.values.tolist() for one in session.score(PICTURES, model="demo")]

    whole = score()
    (patcher,) = management.loaded_models()
    assert not patcher.model.model_lowvram

    load = management.load_models_gpu
    management.load_models_gpu = load_a_third
    evict(patcher)
    part = score()
    assert patcher.model.model_lowvram, "ComfyUI did not leave anything behind"
    management.load_models_gpu = load
    patcher.detach()

    reloaded = score()
    evict(patcher)
    after_eviction = score()
    assert whole == part == reloaded == after_eviction
    session.unload()
    assert [] == management.loaded_models()
    print("same scores: whole, in part, reloaded, after eviction")


def load_a_third(models: list[Any], **requirements: Any) -> None:
    """Load as ComfyUI does where there is memory for a third of the model."""
    for patcher in models:
        patcher.partially_load(patcher.load_device, patcher.model_size() // 3)


def evict(patcher: Any) -> None:
    """Free memory as ComfyUI does where another model needs it all."""
    management.free_memory(1e30, patcher.load_device)
    assert [] == management.loaded_models()


main()
