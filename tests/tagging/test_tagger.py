"""Do pictures become scores, whatever the memory, the arithmetic and the person do meanwhile?"""

from __future__ import annotations

import logging
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from joytag_core import (
    DeviceError,
    ModelError,
    ModelFileError,
    ModelNotFoundError,
    PictureError,
    SettingError,
    Tagger,
    TagScores,
    UnreadablePictureError,
)
from joytag_core.pictures.reading import Reading
from joytag_core.tagging import preparation
from tests.conftest import DATA
from tests.fakes import FakeHost, StoppedByPersonError
from tests.sample_pictures import wide_picture

Pictures = list[Image.Image]


@pytest.fixture
def pictures() -> Pictures:
    """Return five pictures of five sizes."""
    random = np.random.default_rng(3)
    sizes = [(20, 30), (64, 64), (7, 90), (100, 10), (33, 33)]
    return [Image.fromarray(random.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in sizes]


@pytest.fixture
def host() -> FakeHost:
    """Return a host that remembers."""
    return FakeHost()


def values(scores: list[TagScores]) -> np.ndarray:
    """Return scores as [N, T]."""
    return np.stack([one.values for one in scores])


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was warned of, in our own log."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_paths_pictures_and_tensors_give_the_same_scores(tiny: Path) -> None:
    """One picture in every form; one result a picture, over the model's own tags."""
    tagger = Tagger.load(tiny, device="cpu")
    path = DATA / "pictures" / "tiny_31x17.png"
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    tensor = torch.from_numpy(np.asarray(picture).copy()).float().div(255)
    results = tagger.score([path, str(path), picture, tensor])
    assert (4, 40) == values(results).shape
    assert np.ptp(values(results), axis=0).max() < 1e-6
    assert values(results[:1]) == pytest.approx(values(tagger.score(path)), abs=1e-6)
    assert results[0].vocabulary is tagger.vocabulary
    assert "tag_0" == tagger.vocabulary[0].name


def test_scores_are_the_sigmoid_of_the_logits(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """In 0..1, float32."""
    logits: list[torch.Tensor] = []
    tagger = Tagger.load(tiny, host=host)
    tagger.network.register_forward_hook(lambda _m, _i, output: logits.append(output.clone()))
    scores = values(tagger.score(pictures))
    assert np.float32 == scores.dtype
    assert scores == pytest.approx(1 / (1 + np.exp(-torch.cat(logits).double().numpy())), abs=1e-6)


def test_pictures_of_any_sizes_share_forward_passes(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """In batches as large as asked; the order and the scores are those of each alone."""
    tagger = Tagger.load(tiny, host=host)
    together = values(tagger.score(pictures, batch_size=5))
    assert [5] == host.batches
    in_twos = values(tagger.score(pictures, batch_size=2))
    assert [5, 2, 2, 1] == host.batches
    alone = np.concatenate([values(tagger.score(picture)) for picture in pictures])
    assert together == pytest.approx(alone, abs=1e-6)
    assert in_twos == pytest.approx(alone, abs=1e-6)


def test_no_pictures_give_no_scores(tiny: Path, host: FakeHost) -> None:
    """An empty list and an empty batch compute nothing."""
    tagger = Tagger.load(tiny, host=host)
    assert [] == tagger.score([]) == tagger.score(torch.zeros(0, 8, 8, 3))
    assert [] == host.batches


def test_one_lazily_opened_picture_may_be_given_many_times(tiny: Path) -> None:
    """Pillow decodes a file at first use, which two threads must not do at once."""
    tagger = Tagger.load(tiny, device="cpu")
    path = DATA / "pictures" / "portrait_512x600.png"
    expected = tagger.score(path)[0].values
    for _ in range(5):
        with Image.open(path) as opened:
            for result in tagger.score([opened] * 8, batch_size=8):
                assert expected == pytest.approx(result.values, abs=1e-6)


def test_pictures_that_are_opened_are_turned_once(tiny: Path, tmp_path: Path) -> None:
    """A photograph that lies on its side scores as its upright self, by path or opened, alone or among others."""
    tagger = Tagger.load(tiny, device="cpu")
    with Image.open(DATA / "pictures" / "tall_100x400.png") as opened:
        upright = opened.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo.png"
    upright.rotate(90, expand=True).save(path, exif=exif)
    expected = tagger.score(upright)[0].values
    with Image.open(path) as photo:
        for result in [*tagger.score(photo), *tagger.score([photo, path, photo])]:
            assert expected == pytest.approx(result.values, abs=1e-6)


def test_a_broken_picture_among_many_is_reported_in_its_place(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """`score_each` yields its error and the others' scores; `score` raises it."""
    tagger = Tagger.load(tiny, host=host)
    given = [pictures[0], Path("none.png"), pictures[1], torch.full((1, 2, 3), float("nan"))]
    kinds = [type(result) for result in tagger.score_each(given, batch_size=2)]
    assert [TagScores, UnreadablePictureError, TagScores, PictureError] == kinds
    assert [(4, "JoyTag", [2, 4])] == host.progresses
    with pytest.raises(UnreadablePictureError, match=r"picture 2 of 4: .*none\.png"):
        tagger.score(given)


def test_what_is_no_picture_has_its_error_in_its_place(tiny: Path, pictures: Pictures) -> None:
    """So that a long stream is not lost for it; asked for all, the message says which it is."""
    tagger = Tagger.load(tiny, device="cpu")
    given: list[Any] = [pictures[0], 7, np.zeros((5, 5, 3), int), np.zeros((5, 5, 7), np.float32), None, pictures[1]]
    found = list(tagger.score_each(given))
    assert [False, True, True, True, True, False] == [isinstance(one, PictureError) for one in found]
    for index, reason in ((1, "a int is no picture"), (2, "of int64"), (3, "5x5x7"), (4, "a NoneType is no picture")):
        assert reason in str(found[index])
    with pytest.raises(PictureError, match="picture 2 of 6: a int is no picture"):
        tagger.score(given)


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_holds_at_least_one(tiny: Path, pictures: Pictures, size: int) -> None:
    """Less is the caller's slip."""
    with pytest.raises(SettingError, match=f"batch_size is {size}"):
        Tagger.load(tiny, device="cpu").score(pictures, batch_size=size)


def test_a_cancel_is_heeded_while_an_opened_picture_is_decoded(tiny: Path, host: FakeHost) -> None:
    """Whose decoding does not end."""
    never = threading.Event()

    class Endless(Image.Image):
        def load(self) -> Any:
            never.wait(60)

    endless = Endless()
    endless._mode, endless._size = "RGB", (4, 4)
    tagger = Tagger.load(tiny, host=host)
    host.cancel_after = 0
    with pytest.raises(StoppedByPersonError):
        tagger.score([endless] * 4)
    never.set()


def test_a_picture_may_be_closed_when_the_next_is_asked_for(tiny: Path, tmp_path: Path, pictures: Pictures) -> None:
    """As a generator with `with Image.open(...)` does."""
    paths = [tmp_path / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path)

    def opened() -> Iterator[Image.Image]:
        for path in paths:
            with Image.open(path) as picture:
                yield picture

    tagger = Tagger.load(tiny, device="cpu")
    assert values(tagger.score(paths)) == pytest.approx(values(tagger.score(opened())), abs=1e-6)


# --- generators


def test_a_generator_is_scored_as_a_list_is(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Every picture once, in order; how many there are is not known."""
    tagger = Tagger.load(tiny, host=host)
    expected = tagger.score(list(pictures), batch_size=2)
    actual = tagger.score((picture for picture in pictures), batch_size=2)
    assert [one.as_dict() for one in expected] == [one.as_dict() for one in actual]
    assert 0 == host.progresses[-1][0]
    with pytest.raises(UnreadablePictureError, match=r"^picture 2: .*none\.png"):
        tagger.score(iter([pictures[0], Path("none.png")]))


def test_a_generator_is_taken_two_batches_ahead_and_no_more(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Of however many pictures there are, no more are in memory."""
    taken: list[int] = []

    def many() -> Iterator[Any]:
        for number in range(100):
            taken.append(number)
            yield pictures[0]

    results = Tagger.load(tiny, host=host).score_each(many(), batch_size=3)
    next(results)
    assert 6 == len(taken)
    results.close()  # type: ignore[attr-defined]


def test_progress_is_told(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """How many are done of how many, after each batch; of a generator without the latter."""
    tagger = Tagger.load(tiny, host=host)
    seen: list[tuple[int, int | None]] = []
    tagger.score(pictures[:3], batch_size=2, progress=lambda done, total: seen.append((done, total)))
    tagger.score(iter(pictures[:1]), progress=lambda done, total: seen.append((done, total)))
    assert [(2, 3), (3, 3), (1, None)] == seen


def test_a_cancel_is_heeded_while_a_picture_is_read(
    tiny: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture whose reading does not end keeps nobody waiting."""
    tagger = Tagger.load(tiny, host=host)
    never = threading.Event()
    monkeypatch.setattr(preparation, "read_square", lambda *_, **__: never.wait(60))
    host.cancel_after = 0
    try:
        with pytest.raises(StoppedByPersonError):
            tagger.score(Path("slow.png"))
    finally:
        never.set()


def test_an_error_knows_its_file(tiny: Path, pictures: Pictures, host: FakeHost, tmp_path: Path) -> None:
    """Of a path it is that; of anything else there is none; in a worker's answer it is still there."""
    (tmp_path / "broken.png").write_bytes(b"x")
    given = [tmp_path / "broken.png", str(tmp_path / "none.png"), torch.full((1, 2, 3), float("nan"))]
    errors = list(Tagger.load(tiny, host=host).score_each(given))
    paths = [error.path for error in errors if isinstance(error, PictureError)]
    assert [tmp_path / "broken.png", tmp_path / "none.png", None] == paths
    again = pickle.loads(pickle.dumps(errors[0]))
    assert (tmp_path / "broken.png", str(errors[0])) == (again.path, str(again))


# --- features


@pytest.mark.parametrize("name", ["tiny", "tiny-plain"])
def test_embeddings_are_what_the_head_is_given(checkpoints: Path, name: str, pictures: Pictures) -> None:
    """One row a picture, float32; the head of them is the logits."""
    tagger = Tagger.load(checkpoints / name, device="cpu")
    features = tagger.embed(pictures[:3], batch_size=2)
    assert (3, 64) == features.shape
    assert np.float32 == features.dtype
    scores = np.stack([one.values for one in tagger.score(pictures[:3])])
    logits = tagger.network.head(torch.from_numpy(features)).sigmoid().numpy()
    assert np.allclose(scores, logits, rtol=0, atol=1e-6)
    assert (0, 64) == tagger.embed([]).shape
    with pytest.raises(UnreadablePictureError, match="picture 2 of 2"):
        tagger.embed([pictures[0], "none.png"])


# --- processes


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


# --- memory


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


# --- arithmetic


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


# --- progress and cancel


def test_progress_counts_pictures(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """After each batch, up to the total."""
    Tagger.load(tiny, host=host).score(pictures, batch_size=2)
    assert [(5, "JoyTag", [2, 4, 5])] == host.progresses


def test_the_person_may_stop_between_batches(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """The host's own exception comes out untouched, nothing more is computed, and the tagger still works."""
    tagger = Tagger.load(tiny, host=host)
    host.cancel_after = 1
    with pytest.raises(StoppedByPersonError):
        tagger.score(pictures, batch_size=2)
    assert [2] == host.batches
    host.cancel_after = None
    assert 5 == len(tagger.score(pictures))


# --- loading


def test_a_host_given_decides_device_and_dtype(tiny: Path) -> None:
    """And its layers are used."""
    tagger = Tagger.load(tiny, host=FakeHost(dtype=torch.bfloat16))
    assert torch.bfloat16 == tagger.placement.dtype == tagger.network.blocks[0].qkv_proj.weight.dtype
    assert FakeHost.operations.Linear is type(tagger.network.head)


def test_unknown_models_devices_and_dtypes_are_named(tiny: Path, tmp_path: Path) -> None:
    """Each by an error of its own."""
    with pytest.raises(ModelNotFoundError, match="nonesuch"):
        Tagger.load("nonesuch", device="cpu")
    with pytest.raises(DeviceError, match="gpu"):
        Tagger.load(tiny, device="gpu")
    with pytest.raises(DeviceError, match="float8"):
        Tagger.load(tiny, device="cpu", dtype="float8")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelNotFoundError, match=r"top_tags\.txt, model\.safetensors missing"):
        Tagger.load(tmp_path, device="cpu")


def test_a_broken_model_is_handed_to_no_host(tiny: Path, tmp_path: Path, host: FakeHost) -> None:
    """It fails before a host hears of it."""
    for name in ("config.json", "top_tags.txt"):
        (tmp_path / name).write_bytes((tiny / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelFileError):
        Tagger.load(tmp_path, host=host)
    assert [] == host.adopted


def test_an_error_among_tensors_of_few_rows_is_the_picture_s_own(tiny: Path) -> None:
    """Counting the pictures for the message follows the layout that was said."""
    batch = torch.full((2, 3, 4, 3), 0.5)
    batch[1] = float("nan")
    with pytest.raises(PictureError, match=r"picture 2 of 2: .*not finite"):
        Tagger.load(tiny, device="cpu").score(batch, reading=Reading(layout="channels_last"))


def test_remembered_scores_are_of_the_reading(tiny: Path, host: FakeHost) -> None:
    """What the network is given decides: another reading of a picture is another picture, unless it looks the same."""
    tagger = Tagger.load(tiny, host=host, remember=1 << 16)
    found = [values(tagger.score(wide_picture(), reading=Reading(colours=c))) for c in ("srgb", "stored", "srgb")]
    assert [1, 1] == host.batches
    assert np.array_equal(found[0], found[2])
    assert not np.allclose(found[0], found[1], atol=1e-4)
