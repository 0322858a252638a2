"""How does Ray Data caption shards? A shard is a row; actors hold the model."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import ray.data

from joytag_core.cli.caption import DEFAULTS
from joytag_core.cli.caption_shards import make_captioner
from joytag_core.cli.shard_count import Outcome
from joytag_core.cli.streams import complain
from joytag_core.errors import SettingError
from joytag_core.lines import counted

from .attempts import Begun, try_shard


class ShardWorker:
    """Caption shards in an actor, whose model is loaded at the first picture."""

    def __init__(self, arguments: argparse.Namespace, folder: Path, begun: ray.actor.ActorHandle) -> None:
        """Take the command's arguments, the folder of its paths, and the actor that counts what was begun."""
        with suppress(OSError):  # Ray starts workers elsewhere; a machine without that folder has other names
            os.chdir(folder)
        self._captioner = make_captioner(arguments, DEFAULTS)
        self._again = arguments.existing == "overwrite"
        self._begun = begun

    def __call__(self, row: dict[str, str]) -> Outcome:
        """Caption one shard."""
        shard = row["item"]
        begun = ray.get(self._begun.begin.remote(shard))
        outcome = try_shard(lambda: self._captioner.caption(shard, again=self._again), shard, begun=begun)
        ray.get(self._begun.end.remote(shard))
        return outcome


def caption_shards(shards: Sequence[str], arguments: argparse.Namespace) -> Iterator[Outcome]:
    """Caption shards on a cluster, or on one of this machine; yield outcomes as they come. Ray replaces what dies.

    Raises:
        SettingError: there is no such cluster, or its actors cannot begin.
    """
    arguments.threads = arguments.cpus if arguments.threads is None else arguments.threads
    actors = min(arguments.actors, len(shards))
    # Ray's reports would drown those of shards: they stay in its log files.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    ray.data.DataContext.get_current().enable_progress_bars = False
    reports = logging.getLogger("ray.data")
    reports.handlers = [one for one in reports.handlers if not isinstance(one, logging.StreamHandler)]
    try:
        ray.init(address=arguments.address, log_to_driver=False, logging_level="error", ignore_reinit_error=True)
        has = {"CPU": 0.0, "GPU": 0.0} | ray.cluster_resources()
        asked = f"{counted(actors, 'actor')} of {counted(arguments.cpus, 'CPU')} and {arguments.gpus:g} GPUs"
        complain(f"{asked}; Ray has {has['CPU']:g} CPUs and {has['GPU']:g} GPUs now: those without room wait")
        begun = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Begun).remote()
        # More blocks would take more of the driver's memory and time.
        rows = ray.data.from_items(list(shards), override_num_blocks=min(len(shards), 1000)).map(
            ShardWorker,
            fn_constructor_args=(arguments, Path.cwd(), begun),
            # A pool that grows wants shards to queue at its actors, where the last ones wait while other actors idle.
            compute=ray.data.ActorPoolStrategy(size=actors, max_tasks_in_flight_per_actor=1),
            num_cpus=arguments.cpus,
            num_gpus=arguments.gpus or None,
        )
        yield from rows.iter_rows()
    except (ray.exceptions.RayError, ConnectionError, RuntimeError) as error:
        raise SettingError(f"Ray ended the job: {(str(error).strip() or repr(error)).splitlines()[-1]}") from error
