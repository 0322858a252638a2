"""Is a model.pt read, and does it never run a program?"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from joytag_core import ModelFileError
from joytag_core.model.folders import ModelFolder
from joytag_core.model.weights import load_network
from tests.model.conftest import load, message_of, pickled


@pytest.mark.parametrize("wrap", [lambda state: {"model": state, "step": 3}, lambda state: state])
def test_pickled_weights_are_loaded(folder: Path, tiny: Path, wrap: Callable[[dict[str, Any]], Any]) -> None:
    """Under `model`, as the training wrote them, or at the top: the same network."""
    pickled(folder, wrap)
    expected, actual = load(tiny)[0].state_dict(), load(folder)[0].state_dict()
    assert all(torch.equal(expected[name], actual[name]) for name in expected)


@pytest.mark.parametrize("wrap", [lambda state: [1, 2], lambda state: {"model": [3]}, lambda state: {"a": 1}])
def test_a_pickle_without_tensors_is_named(folder: Path, wrap: Callable[[dict[str, Any]], Any]) -> None:
    """A list, another content under `model`, numbers instead of tensors."""
    pickled(folder, wrap)
    assert "no tensors by name" in message_of(folder)


class _Malicious:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_malicious_pickle_is_refused_and_not_run(folder: Path, tmp_path: Path, as_zip: bool) -> None:
    """Only tensors are ever unpickled."""
    (folder / "model.safetensors").unlink()
    content = {"model": _Malicious(tmp_path / "it ran")}
    if as_zip:
        torch.save(content, folder / "model.pt")
    else:
        (folder / "model.pt").write_bytes(pickle.dumps(content))
    assert "model.pt" in message_of(folder)
    assert not (tmp_path / "it ran").exists()


@pytest.mark.parametrize("extra", [Path("x"), Fraction(1, 3)])
def test_a_whole_model_pt_with_more_than_tensors_is_named(folder: Path, extra: object) -> None:
    """It is not called cut off; and no advice of torch's to load it all the same, nor its colours, are handed on."""
    pickled(folder, lambda state: {"model": state, "extra": extra})
    message = message_of(folder)
    assert "holds more than tensors" in message and "cut off" not in message
    assert "weights_only" not in message and "\033" not in message


def test_safetensors_is_preferred_to_a_pickle(folder: Path) -> None:
    """Where both are there, the pickle is not even opened."""
    (folder / "model.pt").write_bytes(b"whatever")
    load(folder)


@pytest.mark.parametrize("seed", range(8))
def test_a_model_pt_that_is_broken_anywhere_is_our_error(folder: Path, seed: int) -> None:
    """Whatever torch makes of cut and changed bytes, in the zip and in the pickle."""
    pickled(folder)
    whole = np.frombuffer((folder / "model.pt").read_bytes(), dtype=np.uint8)
    random = np.random.default_rng(seed)
    for _ in range(15):
        damaged = whole.copy()
        places = random.integers(0, len(whole), 200) if seed % 2 else random.integers(0, 4000, 12)
        damaged[places] = random.integers(0, 256, len(places))
        end = random.integers(1, len(whole)) if seed > 5 else len(whole)
        (folder / "model.pt").write_bytes(damaged[:end].tobytes())
        with suppress(ModelFileError):
            load_network(ModelFolder("x", folder))


@pytest.mark.parametrize(
    "state",
    [
        {"a": torch.ones(2, device="meta")},
        {1: torch.ones(1)},
        {"a": torch.ones(2, 2).to_sparse()},
        {"a": 3},
        [torch.ones(1)],
        {"model": None},
    ],
)
def test_a_model_pt_of_other_things_is_named(folder: Path, state: Any) -> None:
    """Tensors without values, sparse ones, other keys, other values."""
    torch.save(state, folder / "model.pt")
    (folder / "model.safetensors").unlink(missing_ok=True)
    with pytest.raises(ModelFileError, match="no tensors by name"):
        load_network(ModelFolder("x", folder))
