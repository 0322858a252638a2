"""How is a file named as seen from a folder?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joytag_core.captions.paths import seen_from, seen_to

FOLDERS = ("/data/set", "/data/set2", "/")
PATHS = (
    "/data/set/a.png",
    "/data/set/10_x/a.png",
    "/data/settled/a.png",
    "/data/a.png",
    "/data/set/../a.png",
    "/a.png",
)


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_seen_from_a_folder_is_found_again(folder: str, path: str) -> None:
    """Below it, beside it, in a folder whose name begins alike, and from the root: as relpath names it."""
    seen = seen_from(folder, Path(path))
    assert os.path.relpath(path, folder) == seen
    assert Path(os.path.normpath(path)) == seen_to(folder, seen)
