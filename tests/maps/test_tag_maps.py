"""Are maps exact, and in the picture's own pixels?"""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from joytag_core import PictureError, SettingError, Tagger
from joytag_core.maps.grid import PatchGrid
from joytag_core.maps.tag_maps import TagMaps
from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Tag, Vocabulary
from tests.conftest import DATA
from tests.fakes import FakeHost, StoppedByPersonError
from tests.maps.conftest import pictures

GRID = PatchGrid((40, 20), 8, (1.0, 3.0, 5.0, 7.0))
"""Four patches a side, of ten pixels each in a picture twice as wide as high: the middle two rows are picture."""


def maps_of(raw: list[list[float]], *, bias: float = -1.0, grid: PatchGrid = GRID) -> TagMaps:
    """Return the maps of one tag, `thing`, with these contributions."""
    values = np.array([raw], dtype=np.float32)
    biases = np.array([bias], dtype=np.float32)
    return TagMaps(("thing",), values, biases, biases + values.mean((1, 2)), grid)


@pytest.mark.parametrize("preset", ["tiny", "tiny-plain"])
def test_bias_and_mean_of_the_map_are_the_logit(checkpoints: Path, preset: str) -> None:
    """Of every tag, on every shape of picture, with the head before and after the mean; and the score is its own."""
    tagger = Tagger.load(checkpoints / preset, device="cpu")
    scores = tagger.score(pictures())
    for maps, expected in zip(tagger.maps(pictures(), tagger.vocabulary.names), scores, strict=True):
        assert (40, 4, 4) == maps.raw.shape
        assert np.float32 == maps.raw.dtype
        assert maps.logits == pytest.approx(maps.bias + maps.raw.mean((1, 2)), abs=1e-5)
        assert maps.scores == pytest.approx(expected.values, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_full_size_maps_are_exact(full: Path, tmp_path: Path, after: bool) -> None:
    """To 1e-4 for all 5,813 tags, on a square, a wide and a tall picture, against the logits of the network itself."""
    for name in ("top_tags.txt", "model.safetensors"):
        (tmp_path / name).symlink_to(full / name)
    config = (full / "config.json").read_text(encoding="utf-8")
    (tmp_path / "config.json").write_text(config.replace("{", f'{{"head_mean_after": {str(after).lower()},', 1))
    tagger = Tagger.load(tmp_path, device="cpu", dtype="float32")
    assert after is tagger.network.config.head_mean_after
    paths = [DATA / "pictures" / name for name in ("exact_448x448.png", "coffee_600x400.png", "tall_100x400.png")]
    logits: list[torch.Tensor] = []
    hook = tagger.network.register_forward_hook(lambda _m, _i, output: logits.append(output.clone()))
    tagger.score(paths)
    hook.remove()
    maps = tagger.maps(paths, tagger.vocabulary.names)
    for one, expected in zip(maps, torch.cat(logits).numpy(), strict=True):
        assert (5813, 28, 28) == one.raw.shape
        assert np.abs(one.bias + one.raw.mean((1, 2)) - expected).max() <= 1e-4


def test_maps_are_computed_in_batches_like_scores(tiny: Path) -> None:
    """In as few passes, with progress, halved where memory is full, and the person may stop them."""
    host = FakeHost()
    tagger = Tagger.load(tiny, host=host)
    alone = [tagger.maps(picture, ["tag_3"])[0].raw for picture in pictures()]
    host.batches.clear()
    host.progresses.clear()
    host.capacity = 2
    together = tagger.maps(pictures(), ["tag_3"], batch_size=4)
    assert [4, 2, 2, 1] == host.batches
    assert [(5, "JoyTag", [4, 5])] == host.progresses
    for one, expected in zip(together, alone, strict=True):
        assert one.raw == pytest.approx(expected, abs=1e-5)
    host.cancel_after = 0
    with pytest.raises(StoppedByPersonError):
        tagger.maps(pictures(), ["tag_3"])


def test_maps_of_values_that_leave_float16_are_computed_in_float32(
    checkpoints: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As scores are; a host that takes the network's weights away between two calls changes nothing."""
    expected = Tagger.load(checkpoints / "tiny-hot", device="cpu").maps(pictures(), ["tag_0"])
    host = FakeHost(dtype=torch.bfloat16)
    host.moves = (lambda network: network.to(torch.float32), lambda network: network.to("cpu"))
    with caplog.at_level(logging.WARNING):
        maps = Tagger.load(checkpoints / "tiny-hot", host=host).maps(pictures(), ["tag_0"])
    for one, other in zip(maps, expected, strict=True):
        assert np.isfinite(one.raw).all()
        assert one.logits == pytest.approx(one.bias + one.raw.mean((1, 2)), abs=1e-5)
        assert one.raw == pytest.approx(other.raw, abs=0.5)


def test_many_tags_and_pictures_take_one_pass(tiny: Path) -> None:
    """However many tags are asked for, and each once, by whatever name."""
    host = FakeHost()
    tagger = Tagger.load(tiny, host=host)
    (maps,) = tagger.maps(pictures()[0], ["tag 5", "tag_1", "TAG_5"])
    assert ("tag_5", "tag_1") == maps.tags
    assert [1] == host.batches


def test_an_unknown_tag_is_refused_before_anything_is_computed(tiny: Path) -> None:
    """With what it may have meant."""
    host = FakeHost()
    with pytest.raises(SettingError, match=r"no tag 'tga_7' \(there is: .*tag_7"):
        Tagger.load(tiny, host=host).maps(pictures(), ["tag_1", "tga_7"])
    with pytest.raises(SettingError, match=r"no tag '_39' \(there is: tag_39\); expected one of its 40"):
        Tagger.load(tiny, host=host).maps(pictures(), ["_39"])
    assert [] == host.batches


def test_a_broken_picture_is_named(tiny: Path) -> None:
    """As by `score`."""
    with pytest.raises(PictureError, match=r"picture 2 of 2: .*none\.png"):
        Tagger.load(tiny, device="cpu").maps([pictures()[0], Path("none.png")], ["tag_1"])


@pytest.mark.parametrize("size", [(1, 1), (4000, 100), (100, 4000), (5, 7), (448, 448), (31, 17)])
def test_maps_and_masks_have_the_size_of_the_picture(size: tuple[int, int]) -> None:
    """Whatever its aspect; and points and boxes lie in it."""
    raw = np.random.default_rng(1).normal(1, 1, (4, 4)).tolist()
    maps = maps_of(raw, grid=PatchGrid(size, 8, GRID.centres))
    assert size == maps.picture_size
    for values in (maps.map("thing"), maps.map_against("thing"), maps.mask("thing"), maps.contributions("thing")):
        assert size[::-1] == values.shape
    assert 1.0 == max(maps.map("thing").max(), maps.map_against("thing").max())
    for point in maps.points("thing", 9):
        assert 0 <= point.x < size[0]
        assert 0 <= point.y < size[1]
    for box in maps.boxes("thing"):
        assert 0 <= box.left < box.right <= size[0]
        assert 0 <= box.top < box.bottom <= size[1]


def test_places_are_right_to_a_pixel() -> None:
    """A map that grows with the place is the place: linear between middles, padding undone."""
    side = 448
    centres = tuple(16 * index + 8.0 for index in range(28))
    for width, height in [(448, 448), (1000, 600), (600, 1001), (4000, 100)]:
        grid = PatchGrid((width, height), side, centres)
        long = max(width, height)
        columns = np.broadcast_to(np.array(centres) * long / side - (long - width) // 2, (28, 28))
        x = grid.enlarge(columns)[height // 2]
        inside = slice(*np.clip([long // 50, width - long // 50], 0, width))
        assert x[inside] == pytest.approx(np.arange(width)[inside] + 0.5, abs=0.01)


def test_a_point_is_the_middle_of_its_patch() -> None:
    """In the picture's pixels."""
    maps = maps_of([[0, 0, 0, 0], [0, 0, 5, 0], [2, 0, 0, 0], [9, 9, 9, 9]])
    found = [(point.x, point.y, point.strength) for point in maps.points("thing", 5)]
    assert [(25, 5), (5, 15)] == [place[:2] for place in found]
    assert [1.0, pytest.approx(0.4)] == [place[2] for place in found]
    assert 1 == len(maps.points("thing", 1))


def test_places_that_speak_against_a_tag_are_no_points() -> None:
    """There are none, then, and no box either."""
    maps = maps_of([[-1, -2, -1, -1]] * 4)
    assert [] == maps.points("thing", 3)
    assert [] == maps.boxes("thing")
    assert 0.0 == maps.map("thing").max()
    assert 1.0 == maps.map_against("thing").max()


def test_points_next_to_each_other_are_one() -> None:
    """A plateau is one place."""
    assert 1 == len(maps_of([[0, 0, 0, 0], [0, 3, 3, 0], [0, 3, 3, 0], [0, 0, 0, 0]]).points("thing", 9))


def test_what_speaks_for_and_against_stand_apart_in_one_measure() -> None:
    """Their difference is the contributions over the greatest of either."""
    maps = maps_of([[1, -2, 3, 0], [4, -8, 0, 1], [-1, 2, 3, 4], [0, 0, 0, 0]])
    both = maps.map("thing") - maps.map_against("thing")
    contributions = maps.contributions("thing")
    assert both == pytest.approx(contributions / np.abs(contributions).max(), abs=1e-6)
    assert 0 == (maps.map("thing") * maps.map_against("thing")).max()


def test_the_border_has_its_part_of_the_logit() -> None:
    """None in a square picture; in a wide one, that of the rows above and below it."""
    maps = maps_of([[8, 8, 8, 8], [1, 1, 1, 1], [1, 1, 1, 1], [4, 4, 4, 4]])
    assert (8 * 4 + 4 * 4) / 16 == maps.border_share("thing")
    square = PatchGrid((20, 20), 8, GRID.centres)
    assert 0 == maps_of([[8, 8, 8, 8]] * 4, grid=square).border_share("thing")


def test_the_border_that_fit_square_lays_is_the_grids() -> None:
    """Cells that are half border count half: their cover adds up to the picture's share of the square."""
    for size in [(448, 448), (600, 400), (100, 401), (31, 17), (4000, 100)]:
        grid = PatchGrid(size, 448, tuple(16 * index + 0.5 for index in range(28)))
        whole = np.ones(size[::-1])
        assert grid.area(whole).sum() == pytest.approx(whole.size, rel=1e-5)
        assert 0 <= grid.coverage.min()
        assert grid.coverage.max() <= 1 + 1e-6


def test_a_tag_that_does_not_hold_says_so() -> None:
    """By the published threshold or another."""
    maps = maps_of([[0.5] * 4] * 4, bias=-1.0)
    assert maps.scores == pytest.approx([0.3775], abs=1e-4)
    assert not maps.holds("thing")
    assert maps.holds("Thing", threshold=0.3)


def test_a_character_has_a_threshold_of_its_own() -> None:
    """As where tags are chosen; 0 means the threshold of all."""
    general = maps_of([[0.5] * 4] * 4, bias=-1.0)
    character = replace(general, characters=frozenset({"thing"}))
    for threshold, of_characters, holds in ((0.5, 0.3, True), (0.3, 0.5, False), (0.3, 0.0, True), (0.5, 0.0, False)):
        assert holds == character.holds("Thing", threshold=threshold, character_threshold=of_characters)
        assert (threshold < 0.4) == general.holds("Thing", threshold=threshold, character_threshold=of_characters)
    with pytest.raises(SettingError, match="character"):
        general.holds("thing", character_threshold=1.5)


def test_a_score_at_the_threshold_holds_no_more_than_it_is_chosen() -> None:
    """Scores are float32, and so is a threshold beside them: 0.4 there is a little more than 0.4."""
    logits = np.array([math.log(0.4 / 0.6)], dtype=np.float32)
    maps = replace(maps_of([[0.0] * 4] * 4), logits=logits)
    vocabulary = Vocabulary([Tag(index=0, name="thing")])
    assert np.float32(0.4) == maps.scores[0]
    assert [] == TagScores(vocabulary, maps.scores).select(threshold=0.4)
    assert not maps.holds("thing", threshold=0.4)
    assert maps.holds("thing", threshold=0.3999999)


def test_an_unknown_map_is_refused() -> None:
    """With the tags that have one."""
    with pytest.raises(SettingError, match="no map of 'other'; there is: thing"):
        maps_of([[0.0] * 4] * 4).map("other")


@pytest.mark.parametrize("preset", ["tiny", "tiny-plain"])
def test_a_patch_looks_where_its_middle_is_said_to_be(checkpoints: Path, preset: str) -> None:
    """The pixels that move a patch before any attention lie evenly around its middle, for either kind of stem."""
    network = Tagger.load(checkpoints / preset, device="cpu").network
    pixels = torch.zeros(1, 3, 64, 64, requires_grad=True)
    seen = torch.zeros(64)
    random = torch.Generator().manual_seed(0)
    for _ in range(40):
        noise = torch.randn(pixels.shape, generator=random, requires_grad=True)
        network.patch_embeddings(noise)[0, :, 2, 2].pow(2).sum().backward()
        assert noise.grad is not None
        seen += noise.grad.abs().sum((0, 1, 2))
    touched = torch.nonzero(seen)[:, 0]
    middle = (touched[0] + touched[-1] + 1) / 2
    assert network.config.patch_centres()[2] == pytest.approx(float(middle))
    assert 4 == len(network.config.patch_centres())


def test_a_lone_text_is_one_tag(tiny: Path) -> None:
    """And is not gone through by its letters."""
    tagger = Tagger.load(tiny, device="cpu")
    assert ("tag_8",) == tagger.maps(pictures()[0], "tag 8")[0].tags


def test_maps_of_a_fast_reading_have_the_pictures_own_size(tiny: Path, tmp_path: Path) -> None:
    """Boxes and masks are of the picture in its file."""
    from joytag_core.pictures.reading import Reading

    path = tmp_path / "a.jpg"
    Image.linear_gradient("L").resize((1003, 500)).convert("RGB").save(path)
    (maps,) = Tagger.load(tiny, device="cpu").maps(path, ["tag_1"], reading=Reading(reading="fast"))
    assert (1003, 500) == maps.picture_size


def test_maps_of_the_picture_at_another_size() -> None:
    """The patches say the same; places are in the other picture's pixels."""
    maps = maps_of([[0, 0, 0, 0], [0, 0, 4, 0], [0, 2, 0, 0], [0, 0, 0, 0]])
    half = maps.at_size((20, 10))
    assert (maps.logits, (20, 10), (10, 20)) == (half.logits, half.picture_size, half.map("thing").shape)
    assert [(place.x // 2, place.y // 2) for place in maps.points("thing", 2)] == [
        (place.x, place.y) for place in half.points("thing", 2)
    ]
