"""Which pictures are there in all, and which of them would share a caption? Found out beside the work, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from .naming import find_twins
from .outputs import Plan

_LEFT_OVER_SECONDS = 600.0


class Listing:
    """Go through all pictures once: count them, find twins, and sweep away what killed runs left half-written."""

    def __init__(self, plans: Callable[[], Iterable[Plan]], *, with_twins: bool, sweep: bool) -> None:
        """Take what gives the plans, from the beginning at each call; start at once."""
        self.total = 0
        self.twins: dict[Path, Path] = {}
        self._plans = plans
        self._with_twins = with_twins
        self._sweep = sweep
        self._error: Exception | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._list, name="joytag-listing", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until all are listed; raises what the listing raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Give up."""
        self._stopped.set()
        self._thread.join()

    def _list(self) -> None:
        try:
            named = self._counted()
            if self._with_twins:
                self.twins = {picture: caption for caption, picture in find_twins(named)}
            else:
                for _ in named:
                    pass
        except Exception as error:  # whatever it is, it is told where the work waits for it
            self._error = error

    def _counted(self) -> Iterable[tuple[Path, Path]]:
        folders: set[Path] = set()
        for plan in self._plans():
            if self._stopped.is_set():
                return
            self.total += 1
            if self._sweep and plan.target.parent not in folders:
                folders.add(plan.target.parent)
                sweep_left_overs(plan.target.parent)
            yield plan.picture, plan.target


def sweep_left_overs(folder: Path, *, older_than: float = _LEFT_OVER_SECONDS) -> None:
    """Remove the temporary files of `whole_files` that nobody has touched for so many seconds."""
    before = time.time() - older_than
    for path in folder.glob(".joytag-*.part"):
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()
