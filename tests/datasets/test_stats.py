"""Does `stats` find what is wrong with a folder, and does its page stand alone?"""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core.captions.scoring import Found
from joytag_core.cli.main import main
from joytag_core.datasets.caption_statistics import CaptionStatistics, contradictions
from joytag_core.datasets.disagreements import disagreement
from joytag_core.datasets.neighbours import find_leaks, find_neighbours, unit_features
from joytag_core.datasets.page import render_page
from joytag_core.datasets.report import Material, Seen, build_report
from joytag_core.datasets.sources import Captioned
from joytag_core.tags.vocabulary import Vocabulary
from tests.captions.conftest import draw_pictures

JOYTAG = Vocabulary.joytag()


def test_tags_are_counted_under_one_name() -> None:
    """Old and current names, spaces and underscores; a tag twice in a caption counts once."""
    statistics = CaptionStatistics.of(["long hair, bunny ears", "long_hair, rabbit ears, Long Hair, hat"], JOYTAG)

    assert [("long hair", 2), ("bunny ears", 2), ("hat", 1)] == statistics.frequencies()
    assert [("long hair", 2), ("bunny ears", 2)] == statistics.common(1.0)
    assert [("hat", 1)] == statistics.rare(1)


def test_pairs_that_no_caption_has_apart_are_found() -> None:
    """Both on the same captions, three at least; tags on all captions say nothing."""
    texts = ["hat, scarf, cat, x"] * 3 + ["cat, x"] + ["x"]

    assert [("hat", "scarf", 3)] == CaptionStatistics.of(texts, JOYTAG).always_together()


def test_tags_that_exclude_each_other_are_found() -> None:
    """Two hair colours of one girl; of two girls they are no contradiction."""
    texts = ["1girl, blonde_hair, black_hair", "2girls, blonde_hair, black_hair", "1girl, blonde_hair"]

    assert [(0, ["black_hair"])] == contradictions(texts, JOYTAG)


def test_captions_are_compared_with_the_picture() -> None:
    """What the caption says and the picture hardly shows, and the other way round; implied tags count as said."""
    scores = np.zeros(len(JOYTAG), dtype=np.float32)
    for name, score in {"hat": 0.09, "black_skirt": 0.9, "skirt": 0.9, "cat": 0.81, "dog": 0.8}.items():
        tag = JOYTAG.find(name)
        assert tag is not None
        scores[tag.index] = score

    found = disagreement(0, ["hat", "black skirt", "my word"], scores, JOYTAG)

    assert (("hat", pytest.approx(0.09)),) == found.doubtful
    assert [("cat", pytest.approx(0.81))] == list(found.missing)


def test_near_duplicates_are_found_by_features() -> None:
    """As a search over all pairs says; in pieces as well."""
    random = np.random.default_rng(3)
    features = random.normal(size=(2500, 16)).astype(np.float32)
    features[2400] = features[7] + random.normal(size=16).astype(np.float32) * 0.01
    unit = unit_features(features)

    around = find_neighbours(unit, near=0.95)

    alike = np.triu(unit @ unit.T, k=1)
    expected = {(int(a), int(b)) for a, b in zip(*np.nonzero(alike >= 0.95), strict=True)}
    assert expected == {(pair.first, pair.second) for pair in around.near}
    assert (7, 2400) == (around.near[0].first, around.near[0].second)
    leaks = find_leaks(unit[:100], unit[100:], near=0.999)
    assert [(7, 2300)] == [(one.first, one.second) for one in leaks]


def test_outliers_are_what_has_no_neighbours() -> None:
    """Two crowds of twenty, a picture far from both, and one between them: far first, then between, nobody else."""
    random = np.random.default_rng(5)
    crowds = np.repeat(np.eye(8, dtype=np.float32)[:2], 20, axis=0)
    odd = np.eye(8, dtype=np.float32)[7:] * 2
    between = crowds[:1] + crowds[-1:]
    features = np.concatenate([crowds[:20], odd, crowds[20:], between]).astype(np.float32)
    features += random.normal(scale=0.01, size=features.shape).astype(np.float32)
    unit = unit_features(features)

    around = find_neighbours(unit)

    cosines = unit @ unit.T - 3 * np.eye(len(unit), dtype=np.float32)
    assert np.allclose(np.sort(cosines, axis=1)[:, -5:].mean(axis=1), around.closeness, atol=1e-6)
    assert [20, 41] == around.outliers(2)
    assert [] == around.outliers(0)


def test_the_report_names_outliers_and_no_more_than_a_quarter(tmp_path: Path) -> None:
    """Of eight pictures two at most, of three none: where nearly all are unlike, nobody is an outlier."""
    features = np.ones((8, 4), dtype=np.float32) + np.random.default_rng(0).normal(scale=0.01, size=(8, 4))
    features[5] = (9.0, -9.0, 0.0, 0.0)
    scores = np.zeros(len(JOYTAG), dtype=np.float32)
    captioned = [Captioned(tmp_path / f"{n}.png", "1girl") for n in range(8)]
    seen = [
        Seen.of(n, one, Found(scores, features[n].astype(np.float32), 10, 10, is_new=False), JOYTAG)
        for n, one in enumerate(captioned)
    ]

    outliers = build_report(Material(captioned, seen, [], []), JOYTAG)["outliers"]
    few = build_report(Material(captioned[:3], seen[:3], [], []), JOYTAG)["outliers"]

    assert [2, 0] == [len(outliers), len(few)]
    assert str(tmp_path / "5.png") == outliers[0]["path"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pictures_have_few_neighbours(count: int) -> None:
    """None and one are no error."""
    features = np.eye(3, dtype=np.float32)[:count]

    assert [] == find_neighbours(features).near


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with something of everything that can be wrong."""
    folder = tmp_path / "p"
    paths = draw_pictures(folder, [f"{number}.png" for number in range(6)])
    for path in paths[:5]:
        path.with_suffix(".txt").write_text("ohwx, tag_8, <b>bold</b>\n")
    shutil.copy(paths[0], folder / "copy.png")
    with Image.open(paths[1]) as picture:
        picture.resize((80, 60)).save(folder / "large.png")
    (folder / "broken.png").write_bytes(b"no")
    (folder / "alone.txt").write_text("nobody")
    return folder


def _report(folder: Path, tiny: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert 0 == main(["stats", str(folder), "--model", str(tiny), "--device", "cpu", "--json", *options])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_stats_finds_what_is_wrong(folder: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Duplicates, broken files, captions and pictures that are alone."""
    found = _report(folder, tiny, capsys, "--near", "0.99")

    assert (9, 5) == (found["pictures"], found["captions"])
    assert [["ohwx", 5], ["tag_8", 5], ["<b>bold</b>", 5]] == found["frequencies"]
    assert [[str(folder / "0.png"), str(folder / "copy.png")]] == found["exact"]["listed"]
    assert [str(folder / "1.png"), str(folder / "large.png")] in [pair["paths"] for pair in found["near"]["listed"]]
    assert 4 == found["without_caption"]["count"]
    assert [str(folder / "alone.txt")] == found["without_picture"]["listed"]
    assert [str(folder / "broken.png")] == [one["path"] for one in found["broken"]["listed"]]
    assert [80, 60] in found["sizes"]


@pytest.mark.parametrize("command", [["stats", "--html"], ["evaluate", "--fit"]])
def test_no_page_and_no_thresholds_go_over_a_picture(
    command: list[str], folder: Path, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the hand costs no picture."""
    content = (folder / "0.png").read_bytes()

    assert 2 == main([command[0], str(folder), "--model", str(tiny), command[1], str(folder / "0.png")])

    assert "would have the name of a picture; take another extension or name" in capsys.readouterr().err
    assert content == (folder / "0.png").read_bytes()


@pytest.mark.parametrize("given", ["stats --html", "evaluate --fit", "caption --report", "scores --export"])
def test_only_joytag_s_own_file_is_written_anew(
    given: str, folder: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A caption, a list of rules or another program's table is somebody's work; an empty file holds none."""
    command, option = given.split()
    main(["caption", str(folder), "--model", str(tiny)])
    common = [command, str(folder)] + ([] if command == "scores" else ["--model", str(tiny)])
    product = tmp_path / "product.csv"
    product.write_text("mine, 1\n")

    assert 2 == main([*common, option, str(product)])
    assert f"{product}: there is a file that is no " in capsys.readouterr().err
    assert "mine, 1\n" == product.read_text()

    product.write_bytes(b"")
    assert [0, 0] == [main([*common, option, str(product)]) for _ in range(2)]
    assert product.stat().st_size > 0


def test_a_folder_without_pictures_is_an_error(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As for `caption` and `evaluate`; nothing is left there."""
    assert 2 == main(["stats", str(tmp_path), "--model", str(tiny)])
    assert "there is no picture in this folder" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_a_caption_that_is_no_text_is_broken(folder: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A database of a caption's name is no list of tags, and none of its bytes reaches the terminal."""
    (folder / "0.txt").write_bytes(b"SQLite format 3\0\x1b[31m")

    found = _report(folder, tiny, capsys)

    assert f"{folder / '0.txt'}: this is no caption: it holds no text" in [
        one["reason"] for one in found["broken"]["listed"]
    ]
    assert str(folder / "0.png") in found["without_caption"]["listed"]


@pytest.mark.parametrize("command", ["stats", "evaluate"])
def test_kept_scores_lie_beside_a_single_picture(command: str, folder: Path, tiny: Path) -> None:
    """A picture is no database."""
    assert 0 == main([command, str(folder / "0.png"), "--model", str(tiny)])
    assert (folder / "joytag-scores.sqlite").exists()


def test_pictures_in_two_folders_are_leaks(
    folder: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also under another name."""
    (tmp_path / "other").mkdir()
    shutil.copy(folder / "3.png", tmp_path / "other" / "x.png")

    found = _report(folder, tiny, capsys, "--against", str(tmp_path / "other"), "--near", "0.999")

    assert [[str(folder / "3.png"), str(tmp_path / "other" / "x.png")]] == [
        pair["paths"] for pair in found["leaks"]["listed"]
    ]


class _Page(HTMLParser):
    """Collect what a page would load, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_loads_nothing_and_shows_pictures(
    folder: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No address but data and its own anchors; what captions hold is text, never markup."""
    main(["stats", str(folder), "--model", str(tiny), "--device", "cpu", "--html", str(tmp_path / "page.html")])
    page = _Page()

    page.feed((tmp_path / "page.html").read_text("utf-8"))

    assert all(re.match(r"data:image/jpeg;base64,|#", address) for address in page.loads)
    assert {"img", "svg", "rect", "circle"} <= set(page.tags)
    assert "b" not in page.tags[page.tags.index("svg") :]
    assert "<b>bold</b>" in page.text


def test_the_page_of_ten_thousand_pictures_stays_small() -> None:
    """It shows the worst of each kind, whatever the folder's size."""
    random = np.random.default_rng(0)
    captioned = [Captioned(Path(f"{n}.png"), f"1girl, word{n % 700}, blonde_hair, black_hair") for n in range(10_000)]
    scores = np.zeros(len(JOYTAG), dtype=np.float32)
    features = random.normal(size=(10_000, 8)).astype(np.float32)
    seen = [
        Seen.of(n, one, Found(scores, features[n], 100 + n % 900, 200, is_new=False), JOYTAG)
        for n, one in enumerate(captioned)
    ]

    report = build_report(Material(captioned, seen, [], []), JOYTAG, near=0.999)
    page = render_page(report, title="many", thumbnail=lambda path: "data:image/jpeg;base64," + "A" * 3000)

    assert 10_000 == report["disagreements"]["count"] == report["contradictions"]["count"]
    assert len(page) < 3_000_000
