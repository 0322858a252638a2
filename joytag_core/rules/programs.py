"""What does a regular expression ask of a text, as a program of steps that never goes back?

The steps are those of Ken Thompson's and Rob Pike's machines: all ways through a pattern are followed at once, so that
the work is bounded by the length of the program times that of the text, whatever the pattern.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import RuleError

if sys.version_info >= (3, 11):
    from re import _compiler as sre_compile  # type: ignore[attr-defined]
    from re import _constants as sre_constants  # type: ignore[attr-defined]
    from re import _parser as sre_parse  # type: ignore[attr-defined]
else:
    import sre_compile
    import sre_constants
    import sre_parse

MOST_STEPS = 1_000
"""Steps of the longest program, its counted repeats written out; a usual pattern has fewer than 50."""

LONGEST_NAME = 100
"""Characters of the longest text that is taken for a name; the longest tag has 63."""

CHARACTER, FORK, SAVE, WHERE, NEVER, DONE = range(6)
"""Kinds of steps: take a character, go two ways (the first is preferred), note the place, go on where a condition
holds, go nowhere, succeed."""

_PLACES = {
    "AT_BEGINNING": "begin", "AT_BEGINNING_STRING": "begin", "AT_END": "end", "AT_END_STRING": "end",
    "AT_BOUNDARY": "boundary", "AT_NON_BOUNDARY": "inside",
}  # fmt: skip
_LEAVES = ("LITERAL", "NOT_LITERAL", "ANY", "ANY_ALL", "IN", "CATEGORY", "RANGE")
_UNBOUNDED = sre_constants.MAXREPEAT


class Characters:
    """Say which characters one place of a pattern takes, by asking Python once for each."""

    def __init__(self, node: Any, flags: int) -> None:
        state = sre_parse.State()
        state.flags = flags
        self._takes = sre_compile.compile(sre_parse.SubPattern(state, [node]), flags).match
        self._known: dict[str, bool] = {}

    def take(self, character: str) -> bool:
        """Say whether a character is one of them."""
        found = self._known.get(character)
        if found is None:
            found = self._known[character] = self._takes(character) is not None
        return found


@dataclass(slots=True, eq=False)
class Step:
    """Hold one step: its kind, where it leads to, and what it asks."""

    kind: int
    to: int = -1
    other: int = -1
    takes: Characters | None = None
    number: int = 0


@dataclass(slots=True, eq=False)
class Condition:
    """Hold what can be asked of a place: `begin`, `end`, `boundary`, `inside`, `ahead` or `behind` (with a program)."""

    kind: str
    program: Program | None = None
    is_wanted: bool = True


@dataclass(slots=True, eq=False)
class Program:
    """Hold steps, the first of them at `start`; a condition is named by its place in `conditions`, shared by all."""

    steps: list[Step]
    conditions: list[Condition]
    groups: int = 0
    lost_groups: frozenset[int] = frozenset()
    """Numbers of the groups inside lookaheads and lookbehinds: what they took is not known."""
    start: int = 0
    before: list[list[int]] = field(default_factory=list)
    """For each step, those that lead to it without taking a character."""

    def finish(self) -> None:
        """Note which steps lead to which."""
        self.before = [[] for _ in self.steps]
        for place, step in enumerate(self.steps):
            if step.kind in (FORK, SAVE, WHERE):
                self.before[step.to].append(place)
            if step.kind == FORK:
                self.before[step.other].append(place)


def program_of(source: str) -> Program:
    """Make the program of a pattern that matches whatever the case.

    Raises:
        RuleError: it is malformed, refers back to a group, or would have more than `MOST_STEPS`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # [[:alpha:]], which means something else to Python
            re.compile(source, re.IGNORECASE)
        nodes: Any = sre_parse.parse(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, ValueError, FutureWarning) as error:
        raise RuleError(f"/{source}/ is no regular expression: {error}") from error
    writer = _Writer(source)
    program = writer.whole(nodes, nodes.state.flags)
    program.groups = nodes.state.groups - 1
    program.lost_groups = frozenset(writer.lost_groups)
    return program


class _Writer:
    """Write programs from the end to the beginning, so that each step knows where it leads."""

    def __init__(self, source: str) -> None:
        self.lost_groups: set[int] = set()
        self._source = source
        self._looking = 0
        self._conditions: list[Condition] = []
        self._count = 0
        self._steps: list[Step] = []
        self._characters: dict[tuple[str, int], Characters] = {}

    def whole(self, nodes: Sequence[Any], flags: int) -> Program:
        self._check(flags, 0)
        outer, self._steps = self._steps, []
        start = self._sequence(nodes, self._add(Step(DONE)), flags)
        program = Program(self._steps, self._conditions, start=start)
        program.finish()
        self._steps = outer
        return program

    def _add(self, step: Step) -> int:
        self._count += 1
        if self._count > MOST_STEPS:
            raise RuleError(
                f"/{self._source}/ is too large: its repeats written out make more than {MOST_STEPS:,} steps; "
                "use smaller numbers, or * for many"
            )
        self._steps.append(step)
        return len(self._steps) - 1

    def _sequence(self, nodes: Sequence[Any], to: int, flags: int) -> int:
        for node in reversed(list(nodes)):
            to = self._node(node, to, flags)
        return to

    def _node(self, node: Any, to: int, flags: int) -> int:
        kind, argument = str(node[0]), node[1]
        if kind in _LEAVES:
            return self._add(Step(CHARACTER, to, takes=self._taken(node, flags)))
        if kind in ("AT", "ASSERT", "ASSERT_NOT"):
            return self._where(self._condition(kind, argument, flags), to)
        if kind == "SUBPATTERN":
            return self._group(argument, to, flags)
        if kind == "BRANCH":
            starts = [self._sequence(alternative, to, flags) for alternative in argument[1]]
            return self._fork(starts)
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeat(argument, to, flags, is_greedy=kind == "MAX_REPEAT")
        if kind != "FAILURE":
            raise RuleError(
                f"/{self._source}/ refers back to a group, or never gives back what it took (?>...), which can take "
                "too long; write it out"
            )
        return self._add(Step(NEVER))

    def _taken(self, node: Any, flags: int) -> Characters:
        """Return the characters of a node, made once: sets beyond ASCII take Python some time, and repeats many."""
        key = str(node), flags
        if key not in self._characters:
            self._characters[key] = Characters(node, flags)
        return self._characters[key]

    def _condition(self, kind: str, argument: Any, flags: int) -> Condition:
        if kind == "AT":
            return Condition(_PLACES[str(argument)])
        looking = "ahead" if argument[0] > 0 else "behind"
        self._looking += 1
        program = self.whole(argument[1], flags)
        self._looking -= 1
        return Condition(looking, program, is_wanted=kind == "ASSERT")

    def _fork(self, starts: list[int]) -> int:
        first, *others = starts
        return first if not others else self._add(Step(FORK, first, self._fork(others)))

    def _where(self, condition: Condition, to: int) -> int:
        self._conditions.append(condition)
        return self._add(Step(WHERE, to, number=len(self._conditions) - 1))

    def _group(self, argument: Any, to: int, flags: int) -> int:
        number, added, removed, nodes = argument
        self._check(added, removed)
        flags = (flags | added) & ~removed
        if number is None:
            return self._sequence(nodes, to, flags)
        if self._looking:
            self.lost_groups.add(number)
        inside = self._sequence(nodes, self._add(Step(SAVE, to, number=2 * number - 1)), flags)
        return self._add(Step(SAVE, inside, number=2 * number - 2))

    def _check(self, added: int, removed: int) -> None:
        """Refuse flags that could not be kept: names come in lower case, and words are those of any alphabet."""
        if removed & re.IGNORECASE:
            raise RuleError(f"/{self._source}/ has the flag -i; names are compared whatever their case")
        if added & re.ASCII:
            raise RuleError(f"/{self._source}/ has the flag a, which is not known here; use sets such as [a-z]")

    def _repeat(self, argument: Any, to: int, flags: int, *, is_greedy: bool) -> int:
        least, most, body = int(argument[0]), argument[1], argument[2]
        # A name has no room for more repeats than it has characters.
        if most is _UNBOUNDED or int(most) >= LONGEST_NAME:
            loop = self._add(Step(FORK))
            inside = self._sequence(body, loop, flags)
            self._steps[loop].to, self._steps[loop].other = (inside, to) if is_greedy else (to, inside)
            start = loop
        else:
            start = to
            for _ in range(int(most) - least):
                inside = self._sequence(body, start, flags)
                start = self._add(Step(FORK, inside, to) if is_greedy else Step(FORK, to, inside))
        for _ in range(least):
            start = self._sequence(body, start, flags)
        return start
