"""Are tables and sidecars what the programs that read them expect, and is what stands in them kept?"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.dom import minidom

import pytest

from joytag_core import caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.tables import TABLE_NAMES
from joytag_core.captions.xmp import read_keywords, with_keywords
from joytag_core.errors import CaptionError
from tests.captions.conftest import Draw, draw_pictures, lazy

FORMATS = [form for form in TABLE_NAMES if form != "parquet"]
DARKTABLE = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<!-- mine -->
<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <r:Description r:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='5'/>
</r:RDF></x:xmpmeta><?xpacket end='w'?>"""


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


def test_keywords_go_into_a_sidecar_and_the_rest_of_it_stays() -> None:
    """Ratings, comments, prefixes; what XML has to escape comes back."""
    written = with_keywords(DARKTABLE, ["1girl", "a & <b>, c"])

    assert ["1girl", "a & <b>, c"] == read_keywords(written)
    for kept in ("<!-- mine -->", 'xmp:Rating="5"', "<r:Bag>", "<?xpacket end='w'?>"):
        assert kept in written.decode()
    assert ["x"] == read_keywords(with_keywords(written, ["x"]))


@pytest.mark.parametrize(
    "content", [b"", b"<x/>", b"<x", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"\xff\xfe\x00\x01"]
)
def test_what_is_no_xmp_is_left_alone(content: bytes) -> None:
    """An error, never a new file over an unknown one."""
    with pytest.raises(CaptionError, match="left alone"):
        with_keywords(content, ["x"])


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:d="http://darktable.sf.net/" xmlns:m="http://ns.adobe.com/xap/1.0/mm/">%s</rdf:RDF></x:xmpmeta>'
)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<dc:subject><rdf:Bag><rdf:li><![CDATA[my kw]]></rdf:li></rdf:Bag></dc:subject>", ["my kw"]),
        ("<dc:subject>single kw</dc:subject>", ["single kw"]),
        ("<dc:subject><rdf:Seq><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Seq></dc:subject>", ["a", "b"]),
        ("<dc:subject/>", []),
    ],
)
def test_keywords_are_found_however_they_are_written(inside: str, expected: list[str]) -> None:
    """And are in one bag afterwards."""
    content = (XMP % f"<rdf:Description>{inside}</rdf:Description>").encode()
    assert expected == read_keywords(content)
    after = with_keywords(content, [*expected, "new"])
    assert [*expected, "new"] == read_keywords(after)
    assert 1 == after.count(b"<dc:subject>")


def test_a_keyword_as_an_attribute_becomes_one_of_the_bag() -> None:
    """A property may not be there twice."""
    content = (XMP % '<rdf:Description dc:subject="attr kw"/>').encode()
    assert ["attr kw"] == read_keywords(content)
    after = with_keywords(content, ["attr kw", "new"])
    assert ["attr kw", "new"] == read_keywords(after)
    assert b'dc:subject="' not in after


def test_an_ingredient_s_keywords_are_not_the_picture_s() -> None:
    """They stay, and the picture gets its own."""
    theirs = "<dc:subject><rdf:Bag><rdf:li>theirs</rdf:li></rdf:Bag></dc:subject>"
    inner = f"<m:Pantry><rdf:Bag><rdf:li><rdf:Description>{theirs}</rdf:Description></rdf:li></rdf:Bag></m:Pantry>"
    content = (XMP % f"<rdf:Description>{inner}</rdf:Description>").encode()
    assert [] == read_keywords(content)
    after = with_keywords(content, ["mine"])
    assert ["mine"] == read_keywords(after)
    assert theirs in after.decode()


def test_written_out_signs_stay_what_they_are() -> None:
    """Line ends and tabs in values would be blanks for the next reader."""
    content = (XMP % '<rdf:Description d:history="a&#xA;b&#x9;c"><d:note>x&#xD;y</d:note></rdf:Description>').encode()
    before, after = minidom.parseString(content), minidom.parseString(with_keywords(content, ["k"]))
    for document in (before, after):
        (described,) = document.getElementsByTagName("rdf:Description")
        assert "a\nb\tc" == described.getAttribute("d:history")
        assert "x\ry" == document.getElementsByTagName("d:note")[0].firstChild.data


def test_sidecars_are_written_where_galleries_look(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """`a.png.xmp`; a sidecar with keywords is a caption that is there, one without is not."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])
    (tmp_path / "b.png.xmp").write_bytes(DARKTABLE)
    (tmp_path / "c.png.xmp").write_bytes(with_keywords(DARKTABLE, ["mine"]))

    summary = caption_folder(tmp_path, model=model, format="xmp")

    assert (2, 1) == (summary.written, summary.skipped)
    assert read_keywords((tmp_path / "a.png.xmp").read_bytes())[0].startswith("tag ")
    assert "Rating" in (tmp_path / "b.png.xmp").read_text("utf-8")
    caption_folder(tmp_path, model=model, format="xmp", existing="merge", triggers=["x"])
    assert ["x", "mine"] == read_keywords((tmp_path / "c.png.xmp").read_bytes())[:2]
