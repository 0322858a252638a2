"""Which files of captions does a person mean, and how is one read and written back as it was?"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SettingError
from ..pictures.folders import is_passed_over, matches
from ..texts import encoding_of
from ..whole_files import write_whole

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters but line ends, tabs and the end mark of DOS; and what Unicode says is no character."""

_LINE_END = re.compile(r"\r\n|\r|\n")

_LONGEST_NAME = 255
"""Bytes of a file's name that usual file systems take."""


@dataclass(frozen=True, slots=True)
class CaptionText:
    """Hold a file's text with plain line ends, and what is needed to write another in its place."""

    path: Path
    text: str
    encoding: str
    mark: bytes
    line_ends: tuple[str, ...]

    def bytes_of(self, text: str) -> bytes:
        """Return a text as the file would hold it: each line with its own end, or all with the most frequent one."""
        first, *others = text.split("\n")
        ends = self.line_ends
        if len(ends) != len(others):
            ends = (max(ends or ("\n",), key=ends.count),) * len(others)
        lines = (end + line for end, line in zip(ends, others, strict=True))
        return self.mark + "".join((first, *lines)).encode(self.encoding)


def find_texts(names: Sequence[str], *, recursive: bool, report: Callable[[str], object]) -> Iterator[Path]:
    """Yield the files that are named, each once, whatever links lead there: files, the .txt files of folders, patterns.

    A shell that expands no patterns (Windows) hands them over as they are. A folder without such a file, or a pattern
    that matches nothing, is told to `report`, and the rest goes on.
    """
    seen: set[str] = set()
    for name in names:
        matched = matches(name)
        if not matched:
            report(f"{name} matches no file")
        for path in (path for one in matched for path in _named(one, recursive=recursive, report=report)):
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield path


def _named(path: Path, *, recursive: bool, report: Callable[[str], object]) -> list[Path]:
    if not path.is_dir():
        return [path]
    below = sorted(one for one in (path.rglob if recursive else path.glob)("*") if one.suffix.lower() == ".txt")
    found = [one for one in below if _is_named(one) and not any(map(is_passed_over, one.relative_to(path).parts))]
    if not found:
        report(f"{path} holds no .txt file{'' if recursive else '; --recursive looks below it too'}")
    return found


def _is_named(path: Path) -> bool:
    """Say whether a folder's entry is a file, or a link to nothing, which is told when it is read."""
    return path.is_file() or (path.is_symlink() and not os.path.exists(path))  # noqa: PTH110  pathlib's raises for loops


def read_text(path: Path) -> CaptionText:
    """Read a file: UTF-8, or UTF-16 and UTF-32 that say so by their mark or, UTF-16, by every second byte.

    What holds characters that no text has, such as a picture's bytes, is none, whatever it can be read as.

    Raises:
        SettingError: it cannot be read, or is no such text.
    """
    try:
        content = path.read_bytes()
        mark, encoding = encoding_of(content)
        text = content[len(mark) :].decode(encoding)
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise SettingError(
            f"{path} is no text in UTF-8 or UTF-16 ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from error
    sign = _NO_TEXT.search(text)
    if sign:
        raise SettingError(f"{path} is no text: it holds the control character {ord(sign[0]):#04x}")
    line_ends = tuple(_LINE_END.findall(text))
    return CaptionText(path, _LINE_END.sub("\n", text), encoding, mark, line_ends)


def write_text(caption: CaptionText, text: str, *, backup: bool) -> None:
    """Write a text in the file's place, whole or not at all; an older backup stays, since it is the original.

    Raises:
        SettingError: it cannot be written.
    """
    try:
        content = caption.bytes_of(text)
        if backup:
            _back_up(caption.path)
        write_whole(caption.path, content)
    except OSError as error:
        raise SettingError(f"{caption.path} cannot be written: {error.strerror or type(error).__name__}") from error


def _back_up(path: Path) -> None:
    kept = path.with_name(f"{path.name}.bak")
    if len(os.fsencode(kept.name)) > _LONGEST_NAME:
        raise SettingError(f"{path} has a name too long for a backup beside it; copy the folder instead")
    if not kept.exists():
        shutil.copy2(path, kept)
