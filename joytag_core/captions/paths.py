"""How is a file named as seen from a folder, whatever bytes its name holds?"""

from __future__ import annotations

import os
from pathlib import Path


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
