"""Which captions do folders of pictures get, and where?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from joytag_core import Tagger, caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.score_store import DATABASE_NAME
from joytag_core.errors import SettingError
from tests.captions.conftest import Draw, captions_in, expected_captions, lazy


def test_each_picture_gets_the_tags_that_it_would_get_alone(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """UTF-8, one line end, beside the picture; order does not matter."""
    paths = draw(tmp_path / "p", [f"{n}.png" for n in range(7)])

    summary = caption_folder(tmp_path / "p", model=lazy(tiny), batch_size=3)

    assert expected_captions(tiny, paths) == list(captions_in(tmp_path / "p").values())
    assert (7, 7, 0) == (summary.written, summary.scored, summary.skipped)
    assert summary.is_complete


def test_a_mirrored_tree_is_written(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Nothing comes into the pictures' own folders."""
    draw(tmp_path / "p", ["a.png"])
    draw(tmp_path / "p" / "x" / "y", ["a.png"], first=5)

    caption_folder(tmp_path / "p", model=model, recursive=True, output_folder=tmp_path / "out")

    assert ["a.txt", "x/y/a.txt"] == list(captions_in(tmp_path / "out"))
    assert {"a.png", "x"} == {path.name for path in (tmp_path / "p").iterdir()}
    assert (tmp_path / "out" / DATABASE_NAME).is_file()


def test_triggers_come_first_and_from_folder_names(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Kohya's folders say how often and what."""
    draw(tmp_path / "10_mychar woman", ["a.png"])

    caption_folder(
        tmp_path, model=model, recursive=True, triggers=["Ohwx_1"], folder_triggers=True, keep_separator="|||"
    )

    assert (tmp_path / "10_mychar woman" / "a.txt").read_text().startswith("Ohwx_1, mychar woman ||| tag ")


@pytest.mark.parametrize(("low", "high"), [(4 / 6, 1.0), (5 / 6, 1.0), (0.0, 4 / 6), (0.0, 3 / 6)])
def test_shares_leave_rare_and_common_tags_out(tiny: Path, draw: Draw, tmp_path: Path, low: float, high: float) -> None:
    """Counted over all pictures; both ends belong to the range."""
    paths = draw(tmp_path, [f"{n}.png" for n in range(6)])
    counts = Counter(
        item.name for one in Tagger.load(tiny, device="cpu").score(list(paths)) for item in one.select(threshold=0.3)
    )
    assert {4, 6} == set(counts.values())
    kept = {name.replace("_", " ") for name, count in counts.items() if low <= count / 6 <= high}

    caption_folder(tmp_path, model=lazy(tiny), min_share=low, max_share=high, settings={"threshold": 0.3})

    assert kept == {tag for text in captions_in(tmp_path).values() for tag in text.strip().split(", ") if tag}


def test_thresholds_by_pattern_hold_for_new_tags_and_for_pruning(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """And ask for no score that is not kept."""
    draw(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_text("tag_8, tag_13")
    by_pattern = {"thresholds": "tag_8 1.0"}

    caption_folder(tmp_path, model=lazy(tiny), existing="prune", settings=by_pattern)
    assert "tag_13\n" == (tmp_path / "a.txt").read_text()
    caption_folder(tmp_path, model=lazy(tiny), existing="overwrite", settings=by_pattern)
    assert (tmp_path / "a.txt").read_text().startswith("tag 13, ")
    with pytest.raises(SettingError, match=r"0\.001 needs scores below"):
        caption_folder(tmp_path, model=lazy(tiny), settings={"thresholds": "tag_8 0.001"})
