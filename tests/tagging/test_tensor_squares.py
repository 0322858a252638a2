"""Is a tensor that comes again known, and never taken for another?"""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from joytag_core import PictureError, Tagger
from joytag_core.pictures.reading import Reading
from joytag_core.tagging import preparation
from tests.fakes import FakeHost

LAST = Reading(layout="channels_last")


def image(seed: int = 1, count: int = 2) -> Tensor:
    """Return a batch [B, 40, 50, 3] of noise, float 0..1."""
    return torch.rand(count, 40, 50, 3, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what has been read and scaled, as it goes."""
    taken: list[object] = []
    read = preparation.read_square

    def reading(picture: object, *values: object, **named: object) -> object:
        taken.append(picture)
        return read(picture, *values, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(preparation, "read_square", reading)
    return taken


@pytest.fixture
def tagger(tiny: Path) -> Tagger:
    """Return a tagger that remembers."""
    return Tagger.load(tiny, host=FakeHost(), remember=1 << 16)


def fresh(tagger: Tagger, tensor: Tensor) -> np.ndarray:
    """Return scores by a way that knows nothing."""
    return np.stack([one.values for one in tagger.score(tensor.clone(), reading=LAST)])


def scores(tagger: Tagger, tensor: Tensor, reading: Reading = LAST) -> np.ndarray:
    """Return scores [N, T]."""
    return np.stack([one.values for one in tagger.score([tensor], reading=reading)])


def test_a_tensor_that_comes_again_is_not_prepared_again(tagger: Tagger, prepared: list[object]) -> None:
    """Its scores are the same; its maps too need no second scaling."""
    tensor = image()
    first = scores(tagger, tensor)
    assert 2 == len(prepared)
    assert np.array_equal(first, scores(tagger, tensor))
    assert 2 == len(tagger.maps(tensor, ["tag_1"], reading=LAST))
    assert 2 == len(prepared)


@pytest.mark.parametrize("is_inference", [False, True])
@pytest.mark.parametrize("how", ["torch", "numpy", "flip", "swap"])
def test_a_tensor_that_was_changed_is_another(
    tagger: Tagger, prepared: list[object], how: str, *, is_inference: bool
) -> None:
    """By torch, or behind its back; also where the sum of all values stays."""
    with torch.inference_mode(is_inference):
        tensor = image()
    scores(tagger, tensor)
    shared = tensor.numpy()
    with torch.inference_mode(is_inference):
        if how == "torch":
            tensor[0, 3, 4, 1] = 0.25
        elif how == "numpy":
            shared[1, 3, 4, 1] = 0.25
        elif how == "flip":
            shared[:] = shared[:, ::-1].copy()
        else:
            shared[:] = shared[::-1].copy()
    found = scores(tagger, tensor)
    assert 4 == len(prepared)
    assert np.array_equal(fresh(tagger, tensor), found)


def test_another_tensor_at_the_same_address_is_another(tagger: Tagger, prepared: list[object]) -> None:
    """Whether Python gives it the same number or torch the same memory."""
    for seed in range(6):
        tensor = image(seed)
        assert np.array_equal(scores(tagger, tensor), fresh(tagger, tensor))
        del tensor
        gc.collect()
    assert 24 == len(prepared)


def test_another_reading_is_another(tagger: Tagger, prepared: list[object]) -> None:
    """Of three rows, the layout says what they are."""
    tensor = torch.rand(3, 3, 4, generator=torch.Generator().manual_seed(3))
    last, first = scores(tagger, tensor), scores(tagger, tensor, Reading(layout="channels_first"))
    assert not np.allclose(last, first)
    assert np.array_equal(last, scores(tagger, tensor))
    assert 3 == len(prepared)


def test_what_cannot_be_known_is_prepared_each_time(tiny: Path, prepared: list[object]) -> None:
    """A view with gaps; and anything, where nothing is to be remembered."""
    apart = image()[:, :, ::2]
    remembering, forgetting = (Tagger.load(tiny, host=FakeHost(), remember=bytes_) for bytes_ in (1 << 16, 0))
    tensor = image()
    for tagger, given in ((remembering, apart), (forgetting, tensor)):
        prepared.clear()
        assert np.array_equal(scores(tagger, given), scores(tagger, given))
        assert 4 == len(prepared)


def test_errors_are_not_known(tagger: Tagger) -> None:
    """A tensor that is mended after an error is scored."""
    tensor = image()
    tensor[1, 0, 0, 0] = float("nan")
    with pytest.raises(PictureError, match="picture 2 of 2"):
        scores(tagger, tensor)
    tensor[1, 0, 0, 0] = 0.5
    assert np.array_equal(fresh(tagger, tensor), scores(tagger, tensor))


def test_squares_go_with_their_tensor_and_with_the_model(tagger: Tagger) -> None:
    """A dead tensor's are dropped at the next; unloading gives all back."""
    squares = tagger._squares
    tensor = image()
    scores(tagger, tensor)
    assert 1 == len(squares)
    tensor = image(2)
    scores(tagger, tensor)
    assert 1 == len(squares)
    tagger.unload()
    assert 0 == len(squares)


def test_no_more_is_kept_than_may_be(tagger: Tagger, prepared: list[object]) -> None:
    """The tensor that came longest ago goes first; one of more pictures than that is prepared each time."""
    from joytag_core.tagging.tensor_squares import TensorSquares

    tagger._squares = TensorSquares(4)
    kept = [image(seed) for seed in range(3)]
    for tensor in kept:
        scores(tagger, tensor)
    assert 6 == len(prepared)
    scores(tagger, kept[2])
    scores(tagger, kept[1])
    assert 6 == len(prepared)
    scores(tagger, kept[0])
    assert 8 == len(prepared)
    large = image(9, count=5)
    scores(tagger, large)
    scores(tagger, large)
    assert 18 == len(prepared)
