"""Precision, recall and F1, against values worked out by hand."""

import pytest
import torch

from training.evaluate import macro_f1, measure, render_table
from training.report import BEGIN, END, write_between_markers

SCORES = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.41, 0.3], [0.1, 0.1]])
TARGETS = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])


def test_counts_and_ratios_of_a_tag():
    """heart: 2 found, 1 false alarm, 1 missed."""
    heart = measure(SCORES, TARGETS, ["heart", "star"])["heart"]
    assert (heart.hits, heart.alarms, heart.misses, heart.support) == (2, 1, 1, 3)
    assert (heart.precision, heart.recall, heart.f1) == (2 / 3, 2 / 3, 2 / 3)


def test_tag_never_predicted_has_ratios_of_zero():
    """star: both missed, nothing predicted, no division by zero."""
    star = measure(SCORES, TARGETS, ["heart", "star"])["star"]
    assert (star.precision, star.recall, star.f1) == (0.0, 0.0, 0.0)


def test_macro_f1_is_the_plain_mean():
    """Rare tags count as much as frequent ones."""
    assert macro_f1(measure(SCORES, TARGETS, ["heart", "star"])) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("threshold", "found"), [(0.5, 0), (0.49, 1)])
def test_threshold_itself_is_not_enough(threshold, found):
    """A tag is predicted above the threshold."""
    measured = measure(torch.tensor([[0.5]]), torch.tensor([[1.0]]), ["heart"], threshold=threshold)
    assert measured["heart"].hits == found


def test_table_ends_in_the_macro_means():
    """One line a tag, then the means."""
    lines = render_table(measure(SCORES, TARGETS, ["heart", "star"])).splitlines()
    assert lines[2:] == [
        "| `heart` | 3 | 0.667 | 0.667 | 0.667 |",
        "| `star` | 2 | 0.000 | 0.000 | 0.000 |",
        "| **macro mean** | | **0.333** | **0.333** | **0.333** |",
    ]


def test_table_replaces_what_stands_between_the_markers(tmp_path):
    """The text around the markers stays."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_between_markers(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["no marker", f"{BEGIN} only", f"{END} only"])
def test_page_without_markers_is_left_alone(tmp_path, text):
    """Nothing is written where it is not clear what to replace."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md lacks"):
        write_between_markers(page, "new")
    assert page.read_text(encoding="utf-8") == text
