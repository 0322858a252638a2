"""Does any mutated model folder raise another error than ours? Run in long form by `python -m tests.fuzz`."""

from __future__ import annotations

import json
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from joytag_core.errors import ModelError
from joytag_core.model.folders import ModelFolder
from joytag_core.model.weights import load_network

_ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 3, 10**6, 10**12, 10**400, 1.5, float("nan"), "", "16", "conv:c=4", "conv:c=160,k=99999999",
    "ln;" * 50, [], {}, [16], "\ud83d",
)  # fmt: skip


def fuzz_models(count: int, folder: Path, source: Path, *, seed: int = 0) -> Counter[str]:
    """Load so many mutations of the model in `source`, made in `folder`; count what came of them.

    Raises: whatever is no `ModelError`.
    """
    random = np.random.default_rng(seed)
    pickled = folder / "pickled.pt"
    torch.save({"model": load_file(source / "model.safetensors")}, pickled)
    found: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            broken = folder / "broken"
            shutil.rmtree(broken, ignore_errors=True)
            shutil.copytree(source, broken)
            if number % 4 == 3:
                (broken / "model.safetensors").unlink()
                shutil.copy(pickled, broken / "model.pt")
            _mutate(broken, number % 4, random)
            try:
                load_network(ModelFolder("broken", broken))
                found["models"] += 1
            except ModelError as error:
                found[type(error).__name__] += 1
    return found


def _mutate(folder: Path, kind: int, random: np.random.Generator) -> None:
    if kind == 0:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        for name in random.choice(list(config), 2):
            config[str(name)] = _ODD_VALUES[random.integers(len(_ODD_VALUES))]
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return
    names = {1: ("config.json", "top_tags.txt"), 2: ("model.safetensors",), 3: ("model.pt",)}[kind]
    path = folder / names[random.integers(len(names))]
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8).copy()
    reach = len(data) if random.random() < 0.3 else min(len(data), 6000)
    places = random.integers(0, reach, random.integers(1, 30))
    data[places] = random.integers(0, 256, len(places))
    end = random.integers(0, len(data)) if random.random() < 0.2 else len(data)
    path.write_bytes(data[:end].tobytes())
