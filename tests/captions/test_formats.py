"""Are tables what the programs that read them expect, and is what stands in them kept?"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from joytag_core import caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.tables import TABLE_NAMES
from joytag_core.cli.main import main
from joytag_core.errors import CaptionError
from tests.captions.conftest import Draw, draw_pictures, lazy

FORMATS = [form for form in TABLE_NAMES if form != "parquet"]


def _table(folder: Path, form: str) -> dict[str, str]:
    """Return what a table says, read as its readers do."""
    path = folder / TABLE_NAMES[form]
    if form == "kohya":
        return {Path(name).name: entry["tags"] for name, entry in json.loads(path.read_text("utf-8")).items()}
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            return {row["path"]: row["text"] for row in csv.DictReader(file)}
    key = "file_name" if form == "hf" else "path"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row[key]: row["text"] for row in rows}


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_says_what_files_would(tiny: Path, draw: Draw, tmp_path: Path, form: str) -> None:
    """One row a picture, in order, with the path from the table's folder."""
    draw(tmp_path, ["a.png", "b, c.png"])
    caption_folder(tmp_path, model=lazy(tiny))

    caption_folder(tmp_path, model=lazy(tiny), format=form)

    expected = {name: (tmp_path / name).with_suffix(".txt").read_text().strip() for name in ("a.png", "b, c.png")}
    assert expected == _table(tmp_path, form)
    assert list(expected) == list(_table(tmp_path, form))


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_that_is_there_is_gone_on_with(tiny: Path, draw: Draw, tmp_path: Path, form: str) -> None:
    """Rows are skipped as files are, rows of other pictures stay, and a third run changes nothing."""
    draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny), format=form, triggers=["old"])
    draw(tmp_path, ["b.png"], first=7)

    summary = caption_folder(tmp_path / "b.png", model=lazy(tiny), format=form, triggers=["new"])

    assert ["new", "old"] == [text.split(",")[0] for text in _table(tmp_path, form).values()]
    assert 1 == summary.written
    before = (tmp_path / TABLE_NAMES[form]).read_bytes()
    assert 2 == caption_folder(tmp_path, model=lazy(tiny), format=form).skipped
    assert sorted(before.splitlines()) == sorted((tmp_path / TABLE_NAMES[form]).read_bytes().splitlines()) or (
        form == "kohya"
    )


@pytest.mark.parametrize(("form", "text"), [("hf", "text"), ("kohya", "tags"), ("jsonl", "text")])
def test_other_columns_stay(model: LazyModel, draw: Draw, tmp_path: Path, form: str, text: str) -> None:
    """What a trainer or a person put into a row is kept."""
    (path,) = draw(tmp_path, ["a.png"])
    if form == "kohya":
        there = json.dumps({str(path): {"tags": "mine", "train_resolution": [512, 512]}})
    else:
        there = json.dumps({"file_name" if form == "hf" else "path": "a.png", text: "mine", "licence": "CC0"}) + "\n"
    (tmp_path / TABLE_NAMES[form]).write_text(there)

    caption_folder(tmp_path, model=model, format=form, existing="append")

    written = (tmp_path / TABLE_NAMES[form]).read_text()
    assert '"mine, tag ' in written
    assert ("[512, 512]" if form == "kohya" else '"CC0"') in written


def test_a_table_that_cannot_be_read_is_left_alone(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """The error names it; its bytes stay."""
    draw(tmp_path, ["a.png"])
    (tmp_path / "captions.jsonl").write_text("{torn")

    with pytest.raises(CaptionError, match=r"captions\.jsonl: the table that is there cannot be read as jsonl"):
        caption_folder(tmp_path, model=model, format="jsonl")
    assert "{torn" == (tmp_path / "captions.jsonl").read_text()


@pytest.mark.parametrize("was_there", [True, False])
def test_a_table_that_somebody_changes_meanwhile_is_left_alone(
    tiny: Path, draw: Draw, tmp_path: Path, was_there: bool
) -> None:
    """Another run's rows, or a person's, are not lost; the next run takes them along, and runs no model."""
    draw(tmp_path, ["a.png"])
    table = tmp_path / "captions.jsonl"
    if was_there:
        table.write_text('{"path": "other.png", "text": "mine"}\n')
    theirs = '{"path": "other.png", "text": "mine"}\n{"path": "third.png", "text": "theirs"}\n'

    with pytest.raises(CaptionError, match="somebody changed the table in the meantime"):
        caption_folder(tmp_path, model=lazy(tiny), format="jsonl", on_change=lambda change: table.write_text(theirs))
    assert theirs == table.read_text()
    assert [] == list(tmp_path.glob(".joytag-*"))

    assert 0 == caption_folder(tmp_path, model=lazy(tiny), format="jsonl").scored
    assert 3 == len(table.read_text().splitlines())


def test_nothing_in_a_table_is_no_caption(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Null, as other programs write it, is filled in, whatever becomes of captions that are there."""
    draw(tmp_path, ["a.png"])
    table = tmp_path / "captions.jsonl"
    for how in ("skip", "merge"):
        table.write_text('{"path": "a.png", "text": null, "id": 3}\n')
        caption_folder(tmp_path, model=lazy(tiny), format="jsonl", existing=how)
        row = json.loads(table.read_text("utf-8"))
        assert row["text"].startswith("tag ")
        assert 3 == row["id"]


def test_several_captions_of_one_picture_stay(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """The first is worked on, the others follow it as they were."""
    draw(tmp_path, ["a.png", "b.png"])
    table = tmp_path / "captions.jsonl"
    rows = [
        {"path": "a.png", "text": "mine one"},
        {"path": "a.png", "text": "mine two"},
        {"path": "gone.png", "text": "x"},
    ]
    rows += [{"path": "gone.png", "text": "y"}]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))

    caption_folder(tmp_path, model=lazy(tiny), format="jsonl")
    found = [json.loads(line) for line in table.read_text("utf-8").splitlines()]
    assert rows == [row for row in found if row["path"] != "b.png"]
    caption_folder(tmp_path, model=lazy(tiny), format="jsonl", existing="prepend")
    found = [json.loads(line)["text"] for line in table.read_text("utf-8").splitlines()]
    assert found[0].endswith(", mine one")
    assert ["mine two", "x", "y"] == [found[1], *found[-2:]]


@pytest.mark.parametrize("name", ["./a.png", "b/../a.png", "{folder}/a.png"])
def test_a_picture_is_known_however_the_table_spells_its_path(
    model: LazyModel, draw: Draw, tmp_path: Path, name: str
) -> None:
    """It has one row, which keeps its spelling."""
    draw(tmp_path, ["a.png"])
    name = name.format(folder=tmp_path)
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"file_name": name, "text": "mine"}) + "\n")
    caption_folder(tmp_path, model=model, format="hf", existing="merge")
    (row,) = map(json.loads, (tmp_path / "metadata.jsonl").read_text("utf-8").splitlines())
    assert name == row["file_name"]
    assert row["text"].startswith("mine, ")


@pytest.mark.parametrize(
    ("form", "content", "expected"),
    [
        ("jsonl", "3\n", "row 1 is 3; expected an object"),
        ("jsonl", '{"path": "a.png"}\n["path"]\n', r"row 2 is \['path'\]; expected an object"),
        ("jsonl", '{"path": 7}\n', "row 1 has no text in the column 'path'"),
        ("jsonl", '{"path": "a.png", "text": ["a", "b"]}\n', r"row 1 has \['a', 'b'\] in the column 'text'"),
        ("kohya", '{"x": "y"}', "row 1 is 'y'; expected an object"),
        ("kohya", "[]", "cannot be read as kohya"),
        ("csv", "path,text\na.png,mine, with comma,x\n", "row 1 has more cells than the header"),
        ("csv", "name\na.png\n", "row 1 has no text in the column 'path'"),
    ],
)
def test_a_table_of_another_shape_is_told_and_left_alone(
    model: LazyModel, tmp_path: Path, form: str, content: str, expected: str
) -> None:
    """The message names the row."""
    draw_pictures(tmp_path, ["a.png"])
    table = tmp_path / TABLE_NAMES[form]
    table.write_text(content)
    with pytest.raises(CaptionError, match=expected):
        caption_folder(tmp_path, model=model, format=form)
    assert content == table.read_text()


def test_parquet_comes_back(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Where pyarrow is there."""
    parquet = pytest.importorskip("pyarrow.parquet")
    draw(tmp_path, ["a.png", "b.png"])
    caption_folder(tmp_path, model=lazy(tiny))

    caption_folder(tmp_path, model=lazy(tiny), format="parquet")
    caption_folder(tmp_path, model=lazy(tiny), format="parquet", existing="append", triggers=["x"])

    rows = parquet.read_table(tmp_path / "captions.parquet").to_pylist()
    assert [{"path": name, "text": "x, " + (tmp_path / name).with_suffix(".txt").read_text().strip()} for name in (
        "a.png", "b.png"
    )] == rows  # fmt: skip


def test_columns_of_a_parquet_table_keep_their_types(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Numbers, lists, pictures and what the file says of itself; a column of texts is made where there is none."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    draw(tmp_path, ["a.png", "b.png"])
    columns = {
        "path": ["a.png", "other.png"], "width": arrow.array([640, 3], arrow.int16()), "box": [[1.5, 2.0], None],
        "image": [{"bytes": b"x", "path": "y"}, None],
    }  # fmt: skip
    table = arrow.table(columns).replace_schema_metadata({"made by": "somebody"})
    parquet.write_table(table, tmp_path / "captions.parquet")

    caption_folder(tmp_path, model=lazy(tiny), format="parquet")

    written = parquet.read_table(tmp_path / "captions.parquet")
    assert {b"made by": b"somebody"} == written.schema.metadata
    assert list(table.schema) == list(written.schema)[:4]
    rows = {row["path"]: row for row in written.to_pylist()}
    assert (640, [1.5, 2.0], {"bytes": b"x", "path": "y"}) == tuple(rows["a.png"][n] for n in ("width", "box", "image"))
    assert rows["a.png"]["text"].startswith("tag ")
    assert (None, 3) == (rows["other.png"]["text"], rows["other.png"]["width"])
    assert None is rows["b.png"]["width"]


def test_a_dry_run_names_the_pictures_of_a_table(
    tiny: Path, draw: Draw, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file beside a picture is going to be written, so none is named."""
    (path,) = draw(tmp_path, ["a.png"])
    common = ["caption", str(tmp_path), "--model", str(tiny), "--device", "cpu", "--format", "jsonl", "--dry-run"]

    main(common)
    assert str(path) == capsys.readouterr().out.splitlines()[0]
    main([*common, "--json"])
    assert str(tmp_path / "captions.jsonl") == json.loads(capsys.readouterr().out.splitlines()[0])["caption"]
