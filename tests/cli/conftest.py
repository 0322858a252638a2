"""What do the tests of the command line share?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from joytag_core.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def pictures(tmp_path: Path, picture_paths: list[Path]) -> Path:
    """Return a folder with two pictures, a broken one, and a text file."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    shutil.copy(picture_paths[0], folder / "a.png")
    shutil.copy(picture_paths[1], folder / "c.PNG")
    shutil.copy(picture_paths[2], folder / "below" / "d.png")
    (folder / "b.png").write_bytes(picture_paths[0].read_bytes()[:500])
    (folder / "notes.txt").write_text("no picture")
    return folder


def run_filter(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    """Run `joytag filter`; return its status, output and errors."""
    status = main(["filter", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err
