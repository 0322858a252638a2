"""Does what a command says reach every terminal, pipe and file whole?"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from joytag_core.cli import streams
from joytag_core.cli.terminal_host import TerminalHost

POSIX = pytest.mark.skipif(os.name == "nt", reason="a name of any bytes, /dev/full")


def run(
    *arguments: str | bytes, given: bytes = b"", variables: Mapping[str, str] | None = None, output: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line by itself, with pipes or a file for its output."""
    command = [sys.executable, "-m", "joytag_core", *arguments]
    surroundings = {**os.environ, **(variables or {})}
    with Path(output or os.devnull).open("wb") as file:
        return subprocess.run(
            command,
            input=given,
            env=surroundings,
            stdout=file if output else subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_pipes_get_utf8_whatever_the_encoding_of_the_terminal(encoding: str) -> None:
    """A prompt with a word that the code page lacks comes out as it went in."""
    done = run("filter", "猫耳, smile", variables={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})

    assert (0, "猫耳, smile", b"") == (done.returncode, done.stdout.decode("utf-8").rstrip("\r\n"), done.stderr)


def test_a_terminal_shows_what_it_cannot_write_as_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console of an old code page gets every result."""
    shown = io.BytesIO()
    terminal = io.TextIOWrapper(shown, encoding="cp1252")
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", terminal)

    streams.set_up_streams()
    streams.say("café 猫耳")

    assert "café \\u732b\\u8033" == shown.getvalue().decode("cp1252").rstrip("\r\n")


NAME = "a\x1b[31m\nb\r\x9bc.png"
ESCAPED = "a\\x1b[31m\\nb\\r\\x9bc.png"


@POSIX
def test_a_name_commands_no_terminal(tiny: Path, picture_paths: list[Path], tmp_path: Path) -> None:
    """Colours, line ends and the like in it are written out, with its result and in errors; JSON gives it back."""
    there, broken = tmp_path / NAME, tmp_path / f"x{NAME}"
    shutil.copy(picture_paths[0], there)
    broken.write_bytes(b"no picture")
    command = ["tag", str(there), str(broken), "--model", str(tiny), "--device", "cpu"]

    text = run(*command)
    assert [f"{tmp_path}/{ESCAPED}"] == [line.split(": ")[0] for line in text.stdout.decode().splitlines()]
    assert text.stderr.decode().startswith(f"error: {tmp_path}/x{ESCAPED}: this is no picture")
    assert 1 == len(text.stderr.decode().splitlines())
    assert str(there) == json.loads(run(*command, "--json").stdout)["path"]


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, "a\\x1b[31m\tb\n"), (False, "a\x1b[31m\tb\n")])
def test_a_result_commands_no_terminal_and_reaches_a_pipe_as_it_is(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, expected: str
) -> None:
    """A caption may hold anything; a pipe gets it unchanged."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr("sys.stdout", stream)

    streams.say("a\x1b[31m\tb")

    assert expected == stream.getvalue()


@POSIX
@pytest.mark.parametrize("form", ["text", "json", "scores"])
def test_a_name_that_is_no_utf8_can_be_read_back(
    form: str, tiny: Path, tmp_path: Path, picture_paths: list[Path]
) -> None:
    """Lines of text keep the name's own bytes; JSON is valid UTF-8, and gives the bytes back."""
    (tmp_path / "pictures").mkdir()
    folder = os.fsencode(tmp_path / "pictures")
    names = [folder + b"/a\xff.png", folder + "/é.png".encode()]
    for name in names:
        shutil.copy(picture_paths[0], name)

    done = run("tag", folder, "--model", str(tiny), "--device", "cpu", "--format", form)

    lines = done.stdout.splitlines()
    assert 0 == done.returncode, done.stderr
    if form == "json":
        assert names == [os.fsencode(json.loads(line.decode("utf-8"))["path"]) for line in lines]
    elif form == "text":
        assert names == [line.split(b": ")[0] for line in lines]
    else:
        assert names == [line[2:] for line in lines if line.startswith(b"# ")]


@POSIX
def test_an_error_about_such_a_name_is_written_too(tmp_path: Path) -> None:
    """The sentence keeps the name's bytes; the status is that of any missing picture."""
    done = run("tag", os.fsencode(tmp_path) + b"/gone\xff.png", "--model", "demo", "--device", "cpu")

    assert 2 == done.returncode
    assert b"gone\xff.png: there is no such file" in done.stderr


@POSIX
@pytest.mark.parametrize("arguments", [["tags", "--limit", "0"], ["filter", "smile"], ["--help"], ["tags", "--json"]])
def test_a_full_disk_is_a_sentence_and_status_2(arguments: list[str]) -> None:
    """Also where only the last flush notices it."""
    done = run(*arguments, output=Path("/dev/full"))

    assert (2, b"error: the output cannot be written: No space left on device\n") == (done.returncode, done.stderr)


@POSIX
def test_a_closed_output_is_a_sentence_and_status_2() -> None:
    """`joytag ... >&-` has nowhere to write to."""
    command = f"{sys.executable} -m joytag_core tags ribbon >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)

    assert (2, b"error: the output cannot be written: Bad file descriptor\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("é, smile".encode(), "é, smile"),
        ("é, smile".encode("utf-8-sig"), "é, smile"),
        ("é, smile".encode("utf-16"), "é, smile"),  # what `>` of Windows PowerShell 5 writes
    ],
)
def test_standard_input_is_unicode_with_or_without_a_mark(given: bytes, expected: str) -> None:
    """The mark is no part of the prompt."""
    done = run("filter", given=given)

    assert (0, expected) == (done.returncode, done.stdout.decode("utf-8").rstrip("\r\n")), done.stderr


def test_text_of_another_encoding_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Latin-1 is not guessed at: status 2; a file of it is named, and the others are done: status 1."""
    latin = "é, smile".encode("latin-1")
    (tmp_path / "latin.txt").write_bytes(latin)
    (tmp_path / "plain.txt").write_bytes(b"sky")
    files = [str(tmp_path / name) for name in ("latin.txt", "plain.txt")]
    piped, read = run("filter", given=latin), run("filter", "--files", *files)

    assert (2, b"") == (piped.returncode, piped.stdout)
    assert piped.stderr.startswith(b"error: standard input is no UTF-8 text (")
    assert (1, b"sky") == (read.returncode, read.stdout.rstrip())
    assert b"latin.txt is no text in UTF-8 or UTF-16 (" in read.stderr


class _Terminal(io.StringIO):
    """Stand for standard output and standard error of one terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True

    def screen(self) -> list[str]:
        """Return what a person sees: a carriage return goes back and writes over what is there."""
        lines = []
        for line in self.getvalue().split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part) :]
            lines.append(shown.rstrip())
        return lines


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    """Return a terminal that both streams write to: no fixture, since pytest's capture begins anew for each phase."""
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    return terminal


def test_results_and_bars_never_share_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result clears the bar, and the bar is drawn again below it; in the end only results stand there."""
    terminal = open_terminal(monkeypatch)
    bar = TerminalHost(device="cpu").progress(total=3, label="JoyTag")
    for done in (1, 2):
        bar.update(done)
        streams.say(f"picture {done}: tags")
    streams.complain("error: a picture is broken")
    during = terminal.screen()
    bar.update(3)

    assert ["picture 1: tags", "picture 2: tags", "error: a picture is broken"] == during[:3]
    assert "JoyTag" in during[3]
    assert ["picture 1: tags", "picture 2: tags", "error: a picture is broken", ""] == terminal.screen()


def test_a_bar_goes_before_the_error_that_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-drawn stays in the terminal."""
    terminal = open_terminal(monkeypatch)
    TerminalHost(device="cpu").progress(total=3, label="JoyTag").update(1)

    streams.close_bars()
    streams.complain("stopped")

    assert ["stopped", ""] == terminal.screen()
