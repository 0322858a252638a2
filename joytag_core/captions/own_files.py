"""Which files may be written anew? Those that JoyTag wrote: whatever else has that name is somebody's work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import CaptionError
from .naming import refuse_picture

REPORT = b'{\n "is_complete": '
PAGE = b'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="generator" content="JoyTag">'
THRESHOLDS = b"# The thresholds with the highest F1 on "
"""What the files begin with that `CaptionSummary`, `render_page` and `Thresholds` make."""

_LOOKED_AT = 200


def refuse_foreign(path: str | os.PathLike[str], what: str, beginning: bytes) -> None:
    """Refuse to write over a file that does not begin as JoyTag's own do, such as a caption or a person's rules.

    A file without contents, and what is no regular file, may be written to.

    Raises:
        SettingError: the name is a picture's, or the score database's.
        CaptionError: the file that is there is none of JoyTag's.
    """
    refuse_picture(path, what)
    start = _start_of(Path(path))
    if start and not start.startswith(beginning):
        raise _foreign(os.fspath(path), what)


def refuse_foreign_table(file: BinaryIO, name: str, what: str, *, form: str, columns: Sequence[str]) -> None:
    """Refuse to write over a table, opened for reading, that has other columns than JoyTag's own.

    Raises:
        CaptionError: so it is.
    """
    if not _is_own_table(file, form, columns):
        raise _foreign(name, what)


def _start_of(path: Path) -> bytes:
    """Return what a regular file begins with; nothing where none can be read: writing tells."""
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return file.read(_LOOKED_AT)
    return b""


def _is_own_table(file: BinaryIO, form: str, columns: Sequence[str]) -> bool:
    start = file.read(_LOOKED_AT)
    if not start:
        return True
    if form == "parquet":
        from .parquet import columns_of

        file.seek(0)
        return columns_of(file) == list(columns)
    return start.startswith(f'{{"{columns[0]}": '.encode() if form == "jsonl" else ",".join(columns).encode())


def _foreign(name: str, what: str) -> CaptionError:
    return CaptionError(f"{name}: there is a file that is no {what} of JoyTag's; take another name, or move it away")
