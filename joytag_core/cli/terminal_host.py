"""What is the host of the command line? The plain one, with progress bars on a terminal."""

from __future__ import annotations

import sys
from typing import Any

from ..host.local import LocalHost, SilentProgress
from ..host.protocol import Progress


class TerminalHost(LocalHost):
    """Show a bar on standard error for work of more than one step, if that is a terminal."""

    def progress(self, *, total: int, label: str) -> Progress:
        """Begin a bar; bytes are shown as such."""
        if total == 1 or sys.stderr is None or not sys.stderr.isatty():
            return SilentProgress()
        return _Bar(total, label)


class _Bar:
    def __init__(self, total: int, label: str) -> None:
        from tqdm import tqdm  # huggingface_hub requires it, so it is there

        is_bytes = total > 1_000_000 or label.startswith("Downloading")
        of_bytes: dict[str, Any] = {"unit": "B", "unit_scale": True} if is_bytes else {"unit": " pictures"}
        self._bar = tqdm(total=total or None, desc=label, leave=False, file=sys.stderr, **of_bytes)

    def update(self, done: int) -> None:
        self._bar.update(done - self._bar.n)
        if self._bar.total and done >= self._bar.total:
            self._bar.close()
