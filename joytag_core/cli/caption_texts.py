"""Which files of captions does a person mean, and how is one read and written back as it was?"""

from __future__ import annotations

import codecs
import glob
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SettingError
from ..whole_files import write_whole

_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
"""What marks of byte order say; the longer ones first, since one begins with another."""

_LONGEST_NAME = 255
"""Bytes of a file's name that usual file systems take."""


@dataclass(frozen=True, slots=True)
class CaptionText:
    """Hold a file's text with plain line ends, and what is needed to write another in its place."""

    path: Path
    text: str
    encoding: str
    mark: bytes
    line_end: str

    def bytes_of(self, text: str) -> bytes:
        """Return a text as the file would hold it."""
        return self.mark + text.replace("\n", self.line_end).encode(self.encoding)


def find_texts(names: Sequence[str], *, recursive: bool) -> Iterator[Path]:
    """Yield the files that are named, each once: files, the .txt files of folders, and what a glob matches.

    A shell that expands no globs (Windows) hands them over as they are.

    Raises:
        SettingError: a folder holds no .txt file, or a glob matches nothing.
    """
    seen: set[Path] = set()
    for name in names:
        for path in _named(name, recursive=recursive):
            if path not in seen:
                seen.add(path)
                yield path


def _named(name: str, *, recursive: bool) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        found = sorted(one for one in (path.rglob if recursive else path.glob)("*.txt") if one.is_file())
        if not found:
            below = "" if recursive else "; --recursive looks below it too"
            raise SettingError(f"{name} holds no .txt file{below}")
        return found
    if os.path.lexists(path) or not glob.has_magic(name):
        return [path]
    matched = sorted(Path(one) for one in glob.glob(name, recursive=recursive))  # noqa: PTH207  a person's own text
    if not matched:
        raise SettingError(f"{name} matches no file")
    return [one for one in matched if one.is_file()]


def read_text(path: Path) -> CaptionText:
    """Read a file: UTF-8, or UTF-16 and UTF-32 that say so by their mark or, UTF-16, by every second byte.

    Raises:
        SettingError: it cannot be read, or is no such text.
    """
    try:
        content = path.read_bytes()
        mark, encoding = next(((mark, name) for mark, name in _MARKS.items() if content.startswith(mark)), (b"", ""))
        text = content[len(mark) :].decode(encoding or _unmarked(content))
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is no text in UTF-8 or UTF-16: {error.reason} at byte {error.start}") from error
    line_end = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return CaptionText(path, plain, encoding or _unmarked(content), mark, line_end)


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


def _unmarked(content: bytes) -> str:
    start = content[:200]
    if len(start) < 2 or len(content) % 2 or b"\0" not in start:
        return "utf-8"
    zeros = start[0::2].count(0), start[1::2].count(0)
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
