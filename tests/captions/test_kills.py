"""Does captioning survive being killed? The short form of `tests.captions.kills`, which can be run for as long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
def test_runs_killed_at_any_moment_end_as_if_undisturbed() -> None:
    """No torn file, a whole database, the same bytes, at most a batch a kill scored again; also two runs at once."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.captions.kills", "--kills", "8", "--pictures", "60", "--seed", "1"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "every result as undisturbed" in done.stdout
