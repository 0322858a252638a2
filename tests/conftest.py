"""What do all tests share? Pictures, reproducible checkpoints, and a world without the person's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, settings
from PIL import Image

from tests.checkpoints import full_checkpoint, write_checkpoint

DATA = Path(__file__).parent / "data"

# A busy machine is no fault.
_UNTIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same examples in every run; `--hypothesis-profile random` looks for new ones.
settings.register_profile("repeatable", derandomize=True, **_UNTIMED)
settings.register_profile("random", derandomize=False, print_blob=True, **_UNTIMED)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's own model folders out of the tests."""
    monkeypatch.delenv("JOYTAG_MODELS", raising=False)


@pytest.fixture(autouse=True)
def _any_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the same scores on processors with and without units for bfloat16."""
    monkeypatch.setattr("joytag_core.host.devices.has_fast_bfloat16", lambda: False)


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the models tiny, tiny-plain and tiny-hot, not to be written to."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for preset in ("tiny", "tiny-plain", "tiny-hot"):
        write_checkpoint(folder / preset, preset)
    return folder


@pytest.fixture(scope="session")
def tiny(checkpoints: Path) -> Path:
    """Return the folder of the small model, not to be written to."""
    return checkpoints / "tiny"


@pytest.fixture(scope="session")
def full() -> Path:
    """Return the folder of the full-size model with random weights, not to be written to."""
    return full_checkpoint()


@pytest.fixture
def picture_paths() -> list[Path]:
    """Return the seven golden pictures' paths, by name."""
    return sorted((DATA / "pictures").glob("*.png"))


@pytest.fixture
def picture(picture_paths: list[Path]) -> Image.Image:
    """Return one small picture that is no square."""
    with Image.open(DATA / "pictures" / "tiny_31x17.png") as opened:
        return opened.convert("RGB")


@pytest.fixture
def seeded() -> Iterator[torch.Generator]:
    """Return a random generator that is the same in every run."""
    yield torch.Generator().manual_seed(0)
