"""When has a shard failed for good? Nothing here needs Ray."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict

from joytag_core.captions.shards import ShardResult
from joytag_core.cli.shard_count import Outcome
from joytag_core.errors import CaptionError, JoyTagError

WAITS = (0.0, 1.0, 2.0)  # seconds before each try of a shard: a store may be busy
DEATHS = 10  # workers that may die over a shard, as those of spot machines do, before it counts as failed


def try_shard(
    caption: Callable[[], ShardResult], shard: str, *, begun: int = 1, wait: Callable[[float], object] = time.sleep
) -> Outcome:
    """Caption a shard, again where reading or writing fails; say what became of it, whatever that is.

    `begun` is how often work on it was begun and not ended, this time included.
    """
    if begun > DEATHS:
        return asdict(ShardResult(shard)) | {"error": f"{begun - 1} workers died over it"}
    for seconds in WAITS:
        wait(seconds)
        try:
            return asdict(caption()) | {"error": None}
        except JoyTagError as error:
            problem = str(error).removeprefix(f"{shard}: ")
            if not (isinstance(error, CaptionError) and error.__cause__):
                break  # no file or store has said it, so that it would be the same again
        except Exception as error:  # the outermost call of this door: one shard must not end a job of thousands
            problem = f"{type(error).__name__}: {error}"
    else:
        problem = f"failed {len(WAITS)} times: {problem}"
    return asdict(ShardResult(shard)) | {"error": problem}


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
