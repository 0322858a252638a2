"""Does the plain host find devices and dtypes by name, and name those that are not there?"""

from __future__ import annotations

import pytest
import torch

from joytag_core import DeviceError, LocalHost
from joytag_core.host import devices
from joytag_core.host.devices import DTYPES, empty_cache, find_device, find_dtype
from joytag_core.host.protocol import Placement

CPU = torch.device("cpu")


class FakeDevices:
    """Stand for torch.cuda or torch.xpu with some devices."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.emptied = 0

    def is_available(self) -> bool:
        return self.count > 0

    def device_count(self) -> int:
        return self.count

    def empty_cache(self) -> None:
        self.emptied += 1


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeDevices]:
    """Return a machine without any device but the CPU; give it some by their `count`."""
    devices = {"cuda": FakeDevices(0), "xpu": FakeDevices(0), "mps": FakeDevices(0)}
    monkeypatch.setattr(torch, "cuda", devices["cuda"])
    monkeypatch.setattr(torch, "xpu", devices["xpu"], raising=False)
    monkeypatch.setattr(torch.backends.mps, "is_available", devices["mps"].is_available)
    return devices


def test_auto_takes_the_best_there_is(machine: dict[str, FakeDevices]) -> None:
    """CUDA (or ROCm), then XPU, then MPS, then the CPU."""
    assert CPU == find_device("auto")
    for kind in ("mps", "xpu", "cuda"):
        machine[kind].count = 1
        assert torch.device(kind) == find_device("auto")


@pytest.mark.parametrize("kind", ["cuda", "xpu"])
def test_a_device_may_be_chosen_by_number(machine: dict[str, FakeDevices], kind: str) -> None:
    """From 0 to one less than there are; the next is an error that says what there is."""
    machine[kind].count = 2
    assert torch.device(kind) == find_device(kind)
    assert torch.device(kind, 1) == find_device(f"{kind}:1")
    with pytest.raises(DeviceError, match=f"{kind}:2.*there is: cpu, {kind}"):
        find_device(f"{kind}:2")


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "xpu", "mps"])
def test_a_device_that_is_not_there_is_named(machine: dict[str, FakeDevices], name: str) -> None:
    """No silent fall-back to the CPU: the person asked for this one."""
    with pytest.raises(DeviceError, match=f"{name}.*not available.*there is: cpu"):
        find_device(name)


@pytest.mark.parametrize(
    "name", ["", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "mps:1", "cuda:1:2", "meta"]
)
def test_an_unknown_device_is_named(name: str) -> None:
    """With the names there are."""
    with pytest.raises(DeviceError, match="expected auto, cpu, cuda, cuda:1, mps or xpu"):
        find_device(name)


@pytest.mark.parametrize(
    ("device", "expected"),
    [("cpu", torch.float32), ("cuda", torch.float16), ("xpu", torch.float16), ("mps", torch.float16)],
)
def test_auto_dtype_is_what_the_device_is_fast_in(device: str, expected: torch.dtype) -> None:
    """float16 on accelerators, float32 on the CPU."""
    assert expected == find_dtype("auto", torch.device(device))


@pytest.mark.parametrize(
    ("units", "ratio", "expected"), [(True, 0.89, True), (True, 0.9, False), (True, 1.5, False), (False, 0.1, False)]
)
def test_bfloat16_is_for_processors_that_are_faster_in_it(
    monkeypatch: pytest.MonkeyPatch, units: bool, ratio: float, expected: bool
) -> None:
    """Torch says that the processor has the units, and a measurement agrees; both, not one."""
    monkeypatch.undo()  # the tests' own processor
    monkeypatch.setattr(devices, "_has_bfloat16_units", lambda: units)
    monkeypatch.setattr(devices, "_time_ratio", lambda dtype, other: ratio)
    devices.has_fast_bfloat16.cache_clear()
    try:
        assert expected == devices.has_fast_bfloat16()
        wanted = torch.bfloat16 if expected else torch.float32
        assert wanted == find_dtype("auto", CPU)
        assert torch.float32 == find_dtype("float32", CPU)
    finally:
        devices.has_fast_bfloat16.cache_clear()


def test_the_measurement_leaves_torch_s_threads_as_they_were() -> None:
    """It runs on one, and stops soon."""
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        devices._time_ratio(torch.bfloat16, torch.float32)
        assert 3 == torch.get_num_threads()
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("amx", "avx512", "other", "expected"),
    [(True, True, True, True), (False, True, True, True), (False, False, True, False), (None, None, True, True),
     (None, None, False, False)],
)  # fmt: skip
def test_torch_is_asked_for_the_units(
    monkeypatch: pytest.MonkeyPatch, amx: bool | None, avx512: bool | None, other: bool, expected: bool
) -> None:
    """The exact questions where torch knows them (on x86); else whether bfloat16 runs at all."""
    monkeypatch.setattr(devices.platform, "machine", lambda: "x86_64")
    for name, answer in {"amx_tile": amx, "avx512_bf16": avx512}.items():
        ask = None if answer is None else (lambda answer=answer: answer)
        monkeypatch.setattr(torch.cpu, f"_is_{name}_supported", ask, raising=False)
    monkeypatch.setattr(devices, "_runs_bfloat16", lambda: other)
    assert expected == devices._has_bfloat16_units()


def test_the_measurement_compares_two_dtypes() -> None:
    """A dtype takes as long as itself, roughly; the figure is a ratio, and never nothing."""
    assert 0 < devices._time_ratio(torch.float32, torch.float32) < float("inf")


def test_dtypes_by_name() -> None:
    """The name is torch's own."""
    assert ("auto", "float32", "float16", "bfloat16") == DTYPES
    for name in ("float32", "float16", "bfloat16"):
        assert getattr(torch, name) == find_dtype(name, torch.device("cuda"))


@pytest.mark.parametrize("name", ["", "half", "float64", "Float32", "int8"])
def test_an_unknown_dtype_is_named(name: str) -> None:
    """With the names there are."""
    with pytest.raises(DeviceError, match="expected one of auto, float32, float16, bfloat16"):
        find_dtype(name, CPU)


def test_float16_on_the_cpu_runs_or_is_refused_by_name() -> None:
    """Torch 2.1 has no such convolution: an error when the model is placed, not from the middle of the network."""
    one = torch.ones(1, 1, 2, 2)
    try:
        torch.nn.functional.conv2d(one.half(), one.half())
    except RuntimeError:
        with pytest.raises(DeviceError, match=r"float16.*does not run on the CPU"):
            find_dtype("float16", CPU)
    else:
        assert torch.float16 == find_dtype("float16", CPU)


def test_the_placement_is_asked_for_when_it_is_needed(machine: dict[str, FakeDevices]) -> None:
    """Making a host touches no device; a wrong name is found when a model is to be placed."""
    host = LocalHost(device="cuda")
    with pytest.raises(DeviceError):
        host.placement()
    machine["cuda"].count = 1
    assert Placement(torch.device("cuda"), torch.float16) == host.placement()
    assert Placement(CPU, torch.bfloat16) == LocalHost(device="cpu", dtype="bfloat16").placement()


def test_reserved_memory_is_given_back(machine: dict[str, FakeDevices]) -> None:
    """By the device's own module; the CPU keeps none."""
    machine["cuda"].count = 1
    empty_cache(torch.device("cuda"))
    empty_cache(CPU)
    assert 1 == machine["cuda"].emptied


def test_a_network_stays_on_its_device_until_it_leaves() -> None:
    """Moved when it is used, not again between two uses, and away on request."""
    host = LocalHost(device="cpu")
    network = torch.nn.Linear(2, 2)
    residence = host.adopt(network, Placement(CPU, torch.float32))
    weight = network.weight.data_ptr()
    for _ in range(2):
        with residence.occupy(1) as device:
            assert CPU == device
            assert weight == network.weight.data_ptr()
    residence.leave()
    assert CPU == network.weight.device


@pytest.mark.parametrize(
    ("error", "is_full"), [(torch.cuda.OutOfMemoryError("CUDA out of memory"), True), (RuntimeError("full"), False)]
)
def test_a_full_device_is_known_by_torch_s_own_error(error: Exception, is_full: bool) -> None:
    """Of every supported version of torch; a plain RuntimeError is none."""
    assert is_full == LocalHost().is_out_of_memory(error)


@pytest.mark.skipif(not hasattr(torch, "AcceleratorError"), reason="this torch has no AcceleratorError (before 2.8)")
@pytest.mark.parametrize(
    ("message", "code", "is_full"),
    [
        ("CUDA error: out of memory", None, True),
        ("CUDA error", 2, True),
        ("CUDA error: unspecified launch failure", 719, False),
        ("CUDA error: unspecified launch failure", None, False),
    ],
)
def test_a_device_s_fault_is_told_by_its_code_or_words(message: str, code: int | None, is_full: bool) -> None:
    """Torch raises one class for every fault of a device; only a full one is worth another try with fewer pictures."""
    error = torch.AcceleratorError(message)
    if code is not None:
        error.error_code = code
    assert is_full == LocalHost().is_out_of_memory(error)
