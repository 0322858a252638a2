"""The drawn pictures: the same for a seed, every tag among them, and tags that say what the pixels show."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from training.dataset import find_examples, read_tags
from training.drawing import IMPLICATIONS, SHAPES, TAGS, close_implications, draw_picture
from training.drawing.colours import COLOUR_NAMES, ink, name_of
from training.drawing.folder import draw_folder
from training.drawing.lesson import draw_lesson

DATA = Path(__file__).parents[2] / "joytag_core" / "tags" / "data"
SAMPLE = 500


@pytest.fixture(scope="module")
def drawn():
    return [draw_picture(7, number) for number in range(SAMPLE)]


def saturation(pixels):
    """Return how far the channels of 8-bit pixels lie apart."""
    return np.ptp(np.asarray(pixels, dtype=int), axis=-1)


def test_same_seed_and_number_draw_the_same_picture():
    """A picture depends on its seed and its number only."""
    first, second = draw_picture(3, 14), draw_picture(3, 14)
    assert first.tags == second.tags
    assert first.image.tobytes() == second.image.tobytes()


@pytest.mark.parametrize("other", [(3, 15), (4, 14)])
def test_other_seed_or_number_draws_another_picture(other):
    """Neither number is ignored."""
    assert draw_picture(3, 14).image.tobytes() != draw_picture(*other).image.tobytes()


def test_every_tag_is_drawn_often_enough(drawn):
    """No tag is so rare that a model could not learn it: each is on at least one picture in a hundred."""
    counts = Counter(tag for picture in drawn for tag in picture.tags)
    assert [tag for tag in TAGS if counts[tag] < SAMPLE / 100] == []


def test_no_other_tag_is_drawn(drawn):
    """Pictures carry tags of the demo's vocabulary only."""
    assert set().union(*(picture.tags for picture in drawn)) <= set(TAGS)


def test_tags_are_closed_under_implications(drawn):
    """A picture with a child tag has its parent."""
    for picture in drawn:
        assert close_implications(picture.tags) == picture.tags


def test_implications_are_those_of_joytag_among_the_demo_tags():
    """The table is the published one, cut down to the demo's tags."""
    lines = (DATA / "implications.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = (line.split("\t")[:2] for line in lines)
    expected = {child: parent for child, parent in pairs if child in TAGS and parent in TAGS}
    assert expected == IMPLICATIONS


def test_tags_are_joytag_tags():
    """Every name stands in JoyTag's vocabulary, once."""
    lines = (DATA / "tags.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert set(TAGS) <= {line.split("\t")[1] for line in lines}
    assert len(set(TAGS)) == len(TAGS) == 53


def test_greyscale_pictures_have_no_colour(drawn):
    """greyscale: every pixel is neutral."""
    levels = [saturation(picture.image).max() for picture in drawn if "greyscale" in picture.tags]
    assert max(levels) == 0


def test_pictures_with_colour_are_not_greyscale(drawn):
    """A picture without the tag shows some colour."""
    levels = [saturation(picture.image).max() for picture in drawn if "greyscale" not in picture.tags]
    assert min(levels) > 20


@pytest.mark.parametrize(("tag", "low", "high"), [("white_border", 240, 255), ("black_border", 0, 22)])
def test_border_runs_along_all_four_edges(drawn, tag, low, high):
    """The outermost pixels of a sharp picture are the border's."""
    for picture in drawn:
        if tag not in picture.tags or picture.tags & {"blurry", "pixel_art"}:
            continue
        pixels = np.asarray(picture.image, dtype=int)
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert low - 20 <= np.median(edge) <= high + 20


def test_aspect_ratios_reach_from_one_to_two_to_two_to_one(drawn):
    """Tall, wide and square pictures are among them, none beyond 2:1."""
    ratios = [picture.image.width / picture.image.height for picture in drawn]
    assert 0.49 <= min(ratios) < 0.6
    assert 1.7 < max(ratios) <= 2.04
    assert 1.0 in ratios


@pytest.mark.parametrize("name", COLOUR_NAMES)
def test_inks_look_like_their_name(name):
    """A drawn colour keeps a distance from what another name means."""
    import random

    rng = random.Random(name)
    found = {name_of(ink(rng, name).rgb) for _ in range(200)}
    assert name in found
    assert found <= {name, ""}


@pytest.mark.parametrize("colourful", [False, True])
def test_lesson_shows_one_shape_on_one_plain_colour(colourful):
    """A lesson has exactly one shape, a plain ground with its colour, and the same picture for the same numbers."""
    for number in range(60):
        lesson = draw_lesson(3, number, colourful=colourful)
        assert len(lesson.tags & set(SHAPES)) == 1
        assert len([tag for tag in lesson.tags if tag.endswith("_background")]) == 2
        assert lesson.tags == close_implications(lesson.tags)
        assert lesson.image.tobytes() == draw_lesson(3, number, colourful=colourful).image.tobytes()


def test_lessons_without_colour_are_greyscale():
    """The tag holds exactly where every pixel of a lesson is neutral."""
    for number in range(200):
        lesson = draw_lesson(4, number, colourful=True)
        assert ("greyscale" in lesson.tags) == (saturation(lesson.image).max() == 0)


def test_black_and_white_lessons_are_greyscale():
    """No colour at all, whatever the shape."""
    assert all("greyscale" in draw_lesson(4, number, colourful=False).tags for number in range(60))


def test_pictures_drawn_in_grey_are_greyscale():
    """Asked for in grey, a picture is greyscale, whatever else is in it."""
    tags = [draw_picture(6, number, tone="grey").tags for number in range(40)]
    assert all({"greyscale", "monochrome"} <= each for each in tags)
    assert set().union(*tags) & {"blurry", "pixel_art"}


def test_folder_holds_each_picture_and_its_tags(tmp_path):
    """Each number becomes one picture and one .txt, the same in a second folder."""
    for folder in ("a", "b"):
        draw_folder(tmp_path / folder, seed=5, count=6)
    examples = find_examples(tmp_path / "a")
    assert len(examples) == 6
    for number, example in enumerate(examples):
        assert read_tags(example.path.with_suffix(".txt")) == draw_picture(5, number).tags
        assert example.path.read_bytes() == (tmp_path / "b" / example.path.name).read_bytes()


def test_crowds_hold_many_shapes():
    """Twelve crowds show at least three kinds of shape on average, where the usual pictures show one or two."""
    shapes = [len(draw_picture(5, number, crowded=True).tags & set(SHAPES)) for number in range(12)]
    assert sum(shapes) / len(shapes) >= 3


def test_places_are_where_the_shapes_are():
    """A lone circle's place is round, filled though hollow, and inside the frame; each shape has one."""
    for number in range(200):
        drawn = draw_picture(7, number)
        assert {place.tag for place in drawn.places} == drawn.tags & set(SHAPES) - {"star_(symbol)"} | {
            place.tag for place in drawn.places if place.tag == "star_(symbol)"
        }
        for place in drawn.places:
            rows, columns = np.nonzero(place.pixels())
            assert place.pixels().shape == drawn.image.size[::-1]
            assert 0 < len(rows) < 0.75 * place.pixels().size
            if place.tag == "circle" and len(drawn.places) == 1:
                area = np.pi / 4 * (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
                assert abs(len(rows) / area - 1) < 0.1
