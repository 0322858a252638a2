"""Is a file written whole or not at all?"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from joytag_core.whole_files import whole_file, write_whole


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    """UTF-8, line ends untouched; nothing else is left in the folder."""
    write_whole(tmp_path / "a.txt", "é\r\n\n")
    write_whole(str(tmp_path / "b"), b"\0\xff")
    assert b"\xc3\xa9\r\n\n" == (tmp_path / "a.txt").read_bytes()
    assert b"\0\xff" == (tmp_path / "b").read_bytes()
    assert ["a.txt", "b"] == sorted(found.name for found in tmp_path.iterdir())


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Half of the new one is not to be seen, nor left behind."""
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as temporary:
        temporary.write_text("ne")
        1 / 0  # noqa: B018
    assert [path] == list(tmp_path.iterdir())
    assert "old" == path.read_text()


def test_the_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Who reads meanwhile reads the old one."""
    path = tmp_path / "a"
    path.write_text("old")
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert "old" == path.read_text()
        assert temporary.parent == path.parent
    assert "new" == path.read_text()


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    """The temporary name does not grow out of it."""
    write_whole(tmp_path / ("n" * 255), "x")
    assert "x" == (tmp_path / ("n" * 255)).read_text()


def test_a_missing_folder_is_the_system_s_error(tmp_path: Path) -> None:
    """It is not made."""
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "none" / "a", "x")
    assert str(tmp_path / "none" / "a") == caught.value.filename


@pytest.mark.skipif(os.name == "nt", reason="permissions and links are POSIX's")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """A private file stays private, a link still points to the file, which has the new content."""
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert "new" == path.read_text()
    assert 0o640 == stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
def test_a_device_is_written_to_and_stays_a_device() -> None:
    """It is not replaced by a file; a full one is an error."""
    write_whole(os.devnull, "x")
    assert not Path(os.devnull).is_file()
    with pytest.raises(OSError, match="space"):
        write_whole("/dev/full", "x")
