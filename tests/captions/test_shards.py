"""Are tars captioned as folders are, each whole or not at all, and divided without gap or overlap?"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from joytag_core.captions.parts import Part
from joytag_core.captions.shard_names import expand_shards, shard_name
from joytag_core.captions.shard_sources import samples_of
from joytag_core.cli.main import main
from joytag_core.cli.parts import part_of
from joytag_core.errors import CaptionError, SettingError
from tests.captions.conftest import draw_pictures


def write_shards(folder: Path, count: int, pictures: int = 3) -> list[Path]:
    """Write tars `data-0000.tar` ... of drawn pictures, each with a text beside it, as webdataset has them."""
    paths = []
    for shard in range(count):
        drawn = draw_pictures(folder / "drawn", [f"{shard:04d}{n:04d}.png" for n in range(pictures)], first=shard * 100)
        paths.append(folder / f"data-{shard:04d}.tar")
        with tarfile.open(paths[-1], "w") as tar:
            for path in drawn:
                tar.add(path, f"some/{path.name}")
                member = tarfile.TarInfo(f"some/{path.stem}.txt")
                member.size = 4
                tar.addfile(member, io.BytesIO(b"text"))
    return paths


def _rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def _run(tiny: Path, shards: str, out: Path, *options: str) -> int:
    return main(
        ["caption", "--shards", shards, "--output-folder", str(out), "--model", str(tiny), "--device", "cpu", *options]
    )


def test_a_shard_says_what_files_would(tiny: Path, tmp_path: Path) -> None:
    """Key, tags, text and scores of each picture, in the tar's order."""
    write_shards(tmp_path, 1)

    assert 0 == _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out", "--trigger", "ohwx")
    main(["caption", str(tmp_path / "drawn"), "--model", str(tiny), "--device", "cpu", "--trigger", "ohwx"])

    (rows,) = _rows(tmp_path / "out").values()
    files = sorted((tmp_path / "drawn").glob("*.txt"))
    assert [f"some/{path.stem}" for path in files] == [row["key"] for row in rows]
    assert [path.read_text().strip() for path in files] == [row["text"] for row in rows]
    assert all(row["text"] == ", ".join(["ohwx", *row["tags"]]) for row in rows)
    assert all(min(row["scores"].values()) >= 0.01 and row["error"] is None for row in rows)


def test_parts_are_disjoint_and_complete(tiny: Path, tmp_path: Path) -> None:
    """Three processes together do what one does, byte for byte."""
    write_shards(tmp_path, 5)
    pattern = f"{tmp_path}/data-{{0000..0004}}.tar"
    _run(tiny, pattern, tmp_path / "one")
    done: list[set[str]] = []
    for part in range(3):
        before = {path.name for path in (tmp_path / "three").glob("*.jsonl")}
        _run(tiny, pattern, tmp_path / "three", "--part", f"{part}/3")
        done.append({path.name for path in (tmp_path / "three").glob("*.jsonl")} - before)

    assert [2, 2, 1] == [len(one) for one in done]
    assert _rows(tmp_path / "one") == _rows(tmp_path / "three")


def test_a_rerun_does_what_has_no_mark(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table without its mark may be of any time: it is done again."""
    write_shards(tmp_path, 2)
    pattern = f"{tmp_path}/data-*.tar"
    _run(tiny, pattern, tmp_path / "out")
    (tmp_path / "out" / "data-0001.done").unlink()
    (tmp_path / "out" / "data-0001.jsonl").write_text('{"key": "of another time"}\n')
    kept = (tmp_path / "out" / "data-0000.jsonl").stat().st_mtime_ns

    assert 0 == _run(tiny, pattern, tmp_path / "out")

    assert "data-0000.tar: done before, 3 pictures, 0 failed" in capsys.readouterr().err
    assert kept == (tmp_path / "out" / "data-0000.jsonl").stat().st_mtime_ns
    assert 3 == len(_rows(tmp_path / "out")["data-0001"])


def test_a_shard_done_with_other_settings_is_told(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder holds a mixture without a word; overwrite does all again."""
    write_shards(tmp_path, 1)
    _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out")

    assert 1 == _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out", "--threshold", "0.5")
    assert "was done with other settings" in capsys.readouterr().err
    assert 0 == _run(
        tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out", "--threshold", "0.5", "--existing", "overwrite"
    )


def test_bad_pictures_are_rows_and_torn_shards_are_errors(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are done; a torn shard has no table and no mark."""
    _, second, third = write_shards(tmp_path, 3)
    with tarfile.open(second, "a") as tar:
        member = tarfile.TarInfo("some/bad.png")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"bad"))
    third.write_bytes(third.read_bytes()[:1000])

    assert 1 == _run(tiny, f"{tmp_path}/data-*.tar", tmp_path / "out")

    rows = _rows(tmp_path / "out")
    assert ["data-0000", "data-0001"] == list(rows)
    assert ("some/bad", "", [], {}) == tuple(rows["data-0001"][-1][name] for name in ("key", "text", "tags", "scores"))
    assert "no picture that Pillow can read" in rows["data-0001"][-1]["error"]
    assert ["data-0000.done", "data-0001.done"] == sorted(path.name for path in (tmp_path / "out").glob("*.done"))
    assert f"{third}: error: the shard cannot be read to its end" in capsys.readouterr().err


def test_parquet_and_csv_say_the_same(tiny: Path, tmp_path: Path) -> None:
    """Where pyarrow is there."""
    parquet = pytest.importorskip("pyarrow.parquet")
    write_shards(tmp_path, 1)
    for form in ("jsonl", "parquet"):
        _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / form, "--format", form)

    rows = parquet.read_table(tmp_path / "parquet" / "data-0000.parquet").to_pylist()
    (expected,) = _rows(tmp_path / "jsonl").values()
    assert [row["text"] for row in expected] == [row["text"] for row in rows]
    assert [list(row["scores"]) for row in expected] == [[name for name, _ in row["scores"]] for row in rows]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a-{008..011}.tar", ["a-008.tar", "a-009.tar", "a-010.tar", "a-011.tar"]),
        ("a-{8..10}.tar", ["a-8.tar", "a-9.tar", "a-10.tar"]),
        ("{x,y}/{1..2}{a,b}.tar", ["x/1a.tar", "x/1b.tar", "x/2a.tar", "x/2b.tar", "y/1a.tar"]),
        ("s3://b/c-{0..1}.tar", ["s3://b/c-0.tar", "s3://b/c-1.tar"]),
        ("plain.tar", ["plain.tar"]),
    ],
)
def test_patterns_name_shards(pattern: str, expected: list[str]) -> None:
    """Ranges keep their zeros, lists and ranges combine, addresses are taken as they are."""
    if pattern.startswith("{x"):  # x/1a and y/1a would share a table
        with pytest.raises(SettingError, match="several shards are named '1a'"):
            expand_shards([pattern])
        return
    assert expected == expand_shards([pattern])


def test_tables_are_named_after_shards() -> None:
    """The endings of archives go."""
    assert ["a", "b.c", "d"] == [shard_name(name) for name in ("x/a.tar", "s3://y/b.c.tar.gz", "d.parquet")]


def test_a_shard_that_is_not_there_says_so() -> None:
    """As an error of ours."""
    with pytest.raises(CaptionError, match=r"gone\.tar: there is no such shard"):
        list(samples_of("gone.tar"))


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("3/16", {}, Part(3, 16)),
        ("auto", {"RANK": "2", "WORLD_SIZE": "8"}, Part(2, 8)),
        ("auto", {"SLURM_PROCID": "1", "SLURM_NTASKS": "4"}, Part(1, 4)),
        ("auto", {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "3"}, Part(2, 3)),
        (
            "auto",
            {
                "SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "3",
                "SLURM_ARRAY_TASK_STEP": "5", "SLURM_PROCID": "1", "SLURM_NTASKS": "2",
            },
            Part(5, 6),
        ),
        ("auto/4", {"JOB_COMPLETION_INDEX": "3"}, Part(3, 4)),
    ],
)  # fmt: skip
def test_parts_are_read_from_what_started_the_process(text: str, environment: dict[str, str], expected: Part) -> None:
    """torchrun, srun, a job array, both, an indexed job."""
    assert expected == part_of(text, environment)


@pytest.mark.parametrize("text", ["16/16", "1", "-1/4", "auto", "auto/4", "a/b"])
def test_a_part_that_is_none_is_refused(text: str) -> None:
    """Nothing is done twice or left out by a slip."""
    with pytest.raises(SettingError, match="part"):
        part_of(text, {})


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_nothing_but_joytag_s_own_table_is_replaced(
    tiny: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither another program's table of that name, nor with parquet the shard itself; JoyTag's own is."""
    if form == "parquet":
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.table({"image": [b"bytes"]}), tmp_path / f"data-0000.{form}")
    else:
        (tmp_path / f"data-0000.{form}").write_text("theirs,1\n")
    (shard,) = map(str, write_shards(tmp_path, 1))
    before = (tmp_path / f"data-0000.{form}").read_bytes()

    for options in ([], ["--existing", "overwrite"]):
        assert 1 == _run(tiny, shard, tmp_path, "--format", form, *options)
        assert f"data-0000.{form}: there is a file that is no table of JoyTag's" in capsys.readouterr().err
    assert before == (tmp_path / f"data-0000.{form}").read_bytes()

    assert 0 == _run(tiny, shard, tmp_path / "out", "--format", form)
    (tmp_path / "out" / "data-0000.done").unlink()
    assert 0 == _run(tiny, shard, tmp_path / "out", "--format", form)


def test_a_shard_done_in_another_format_is_told(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mark alone would say that a table is there which is not."""
    (shard,) = map(str, write_shards(tmp_path, 1))
    _run(tiny, shard, tmp_path / "out", "--format", "csv")

    assert 1 == _run(tiny, shard, tmp_path / "out")
    assert "this shard was done with the format csv" in capsys.readouterr().err
    assert 0 == _run(tiny, shard, tmp_path / "out", "--format", "csv")


@pytest.mark.parametrize("option", ["--batch-size", "--threads"])
@pytest.mark.parametrize("number", ["0", "-3"])
def test_a_number_under_one_marks_nothing_as_done(
    option: str, number: str, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No pictures at once would be none, and a shard without rows would count as captioned."""
    write_shards(tmp_path, 1)

    assert 2 == _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out", option, number)
    assert "is out of range; expected 1 or more" in capsys.readouterr().err
    assert [] == [*tmp_path.glob("out/*")]
    assert 0 == _run(tiny, f"{tmp_path}/data-0000.tar", tmp_path / "out", option, "1")
