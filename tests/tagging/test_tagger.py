"""Do pictures of every kind become scores?"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from joytag_core import (
    DeviceError,
    ModelFileError,
    ModelNotFoundError,
    PictureError,
    SettingError,
    Tagger,
    TagScores,
    UnreadablePictureError,
)
from joytag_core.pictures.reading import Reading
from tests.conftest import DATA
from tests.fakes import FakeHost
from tests.sample_pictures import wide_picture
from tests.tagging.conftest import Pictures


def values(scores: list[TagScores]) -> np.ndarray:
    """Return scores as [N, T]."""
    return np.stack([one.values for one in scores])


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


def test_an_error_knows_its_file(tiny: Path, pictures: Pictures, host: FakeHost, tmp_path: Path) -> None:
    """Of a path it is that; of anything else there is none; in a worker's answer it is still there."""
    (tmp_path / "broken.png").write_bytes(b"x")
    given = [tmp_path / "broken.png", str(tmp_path / "none.png"), torch.full((1, 2, 3), float("nan"))]
    errors = list(Tagger.load(tiny, host=host).score_each(given))
    paths = [error.path for error in errors if isinstance(error, PictureError)]
    assert [tmp_path / "broken.png", tmp_path / "none.png", None] == paths
    again = pickle.loads(pickle.dumps(errors[0]))
    assert (tmp_path / "broken.png", str(errors[0])) == (again.path, str(again))


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
