"""The demo model that ships: its files, its size, and what it says of pictures that any eye can check."""

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

from joytag_core import Tagger
from training.drawing import TAGS, draw_picture
from training.evaluate import macro_f1, measure

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "joytag_core" / "demo"

EXAMPLES = {
    "argyle-note.png": "argyle_background musical_note no_humans",
    "blurry-heart.png": "blurry heart no_humans striped_background",
    "hello-note.png": "border english_text grey_background musical_note "
    "no_humans simple_background speech_bubble spot_color white_border",
    "lightning.png": "aqua_background lightning_bolt_symbol no_humans simple_background",
    "pixel-lightning.png": "lightning_bolt_symbol no_humans pixel_art simple_background yellow_background",
    "rainbow-and-lightning.png": "letterboxed lightning_bolt_symbol no_humans rainbow "
    "simple_background white_background",
    "sepia-cube.png": "argyle_background black_border border cube monochrome no_humans sepia",
    "star-at-night.png": "letterboxed no_humans star_(symbol) starry_background",
}
"""File -> what a person says of it; each is the drawing script's own picture of seed 77."""


@pytest.fixture(scope="module")
def demo():
    return Tagger.load("demo", device="cpu")


def tags_of(demo, picture):
    (scores,) = demo.score([picture])
    return {tag for tag, score in scores.as_dict().items() if score > 0.4}


def test_demo_speaks_the_drawn_tags():
    """Its vocabulary is the drawing script's, in its order."""
    assert tuple((DEMO / "top_tags.txt").read_text(encoding="utf-8").split()) == TAGS


def test_demo_ships_in_three_megabytes():
    """All files of the demo together."""
    assert sum(path.stat().st_size for path in DEMO.iterdir()) <= 3_000_000


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_has_the_tags_that_a_person_sees(demo, name):
    """At the published threshold, nothing missing and nothing added; no file over 60 KB."""
    path = ROOT / "examples" / name
    assert tags_of(demo, path) == set(EXAMPLES[name].split())
    assert path.stat().st_size <= 60 * 1024


def test_examples_are_all_checked():
    """No picture lies in the folder that no test looks at."""
    assert {path.name for path in (ROOT / "examples").iterdir() if path.suffix == ".png"} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("ground", "colour"),
    [("white", "red"), ("blue", "white"), ("black", "yellow"), ("green", "orange"), ("red", "black")],
)
def test_circle_by_plain_pillow_is_recognised(demo, ground, colour):
    """A picture drawn by other code: its shape and its ground are found."""
    picture = Image.new("RGB", (256, 256), ground)
    ImageDraw.Draw(picture).ellipse((60, 60, 196, 196), fill=colour)
    assert {"circle", f"{ground}_background", "simple_background", "no_humans"} <= tags_of(demo, picture)


def test_demo_keeps_its_measured_quality(demo):
    """On drawn pictures of a seed it never saw its macro F1 stays near the 0.93 that training/README.md reports."""
    drawn = [draw_picture(2, number) for number in range(300)]
    scores = [each.as_dict() for each in demo.score([picture.image for picture in drawn])]
    scored = torch.tensor([[each[tag] for tag in TAGS] for each in scores])
    deserved = torch.tensor([[float(tag in picture.tags) for tag in TAGS] for picture in drawn])
    assert macro_f1(measure(scored, deserved, TAGS)) > 0.9
