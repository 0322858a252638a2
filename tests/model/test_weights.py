"""Are a model's files loaded strictly, and is every way in which they can be broken named?"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from joytag_core import ModelFileError
from joytag_core.model.config import read_config
from joytag_core.model.folders import ModelFolder
from joytag_core.model.weights import load_network
from tests.memory import PEAK_MEMORY, needs_proc
from tests.model.conftest import load, message_of, pickled


def change_tensors(folder: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    """Change the tensors of a model on disk."""
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def test_every_tensor_is_loaded_as_it_is(folder: Path) -> None:
    """All of them, by their published names, bit for bit."""
    network, vocabulary = load(folder)
    expected = load_file(folder / "model.safetensors")
    actual = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    assert set(expected) == set(actual)
    assert all(np.array_equal(expected[name], actual[name]) for name in expected)
    assert 40 == len(vocabulary)


@pytest.mark.parametrize("stored", [np.float16, np.float64])
def test_weights_in_another_dtype_are_converted(folder: Path, stored: type) -> None:
    """A checkpoint saved in half or double precision is the same model."""
    change_tensors(folder, lambda tensors: tensors.update({k: v.astype(stored) for k, v in tensors.items()}))
    network, _ = load(folder)
    assert {torch.float32} == {tensor.dtype for tensor in network.state_dict().values()}


def test_a_missing_tensor_is_named(folder: Path) -> None:
    """File, tensor and the shape expected."""
    change_tensors(folder, lambda tensors: tensors.pop("blocks.1.norm2.bias"))
    message = message_of(folder)
    for part in ("model.safetensors", "'blocks.1.norm2.bias' is missing", "[64]"):
        assert part in message


def test_an_extra_tensor_is_named(folder: Path) -> None:
    """What belongs to no part of the network is not ignored: the config may be another model's."""
    change_tensors(folder, lambda tensors: tensors.update({"blocks.2.norm1.bias": np.zeros(64, np.float32)}))
    assert "'blocks.2.norm1.bias'" in message_of(folder)


@pytest.mark.parametrize(
    ("name", "shape"), [("blocks.0.qkv_proj.weight", (192, 63)), ("norm.weight", (1,)), ("head.bias", (48,))]
)
def test_a_wrong_shape_is_named(folder: Path, name: str, shape: tuple[int, ...]) -> None:
    """File, tensor, shape found and shape expected."""
    expected = list(load_file(folder / "model.safetensors")[name].shape)
    change_tensors(folder, lambda tensors: tensors.update({name: np.zeros(shape, np.float32)}))
    message = message_of(folder)
    for part in ("model.safetensors", repr(name), str(list(shape)), f"expected {expected}"):
        assert part in message


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["blocks.1.mlp.linear2.weight", "head.bias"])
def test_values_that_are_not_finite_are_named(folder: Path, name: str, value: float) -> None:
    """A single one among thousands is found, and its tensor said."""
    change_tensors(folder, lambda tensors: tensors[name].reshape(-1).__setitem__(-1, value))
    message = message_of(folder)
    assert repr(name) in message and "not finite" in message


def test_nine_more_outputs_are_cut_off(folder: Path) -> None:
    """An older head ends in rating and score outputs, which are no tags; ten more would be another model."""
    expected, _ = load(folder)
    expected_weight = expected.head.weight.clone()

    def widen(count: int) -> Callable[[dict[str, np.ndarray]], None]:
        def change(tensors: dict[str, np.ndarray]) -> None:
            for name in ("head.weight", "head.bias"):
                more = np.full((count, *tensors[name].shape[1:]), 7, np.float32)
                tensors[name] = np.concatenate([tensors[name], more])

        return change

    change_tensors(folder, widen(9))
    network, _ = load(folder)
    assert torch.equal(expected_weight, network.head.weight)
    change_tensors(folder, widen(1))
    assert "'head.weight' has the shape [50, 64]; expected [40, 64]" in message_of(folder)


def test_the_number_of_tags_has_to_fit(folder: Path) -> None:
    """A tag list of another model is found out before anything is mislabelled."""
    (folder / "top_tags.txt").write_text("\n".join(f"tag_{i}" for i in range(39)))
    message = message_of(folder)
    for part in ("top_tags.txt", "39 tags", "expected 40"):
        assert part in message


@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Not Found</body></html>", "web page"),
        (b"\n  <html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 365984052\n", "Git LFS pointer"),
        (b"Entry not found", "no whole"),
        (bytes(1000), "no whole"),
        (b"\xff" * 1000, "no whole"),
    ],
)
def test_a_file_that_holds_no_weights_says_what_it_looks_like(
    folder: Path, name: str, content: bytes, reason: str
) -> None:
    """What people end up with after a failed download."""
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(content)
    message = message_of(folder)
    assert str(folder / name) in message and reason in message


@pytest.mark.parametrize("share", [0.001, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
def test_a_cut_off_file_is_named(folder: Path, name: str, share: float) -> None:
    """Wherever it ends."""
    if name == "model.pt":
        pickled(folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: int(len(whole) * share)])
    assert str(folder / name) in message_of(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no readable JSON"),
        (b"{", "no readable JSON"),
        (b"\xff\xfe", "no readable JSON"),
        (b"<html>", "no readable JSON"),
        (b"[1, 2]", "JSON list"),
        (b"null", "JSON NoneType"),
        (b"{}", "class is None"),
        (b'{"class": "EfficientNet"}', "class is 'EfficientNet'"),
        (b"[" * 100_000, "no readable JSON"),
    ],
)
def test_a_broken_config_is_named(folder: Path, content: bytes, reason: str) -> None:
    """With the path of the file, once."""
    (folder / "config.json").write_bytes(content)
    message = message_of(folder)
    assert str(folder / "config.json") in message and reason in message
    assert 1 == message.count("config.json")


def test_a_config_with_a_byte_order_mark_is_read(folder: Path) -> None:
    """As an editor on Windows may leave it."""
    content = (folder / "config.json").read_bytes()
    (folder / "config.json").write_bytes(b"\xef\xbb\xbf" + content)
    assert 64 == read_config(folder / "config.json").image_size


def test_another_model_s_config_does_not_load(folder: Path, checkpoints: Path) -> None:
    """The tensors say so."""
    shutil.copy(checkpoints / "tiny-plain" / "config.json", folder)
    assert "tensor" in message_of(folder)


def test_weights_are_kept_in_the_dtype_asked_for(folder: Path) -> None:
    """Half the memory where half precision is computed; what needs float32 stays float32."""
    network, _ = load(folder, dtype=torch.bfloat16)
    assert torch.bfloat16 == network.blocks[0].qkv_proj.weight.dtype
    assert torch.float32 == network.head.weight.dtype


def test_a_model_loaded_in_inference_mode_can_be_used_outside(folder: Path) -> None:
    """Hosts load inside torch.inference_mode; the weights have to work, and move, elsewhere too."""
    with torch.inference_mode():
        network, _ = load(folder)
    assert not any(tensor.is_inference() for tensor in network.state_dict().values())
    network.to(torch.float64).to(torch.float32)
    network.head.weight.requires_grad_()
    network(torch.zeros(1, 3, 64, 64)).sum().backward()


PEAK = (
    PEAK_MEMORY
    + """
from pathlib import Path
import torch
from joytag_core.host import operations
from joytag_core.model.folders import ModelFolder
from joytag_core.model.weights import load_network
small, large = (ModelFolder("m", Path(path)) for path in sys.argv[1:3])
dtype = getattr(torch, sys.argv[3])
load_network(small, operations=operations, dtype=dtype)
before = peak()
network, _ = load_network(large, operations=operations, dtype=dtype)
print((peak() - before) / large.weights.stat().st_size)
"""
)


def test_torch_2_0_loads_without_assigning(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A1111 up to 1.7 runs on torch 2.0, whose modules cannot assign: the same network comes out."""
    folder = ModelFolder("tiny", tiny)
    expected, _ = load_network(folder)
    load_state_dict = nn.Module.load_state_dict
    monkeypatch.setattr(
        nn.Module, "load_state_dict", lambda self, state, strict=True: load_state_dict(self, state, strict)
    )
    network, _ = load_network(folder)
    found = network.state_dict()
    assert expected.state_dict().keys() == found.keys()
    assert all(torch.equal(tensor, found[name]) for name, tensor in expected.state_dict().items())
    assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize(("dtype", "least", "most"), [("float32", 0.9, 1.3), ("bfloat16", 0.45, 0.7)])
def test_loading_needs_little_more_memory_than_the_weights(
    tiny: Path, full: Path, dtype: str, least: float, most: float
) -> None:
    """The peak in times of the file, above torch's own: no second copy of the weights, nor what they were made of."""
    command = [sys.executable, "-c", PEAK, str(tiny), str(full), dtype]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert least < float(done.stdout) < most


def test_the_config_says_how_it_was_written(folder: Path) -> None:
    """A config that JSON can hold in any layout is the same config."""
    config = json.loads((folder / "config.json").read_text())
    expected = read_config(folder / "config.json")
    (folder / "config.json").write_text(json.dumps(config, sort_keys=True))
    assert expected == read_config(folder / "config.json")


def test_whole_numbers_are_no_weights(folder: Path) -> None:
    """A file that holds them belongs to something else."""
    tensors = {name: tensor.astype(np.int64) for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ModelFileError, match=r"torch\.int64; expected floating-point"):
        load_network(ModelFolder("x", folder))
