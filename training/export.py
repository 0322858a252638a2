"""How does a trained network leave the house? As the three files of a JoyTag-format model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from joytag_core.model.network import Network
from joytag_core.whole_files import whole_file, write_whole

from .stem_norm import folded_state


def export_model(
    network: Network,
    config: dict[str, object],
    tags: Sequence[str],
    folder: Path,
    *,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write config.json, model.safetensors and top_tags.txt; each file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in folded_state(network).items()
    }
    with whole_file(folder / "model.safetensors") as temporary:
        save_file(tensors, temporary, metadata={"format": "pt"})
    write_whole(folder / "config.json", json.dumps({**config, "n_tags": len(tags)}, indent="\t"))
    write_whole(folder / "top_tags.txt", "\n".join(tags))
