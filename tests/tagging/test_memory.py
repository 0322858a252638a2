"""Do scores come out whatever the memory, the arithmetic and the process are?"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from joytag_core import (
    ModelError,
    Tagger,
    TagScores,
)
from tests.fakes import FakeHost
from tests.tagging.conftest import Pictures


def values(scores: list[TagScores]) -> np.ndarray:
    """Return scores as [N, T]."""
    return np.stack([one.values for one in scores])


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was warned of, in our own log."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no processes")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("is_own", [False, True])
def test_a_forked_child_does_not_hang(tiny: Path, pictures: Pictures, is_own: bool, threads: int) -> None:
    """Its parent's tagger is refused, and with torch's threads its own too; the errors say what to do instead."""
    tagger = Tagger.load(tiny, device="cpu")
    tagger.score(pictures[0])

    def score() -> str:
        torch.set_num_threads(threads)
        (scores,) = (Tagger.load(tiny, device="cpu") if is_own else tagger).score(pictures[0])
        return f"{len(scores)} scores"

    told = in_fork(score)
    assert ("spawn" in told) == (not is_own or threads > 1)
    assert ("set_num_threads(1)" in told) == (is_own and threads > 1)
    assert (told == f"{len(tagger.vocabulary)} scores") == (is_own and threads == 1)


def in_fork(work: Callable[[], str]) -> str:
    """Return what some work returns in a forked child, or the error of the model that it raises there."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        told = ""
        try:
            told = work()
        except ModelError as error:
            told = str(error)
        finally:
            os.write(write, told.encode())
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as answer:
        return answer.read()


@pytest.mark.parametrize("count", [1, 3])
def test_a_picture_that_no_memory_holds_is_the_model_s_fault(
    tiny: Path, pictures: Pictures, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """As of a config with too large a square: the message names the model and its files, and what torch asked for."""
    tagger = Tagger.load(tiny, device="cpu")
    monkeypatch.setattr(tagger.network, "forward", lambda pixels: torch.empty(len(pixels), 1 << 50))
    with pytest.raises(ModelError, match=r"One picture of 64 pixels.*model\.safetensors.*allocate"):
        tagger.score(pictures[:count])


def test_a_batch_that_does_not_fit_is_halved(
    tiny: Path, pictures: Pictures, host: FakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    """Until it fits, with one warning however often; the scores are the same."""
    expected = values(Tagger.load(tiny, host=FakeHost()).score(pictures))
    tagger = Tagger.load(tiny, host=host)
    host.capacity = 2
    for _ in range(2):
        assert expected == pytest.approx(values(tagger.score(pictures, batch_size=5)), abs=1e-6)
    assert [5, 3, 2, 1, 2] == host.batches[:5]
    assert 1 == len(warnings_in(caplog))
    assert "5 pictures" in warnings_in(caplog)[0]
    assert 4 == host.left


def test_one_picture_that_does_not_fit_is_computed_on_the_cpu(
    tiny: Path, pictures: Pictures, caplog: pytest.LogCaptureFixture
) -> None:
    """In float32, with one warning; the next time, the device is tried again."""
    expected = values(Tagger.load(tiny, host=FakeHost()).score(pictures[:1]))
    host = FakeHost(dtype=torch.bfloat16)
    tagger = Tagger.load(tiny, host=host)
    host.capacity = 0
    for _ in range(2):
        actual = values(tagger.score(pictures[0]))
        assert expected == pytest.approx(actual, abs=0.02)
    assert 1 == len(warnings_in(caplog))
    assert "CPU" in warnings_in(caplog)[0]
    host.capacity = 1
    host.batches.clear()
    tagger.score(pictures[0])
    assert [1] == host.batches
    assert torch.bfloat16 == tagger.network.compute_dtype


def test_other_errors_are_not_taken_for_full_memory(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """They reach the caller, once."""
    tagger = Tagger.load(tiny, host=host)

    def fail(_module: object, _inputs: object) -> None:
        raise RuntimeError("something else")

    tagger.network.patch_embeddings.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="something else"):
        tagger.score(pictures, batch_size=5)
    assert [5] == host.batches


def test_values_that_are_not_finite_are_computed_again_in_float32(
    tiny: Path, pictures: Pictures, caplog: pytest.LogCaptureFixture
) -> None:
    """That batch only, with one warning however often; half precision goes on with the next."""
    host = FakeHost(dtype=torch.bfloat16)
    tagger = Tagger.load(tiny, host=host)
    broken = {"now": True}

    def overflow(network: torch.nn.Module, _inputs: object, logits: torch.Tensor) -> torch.Tensor | None:
        is_half = network.compute_dtype == torch.bfloat16
        return torch.full_like(logits, float("inf")) if broken["now"] and is_half else None

    tagger.network.register_forward_hook(overflow)
    expected = values(Tagger.load(tiny, host=FakeHost()).score(pictures))
    assert expected == pytest.approx(values(tagger.score(pictures, batch_size=3)), abs=0.02)
    assert [3, 3, 2, 2] == host.batches
    assert 1 == len(warnings_in(caplog))
    assert "float32" in warnings_in(caplog)[0]
    broken["now"] = False
    tagger.score(pictures[0])
    assert [3, 3, 2, 2, 1] == host.batches
    assert torch.bfloat16 == tagger.network.compute_dtype


def test_values_that_stay_infinite_are_an_error(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Never NaN as a score; the error names the model and the file."""
    tagger = Tagger.load(tiny, host=host)
    tagger.network.register_forward_hook(lambda _m, _i, logits: torch.full_like(logits, float("nan")))
    with pytest.raises(ModelError, match="not finite") as caught:
        tagger.score(pictures)
    assert f"{tiny.name} ({tiny / 'model.safetensors'})" in str(caught.value)


def test_a_host_s_own_autocast_changes_nothing(checkpoints: Path, pictures: Pictures) -> None:
    """The residual stream stays float32 inside somebody else's half-precision block, on the fallback path too."""
    host = FakeHost()
    tagger = Tagger.load(checkpoints / "tiny-hot", host=host)
    expected = values(tagger.score(pictures))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert np.array_equal(expected, values(tagger.score(pictures)))
        host.capacity = 0
        assert expected == pytest.approx(values(tagger.score(pictures)), abs=1e-6)


def test_inference_mode_around_everything_leaves_a_usable_model(tiny: Path, pictures: Pictures) -> None:
    """Hosts run us in it, and use and move the same model outside it later."""
    with torch.inference_mode():
        tagger = Tagger.load(tiny, device="cpu")
        inside = values(tagger.score(pictures))
    assert np.array_equal(inside, values(tagger.score(pictures)))
    tagger.unload()
    assert np.array_equal(inside, values(tagger.score(pictures)))
    assert not any(parameter.is_inference() for parameter in tagger.network.parameters())


def test_a_host_may_keep_the_weights_elsewhere(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Brought for each batch and taken away when memory is given back, in whatever form it keeps them."""
    expected = values(Tagger.load(tiny, host=FakeHost()).score(pictures))
    host.moves = (lambda network: network.to(torch.float32), lambda network: network.to(torch.float64))
    tagger = Tagger.load(tiny, host=host)
    for _ in range(2):
        assert expected == pytest.approx(values(tagger.score(pictures)), abs=1e-6)
        tagger.unload()
        assert torch.float64 == tagger.network.head.weight.dtype
