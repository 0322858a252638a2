"""What goes wrong with one file or picture of many, and which status does a command end with?"""

from __future__ import annotations

from .streams import complain_of


class Faults:
    """Tell each error as it comes, and count; the rest goes on."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0

    def report(self, error: object) -> None:
        """Tell an error, and count it."""
        self.count += 1
        complain_of(error)

    def status(self, *, done: bool) -> int:
        """Return 0 where nothing went wrong, 1 where something did and something was done, 2 where nothing was."""
        return 0 if not self.count else 1 if done else 2
