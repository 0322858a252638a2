"""How does the model live in ComfyUI's memory?"""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch

from joytag_core.errors import DeviceError
from joytag_core.host.devices import find_dtype
from tests.comfyui.fake_comfyui import FakeComfy, FakePatcher

PICTURES = torch.rand(2, 40, 48, 3, generator=torch.Generator().manual_seed(5))


def values(comfy: FakeComfy) -> Any:
    """Return the scores of two pictures, [2, T]."""
    scores = comfy.module("nodes.host").session().score(PICTURES, model="tiny")
    return [one.values.tolist() for one in scores]


def forget_scores(comfy: FakeComfy) -> None:
    """Let the next call compute again what it has computed before."""
    comfy.module("nodes.host").session().tagger("tiny").forget()


def has_float16_on_cpu() -> bool:
    """Say whether this torch computes in float16 on the CPU; before 2.3 it does not."""
    try:
        find_dtype("float16", torch.device("cpu"))
    except DeviceError:
        return False
    return True


half_runs = pytest.mark.skipif(not has_float16_on_cpu(), reason="this torch has no float16 on the CPU")


@pytest.mark.parametrize("half", [False, pytest.param(True, marks=half_runs)])
def test_a_model_loaded_in_part_gives_the_same_scores(comfy: FakeComfy, half: bool) -> None:
    """Every weight that stays behind (--lowvram, --novram) is brought along by what needs it."""
    comfy.half = half
    whole = values(comfy)
    comfy.load_part = True
    assert whole == values(comfy)


def test_a_part_is_really_left_behind(comfy: FakeComfy) -> None:
    """The fake leaves weights of both kinds behind: of casting layers, and bare ones."""
    comfy.load_part = True
    values(comfy)
    network = comfy.loaded_models[0].model.model
    behind = {name for name, parameter in network.named_parameters() if parameter.dtype == torch.float64}
    assert "network.blocks.0.skip_init1.skip" in behind
    assert any("qkv_proj" in name for name in behind)
    assert len(behind) < len(list(network.parameters()))


def test_the_model_is_asked_for_at_every_execution_and_read_once(comfy: FakeComfy) -> None:
    """Other nodes may have evicted it meanwhile; its files are read only once."""
    values(comfy)
    first = comfy.loaded_models[0].model
    comfy.loaded_models.clear()
    forget_scores(comfy)
    values(comfy)
    assert 2 == len(comfy.loads)
    assert first is comfy.loaded_models[0].model


def test_memory_is_asked_for_the_activations(comfy: FakeComfy) -> None:
    """ComfyUI is told how much must be free beside the weights."""
    values(comfy)
    assert all(required > 0 for required in comfy.loads)


def test_another_model_gives_the_first_ones_memory_back(comfy: FakeComfy) -> None:
    """Unloading strikes the patcher off ComfyUI's list and lets the network go."""
    values(comfy)
    session = comfy.module("nodes.host").session()
    network = weakref.ref(comfy.loaded_models[0].model.model)
    session.unload()
    gc.collect()
    assert [] == comfy.loaded_models
    assert network() is None
    assert 2 == len(values(comfy))


@pytest.mark.parametrize(
    ("flags", "stays"), [({}, True), ({"unload_models": True}, True), ({"free_memory": True}, False)]
)
def test_the_network_goes_when_comfyui_frees_its_cache(comfy: FakeComfy, flags: dict[str, bool], stays: bool) -> None:
    """As core's models do: `free_memory` lets them go for good, `unload_models` only off the device."""
    expected = values(comfy)
    network = weakref.ref(comfy.loaded_models[0].model.model)
    comfy.queue.flags = dict(flags)
    assert flags == comfy.after_a_prompt()
    gc.collect()
    assert stays == (network() is not None)
    assert expected == values(comfy)


def test_the_log_calls_the_model_joytag(comfy: FakeComfy) -> None:
    """ComfyUI writes the class of what it loads: "Requested to load JoyTag"."""
    values(comfy)
    assert "JoyTag" == type(comfy.loaded_models[0].model.model).__name__


def test_the_patcher_outlives_the_call(comfy: FakeComfy) -> None:
    """ComfyUI keeps only weak references, so the session has to keep the patcher alive."""
    values(comfy)
    patcher = weakref.ref(comfy.loaded_models[0].model)
    comfy.loaded_models.clear()
    gc.collect()
    assert isinstance(patcher(), FakePatcher)


def test_a_newer_cores_patcher_is_used_where_there_is_one(comfy: FakeComfy) -> None:
    """CoreModelPatcher is looked up when a model is loaded, since newer cores rebind it after packs are imported."""
    import comfy.model_patcher as patchers

    made: list[FakePatcher] = []

    class CoreModelPatcher(FakePatcher):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            made.append(self)

    patchers.CoreModelPatcher = CoreModelPatcher  # type: ignore[attr-defined]
    values(comfy)
    assert made == [loaded.model for loaded in comfy.loaded_models]


def test_the_placement_is_comfyuis(comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch) -> None:
    """float16 where ComfyUI calls that worthwhile, float32 elsewhere."""
    host = comfy.module("nodes.host").ComfyHost()
    monkeypatch.setattr("comfy.model_management.get_torch_device", lambda: torch.device("meta"))
    assert torch.float32 == host.placement().dtype
    comfy.half = True
    assert torch.float16 == host.placement().dtype


@pytest.mark.parametrize(
    ("fast", "full", "expected"),
    [(True, False, torch.bfloat16), (True, True, torch.float32), (False, False, torch.float32)],
)
def test_on_a_cpu_the_processor_decides(
    comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch, fast: bool, full: bool, expected: torch.dtype
) -> None:
    """bfloat16 where it is faster, unless --force-fp32 asks for full precision."""
    monkeypatch.setattr(comfy.module("joytag_core.host.devices"), "has_fast_bfloat16", lambda: fast)
    monkeypatch.setattr("comfy.model_management.FORCE_FP32", full, raising=False)
    assert expected == comfy.module("nodes.host").ComfyHost().placement().dtype


def test_memory_that_is_full_halves_the_batch(comfy: FakeComfy) -> None:
    """ComfyUI's own out-of-memory exception leads to smaller batches and the same scores."""
    expected = values(comfy)
    forget_scores(comfy)
    import comfy.model_management as management

    load = management.load_models_gpu
    requests: list[int] = []

    def full_for_two(models: list[FakePatcher], memory_required: int = 0) -> None:
        requests.append(memory_required)
        if len(requests) == 1:
            raise management.OOM_EXCEPTION("full")
        load(models, memory_required=memory_required)

    management.load_models_gpu = full_for_two
    assert expected == [pytest.approx(row, abs=1e-6) for row in values(comfy)]
    assert [requests[0] // 2] * 2 == requests[1:]


def test_a_newer_comfyui_is_asked_what_a_full_memory_is(comfy: FakeComfy) -> None:
    """Its drivers raise more than one class; an older one knows one."""
    import comfy.model_management as management

    host = comfy.module("nodes.host").ComfyHost()
    assert host.is_out_of_memory(management.OOM_EXCEPTION("full"))
    assert not host.is_out_of_memory(RuntimeError("the driver's word for full"))
    management.is_oom = lambda error: "driver" in str(error)  # type: ignore[attr-defined]
    assert host.is_out_of_memory(RuntimeError("the driver's word for full"))


def test_model_folders_are_comfyuis_in_its_order(comfy: FakeComfy) -> None:
    """A folder of extra_model_paths.yaml with is_default comes first, and downloads go there."""
    host_module = comfy.module("nodes.host")
    comfy.folders["joytag"] = (["/elsewhere/joytag"], set())
    host_module.register_model_folder()
    host = host_module.ComfyHost()
    expected = ["/elsewhere/joytag", str(comfy.models_dir / "joytag")]
    assert expected == [str(folder) for folder in host.model_folders()]
    assert "/elsewhere/joytag" == str(host.download_folder())
    assert {".safetensors", ".pt"} == comfy.folders["joytag"][1]
