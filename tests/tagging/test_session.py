"""Is there one model, loaded once, shared by all, and gone when it should be?"""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from joytag_core import ModelFileError, ModelNotFoundError, Session, TagScores, shared_session
from joytag_core.tagging import session
from tests.checkpoints import write_checkpoint
from tests.fakes import FakeHost


@pytest.fixture
def host(checkpoints: Path) -> FakeHost:
    """Return a host whose model folder holds tiny, tiny-plain and tiny-hot."""
    return FakeHost([checkpoints])


def test_nothing_is_loaded_before_it_is_used(host: FakeHost) -> None:
    """A session costs nothing."""
    assert Session(host).loaded is None
    assert [] == host.adopted


def test_a_model_is_loaded_once(host: FakeHost, picture: Image.Image) -> None:
    """The second use, and the hundredth, load nothing."""
    shared = Session(host)
    first = shared.tagger("tiny")
    assert "tiny" == shared.loaded
    shared.score([picture, picture], model="tiny")
    assert first is shared.tagger("tiny")
    assert 1 == len(host.adopted)


def test_threads_share_one_model_and_get_their_own_scores(host: FakeHost, picture: Image.Image) -> None:
    """Eight at the same moment: one load, and to each the scores of its own picture."""
    pictures = [picture.rotate(45 * index) for index in range(8)]
    expected = [one.values for one in Session(FakeHost(host.folders)).score(pictures, model="tiny")]
    shared = Session(host)
    begin = threading.Barrier(8)
    results: dict[int, np.ndarray] = {}

    def work(index: int) -> None:
        begin.wait()
        results[index] = shared.score(pictures[index], model="tiny")[0].values

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(host.adopted)
    assert all(results[index] == pytest.approx(expected[index], abs=1e-6) for index in range(8))


def test_one_computes_at_a_time(host: FakeHost, picture: Image.Image) -> None:
    """The device's memory is for one; also for a tagger that was handed out."""
    shared = Session(host)
    tagger = shared.tagger("tiny")
    inside: list[int] = []
    most: list[int] = []

    def enter(_module: object, _inputs: object) -> None:
        inside.append(1)
        most.append(len(inside))

    tagger.network.register_forward_pre_hook(enter)
    tagger.network.register_forward_hook(lambda _m, _i, _o: inside.pop() and None)
    begin = threading.Barrier(6)

    def work(index: int) -> None:
        begin.wait()
        own = [picture.resize((8 + index, 8 + number)) for number in range(3)]
        (tagger if index % 2 else shared.tagger("tiny")).score(own)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {1} == set(most)
    assert 6 * 2 == len(most)


def test_another_model_replaces_the_loaded_one(host: FakeHost, picture: Image.Image) -> None:
    """Its memory is given back first; nothing of it stays."""
    shared = Session(host)
    first = weakref.ref(shared.tagger("tiny").network)
    shared.score(picture, model="tiny-plain")
    host.adopted.clear()
    gc.collect()
    assert "tiny-plain" == shared.loaded
    assert 1 == host.left
    assert first() is None


def test_another_placement_loads_anew(host: FakeHost) -> None:
    """When the host's device or dtype changes, the model follows."""
    shared = Session(host)
    shared.tagger("tiny")
    host.dtype = torch.bfloat16
    assert torch.bfloat16 == shared.tagger("tiny").network.compute_dtype
    assert (2, 1) == (len(host.adopted), host.left)


def test_unloading_gives_everything_back(host: FakeHost, picture: Image.Image) -> None:
    """The network is gone; the next use loads it again; unloading nothing does nothing."""
    shared = Session(host)
    shared.unload()
    network = weakref.ref(shared.tagger("tiny").network)
    host.adopted.clear()
    shared.unload()
    gc.collect()
    assert network() is None
    assert shared.loaded is None
    assert 1 == host.left
    assert 1 == len(shared.score(picture, model="tiny"))


def test_a_failed_load_leaves_nothing(host: FakeHost, tmp_path: Path, picture: Image.Image) -> None:
    """Not the broken model, and not half of it; the next try is a new one, and works once the file is whole."""
    folder = write_checkpoint(tmp_path / "mine", "tiny")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:1000])
    host.folders.append(tmp_path)
    shared = Session(host)
    for _ in range(2):
        with pytest.raises(ModelFileError, match="mine"):
            shared.score(picture, model="mine")
        assert shared.loaded is None
    assert [] == host.adopted
    (folder / "model.safetensors").write_bytes(whole)
    assert 1 == len(shared.score(picture, model="mine"))


def test_an_unknown_model_is_named_and_the_session_still_works(host: FakeHost, picture: Image.Image) -> None:
    """With what there is."""
    shared = Session(host)
    with pytest.raises(ModelNotFoundError, match="tiny-plain"):
        shared.tagger("nonesuch")
    assert 1 == len(shared.score(picture, model="tiny"))


def test_a_process_has_one_session(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks first makes the host; all get the same session, from any thread."""
    monkeypatch.setattr(session, "_shared", None)
    made: list[FakeHost] = []
    found: list[Session] = []
    begin = threading.Barrier(8)

    def make_host() -> FakeHost:
        made.append(host)
        return host

    def ask() -> None:
        begin.wait()
        found.append(shared_session(make_host))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(made)
    assert 1 == len(set(map(id, found)))


def values(scores: list[TagScores]) -> list[list[float]]:
    """Return each picture's scores as numbers."""
    return [one.values.tolist() for one in scores]


def test_the_same_picture_runs_no_network_again(host: FakeHost, picture: Image.Image) -> None:
    """Another threshold or rule needs the same scores; another picture, and the same after unloading, its own pass."""
    shared = Session(host)
    first = values(shared.score(picture, model="tiny"))
    assert first == values(shared.score(picture.copy(), model="tiny"))
    assert [1] == host.batches
    shared.score(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), model="tiny")
    assert [1, 1] == host.batches
    shared.unload()
    assert first == values(shared.score(picture, model="tiny"))
    assert [1, 1, 1] == host.batches


def test_another_model_does_not_take_over_scores(host: FakeHost, picture: Image.Image) -> None:
    """Nor the same in another dtype."""
    shared = Session(host)
    (exact,) = values(shared.score(picture, model="tiny"))
    host.dtype = torch.bfloat16
    (rounded,) = values(shared.score(picture, model="tiny"))
    assert exact != rounded
    assert [1, 1] == host.batches


def test_what_came_in_again_is_computed_once(host: FakeHost, picture: Image.Image) -> None:
    """Of one call too: among five, the two that differ are computed, and all five come out in order."""
    shared = Session(host)
    other = picture.rotate(90, expand=True)
    given = [picture, other, picture, picture, other]
    scores = values(shared.score(given, model="tiny", batch_size=5))
    assert [2] == host.batches
    assert [scores[0], scores[1], scores[0], scores[0], scores[1]] == scores
    assert scores[0] != scores[1]
