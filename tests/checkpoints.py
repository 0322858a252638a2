"""Which reproducible weights do the tests use? Pseudo-random ones in JoyTag's format, the same on every machine.

Every tensor depends on the seed, its own name and its shape alone, so the recorded logits in `tests/data/golden` hold.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

Config = dict[str, Any]

RELEASE_CONFIG: Config = {
    "class": "ViT",
    "num_blocks": 12,
    "patch_size": 16,
    "d_model": 768,
    "mlp_dim": 3072,
    "num_heads": 12,
    "stochdepth_rate": 0.05,
    "use_sine": True,
    "cnn_stem": "conv:c=64;ln;relu;conv:c=128;ln;relu;conv:c=256;ln;relu;conv:c=512;ln;relu;conv:c=768,s=1,k=1,p=0",
    "image_size": 448,
    "n_tags": 5813,
    "loss_type": "focal2",
}
"""The published config.json; written with tabs it is that file, byte for byte."""

_SMALL = {"num_blocks": 2, "d_model": 64, "mlp_dim": 128, "num_heads": 4, "image_size": 64, "n_tags": 40}
_SMALL_STEM = "conv:c=8;ln;relu;conv:c=16;ln;relu;conv:c=24;ln;relu;conv:c=32;ln;relu;conv:c=64,s=1,k=1,p=0"

PRESETS: dict[str, Config] = {
    "full": RELEASE_CONFIG,
    "tiny": RELEASE_CONFIG | _SMALL | {"cnn_stem": _SMALL_STEM},
    "tiny-plain": RELEASE_CONFIG | _SMALL | {"cnn_stem": None, "use_sine": False, "head_mean_after": True},
    "tiny-hot": RELEASE_CONFIG | _SMALL | {"cnn_stem": _SMALL_STEM},
}
"""`tiny-plain` is the other architecture that the class allows; the residual stream of `tiny-hot` leaves float16."""


def config_bytes(config: Config) -> bytes:
    """Return the bytes of a config.json as the published one is written."""
    return json.dumps(config, indent="\t").encode()


def tag_bytes(names: Iterable[str]) -> bytes:
    """Return the bytes of a top_tags.txt as the published one is written."""
    return "\n".join(names).encode()


def write_checkpoint(
    folder: Path, preset: str = "tiny", *, seed: int = 1, names: Sequence[str] | None = None, **changes: Any
) -> Path:
    """Write the three files of a model and return their folder; `changes` are made to the preset's config."""
    config = PRESETS[preset] | changes
    folder.mkdir(parents=True, exist_ok=True)
    save_file(make_tensors(config, seed=seed, hot=preset == "tiny-hot"), folder / "model.safetensors")
    (folder / "config.json").write_bytes(config_bytes(config))
    (folder / "top_tags.txt").write_bytes(tag_bytes(names or [f"tag_{i}" for i in range(config["n_tags"])]))
    return folder


def full_checkpoint() -> Path:
    """Return the folder of the full-size checkpoint (366 MB), made once a machine in the temporary folder."""
    folder = Path(tempfile.gettempdir()) / "joytag-tests-full-1"
    if not folder.is_dir():
        made = Path(tempfile.mkdtemp(prefix="joytag-tests-making-"))
        write_checkpoint(made, "full")
        try:
            made.replace(folder)
        except OSError:  # another run was quicker
            shutil.rmtree(made)
    return folder


def make_tensors(config: Config, *, seed: int = 1, hot: bool = False) -> dict[str, np.ndarray]:
    """Return every tensor of a checkpoint with this config."""
    return {name: _tensor(name, shape, seed=seed, hot=hot) for name, shape in tensor_shapes(config).items()}


def tensor_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Return the published name and the shape of every tensor of a config."""
    width, inner = config["d_model"], config["mlp_dim"]
    shapes = _embedding_shapes(config)
    for index in range(config["num_blocks"]):
        block = f"blocks.{index}"
        for norm in ("norm1", "norm2"):
            shapes |= _pair(f"{block}.{norm}", width)
        shapes |= _pair(f"{block}.qkv_proj", 3 * width, width) | _pair(f"{block}.out_proj", width, width)
        shapes |= {f"{block}.skip_init1.skip": (width,), f"{block}.skip_init2.skip": (width,)}
        shapes |= _pair(f"{block}.mlp.linear1", inner, width) | _pair(f"{block}.mlp.linear2", width, inner)
    return shapes | _pair("norm", width) | _pair("head", config["n_tags"], width)


def _embedding_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    width, patch = config["d_model"], config["patch_size"]
    shapes: dict[str, tuple[int, ...]] = {}
    if config["cnn_stem"] is None:
        shapes |= _pair("patch_embeddings", width, 3, patch, patch)
    else:
        channels = 3
        for index, layer in enumerate(config["cnn_stem"].split(";")):
            kind, _, options = layer.partition(":")
            if kind == "conv":
                values = {name: int(value) for name, value in (option.split("=") for option in options.split(","))}
                kernel = values.get("k", 3)
                shapes |= _pair(f"patch_embeddings.conv.{index}", values["c"], channels, kernel, kernel)
                channels = values["c"]
            elif kind == "ln":
                shapes |= _pair(f"patch_embeddings.conv.{index}.norm", channels)
    if not config["use_sine"]:
        patches = (config["image_size"] // patch) ** 2
        shapes |= {"pos_embedding.embedding.weight": (patches, width), "pos_embedding.position_ids": (patches,)}
    return shapes


def _pair(name: str, *shape: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _tensor(name: str, shape: tuple[int, ...], *, seed: int, hot: bool) -> np.ndarray:
    if name.endswith("position_ids"):
        return np.arange(shape[0], dtype=np.int64)
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "little")
    values = np.random.Generator(np.random.PCG64(key)).standard_normal(shape, dtype=np.float32)
    spread, centre = _spread_and_centre(name, shape, hot)
    return np.ascontiguousarray(values * np.float32(spread) + np.float32(centre))


def _spread_and_centre(name: str, shape: tuple[int, ...], hot: bool) -> tuple[float, float]:
    """Choose both by a tensor's role, so that activations and logits have a trained model's order of size."""
    if name == "head.weight":
        return 2.0 / np.sqrt(shape[1]), 0.0
    if name == "head.bias":
        return 0.5, -6.0 if shape[0] > 1000 else -2.5
    if name.endswith(".skip"):
        return (3e3, 3e4) if hot else (0.1, 0.3)
    if name.endswith("bias"):
        return 0.1, 0.0
    if "norm" in name:
        return 0.1, 1.0
    return 0.5 if name.endswith("embedding.weight") else 1.4 / np.sqrt(np.prod(shape[1:])), 0.0
