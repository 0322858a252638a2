"""How does Ray Data caption shards? A shard is a row; actors hold the model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

import ray
import ray.data

from joytag_core.cli.caption import DEFAULTS
from joytag_core.cli.caption_shards import make_captioner
from joytag_core.cli.shard_count import Outcome

from .attempts import Begun, try_shard

_MOST_BLOCKS = 1000
"""Rows travel in so many blocks at most: the driver's memory and work do not grow with the shards."""


class ShardWorker:
    """Caption shards in an actor, whose model is loaded at the first picture."""

    def __init__(self, arguments: argparse.Namespace, begun: Any) -> None:
        """Take the command's arguments, and the actor that counts what was begun."""
        self._captioner = make_captioner(arguments, DEFAULTS)
        self._again = arguments.existing == "overwrite"
        self._begun = begun

    def __call__(self, row: dict[str, Any]) -> Outcome:
        """Caption one shard."""
        shard = row["item"]
        begun = ray.get(self._begun.begin.remote(shard))
        outcome = try_shard(lambda: self._captioner.caption(shard, again=self._again), shard, begun=begun)
        ray.get(self._begun.end.remote(shard))
        return outcome


def caption_shards(shards: Sequence[str], arguments: argparse.Namespace) -> Iterator[Outcome]:
    """Caption shards on a cluster, or on one of this machine; yield outcomes as they come. Ray replaces what dies."""
    if not ray.is_initialized():
        ray.init(address=arguments.address, log_to_driver=False, logging_level="warning")
    arguments.threads = arguments.threads or arguments.cpus
    begun = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Begun).remote()
    rows = ray.data.from_items(list(shards), override_num_blocks=min(len(shards), _MOST_BLOCKS)).map(
        ShardWorker,
        fn_constructor_args=(arguments, begun),
        # One shard at a time waits for nobody: with more, the last ones queue behind each other.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=arguments.actors, max_tasks_in_flight_per_actor=1),
        num_cpus=arguments.cpus,
        num_gpus=arguments.gpus or None,
    )
    yield from rows.iter_rows()
