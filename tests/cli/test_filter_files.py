"""What does `joytag filter --files` do to the files of a folder?"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import run_filter


def test_files_are_written_back_in_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each file gets its own result for training, in its encoding and with its end; nothing else is left."""
    contents = {
        "a.txt": b"long_hair, (sky)\n", "b.txt": "\ufefflong_hair, saber_(fate)".encode(),
        "c.txt": "long_hair, sky\r\nsun".encode("utf-16"), "d.txt": "long_hair, é".encode("utf-16-be"),
        "e.txt": b"sun", "f.txt": b"",
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)

    status, out, err = run_filter(capsys, "--files", str(tmp_path), "--in-place", "--list", "character-lora")
    assert (0, "", "6 files: 4 changed, 0 failed; 4 tags dropped\n") == (status, out, err)
    assert {
        "a.txt": b"(sky)\n", "b.txt": "\ufeffsaber (fate)".encode(), "c.txt": "sky\r\nsun".encode("utf-16"),
        "d.txt": "é".encode("utf-16-be"), "e.txt": b"sun", "f.txt": b"",
    } == {path.name: path.read_bytes() for path in tmp_path.iterdir()}  # fmt: skip


def test_folders_and_globs_are_looked_through(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder means its .txt files, with --recursive those below too; a glob is expanded where no shell has."""
    (tmp_path / "below").mkdir()
    for name in ("a.txt", "b.txt", "c.caption", "below/d.txt", "[e].txt"):
        (tmp_path / name).write_text("sky", encoding="utf-8")

    def count(*arguments: str) -> str:
        return run_filter(capsys, "--files", *arguments, "--dry-run")[2].partition(" file")[0]

    assert "3" == count(str(tmp_path))
    assert "4" == count(str(tmp_path), "--recursive")
    assert "1" == count(str(tmp_path / "?.txt").replace("?", "a*"))
    assert "1" == count(str(tmp_path / "[e].txt"))
    assert "2" == count(str(tmp_path / "?.txt"), str(tmp_path / "a.txt"))
    assert "1" == count(str(tmp_path / "*.caption"))


def test_a_bad_file_is_named_and_the_rest_is_done(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The status is 1, and every other file is written."""
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "b.txt").write_text("long_hair, sky", encoding="utf-8")
    status, _, err = run_filter(
        capsys, "--files", str(tmp_path), str(tmp_path / "none.txt"), "--in-place", "--exclude", "*hair"
    )

    assert 1 == status
    assert "a.txt is no text" in err
    assert "none.txt cannot be read" in err
    assert "3 files: 1 changed, 2 failed; 1 tag dropped" in err
    assert "sky" == (tmp_path / "b.txt").read_text(encoding="utf-8")


def test_what_is_no_text_stays_as_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, picture_paths: list[Path]
) -> None:
    """A pattern such as `folder/*` names pictures and kept features too; none of them is taken for UTF-16."""
    texts = {
        "a.txt": b"sky",
        "b.txt": "sky, \u3042\u3044".encode("utf-16-le"),
        "c.txt": b"sky\x1a",
        "d.txt": b"\tsky\n",
    }
    others = {f"{number}{path.suffix}": path.read_bytes() for number, path in enumerate(picture_paths)}
    others |= {"zeros.npy": bytes(64), "e.bin": b"\x93N\x00\x01P\x05vt", "f.bin": b"s\0k\0y\0\1\0", "g": b"sky\0"}
    for number in range(40):
        Image.new("RGB", (8, 8), (number, number * 7 % 256, 3)).save(tmp_path / f"p{number}.bmp")
        others[f"p{number}.bmp"] = (tmp_path / f"p{number}.bmp").read_bytes()
    for name, content in (texts | others).items():
        (tmp_path / name).write_bytes(content)
    status, _, err = run_filter(capsys, "--files", str(tmp_path / "*"), "--in-place", "--add-first", "me")

    assert 1 == status
    assert f"{len(texts) + len(others)} files: {len(texts)} changed, {len(others)} failed" in err
    assert others == {name: (tmp_path / name).read_bytes() for name in others}
    assert "me, sky, \u3042\u3044".encode("utf-16-le") == (tmp_path / "b.txt").read_bytes()


def test_what_names_no_file_does_not_stop_the_rest(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An empty folder and a pattern without a match are told; the status is 2 only where nothing could be done."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("long_hair, sky", encoding="utf-8")
    (tmp_path / "._a.txt").write_bytes(b"\0")
    empty, none = str(tmp_path / "empty"), str(tmp_path / "*.caption")
    status, out, err = run_filter(capsys, "--files", empty, none, str(tmp_path), "--exclude", "*hair")

    assert (1, "sky\n") == (status, out)
    assert [f"error: {empty} holds no .txt file; --recursive looks below it too", f"error: {none} matches no file"] == (
        err.splitlines()
    )
    assert 2 == run_filter(capsys, "--files", empty, none)[0]
    assert 2 == run_filter(capsys, "--files", str(tmp_path / "._a.txt"))[0]


def test_each_file_is_filtered_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Links that lead to it, or to a folder above, bring no file a second time; a link to nothing is named."""
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "sub/B.TXT"):
        (tmp_path / name).write_text("hat", encoding="utf-8")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "l.txt").symlink_to(tmp_path / "a.txt")
    rules = ["--replace", "hat -> cap", "--replace", "cap -> crown", "--in-place"]
    _, _, err = run_filter(capsys, "--files", str(tmp_path / "**" / "*.[tT]*"), str(tmp_path), "--recursive", *rules)

    assert "2 files: 2 changed, 0 failed" in err
    assert ["cap", "cap"] == [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.txt", "sub/B.TXT")]
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    assert "gone.txt cannot be read: No such file" in run_filter(capsys, "--files", str(tmp_path))[2]


def test_each_line_keeps_its_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Line ends of several kinds stay where they are; where lines are joined there is none left to keep."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"hat, sky\r\nhat\nsun\rhat")
    run_filter(capsys, "--files", str(path), "--in-place", "--exclude", "hat")

    assert b"sky\r\n\nsun\r" == path.read_bytes()


def test_a_dry_run_shows_what_would_change(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The difference goes to standard output, the summary beside it, and no file changes."""
    path = tmp_path / "a.txt"
    path.write_text("long_hair, sky\n", encoding="utf-8")
    status, out, err = run_filter(capsys, "--files", str(path), "--in-place", "--dry-run", "--exclude", "*hair")

    assert (0, "1 file: 1 would change, 0 failed; 1 tag dropped\n") == (status, err)
    assert [f"--- {path}", f"+++ {path}", "@@ -1 +1 @@", "-long_hair, sky", "+sky"] == out.splitlines()
    assert "long_hair, sky\n" == path.read_text(encoding="utf-8")


def test_backups_and_links_and_long_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The first original stays in .bak, a link stays a link, and a name of 250 bytes is no problem."""
    long, link = tmp_path / f"{'n' * 246}.txt", tmp_path / "link.txt"
    (tmp_path / "real").mkdir()
    for path in (long, tmp_path / "real" / "a.txt"):
        path.write_text("long_hair, sky", encoding="utf-8")
    link.symlink_to(tmp_path / "real" / "a.txt")
    for rule in ("*hair", "sky"):
        assert 0 == run_filter(capsys, "--files", str(tmp_path), "--in-place", "--backup", "--exclude", rule)[0]

    assert link.is_symlink()
    assert ["", ""] == [path.read_text(encoding="utf-8") for path in (long, tmp_path / "real" / "a.txt")]
    assert "long_hair, sky" == (tmp_path / f"{long.name}.bak").read_text(encoding="utf-8")
    assert "long_hair, sky" == (tmp_path / "link.txt.bak").read_text(encoding="utf-8")
