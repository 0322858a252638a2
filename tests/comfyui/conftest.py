"""What do the tests of ComfyUI's nodes share? A tiny model with real tag names, and a fake ComfyUI that has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from joytag_core.model.config import NetworkConfig
from joytag_core.model.network import Network
from tests.comfyui.fake_comfyui import FakeComfy, fake_comfyui

TINY = {
    "class": "ViT", "num_blocks": 2, "patch_size": 16, "d_model": 32, "mlp_dim": 64, "num_heads": 4,
    "use_sine": True, "cnn_stem": "conv:c=8;ln;relu;" + "conv:c=8;ln;relu;" * 3 + "conv:c=32,s=1,k=1,p=0",
    "image_size": 64, "n_tags": 8,
}  # fmt: skip
TAGS = ["1girl", "solo", "long_hair", "blonde_hair", "black_hair", "smile", "hatsune_miku", ":3"]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as ComfyUI's `models`, with the model `tiny` in it."""
    models = tmp_path_factory.mktemp("models")
    write_tiny_model(models / "joytag" / "tiny")
    return models


@pytest.fixture
def comfy(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeComfy]:
    """Return a fake ComfyUI that has loaded the pack, on a processor without units for bfloat16."""
    with fake_comfyui(models_dir) as fake:
        fake.nodes()
        monkeypatch.setattr(fake.module("joytag_core.host.devices"), "has_fast_bfloat16", lambda: False)
        yield fake


def write_tiny_model(folder: Path) -> None:
    """Write a model with seeded random weights in JoyTag's own format."""
    folder.mkdir(parents=True)
    network = Network(NetworkConfig.from_dict(TINY))
    generator = torch.Generator().manual_seed(3)
    state = {
        name: torch.randn(tensor.shape, generator=generator) * (0.5 if tensor.ndim > 1 else 0.2) + ("norm" in name)
        for name, tensor in network.state_dict().items()
    }
    save_file(state, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(TINY), encoding="utf-8")
    (folder / "top_tags.txt").write_text("\n".join(TAGS), encoding="utf-8")
