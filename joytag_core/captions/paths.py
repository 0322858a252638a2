"""How is a file named as seen from a folder, whatever bytes its name holds?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import SettingError, UnreadablePictureError
from ..pictures.folders import matches
from ..pictures.paths import why_no_path


def absolute(path: Path) -> str:
    """Return a path from the root, `..` taken out. Links stay: a link and its target are two files."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links


def seen_from(folder: str, path: Path) -> str:
    """Return a path as seen from a folder given from the root."""
    whole = absolute(path)
    if whole.startswith(f"{folder}{os.sep}"):  # most are below it, and relpath takes its time
        return whole[len(folder) + 1 :]
    return os.path.relpath(whole, folder)


def seen_to(folder: str, name: str) -> Path:
    """Return the path from the root of what is seen from a folder under a name."""
    return Path(os.path.normpath(os.path.join(folder, name)))  # noqa: PTH118 - Path keeps ".."


def readable(text: str) -> str:
    """Return a name as text that is valid UTF-8: other bytes in it are written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def checked_paths(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the pictures, folders and patterns that a run is given; before a model is looked for.

    Raises:
        SettingError: there is none, or one is empty or an address.
        UnreadablePictureError: nothing of it is there.
    """
    given = list(paths)
    if not given:
        raise SettingError("no picture and no folder is named; expected at least one")
    for path in given:
        if reason := why_no_path(path):
            raise SettingError(reason)
    if not any(os.path.lexists(found) for path in given for found in matches(path)):
        raise UnreadablePictureError(f"{readable(os.fspath(given[0]))}: there is no such file", path=Path(given[0]))
    return [Path(path) for path in given]
