"""When has a shard failed for good? Nothing here needs Ray."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict

from joytag_core.captions.shards import ShardResult
from joytag_core.cli.shard_count import Outcome
from joytag_core.errors import JoyTagError

TRIES = 3
"""How often a shard that fails is tried."""

DEATHS = 10
"""How many workers may die over a shard, as those of spot machines do, before it counts as failed."""


def try_shard(
    caption: Callable[[], ShardResult], shard: str, *, begun: int = 1, wait: Callable[[float], object] = time.sleep
) -> Outcome:
    """Caption a shard, again where it fails; say what became of it, whatever that is.

    `begun` is how often work on it was begun and not ended, this time included.
    """
    if begun > DEATHS:
        return asdict(ShardResult(shard)) | {"error": f"{begun - 1} workers died over it"}
    for number in range(TRIES):
        if number:
            wait(2.0 ** (number - 1))  # a store may be busy
        try:
            return asdict(caption()) | {"error": None}
        except JoyTagError as error:
            problem = str(error)
        except Exception as error:  # the outermost call of this door: one shard must not end a job of thousands
            problem = f"{type(error).__name__}: {error}"
    return asdict(ShardResult(shard)) | {"error": f"failed {TRIES} times: {problem}"}


class Begun:
    """Count, in one place for all workers, how often work on a shard was begun and not ended."""

    def __init__(self) -> None:
        self._begun: dict[str, int] = {}

    def begin(self, shard: str) -> int:
        """Count one more; return how many there are."""
        self._begun[shard] = self._begun.get(shard, 0) + 1
        return self._begun[shard]

    def end(self, shard: str) -> None:
        """Forget a shard."""
        self._begun.pop(shard, None)
