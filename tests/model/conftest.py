"""What do the tests of model files share?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file

from joytag_core import ModelFileError
from joytag_core.model.folders import ModelFolder
from joytag_core.model.network import Network
from joytag_core.model.weights import load_network
from joytag_core.tags.vocabulary import Vocabulary
from tests.checkpoints import PRESETS


@pytest.fixture
def folder(tiny: Path, tmp_path: Path) -> Path:
    """Return a copy of the small model to break."""
    return shutil.copytree(tiny, tmp_path / "model")


def load(folder: Path, **options: Any) -> tuple[Network, Vocabulary]:
    """Load the model in a folder."""
    return load_network(ModelFolder(folder.name, folder), **options)


def message_of(folder: Path) -> str:
    """Return what is said of a broken model."""
    with pytest.raises(ModelFileError) as caught:
        load(folder)
    return str(caught.value)


def pickled(folder: Path, wrap: Callable[[dict[str, Any]], Any] = lambda state: {"model": state}) -> None:
    """Replace a model's weights by a model.pt."""
    tensors = {name: torch.from_numpy(value) for name, value in load_file(folder / "model.safetensors").items()}
    torch.save(wrap(tensors), folder / "model.pt")
    (folder / "model.safetensors").unlink()


def config(**changes: Any) -> dict[str, Any]:
    """Return the small model's config.json with changes."""
    return PRESETS["tiny"] | changes
