"""Do kept scores spare the model, and change nothing else?"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from joytag_core import LocalHost, ScoreStore, Tagger, caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.score_store import DATABASE_NAME
from joytag_core.errors import SettingError
from joytag_core.pictures.reading import Reading
from tests.captions.conftest import Draw, captions_in, lazy
from tests.sample_pictures import wide_picture


def test_captioning_again_runs_no_model(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Other thresholds, the same scores: the network is not even loaded."""
    draw(tmp_path, ["a.png", "b.png"])
    caption_folder(tmp_path, model=lazy(tiny))

    def refuse() -> Tagger:
        raise AssertionError("the model was loaded")

    again = LazyModel.find(tiny, LocalHost(device="cpu"), load=refuse)
    summary = caption_folder(tmp_path, model=again, existing="overwrite", settings={"threshold": 0.05})

    assert (2, 0) == (summary.written, summary.scored)


def test_moved_renamed_and_turned_copies_are_known_again(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """By the bytes, or by what the network sees of them."""
    (path,) = draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny))
    (tmp_path / "moved").mkdir()
    with Image.open(path) as picture:
        turned = picture.transpose(Image.Transpose.ROTATE_90)  # counter-clockwise: EXIF 6 turns it back
        exif = Image.Exif()
        exif[0x0112] = 6
        turned.save(tmp_path / "moved" / "turned.png", exif=exif)
        picture.save(tmp_path / "moved" / "other.webp", lossless=True)
    path.rename(tmp_path / "moved" / "renamed.png")

    summary = caption_folder(tmp_path / "moved", model=lazy(tiny), scores=tmp_path / DATABASE_NAME)

    assert (3, 0) == (summary.written, summary.scored)
    assert 1 == len(set(captions_in(tmp_path / "moved").values()))


def test_without_kept_scores_captions_are_the_same(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """The database changes how long it takes, and nothing else."""
    for name in ("kept", "none"):
        draw(tmp_path / name, ["a.png", "b.png", "c.png"])
    caption_folder(tmp_path / "kept", model=lazy(tiny))

    caption_folder(tmp_path / "none", model=lazy(tiny), keep_scores=False)

    assert captions_in(tmp_path / "kept") == captions_in(tmp_path / "none")
    assert not (tmp_path / "none" / DATABASE_NAME).exists()


@pytest.mark.parametrize("keep_scores", [True, False])
def test_shares_need_one_scoring_alone(model: LazyModel, draw: Draw, tmp_path: Path, keep_scores: bool) -> None:
    """The second pass takes what the first has scored."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])

    assert 3 == caption_folder(tmp_path, model=model, min_share=0.1, keep_scores=keep_scores).scored


def test_a_threshold_below_what_is_kept_says_so(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Without kept scores it is allowed."""
    draw(tmp_path, ["a.png"])

    with pytest.raises(SettingError, match=r"0\.005 needs scores below 0\.01, which are not kept"):
        caption_folder(tmp_path, model=model, settings={"threshold": 0.005})
    assert 1 == caption_folder(tmp_path, model=model, settings={"threshold": 0.005}, keep_scores=False).written


def test_identical_pictures_are_scored_once_in_later_batches(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """A copy is known by its bytes as soon as the first is kept."""
    (first,) = draw(tmp_path, ["a.png"])
    caption_folder(first, model=model)
    for name in ("b.png", "c.png"):
        (tmp_path / name).write_bytes(first.read_bytes())

    assert 0 == caption_folder(tmp_path, model=model).scored


def test_kept_scores_are_those_of_the_model(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """To a 65535th, from 0.01 up."""
    (path,) = draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny))
    fresh = Tagger.load(tiny, device="cpu").score(path)[0].values

    with ScoreStore(tmp_path) as store:
        ((found, kept),) = store.pictures(lazy(tiny).key_in(store, Reading()))

    assert path == found
    assert (40, 30) == (kept.width, kept.height)
    assert np.abs(np.where(fresh >= 0.01, fresh, 0.0) - kept.scores).max() <= 1e-5
    assert kept.features is not None and (64,) == kept.features.shape


def test_the_reading_is_part_of_what_is_kept(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A picture of a wide gamut has other scores by its bare numbers; one without a profile is not scored again."""
    (plain,) = draw(tmp_path / "p", ["plain.png"])
    wide = tmp_path / "p" / "wide.png"
    wide.write_bytes(wide_picture())
    os.utime(wide, (1_000_000_000, 1_000_000_000))
    tagger = Tagger.load(tiny, device="cpu")
    told: dict[str, list[dict[str, str]]] = {}
    for colours, scored in (("srgb", 2), ("stored", 1), ("srgb", 0), ("stored", 0)):
        summary = caption_folder(
            tmp_path / "p", model=lazy(tiny), existing="overwrite", settings={"colours": colours, "threshold": 0.3}
        )
        assert scored == summary.scored
        captions = captions_in(tmp_path / "p")
        for path in (plain, wide):
            (scores,) = tagger.score(path, reading=Reading(colours=colours))
            expected = ", ".join(item.name.replace("_", " ") for item in scores.select(threshold=0.3)) + "\n"
            assert expected == captions[f"{path.stem}.txt"]
        told.setdefault(colours, []).append(captions)
    assert told["srgb"][0] == told["srgb"][1] != told["stored"][0] == told["stored"][1]


def test_a_fast_reading_tells_the_pictures_own_size(tiny: Path, tmp_path: Path) -> None:
    """Not that of what was decoded."""
    Image.linear_gradient("L").resize((1001, 500)).convert("RGB").save(tmp_path / "a.jpg")

    caption_folder(tmp_path, model=lazy(tiny), settings={"reading": "fast"})

    with ScoreStore(tmp_path) as store:
        ((_, kept),) = store.pictures(lazy(tiny).key_in(store, Reading(reading="fast")))
    assert (1001, 500) == (kept.width, kept.height)
