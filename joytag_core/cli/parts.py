"""Which part of the work is this process's, as the program that started it says?"""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..captions.parts import Part
from ..errors import SettingError

_INDEXES = ("JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID", "RANK")
_PAIRS = (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS"))


def part_of(text: str, environment: Mapping[str, str] = os.environ) -> Part:
    """Read `--part`: `3/16`; `auto`, which asks the variables of torchrun and Slurm; `auto/16`.

    An array of Slurm jobs each of several tasks is divided by both. Kubernetes gives an indexed job its index alone:
    `auto/COUNT`, the count being the job's completions.

    Raises:
        SettingError: it is neither, or no such variable is set.
    """
    word, slash, count = text.partition("/")
    if word != "auto":
        return Part.parse(text)
    if slash:
        index = next((environment[name] for name in _INDEXES if environment.get(name)), None)
        if index is None:
            raise SettingError(f"part {text!r}: none of {', '.join(_INDEXES)} is set")
        return Part.parse(f"{index}/{count}")
    parts = [*_array(environment), *_ranks(environment)]
    if not parts:
        raise SettingError(
            "part 'auto' finds no variables of torchrun (RANK, WORLD_SIZE) or Slurm (SLURM_ARRAY_TASK_ID, "
            "SLURM_PROCID); on Kubernetes say auto/COUNT, elsewhere INDEX/COUNT"
        )
    whole = Part(0, 1)
    for part in parts:
        whole = Part(whole.index * part.count + part.index, whole.count * part.count)
    return whole


def _array(environment: Mapping[str, str]) -> list[Part]:
    names = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT")
    if any(name not in environment for name in names):
        return []
    number, first, count = (int(environment[name]) for name in names)
    return [Part.parse(f"{(number - first) // int(environment.get('SLURM_ARRAY_TASK_STEP', '1'))}/{count}")]


def _ranks(environment: Mapping[str, str]) -> list[Part]:
    """Return the rank that torchrun gives, else the one that srun gives; both would count the same processes twice."""
    for rank, count in _PAIRS:
        if rank in environment and count in environment:
            return [Part.parse(f"{environment[rank]}/{environment[count]}")]
    return []
