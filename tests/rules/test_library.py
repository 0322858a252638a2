"""How are a person's own lists found, and what may stand in them?"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from joytag_core import RuleError, SettingError, TagFilter
from joytag_core.rules.library import Library


def _write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_own_lists_are_found_by_name(tmp_path: Path) -> None:
    """A file in the lists folder is a list; without headers its lines are to be excluded."""
    _write(tmp_path, mine="# mine\nsmile, *hair\n")

    assert "sky" == TagFilter(exclude="@mine", lists_folder=tmp_path).apply("smile, long_hair, sky").text
    assert "sky" == TagFilter(lists="Mine", lists_folder=str(tmp_path)).apply("smile, sky").text
    assert "smile" == TagFilter(keep_only="@mine", lists_folder=tmp_path).apply("smile, sky").text


def test_own_lists_come_before_shipped_ones(tmp_path: Path) -> None:
    """A person may write another `prompt`."""
    _write(tmp_path, prompt="smile")

    assert "signature" == TagFilter(lists="prompt", lists_folder=tmp_path).apply("smile, signature").text


def test_sections_give_lines_their_role(tmp_path: Path) -> None:
    """One list may exclude, keep, protect and replace."""
    _write(tmp_path, all="[keep only]\ngroup:hair\n[protect]\nsky\n[Replace]\nahoge -> curl\n[exclude]\n*ponytail\n")

    result = TagFilter(lists="all", lists_folder=tmp_path).apply("ahoge, long_hair, ponytail, sky, smile")
    assert ("long hair", "sky") == result.tags


def test_changed_lists_are_read_again(tmp_path: Path) -> None:
    """A new filter sees what its lists say now."""
    _write(tmp_path, mine="smile")
    before = TagFilter(lists="mine", lists_folder=tmp_path).apply("smile, sky")
    _write(tmp_path, mine="sky, sun")

    assert ("sky",) == before.tags
    assert ("smile",) == TagFilter(lists="mine", lists_folder=tmp_path).apply("smile, sky").tags


def test_lists_may_name_lists(tmp_path: Path) -> None:
    """`@name` works inside a list; what it takes back there stays taken back."""
    _write(tmp_path, outer="@inner, !sky", inner="smile, sky, !sun")

    assert ("sky", "sun") == TagFilter(exclude="@outer", lists_folder=tmp_path).apply("smile, sky, sun").tags


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"mine": "@mine"}, "contains itself"),
        ({"mine": "@other", "other": "smile\n@mine"}, "list mine > other > mine contains itself"),
        ({"mine": "smile\n/(/"}, "list 'mine', line 2: /(/"),
        ({"mine": "[nonsense]\nsmile"}, "section [nonsense] is unknown"),
        ({"mine": "smile\n[Keep_Only\nsky"}, "list 'mine', line 2: [Keep_Only has no closing bracket"),
        ({"mine": "[replace]\na -> b"}, "holds replacements and no patterns"),
    ],
)
def test_wrong_lists_are_named(tmp_path: Path, texts: dict[str, str], message: str) -> None:
    """An error in a list names the list, the line and the reason."""
    _write(tmp_path, **texts)

    with pytest.raises(RuleError) as caught:
        TagFilter(exclude="@mine", lists_folder=tmp_path)
    assert message in str(caught.value)


def test_lists_that_are_no_text_are_named(tmp_path: Path) -> None:
    """UTF-16, as some editors write it, is read; a file of another encoding is an error that names the list."""
    for content in ("smile, café".encode("utf-16"), "smile, café".encode("utf-16-be"), "\ufeffsmile, café".encode()):
        (tmp_path / "mine.txt").write_bytes(content)
        assert "sky" == TagFilter(lists="mine", lists_folder=tmp_path).apply("smile, café, sky").text
    for content in (b"\xff\xfe\x00", "café".encode("latin-1")):
        (tmp_path / "mine.txt").write_bytes(content)
        with pytest.raises(RuleError, match=r"list 'mine' cannot be read: it is no text .*; save it as UTF-8"):
            TagFilter(lists="mine", lists_folder=tmp_path)


def make_links(folder: Path) -> None:
    """Put into a lists folder what is there on people's disks, and is no list."""
    for name, target in (("gone", "/nowhere/at/all"), ("loop", "loop.txt"), ("zero", "/dev/zero"), ("up", "..")):
        (folder / f"{name}.txt").symlink_to(target)
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    (folder / os.fsdecode(b"\xff.txt")).write_text("chair")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes as on Linux")
@pytest.mark.parametrize("name", ["gone", "loop", "zero", "up", "folder", "pipe", "\udcff"])
def test_what_is_no_file_is_no_list(tmp_path: Path, name: str) -> None:
    """A dangling or looping link, a folder, a device or a pipe is no list, stops nothing, and leaks no path."""
    make_links(tmp_path)
    (tmp_path / "mine.txt").write_text("chair")
    assert "1girl" == TagFilter(exclude="@mine", lists_folder=tmp_path).apply("1girl, chair").text
    with pytest.raises(RuleError) as told:
        TagFilter(lists=name, lists_folder=tmp_path).apply("1girl, chair")
    assert "is unknown; there is" in str(told.value)
    assert "mine" in str(told.value)
    assert not {"/nowhere", "/dev", str(tmp_path)} & set(re.findall(r"/\w+", str(told.value)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes as on Linux")
def test_a_lists_folder_that_is_none_is_an_empty_one(tmp_path: Path) -> None:
    """Where the folder itself is a link to nothing, to itself or a file, the shipped lists are there."""
    (tmp_path / "file").write_text("")
    for name, target in (("gone", "nowhere"), ("loop", "loop")):
        (tmp_path / name).symlink_to(target)
    for name in ("gone", "loop", "file"):
        assert Library().names() == Library(tmp_path / name).names()


def test_a_list_that_may_not_be_read_leaks_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the list, not where it is."""
    (tmp_path / "mine.txt").write_text("chair")

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RuleError, match=r"^list 'mine' cannot be read: Permission denied$"):
        Library(tmp_path).find("mine")


def test_a_missing_lists_folder_is_an_empty_one(tmp_path: Path) -> None:
    """A folder that is not there yet is no error."""
    assert "sky" == TagFilter(lists="no-names", lists_folder=tmp_path / "none").apply("touhou, sky").text


def test_lists_with_scores_judge_tags_without_one_too(tmp_path: Path) -> None:
    """In a list that asks for scores, the other patterns hold for tags of unknown score."""
    _write(tmp_path, mine="score<0.5, smile")
    tag_filter = TagFilter(exclude="@mine", lists_folder=tmp_path)

    assert ("sky",) == tag_filter.apply("smile, sky").tags
    assert ("sun",) == tag_filter.apply("sky, sun", scores={"sky": 0.4, "sun": 0.5}).tags


def test_what_is_set_stands_over_a_preset(tmp_path: Path) -> None:
    """A setting of one's own is stronger, and own lists may hold settings too."""
    assert "by tony taka" == TagFilter(lists="anima", artist_style="by").apply("tony_taka").text
    _write(tmp_path, mine="[settings]\nspaces = off\nmax tags = 1\ntarget = caption\n[exclude]\nsky\n")
    assert "long_hair" == TagFilter(lists="mine", lists_folder=tmp_path).apply("sky, long_hair, hat").text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour = red", "list 'mine', line 2: 'colour = red' is no setting"),
        ("order", "'order' is no setting"),
        ("lists = mine", "is no setting"),
        ("base_model = pony", "is no setting"),
        ("spaces = maybe", "'spaces = maybe' has no value"),
        ("max_tags = many", "has no value that max_tags can have"),
        ("order = random", "order is 'random'"),
    ],
)
def test_wrong_settings_of_lists_are_named(tmp_path: Path, line: str, message: str) -> None:
    """An error in a list's settings names the list and the line."""
    _write(tmp_path, mine=f"[settings]\n{line}\n")

    with pytest.raises(SettingError) as caught:
        TagFilter(lists="mine", lists_folder=tmp_path)
    assert message in str(caught.value)
