"""Does the network live where each WebUI wants it, and does it give its memory back?"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from joytag_core.errors import CancelledError
from joytag_core.host.protocol import Placement
from joytag_webui.host import WebUIHost
from joytag_webui.memory import DeviceMemory, PatchedResidence, PatcherMemory, VisitingResidence, find_memory_management
from tests.webui.fake_webui import FakeWebUI

ELSEWHERE = torch.device("meta")
"""A device that every machine has and that is not the CPU."""


class Management(ModuleType):
    """Stand for a memory management of ComfyUI's kind."""

    def __init__(self) -> None:
        super().__init__("management")
        self.current_loaded_models: list[Any] = []
        self.asked: list[tuple[int, bool]] = []
        self.emptied = 0

    def get_torch_device(self) -> torch.device:
        """Return the device that all models go to."""
        return ELSEWHERE

    def should_use_fp16(self, device: torch.device) -> bool:
        """Say that the device is fast in float16."""
        return device == ELSEWHERE

    def load_models_gpu(self, patchers: list[Any], memory_required: int = 0) -> None:
        """Note a model as loaded."""
        self.asked.append((memory_required, torch.is_inference_mode_enabled()))
        for patcher in patchers:
            if not any(one.model is patcher for one in self.current_loaded_models):
                self.current_loaded_models.insert(0, Loaded(patcher))

    def soft_empty_cache(self) -> None:
        """Count the calls."""
        self.emptied += 1


class Loaded:
    """Stand for a LoadedModel, whose == compares with something that may be gone."""

    def __init__(self, model: Any) -> None:
        self.model, self.unloaded = model, False

    def model_unload(self) -> None:
        """Take it off the device."""
        self.unloaded = True

    def __eq__(self, other: object) -> bool:
        raise ReferenceError("weakly-referenced object no longer exists")

    __hash__ = None  # type: ignore[assignment]


class Patcher:
    """Stand for a ModelPatcher."""

    def __init__(self, model: nn.Module, load_device: torch.device, offload_device: torch.device) -> None:
        self.model, self.load_device, self.offload_device = model, load_device, offload_device


@pytest.fixture
def network() -> nn.Module:
    """Return a network of one layer, on the CPU."""
    return nn.Linear(2, 2)


def device_of(network: nn.Module) -> torch.device:
    """Return where a network's weights are."""
    return next(network.parameters()).device


@pytest.mark.parametrize("keep", [False, True])
def test_a1111_moves_the_network_in_and_out(webui: FakeWebUI, network: nn.Module, keep: bool) -> None:
    """The network is on the device while it is used, and after it only if models are to be kept in memory."""
    webui.opts.data["interrogate_keep_models_in_memory"] = keep
    residence = VisitingResidence(network.to(ELSEWHERE), ELSEWHERE)
    left: list[bool] = []
    residence.leave = lambda: left.append(True)  # type: ignore[method-assign] - meta tensors cannot be moved back
    with residence.occupy(0) as device:
        assert ELSEWHERE == device == device_of(network)
        assert [] == left
    assert ([] if keep else [True]) == left


@pytest.mark.parametrize("medvram", [False, True])
def test_a1111_makes_room_in_low_memory_modes(webui: FakeWebUI, network: nn.Module, medvram: bool) -> None:
    """With --medvram or --lowvram the checkpoint's parts go to the CPU first, as for A1111's own interrogators."""
    webui.cmd_opts.medvram = medvram
    webui.opts.data["interrogate_keep_models_in_memory"] = True
    with VisitingResidence(network, ELSEWHERE).occupy(0):
        pass
    assert medvram == bool(webui.sent_to_cpu)


def test_a1111_leaves_even_after_an_error(webui: FakeWebUI, network: nn.Module) -> None:
    """An error in the block does not leave the network on the device."""
    residence = VisitingResidence(network, torch.device("cpu"))
    left: list[bool] = []
    residence.leave = lambda: left.append(True)  # type: ignore[method-assign]
    with pytest.raises(RuntimeError), residence.occupy(0):
        raise RuntimeError
    assert [True] == left


def test_weights_moved_inside_inference_mode_are_ordinary(webui: FakeWebUI, network: nn.Module) -> None:
    """WebUIs generate inside inference_mode; weights moved there must stay usable outside it."""
    webui.opts.data["interrogate_keep_models_in_memory"] = True
    with torch.inference_mode(), VisitingResidence(network, ELSEWHERE).occupy(0):
        pass
    assert ELSEWHERE == device_of(network)
    assert not any(parameter.is_inference() for parameter in network.parameters())


def test_patched_network_is_loaded_at_every_use(network: nn.Module) -> None:
    """The memory management is asked at each use, outside inference mode, with the memory that is needed."""
    management = Management()
    residence = PatcherMemory(management, Patcher).adopt(network, Placement(ELSEWHERE, torch.float16))
    for needed in (1, 2):
        with torch.inference_mode(), residence.occupy(needed) as device:
            assert ELSEWHERE == device
    assert [(1, False), (2, False)] == management.asked


def test_patched_network_leaves_alone(network: nn.Module) -> None:
    """leave() takes our network out of the loaded models, and no other."""
    management = Management()
    management.current_loaded_models = [Loaded("another")]
    residence = PatchedResidence(management, patcher := Patcher(network, ELSEWHERE, torch.device("cpu")))
    with residence.occupy(0):
        pass
    (ours,) = [one for one in management.current_loaded_models if one.model is patcher]
    residence.leave()
    assert ["another"] == [one.model for one in management.current_loaded_models]
    assert (True, 1) == (ours.unloaded, management.emptied)
    residence.leave()
    assert ["another"] == [one.model for one in management.current_loaded_models]


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([], DeviceMemory),
        (["backend", "backend.memory_management", "backend.patcher", "backend.patcher.base"], PatcherMemory),
        (
            ["ldm_patched", "ldm_patched.modules", "ldm_patched.modules.model_management",
             "ldm_patched.modules.model_patcher"],
            PatcherMemory,
        ),
    ],
    ids=["a1111", "forge", "reforge"],
)  # fmt: skip
def test_memory_management_is_found(monkeypatch: pytest.MonkeyPatch, modules: list[str], expected: type) -> None:
    """Forge's or reForge's management is used where it is, A1111's devices elsewhere."""
    for name in modules:
        module = ModuleType(name)
        module.ModelPatcher = Patcher  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    for name in modules:
        parent, _, child = name.rpartition(".")
        if parent:
            monkeypatch.setattr(sys.modules[parent], child, sys.modules[name], raising=False)
    assert expected is type(find_memory_management())


def host_on(monkeypatch: pytest.MonkeyPatch) -> WebUIHost:
    """Return a host whose memory management has another device than the CPU."""
    monkeypatch.setattr("joytag_webui.host.find_memory_management", lambda: PatcherMemory(Management(), Patcher))
    return WebUIHost()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, (ELSEWHERE, torch.float16)),
        ({"use_cpu": ["sd"]}, (ELSEWHERE, torch.float16)),
        ({"use_cpu": None, "no_half": True}, (ELSEWHERE, torch.float32)),
        ({"precision": "full"}, (ELSEWHERE, torch.float32)),
        ({"use_cpu": ["interrogate"]}, (torch.device("cpu"), torch.float32)),
        ({"use_cpu": ["all"]}, (torch.device("cpu"), torch.float32)),
        ({"use_cpu": ["all"], "fast": True}, (torch.device("cpu"), torch.bfloat16)),
        ({"use_cpu": ["all"], "fast": True, "no_half": True}, (torch.device("cpu"), torch.float32)),
    ],
)
def test_placement_follows_the_flags(
    monkeypatch: pytest.MonkeyPatch, webui: FakeWebUI, flags: dict[str, Any], expected: Any
) -> None:
    """--use-cpu interrogate (or all), --no-half and --precision full mean for us what they mean for the WebUI."""
    fast = flags.get("fast", False)
    monkeypatch.setattr("joytag_core.host.devices.has_fast_bfloat16", lambda: fast)
    for name, value in flags.items():
        setattr(webui.cmd_opts, name, value)
    assert Placement(*expected) == host_on(monkeypatch).placement()


def test_model_folders(monkeypatch: pytest.MonkeyPatch, webui: FakeWebUI, tmp_path: Path) -> None:
    """Models are looked for in models/joytag, then in the folder of the settings; downloads go to the first."""
    host = host_on(monkeypatch)
    assert [tmp_path / "models" / "joytag"] == list(host.model_folders())
    webui.opts.data["joytag_models_folder"] = f" {tmp_path / 'more'} "
    assert [tmp_path / "models" / "joytag", tmp_path / "more"] == list(host.model_folders())
    assert tmp_path / "models" / "joytag" == host.download_folder()


def test_interrupt_cancels(monkeypatch: pytest.MonkeyPatch, webui: FakeWebUI) -> None:
    """Interrupt raises; without it nothing does, and the progress is shown until it is done."""
    host = host_on(monkeypatch)
    host.check_cancelled()
    progress = host.progress(total=2, label="JoyTag")
    assert "JoyTag 0/2" == webui.state.textinfo
    progress.update(2)
    assert webui.state.textinfo is None
    webui.state.interrupt()
    with pytest.raises(CancelledError):
        host.check_cancelled()
