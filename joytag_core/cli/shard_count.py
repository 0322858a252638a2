"""What is told of shards, one by one and in all?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..lines import counted

Outcome = dict[str, Any]
"""shard, pictures, failed, was_done, and error: why the shard failed, or None."""


_MOST_NAMED = 100


@dataclass
class ShardCount:
    """Count what became of `total` shards: `failed` ones, the others' `pictures`, and the `bad` ones among these."""

    total: int
    shards: int = 0
    failed: int = 0
    pictures: int = 0
    bad: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> str:
        """Count one more shard; return a line for people."""
        self.shards += 1
        place = f"{self.shards}/{self.total} {outcome['shard']}"
        if outcome["error"] is not None:
            self.failed += 1
            problem = outcome["error"].removeprefix(outcome["shard"] + ": ")
            if self.failed <= _MOST_NAMED:
                self.problems.append(f"{outcome['shard']}: {problem}")
            return f"{place}: error: {problem}"
        self.pictures += outcome["pictures"]
        self.bad += outcome["failed"]
        state = "done before" if outcome["was_done"] else "done"
        return f"{place}: {state}, {counted(outcome['pictures'], 'picture')}, {outcome['failed']} failed"

    def failures(self) -> list[str]:
        """Return a line for each shard that failed, of a hundred at most, and one about the others."""
        more = self.failed - len(self.problems)
        return [f"failed: {one}" for one in self.problems] + ([f"failed: {more:,} more, told above"] if more else [])

    def summary(self) -> str:
        """Return a line about all."""
        shards, pictures = counted(self.shards, "shard"), counted(self.pictures, "picture")
        return f"{shards}, {self.failed} failed; {pictures}, {self.bad} failed"

    def status(self, *, strict: bool) -> int:
        """Return the exit status: 1 if a shard failed, or if `strict` a picture."""
        return 1 if self.failed or (strict and self.bad) else 0
