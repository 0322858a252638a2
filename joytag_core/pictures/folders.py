"""Which files are the pictures of a folder?"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..errors import UnreadablePictureError
from .formats import SUFFIXES
from .paths import why_no_path

_OTHERS_FOLDERS = frozenset({"@eaDir", "__MACOSX"})
"""What a Synology and macOS put beside pictures: thumbnails and attributes under the pictures' own names."""

Report = Callable[[UnreadablePictureError], object]


def find_pictures(
    paths: Iterable[str | os.PathLike[str]], *, recursive: bool = False, report: Report | None = None
) -> Iterator[Path]:
    """Yield files as they are given, and for a folder the pictures in it by name, those below it too if `recursive`.

    A path that is not there and holds `*`, `?` or `[...]` is a pattern, as shells read it (`**`: any folders); cmd.exe
    and PowerShell hand patterns on.

    Lazily: a folder is listed when it is reached. Hidden files and folders, and those of systems (`@eaDir`,
    `__MACOSX`), are passed over. A path that is not there, a link that leads nowhere, and a folder without a picture or
    that cannot be read is told to `report`, and the rest goes on.

    Raises:
        UnreadablePictureError: there is such a path, and no `report`; its `path` names it.
    """
    for path in _existing(paths, report):
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib's raises where a name is too long
            yield path
            continue
        is_empty = True
        for found in _pictures_in(path, recursive=recursive, report=report, above=(os.path.realpath(path),)):
            is_empty = False
            yield found
        if is_empty and os.access(path, os.R_OK):  # else that was told
            _tell(report, path, f"there is no picture in this folder{_hint(path, recursive=recursive)}")


def _existing(paths: Iterable[str | os.PathLike[str]], report: Report | None) -> Iterator[Path]:
    for given in paths:
        if reason := why_no_path(given):
            _raise_or_report(report, UnreadablePictureError(reason, path=Path(given)))
            continue
        for path in matches(given) or [Path(given)]:
            if os.path.lexists(path):
                yield path
            else:
                _tell(report, path, "there is no such file")


def matches(path: str | os.PathLike[str]) -> list[Path]:
    """Return what a pattern matches, by name, perhaps nothing; what is there, or is no pattern, as it is.

    A link to a folder above, which `**` would go through again and again, brings nothing twice.
    """
    text = os.fspath(path)
    if not glob.has_magic(text) or os.path.lexists(text):
        return [Path(path)]
    found = map(Path, glob.glob(text, recursive=True))  # noqa: PTH207 - pathlib's takes no absolute pattern
    once: dict[tuple[str, str], Path] = {}
    for one in sorted(found, key=lambda path: len(path.parts)):
        once.setdefault((os.path.realpath(one.parent), one.name), one)
    return sorted(once.values())


def is_passed_over(name: str) -> bool:
    """Say whether a file or folder of this name is hidden, or what a system puts beside pictures."""
    return name.startswith(".") or name in _OTHERS_FOLDERS


def _pictures_in(folder: Path, *, recursive: bool, report: Report | None, above: tuple[str, ...]) -> Iterator[Path]:
    """Yield a folder's pictures; `above` are the real paths of it and the folders above it."""
    try:
        with os.scandir(folder) as listed:
            entries = sorted(
                (entry for entry in listed if not is_passed_over(entry.name)), key=lambda entry: entry.name
            )
    except OSError as error:
        _tell(report, folder, f"the folder cannot be read: {error.strerror or error}")
        return
    for entry in entries:
        is_named_so = os.path.splitext(entry.name)[1].lower() in SUFFIXES  # noqa: PTH122 - no Path for each
        if is_named_so and _is_file(entry):
            yield folder / entry.name
        elif is_named_so and entry.is_symlink() and not os.path.exists(entry):  # noqa: PTH110
            _tell(report, folder / entry.name, "the link leads to no file")
        elif recursive and _is_folder(entry):
            real = os.path.realpath(entry) if entry.is_symlink() else os.path.join(above[-1], entry.name)  # noqa: PTH118
            if real not in above:  # a link to a folder above would never end
                yield from _pictures_in(folder / entry.name, recursive=recursive, report=report, above=(*above, real))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _hint(folder: Path, *, recursive: bool) -> str:
    if recursive:
        return ", nor below it"
    try:
        has_folders = any(entry.is_dir() and not is_passed_over(entry.name) for entry in os.scandir(folder))
    except OSError:
        return ""
    return "; --recursive looks into the folders below it too" if has_folders else ""


def _tell(report: Report | None, folder: Path, what: str) -> None:
    _raise_or_report(report, UnreadablePictureError(f"{folder}: {what}", path=folder))


def _raise_or_report(report: Report | None, error: UnreadablePictureError) -> None:
    if report is None:
        raise error
    report(error)
