"""Does a name match the program of a regular expression, in time that is bounded beforehand?"""

from __future__ import annotations

from collections.abc import Iterable

from .programs import CHARACTER, DONE, FORK, SAVE, WHERE, Program

_MOST_REMEMBERED = 5_000
"""Sets of steps that a machine remembers before it forgets all of them."""

Saved = tuple[int, ...]


class Machine:
    """Run one program; `steps` counts what it has done."""

    def __init__(self, program: Program) -> None:
        """Take a finished program."""
        self.steps = 0
        self._program = program
        self._open: dict[tuple[frozenset[int], int], frozenset[int]] = {}
        self._next: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, name: str) -> bool:
        """Say whether the whole name matches."""
        places = self._places(name)
        current = frozenset((self._program.start,))
        for place, character in enumerate(name):
            current = self._after(self._opened(current, places[place]), character)
            if not current:
                return False
        reached = self._opened(current, places[len(name)])
        return any(self._program.steps[step].kind == DONE for step in reached)

    def groups(self, name: str) -> tuple[str, ...]:
        """Return what each group of the program stands for in a name that matches; empty for one that took no part."""
        program, places = self._program, self._places(name)
        threads: dict[int, Saved] = {program.start: (-1,) * (2 * program.groups)}
        for place in range(len(name) + 1):
            opened = self._opened_threads(threads, place, places[place])
            if place == len(name):
                saved = next((saved for step, saved in opened.items() if program.steps[step].kind == DONE), ())
                return tuple(name[max(saved[at], 0) : max(saved[at + 1], 0)] for at in range(0, len(saved), 2))
            threads = {}
            for number, saved in opened.items():
                step = program.steps[number]
                if step.takes is not None and step.takes.take(name[place]):
                    threads.setdefault(step.to, saved)
        return ()

    def _places(self, name: str) -> list[int]:
        """Return for each place in a name which conditions hold there, as bits."""
        bits = [0] * (len(name) + 1)
        for number, condition in enumerate(self._program.conditions):
            if condition.program is None:
                holds = _simple_places(condition.kind, name)
            elif condition.kind == "ahead":
                holds = self._ahead(condition.program, name, bits)
            else:
                holds = self._behind(condition.program, name, bits)
            for place in holds if condition.is_wanted else set(range(len(name) + 1)).difference(holds):
                bits[place] |= 1 << number
        return bits

    def _ahead(self, program: Program, name: str, bits: list[int]) -> set[int]:
        """Return where a match of a program begins, read from the end of the name."""
        done = [number for number, step in enumerate(program.steps) if step.kind == DONE]
        takers = [(number, step) for number, step in enumerate(program.steps) if step.kind == CHARACTER]
        alive: set[int] = set()
        holds = set()
        for place in range(len(name), -1, -1):
            ready = list(done)
            if place < len(name):
                ready += [
                    number for number, step in takers
                    if step.to in alive and step.takes is not None and step.takes.take(name[place])
                ]  # fmt: skip
            self.steps += len(takers)
            alive = self._backwards(program, ready, bits[place])
            if program.start in alive:
                holds.add(place)
        return holds

    def _backwards(self, program: Program, ready: list[int], bits: int) -> set[int]:
        alive = set(ready)
        while ready:
            number = ready.pop()
            self.steps += 1
            for before in program.before[number]:
                step = program.steps[before]
                if before not in alive and (step.kind != WHERE or bits >> step.number & 1):
                    alive.add(before)
                    ready.append(before)
        return alive

    def _behind(self, program: Program, name: str, bits: list[int]) -> set[int]:
        """Return where a match of a program ends that began anywhere; Python lets only fixed widths look behind."""
        holds = set()
        current: set[int] = set()
        for place in range(len(name) + 1):
            opened = self._open_steps(program, [*current, program.start], bits[place])
            if any(program.steps[number].kind == DONE for number in opened):
                holds.add(place)
            if place < len(name):
                current = self._taken(program, opened, name[place])
        return holds

    def _opened(self, current: frozenset[int], bits: int) -> frozenset[int]:
        """Return the steps that wait for a character, or are done, from some steps on where conditions hold."""
        self.steps += 1
        found = self._open.get((current, bits))
        if found is None:
            if len(self._open) > _MOST_REMEMBERED:
                self._open.clear()
            found = self._open[current, bits] = frozenset(self._open_steps(self._program, current, bits))
        return found

    def _after(self, opened: frozenset[int], character: str) -> frozenset[int]:
        self.steps += 1
        found = self._next.get((opened, character))
        if found is None:
            if len(self._next) > _MOST_REMEMBERED:
                self._next.clear()
            found = self._next[opened, character] = frozenset(self._taken(self._program, opened, character))
        return found

    def _taken(self, program: Program, opened: Iterable[int], character: str) -> set[int]:
        taken = set()
        for number in opened:
            step = program.steps[number]
            self.steps += 1
            if step.takes is not None and step.takes.take(character):
                taken.add(step.to)
        return taken

    def _open_steps(self, program: Program, current: Iterable[int], bits: int) -> set[int]:
        ready, seen = list(current), set(current)
        opened = set()
        while ready:
            number = ready.pop()
            step = program.steps[number]
            self.steps += 1
            ways: tuple[int, ...] = ()
            if step.kind in (CHARACTER, DONE):
                opened.add(number)
            elif step.kind == FORK:
                ways = (step.to, step.other)
            elif step.kind == SAVE or (step.kind == WHERE and bits >> step.number & 1):
                ways = (step.to,)
            for way in ways:
                if way not in seen:
                    seen.add(way)
                    ready.append(way)
        return opened

    def _opened_threads(self, threads: dict[int, Saved], place: int, bits: int) -> dict[int, Saved]:
        """Open steps as `_open_steps` does, the preferred way first, and note the places of groups."""
        program = self._program
        ready = [(number, saved) for number, saved in reversed(threads.items())]
        opened: dict[int, Saved] = {}
        seen: set[int] = set()
        while ready:
            number, saved = ready.pop()
            if number in seen:
                continue
            seen.add(number)
            step = program.steps[number]
            self.steps += 1
            if step.kind in (CHARACTER, DONE):
                opened[number] = saved
            elif step.kind == FORK:
                ready += [(step.other, saved), (step.to, saved)]
            elif step.kind == SAVE:
                ready.append((step.to, (*saved[: step.number], place, *saved[step.number + 1 :])))
            elif step.kind == WHERE and bits >> step.number & 1:
                ready.append((step.to, saved))
        return opened


def _simple_places(kind: str, name: str) -> set[int]:
    if kind == "begin":
        return {0}
    if kind == "end":
        return {len(name)}
    is_word = [False, *(sign.isalnum() or sign == "_" for sign in name), False]
    edges = {place for place in range(len(name) + 1) if is_word[place] != is_word[place + 1]}
    return edges if kind == "boundary" else set(range(len(name) + 1)) - edges
