"""How do a model's files become a network with its vocabulary?"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..errors import ModelFileError
from ..tags.vocabulary import Vocabulary
from .config import read_config
from .folders import ModelFolder
from .network import Network

_SAVE_TENSORS = "expected the state_dict() alone, best as model.safetensors"
_Read = Callable[[str, torch.dtype], Tensor]
_CUT_OUTPUTS = 9  # an older head ends in 3 rating and 6 score outputs (MODEL.md)


def load_network(
    folder: ModelFolder, *, operations: Any = nn, dtype: torch.dtype = torch.float32
) -> tuple[Network, Vocabulary]:
    """Load a model on the CPU, ready for inference, with its weights in `dtype` (norms, scales and head in float32).

    Weights that need no conversion stay mapped from the file.

    Raises:
        ModelFileError: a file is not what it should be; the message names file, tensor, expected and found.
    """
    config = read_config(folder.config)
    vocabulary = Vocabulary.from_file(folder.tags)
    if len(vocabulary) != config.n_tags:
        raise ModelFileError(
            f"{folder.tags}: {len(vocabulary)} tags; expected {config.n_tags}, as n_tags in {folder.config.name} says"
        )
    # A host calls this inside inference mode; parameters made there could never be used outside it again.
    with torch.inference_mode(False), torch.no_grad():
        network = Network(config, operations=operations, dtype=dtype, device="meta")
        wanted = network.state_dict()
        with _open_weights(folder.weights) as (shapes, read):
            _check_shapes(folder.weights, {name: tuple(t.shape) for name, t in wanted.items()}, shapes)
            state = {
                name: _converted(folder.weights, name, read(name, like.dtype), like) for name, like in wanted.items()
            }
        _assign(network, state)
    return network.requires_grad_(False).eval(), vocabulary


@contextmanager
def _open_weights(path: Path) -> Iterator[tuple[dict[str, tuple[int, ...]], _Read]]:
    """Yield the shapes of all tensors in a weights file, and a function that reads one that is wanted in a dtype."""
    if path.suffix == ".pt":
        state = _read_pickled(path)
        yield {name: tuple(tensor.shape) for name, tensor in state.items()}, lambda name, _: state[name]
        return
    try:
        with safe_open(str(path), framework="pt", device="cpu") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            yield shapes, lambda name, dtype: _read_mapped(path, file, name, dtype)
    except (SafetensorError, OSError) as error:
        raise ModelFileError(f"{path}: {_what_is(path)}: {error}") from error


def _read_mapped(path: Path, file: Any, name: str, dtype: torch.dtype) -> Tensor:
    """Return a tensor of an open file as it is mapped; one to be converted from a mapping of its own.

    Pages stay in memory as long as their mapping: in one for all, the whole file would lie beside what is made of it.
    """
    tensor: Tensor = file.get_tensor(name)
    if tensor.dtype == dtype:
        return tensor
    with safe_open(str(path), framework="pt", device="cpu") as alone:
        return cast(Tensor, alone.get_tensor(name))


def _read_pickled(path: Path) -> dict[str, Tensor]:
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # Not torch's own words: they advise to load what may run any program.
        raise ModelFileError(f"{path}: {_what_is(path, refused=True)}") from error
    except Exception as error:  # a broken pickle makes torch raise nearly anything
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ModelFileError(f"{path}: {_what_is(path)}: {reason}") from error
    state = loaded.get("model", loaded) if isinstance(loaded, dict) else None
    if not isinstance(state, dict) or not all(map(_is_named_tensor, state.items())):
        raise ModelFileError(f"{path}: holds no tensors by name; expected them at the top or under 'model'")
    return state


def _is_named_tensor(item: tuple[object, object]) -> bool:
    name, tensor = item
    if not isinstance(tensor, Tensor):
        return False
    is_whole = tensor.layout == torch.strided and not tensor.is_quantized and not tensor.is_meta
    return is_whole and isinstance(name, str)


def _what_is(path: Path, *, refused: bool = False) -> str:
    """Say what a file that is no readable weights file looks like; `refused`, where its pickle is not loaded."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(64).lstrip()
    except OSError:
        return "the file cannot be read"
    if size == 0:
        return "the file is empty; expected weights"
    if start.startswith(b"version https://git-lfs"):
        return "this is a Git LFS pointer, not the file itself; fetch it with `git lfs pull` or a browser"
    if start[:1] == b"<":
        return "this is a web page, not the file itself; a download went wrong"
    if refused and zipfile.is_zipfile(path):  # whole: the list of what is in a zip is at its end
        return f"this holds more than tensors, and such files can run any program when they are loaded; {_SAVE_TENSORS}"
    more = f", or holds more than tensors; {_SAVE_TENSORS}" if refused else ""
    return f"this is no whole {path.suffix[1:]} file ({size:,} bytes); a download may have been cut off{more}"


def _check_shapes(path: Path, wanted: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> None:
    for name, shape in wanted.items():
        if name not in found:
            raise ModelFileError(f"{path}: tensor {name!r} is missing; expected one of shape {list(shape)}")
        if found[name] != shape and not _has_cut_outputs(name, shape, found[name]):
            raise ModelFileError(f"{path}: tensor {name!r} has the shape {list(found[name])}; expected {list(shape)}")
    unknown = sorted(set(found) - set(wanted))
    if unknown:
        raise ModelFileError(
            f"{path}: tensor {unknown[0]!r} (one of {len(unknown)} such) belongs to no part of the network that "
            f"config.json describes; are the two files of the same model?"
        )


def _has_cut_outputs(name: str, wanted: tuple[int, ...], found: tuple[int, ...]) -> bool:
    return name.startswith("head.") and found == (wanted[0] + _CUT_OUTPUTS, *wanted[1:])


def _assign(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put tensors in the place of a network's own, without a copy."""
    try:
        network.load_state_dict(state, strict=True, assign=True)
    except TypeError:  # torch 2.0, on which A1111 up to 1.7 runs, can only copy
        for name, tensor in state.items():
            owner, _, own_name = name.rpartition(".")
            module = network.get_submodule(owner)
            is_parameter = own_name in dict(module.named_parameters(recurse=False))
            setattr(module, own_name, nn.Parameter(tensor, requires_grad=False) if is_parameter else tensor)


def _converted(path: Path, name: str, tensor: Tensor, like: Tensor) -> Tensor:
    if not tensor.is_floating_point() and like.is_floating_point():
        raise ModelFileError(f"{path}: tensor {name!r} is of {tensor.dtype}; expected floating-point numbers")
    if tensor.is_floating_point():
        # torch 2.1 has no aminmax of halves on the CPU.
        smallest, largest = torch.aminmax(tensor.float() if tensor.element_size() < 4 else tensor)
        if not bool(torch.isfinite(smallest) & torch.isfinite(largest)):
            raise ModelFileError(f"{path}: tensor {name!r} holds values that are not finite; expected numbers")
    return tensor[: len(like)].to(like.dtype) if like.ndim else tensor.to(like.dtype)
