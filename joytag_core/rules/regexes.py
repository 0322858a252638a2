"""Does a name match a regular expression, without ever keeping a person waiting?

Python's `re` tries one way through a pattern after another, cannot be stopped inside a match, and holds the
interpreter. So patterns are only read by Python, and run by a machine that follows all ways at once (`machines.py`):
the work for a name is bounded by the size of the pattern times the length of the name. A `Budget` bounds the work of
all patterns of a filter on one prompt.
"""

from __future__ import annotations

from ..errors import RuleError
from .machines import Machine
from .programs import LONGEST_NAME, program_of

LONGEST_PATTERN = 300
MOST_WORK = 3_000_000
"""Steps that all regular expressions of a filter may take for one prompt: some seconds on a slow machine."""


class RegularExpression:
    """Match whole names, whatever the case."""

    def __init__(self, source: str) -> None:
        """Read a pattern.

        Raises:
            RuleError: it is malformed, too long or too large, or refers back to a group; the message names it.
        """
        if len(source) > LONGEST_PATTERN:
            raise RuleError(f"/{source[:40]}.../ has {len(source)} characters; expected at most {LONGEST_PATTERN}")
        program = program_of(source)
        self.source = source
        self.groups = program.groups
        self.lost_groups = program.lost_groups
        self.machine = Machine(program)

    def fullmatch(self, name: str) -> tuple[str, ...] | None:
        """Return what the groups stand for in a name (a key), None where it does not match or is too long for one."""
        if len(name) > LONGEST_NAME or not self.machine.matches(name):
            return None
        return self.machine.groups(name) if self.groups else ()


class Budget:
    """Add up the work of regular expressions for one prompt."""

    def __init__(self, most: int = MOST_WORK) -> None:
        """Take the steps that all of them together may take."""
        self._left = most

    def fullmatch(self, pattern: RegularExpression, name: str) -> tuple[str, ...] | None:
        """Match one name.

        Raises:
            RuleError: the budget is used up; the message names the pattern that did it.
        """
        if self._left <= 0:
            raise RuleError(f"/{pattern.source}/ was stopped: it takes too long; make it simpler")
        before = pattern.machine.steps
        found = pattern.fullmatch(name)
        self._left -= pattern.machine.steps - before
        return found
