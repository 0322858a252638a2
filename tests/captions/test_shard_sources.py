"""Which pictures do tables, folders and addresses give, under which keys?"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from joytag_core.captions.addresses import is_address, place_of
from joytag_core.captions.scoring import Found, Scorer
from joytag_core.captions.shard_names import expand_shards
from joytag_core.captions.shard_sources import samples_of
from joytag_core.cli.main import main
from joytag_core.errors import CaptionError, SettingError
from tests.captions.conftest import draw_pictures, lazy
from tests.captions.test_shards import write_shards


def png(colour: str) -> bytes:
    """Return a small picture as a file's bytes."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def write_table(path: Path, **columns: list[Any]) -> str:
    """Write a table in Parquet; skip the test where pyarrow is not there."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table(columns), path, row_group_size=2)
    return str(path)


def test_a_folder_gives_its_pictures_by_their_paths_below_it(tmp_path: Path) -> None:
    """Twins have two keys; what is no picture is none."""
    draw_pictures(tmp_path / "b", ["x.png", "x.jpg"])
    draw_pictures(tmp_path, ["a.png"])
    (tmp_path / "notes.txt").write_text("no picture")

    found = list(samples_of(str(tmp_path)))
    assert ["a.png", "b/x.jpg", "b/x.png"] == [one.key for one in found]
    assert (tmp_path / "a.png").read_bytes() == found[0].read()


def test_a_picture_that_cannot_be_read_is_a_result_with_its_reason(tiny: Path, tmp_path: Path) -> None:
    """Such as one that vanished after its folder was listed; the others are scored."""
    draw_pictures(tmp_path, ["a.png", "b.png"])
    samples = list(samples_of(str(tmp_path)))
    (tmp_path / "a.png").unlink()

    (batch,) = Scorer(lazy(tiny)).scored_contents(samples, lambda one: (one.name, one.read))
    results = {sample.key: result for sample, result in batch}
    assert "a.png: the picture cannot be read: [Errno 2]" in str(results["a.png"])
    assert isinstance(results["b.png"], Found)


def test_a_table_gives_bytes_or_hugging_face_s_pairs(tmp_path: Path) -> None:
    """Keys: the column of that name, the path beside the bytes, or the row's number; nothing is no picture."""
    red, blue = png("red"), png("blue")
    keyed = write_table(tmp_path / "a.parquet", key=["r", "b", "n"], image=[red, blue, None])
    paired = write_table(tmp_path / "b.parquet", image=[{"bytes": red, "path": "r.png"}, {"bytes": blue, "path": None}])
    other = write_table(tmp_path / "c.parquet", jpg=[red])

    *full, bare = samples_of(keyed)
    assert [("r", red), ("b", blue)] == [(one.key, one.read()) for one in full]
    assert "n" == bare.key
    with pytest.raises(OSError, match="its row holds no bytes, but nothing"):
        bare.read()
    linked = write_table(tmp_path / "d.parquet", image=[{"bytes": None, "path": "r.png"}])
    with pytest.raises(OSError, match=r"but only the path 'r\.png'; embed the pictures' bytes"):
        next(iter(samples_of(linked))).read()
    assert [("r.png", red), ("1", blue)] == [(one.key, one.read()) for one in samples_of(paired)]
    assert ["0"] == [one.key for one in samples_of(other, image_column="jpg")]
    with pytest.raises(CaptionError, match=r"no column 'image'; its columns are jpg"):
        list(samples_of(other))


def test_a_torn_table_is_an_error_of_ours(tmp_path: Path) -> None:
    """And so is one that is not there."""
    torn = Path(write_table(tmp_path / "a.parquet", image=[png("red")]))
    torn.write_bytes(torn.read_bytes()[:-20])
    for shard, message in (
        (str(torn), "the shard cannot be read to its end"),
        (str(tmp_path / "gone.parquet"), "there is no such shard"),
    ):
        with pytest.raises(CaptionError, match=message):
            list(samples_of(shard))


def test_addresses_are_read_and_written_as_folders_are(tiny: Path, tmp_path: Path) -> None:
    """Tars by a pattern, a folder, tables and marks out; a rerun finds the marks there."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    for path in write_shards(tmp_path, 2):
        memory.pipe_file(f"/set/{path.name}", path.read_bytes())
    memory.pipe_file("/set/loose/a/b.png", png("red"))
    out = ["--output-folder", "memory://out", "--model", str(tiny), "--device", "cpu"]

    assert 0 == main(["caption", "--shards", "memory://set/data-*.tar", "memory://set/loose", *out])
    main(["caption", "--shards", f"{tmp_path}/data-*.tar", "--output-folder", str(tmp_path / "here"), *out[2:]])

    for name in ("data-0000.jsonl", "data-0001.jsonl", "data-0001.done"):
        assert (tmp_path / "here" / name).read_bytes() == memory.cat_file(f"/out/{name}")
    assert "a/b.png" == json.loads(memory.cat_file("/out/loose.jsonl"))["key"]
    assert json.loads(place_of("memory://out").read("loose.done") or b"")["pictures"] == 1
    assert place_of("memory://out").read("gone.done") is None


def test_an_address_that_nobody_knows_is_told() -> None:
    """A drive of Windows is none."""
    pytest.importorskip("fsspec")
    assert [True, True, False, False] == [is_address(one) for one in ("s3://a", "zip::s3://a", "C:\\a", "c/d.tar")]
    with pytest.raises(SettingError, match="none that fsspec knows"):
        expand_shards(["nowhere://a/*.tar"])
