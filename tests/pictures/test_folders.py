"""Are the pictures of folders found: all of them, none that is none, and without waiting for the last?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joytag_core import UnreadablePictureError
from joytag_core.pictures.folders import find_pictures


def made(folder: Path, *names: str) -> Path:
    """Make empty files, with the folders that they are in, and return the folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def names_in(folder: Path, *, recursive: bool = False) -> list[str]:
    """Return what is found in a folder, as written below it."""
    return [found.relative_to(folder).as_posix() for found in find_pictures([folder], recursive=recursive)]


@pytest.mark.parametrize(
    "suffix", ["png", "jpg", "jpeg", "jfif", "jpe", "webp", "apng", "avif", "bmp", "gif", "jp2", "tga", "ppm", "tiff"]
)
def test_people_s_endings_count(tmp_path: Path, suffix: str) -> None:
    """In capitals too."""
    made(tmp_path, f"a.{suffix}", f"B.{suffix.upper()}")
    assert [f"B.{suffix.upper()}", f"a.{suffix}"] == names_in(tmp_path)


@pytest.mark.parametrize("name", ["a.txt", "a", "png", "a.png.part", "a.eps", "a.pdf", "a.wmf", "a.svg", "a.psd"])
def test_other_endings_do_not(tmp_path: Path, name: str) -> None:
    """Nor do those of formats that would start another program."""
    assert ["b.png"] == names_in(made(tmp_path, name, "b.png"))


@pytest.mark.parametrize(
    "name",
    [
        "._a.png", ".hidden.png", ".git/a.png", "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", ".ipynb_checkpoints/a.png",
        "__MACOSX/a.png", "__MACOSX/._a.png", "below/._a.png", "below/.x/a.png",
    ],
)  # fmt: skip
def test_what_systems_put_there_is_no_picture(tmp_path: Path, name: str) -> None:
    """Thumbnails, attributes and hidden folders have pictures' names."""
    assert ["a.png"] == names_in(made(tmp_path, name, "a.png"), recursive=True)


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    """What a person asks for by name is meant."""
    assert ["a.png"] == names_in(made(tmp_path / ".cache", "a.png"))


def test_order_is_by_name_folders_among_files(tmp_path: Path) -> None:
    """The same order wherever the folder lies; folders below only if asked for."""
    made(tmp_path, "b.png", "a/z.png", "a/b/c.png", "c/a.png", "a.png")
    assert ["a.png", "b.png"] == names_in(tmp_path)
    assert ["a/b/c.png", "a/z.png", "a.png", "b.png", "c/a.png"] == names_in(tmp_path, recursive=True)


def test_files_come_as_they_are_given(tmp_path: Path) -> None:
    """Whatever their ending, in the order given."""
    made(tmp_path, "x/a.png", "some.dat")
    given = [tmp_path / "some.dat", tmp_path / "x", tmp_path / "x" / "a.png"]
    assert [given[0], given[2], given[2]] == list(find_pictures(given))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "a path is empty"), ("none.png", "none.png: there is no such file"), ("*.webp", "there is no such file"),
        ("https://example.com/a.png", "https://example.com/a.png is an address"), ("a" * 300, "no such file"),
        ("nul\0.png", "no such file"),
    ],
)  # fmt: skip
def test_a_path_that_is_not_there_is_told_at_once(tmp_path: Path, given: str, reason: str) -> None:
    """Before a model is loaded for it, or downloaded; an empty one is not the current folder. The rest is done."""
    made(tmp_path, "a.png")
    told: list[UnreadablePictureError] = []
    assert [tmp_path / "a.png"] == list(find_pictures([given, tmp_path], report=told.append))
    (error,) = told
    assert reason in str(error)
    with pytest.raises(UnreadablePictureError, match=r"path|no such file"):
        list(find_pictures([given]))


def test_a_folder_without_pictures_is_told_and_the_rest_done(tmp_path: Path) -> None:
    """Its error says which, and that the folders below it can be searched too."""
    made(tmp_path, "empty/readme.txt", "deep/below/a.png", "full/a.png")
    told: list[UnreadablePictureError] = []
    folders = [tmp_path / "empty", tmp_path / "deep", tmp_path / "full"]
    assert [tmp_path / "full" / "a.png"] == list(find_pictures(folders, report=told.append))
    assert folders[:2] == [error.path for error in told]
    assert f"{folders[0]}: there is no picture in this folder" == str(told[0])
    assert "--recursive" in str(told[1])


def test_a_folder_without_pictures_is_an_error_where_nobody_is_told(tmp_path: Path) -> None:
    """The same one, raised; with the folders below it searched it says so."""
    with pytest.raises(UnreadablePictureError, match="no picture in this folder, nor below it"):
        list(find_pictures([made(tmp_path, "below/a.txt")], recursive=True))


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    """Only under a picture's name, and the rest of the folder goes on."""
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "gone.png").symlink_to(tmp_path / "not there.png")
    (tmp_path / "itself.jpg").symlink_to("itself.jpg")
    (tmp_path / "notes.txt").symlink_to(tmp_path / "no notes")
    told: list[UnreadablePictureError] = []
    assert ["b.png"] == [path.name for path in find_pictures([tmp_path], report=told.append)]
    assert [tmp_path / "gone.png", tmp_path / "itself.jpg"] == [error.path for error in told]
    assert all("the link leads to no file" in str(error) for error in told)


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    """Links to folders are followed, but never round in a circle."""
    made(tmp_path / "other", "o.png")
    folder = made(tmp_path / "here", "a/b.png")
    (folder / "a" / "up").symlink_to(folder)
    (folder / "side").symlink_to(tmp_path / "other")
    assert ["a/b.png", "side/o.png"] == names_in(folder, recursive=True)


def test_finding_is_lazy(tmp_path: Path) -> None:
    """The first picture is there before the next folder is looked at: it may be made meanwhile."""
    made(tmp_path, "a/1.png", "b/2.png")
    found = find_pictures([tmp_path], recursive=True)
    assert tmp_path / "a" / "1.png" == next(found)
    made(tmp_path, "b/3.png")
    assert ["2.png", "3.png"] == [path.name for path in found]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_told_once(tmp_path: Path) -> None:
    """With the system's reason."""
    closed = made(tmp_path / "closed", "a.png")
    closed.chmod(0)
    told: list[UnreadablePictureError] = []
    assert [] == list(find_pictures([closed], report=told.append))
    closed.chmod(0o700)
    assert 1 == len(told)
    assert "ermission" in str(told[0])


def test_a_pattern_is_expanded_where_no_shell_did(tmp_path: Path) -> None:
    """By name, `**` through folders; a file whose own name holds brackets is that file."""
    made(tmp_path, "b.png", "a.png", "c.jpg", "below/d.png", "x[1].png")
    found = [path.relative_to(tmp_path).as_posix() for path in find_pictures([tmp_path / "*.png"])]
    assert ["a.png", "b.png", "x[1].png"] == found
    deep = {path.relative_to(tmp_path).as_posix() for path in find_pictures([tmp_path / "**" / "*.png"])}
    assert {"a.png", "b.png", "x[1].png", "below/d.png"} == deep
    (tmp_path / "below" / "up").symlink_to(tmp_path)
    assert deep == {path.relative_to(tmp_path).as_posix() for path in find_pictures([tmp_path / "**" / "*.png"])}
    assert [tmp_path / "x[1].png"] == list(find_pictures([tmp_path / "x[1].png"]))
