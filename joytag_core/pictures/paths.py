"""Can a text be the path of a file?"""

from __future__ import annotations

import os
import re

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://?[^/]")
"""An address, also where a `Path` has made one slash of two."""


def why_no_path(path: str | os.PathLike[str]) -> str | None:
    """Return why a text can be no file's path: it is empty, or an address; None where it can."""
    text = os.fspath(path)
    if not text:
        return "a path is empty; expected that of a picture or a folder"
    return f"{text} is an address, which is not fetched; expected a file's path" if _ADDRESS.match(text) else None
