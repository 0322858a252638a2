"""Which shards do patterns name, and what are their tables called?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ..errors import SettingError
from .addresses import file_system, is_address

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_LIST = re.compile(r"\{([^{}]*,[^{}]*)\}")


def expand_shards(patterns: Iterable[str]) -> list[str]:
    """Return the shards that patterns such as `data-{0000..0999}.tar`, `{a,b}.tar` or `*.tar` name, in order.

    Raises:
        SettingError: two of them have one name, so that their tables would be one; a pattern, or none at all, names
            nothing.
    """
    shards = [shard for pattern in patterns for braced in _braces(pattern) for shard in _globbed(braced)]
    if not shards:
        raise SettingError("no shard is named; expected tars, tables or folders")
    places: dict[str, str] = {}
    for shard in shards:
        if shard_name(shard) in places:
            raise SettingError(f"several shards are named {shard_name(shard)!r}; their tables would be one")
        places[shard_name(shard)] = shard
    return shards


def shard_name(shard: str) -> str:
    """Return the name of a shard's table and mark, without an ending."""
    name = PurePosixPath(shard.replace("\\", "/")).name
    return re.sub(r"\.(tar|tgz|tar\.gz|parquet)$", "", name) or name


def _braces(pattern: str) -> Iterator[str]:
    match = _RANGE.search(pattern) or _LIST.search(pattern)
    if match is None:
        yield pattern
        return
    if match.re is _LIST:
        values = match[1].split(",")
    else:
        first, last = int(match[1]), int(match[2])
        step = 1 if last >= first else -1
        width = max(len(match[1]), len(match[2])) if match[1].startswith("0") or match[2].startswith("0") else 0
        values = [f"{number:0{width}d}" for number in range(first, last + step, step)]
    for value in values:
        yield from _braces(pattern[: match.start()] + value + pattern[match.end() :])


def _globbed(pattern: str) -> list[str]:
    if not set(pattern) & set("*?["):
        return [pattern]
    if is_address(pattern):
        system, path = file_system(pattern)
        found = sorted(system.unstrip_protocol(one) for one in system.glob(path))
    else:
        place = Path(pattern)
        found = sorted(str(one) for one in Path(place.anchor or ".").glob(str(place.relative_to(place.anchor))))
    if not found:
        raise SettingError(f"{pattern}: no shard is named so")
    return found
