"""Does `map` write what it is asked for, where it is asked to?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from joytag_core import Tagger
from joytag_core.cli.main import main

Capture = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples"
STAR = str(EXAMPLES / "star-at-night.png")
DEMO = ["--model", "demo", "--device", "cpu"]
ALL = ["--save", "overlay,mask,raw,json"]


def test_one_picture_and_one_tag_make_one_file(tmp_path: Path, capsys: Capture) -> None:
    """The overlay, under the name given, of the picture's size; and a line says the score."""
    out = tmp_path / "new" / "star.png"
    assert 0 == main(["map", STAR, "--tag", "star (symbol)", "--out", str(out), *DEMO])
    with Image.open(out) as shown, Image.open(STAR) as picture:
        assert picture.size == shown.size
        assert "RGB" == shown.mode
    assert ["star.png"] == [path.name for path in out.parent.iterdir()]
    first, second = capsys.readouterr().out.splitlines()
    assert f"{STAR}: star_(symbol) 0.802" == first
    assert f"  -> {out}" == second


def test_all_kinds_lie_beside_each_other(tmp_path: Path) -> None:
    """Mask, numbers and places are those of the core."""
    assert 0 == main(
        ["map", STAR, "--tag", "star_(symbol)", "--out", str(tmp_path / "a.png"), *ALL, *DEMO, "--method", "otsu"]
    )
    assert {"a.png", "a.mask.png", "a.npy", "a.json"} == {path.name for path in tmp_path.iterdir()}
    (maps,) = Tagger.load("demo", device="cpu").maps(STAR, ["star_(symbol)"])
    with Image.open(tmp_path / "a.mask.png") as mask:
        assert np.array_equal(np.asarray(mask) > 0, maps.mask("star_(symbol)", method="otsu"))
    assert np.load(tmp_path / "a.npy") == pytest.approx(maps.raw[0], abs=1e-5)
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (256, 221) == (told["width"], told["height"])
    (star,) = told["tags"]
    assert star["holds"] is True
    assert [box.left for box in maps.boxes("star_(symbol)", method="otsu")] == [box["left"] for box in star["boxes"]]
    assert 3 >= len(star["points"]) >= 1


def test_json_on_standard_output_is_that_of_the_file(tmp_path: Path, capsys: Capture) -> None:
    """An object a picture and line, by both spellings."""
    for form in (["--json"], ["--format", "json"]):
        words = ["map", STAR, "--tag", "heart", "--save", "json", "--out", str(tmp_path / "a.json"), *form]
        assert 0 == main([*words, *DEMO])
        [line] = capsys.readouterr().out.splitlines()
        assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == json.loads(line)


def test_several_tags_have_files_each_or_one_of_all(tmp_path: Path) -> None:
    """By default apart; combined, one."""
    tags = ["--tag", "heart", "--tag", "star_(symbol)"]
    main(["map", STAR, *tags, "--out", str(tmp_path / "apart.png"), *DEMO])
    main(["map", STAR, *tags, "--combine", "union", *ALL, "--out", str(tmp_path / "one.png"), *DEMO])
    names = {path.name for path in tmp_path.iterdir()}
    assert {"apart.heart.png", "apart.star_(symbol).png"} == {name for name in names if name.startswith("apart")}
    assert {"one.png", "one.mask.png", "one.npy", "one.json"} == {name for name in names if name.startswith("one")}
    assert (2, 6, 6) == np.load(tmp_path / "one.npy").shape


def test_a_tag_that_is_not_there_is_told(tmp_path: Path, capsys: Capture) -> None:
    """On standard output, and on the overlay itself."""
    main(["map", STAR, "--tag", "heart", *ALL, "--out", str(tmp_path / "h.png"), *DEMO])
    assert "heart 0.021, not there\n" in capsys.readouterr().out
    heart = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))["tags"][0]
    assert (False, [], []) == (heart["holds"], heart["boxes"], heart["points"])
    with Image.open(tmp_path / "h.mask.png") as mask:
        assert 0 == np.asarray(mask).max()
    main(["map", STAR, "--tag", "heart", *ALL, "--no-only-held", "--out", str(tmp_path / "all.png"), *DEMO])
    heart = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["tags"][0]
    assert heart["holds"] is False
    assert heart["boxes"] and heart["points"]
    main(["map", STAR, "--tag", "heart", "--threshold", "0", "--out", str(tmp_path / "held.png"), *DEMO])
    with Image.open(tmp_path / "h.png") as told, Image.open(tmp_path / "held.png") as held:
        differ = (np.asarray(told) != np.asarray(held)).any(axis=(1, 2))
    assert differ[-1]
    assert not differ[: len(differ) // 2].any()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["photo.png", "--out", "photo.png"], "photo.png is a picture that is read"),
        (["photo.png", "pics", "--out", "."], "photo.heart.png is a picture that is read"),
        (["photo.png", "--out", "other.jpg"], "--out other.jpg ends in .jpg; expected .png, or a folder's name"),
        (["photo.png", "--out", "x.json"], "--out x.json ends in .json; expected .png, or a folder's name"),
        (["pics", "--out", "pics"], "--out pics lies where pictures are read, in pics"),
        (["pics", "-r", "--out", "pics/maps"], "--out pics/maps lies where pictures are read, in pics"),
    ],
)
def test_no_picture_is_written_over(
    words: list[str], message: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor made one that the next run would read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pics").mkdir()
    for name in ("photo.png", "pics/a.png", "pics/photo.heart.png", "photo.heart.png"):
        shutil.copy(STAR, tmp_path / name)
    words = [*words, "photo.heart.png"] if words[-1] == "." else words
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    assert 2 == main(["map", *words, "--tag", "heart", *DEMO])
    assert message in capsys.readouterr().err.replace("\\", "/")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.*")}


def test_maps_may_lie_beside_pictures_that_were_named(tmp_path: Path) -> None:
    """A folder that is not gone through, one with a dot in its name, and any suffix of what is saved."""
    picture = Path(shutil.copy(STAR, tmp_path / "photo.png"))
    (tmp_path / "maps.v2").mkdir()
    for out in (tmp_path, tmp_path / "maps.v2", tmp_path / "x.json"):
        assert 0 == main(["map", str(picture), "--tag", "heart", "--save", "json", "--out", str(out), *DEMO])
    assert {"photo.heart.json", "x.json"} == {path.name for path in tmp_path.glob("*.json")}
    assert ["photo.heart.json"] == [path.name for path in (tmp_path / "maps.v2").iterdir()]


def test_commas_part_tags_and_combined_places_are_those_of_the_mask(tmp_path: Path) -> None:
    """Who hands boxes to a segmentation model hands over what the mask shows."""
    pair = "star (symbol), starry background"
    for combine in ("union", "intersection", "difference"):
        out = tmp_path / f"{combine}.png"
        words = ["--tag", pair, "--combine", combine, "--level", "0.2", "--save", "json,mask", "--out", str(out)]
        assert 0 == main(["map", STAR, *words, *DEMO])
        told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
        assert ["star_(symbol)", "starry_background"] == [tag["tag"] for tag in told["tags"]]
        with Image.open(out.with_suffix(".mask.png")) as opened:
            mask = np.asarray(opened) > 0
        covered = np.zeros_like(mask)
        for box in told["combined"]["boxes"]:
            covered[box["top"] : box["bottom"], box["left"] : box["right"]] = True
        assert not (mask & ~covered).any()
        assert all(mask[point["y"], point["x"]] for point in told["combined"]["points"])
        assert mask.any() == bool(told["combined"]["boxes"])
    main(["map", STAR, "--tag", pair, "--save", "json", "--out", str(tmp_path / "apart"), *DEMO])
    apart = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "apart").iterdir()]
    assert [1, 1] == [len(told["tags"]) for told in apart]
    assert not any("combined" in told for told in apart)


def test_a_folder_goes_to_a_folder_and_a_broken_picture_is_told(tmp_path: Path, capsys: Capture) -> None:
    """Below it as below the other; pictures that differ in their suffix alone do not overwrite each other."""
    pictures = tmp_path / "pictures"
    (pictures / "below").mkdir(parents=True)
    for name in ("a.png", "below/a.png"):
        shutil.copy(STAR, pictures / name)
    with Image.open(STAR) as opened:
        opened.save(pictures / "a.jpg")
    (pictures / "b.png").write_bytes(b"none")
    status = main(["map", str(pictures), "-r", "--tag", "heart", "--out", str(tmp_path / "out"), *DEMO])
    assert 1 == status
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.png")}
    assert {"a.png.heart.png", "a.jpg.heart.png", str(Path("below", "a.heart.png"))} == written
    assert "b.png" in capsys.readouterr().err


def test_one_file_for_many_pictures_is_refused(tmp_path: Path, capsys: Capture) -> None:
    """Before anything is computed."""
    assert 2 == main(["map", STAR, STAR, "--tag", "heart", "--out", str(tmp_path / "one.png"), *DEMO])
    assert "one file, for 2 pictures; expected a folder" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [(["--tag", "hart"], "no tag 'hart' (there is: heart"), (["--level", "2"], "level"), (["--grow", "20000"], "grow")],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: Capture, changes: list[str], message: str) -> None:
    """Unknown tags with what they may have meant; settings out of their range."""
    assert 2 == main(["map", STAR, "--tag", "heart", "--out", str(tmp_path / "x.png"), *DEMO, *changes])
    assert message in capsys.readouterr().err


def test_tags_that_no_file_may_be_called_have_files(tmp_path: Path) -> None:
    """`fate/stay_night` is no folder, `:3` no drive."""
    from joytag_core.cli.map_files import MapFiles
    from joytag_core.maps.grid import PatchGrid
    from joytag_core.maps.tag_maps import TagMaps
    from joytag_core.pictures.reading import Reading
    from joytag_core.settings.map_parameters import MAP_PARAMETERS

    settings = {name: parameter.default for name, parameter in MAP_PARAMETERS.items()} | {"threshold": 0.4}
    files = MapFiles(
        tmp_path, [Path(STAR)], folders=[], recursive=False, kinds=["raw"], settings=settings, reading=Reading()
    )
    raw = np.ones((2, 1, 1), dtype=np.float32)
    maps = TagMaps(("fate/stay_night", ":3"), raw, raw[:, 0, 0], raw[:, 0, 0], PatchGrid((4, 4), 16, (8.0,)))
    names = [path.name for path in files.write(Path(STAR), maps)]
    assert ["star-at-night.fate_stay_night.npy", "star-at-night._3.npy"] == names
