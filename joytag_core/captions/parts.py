"""Which share of the shards is one process's?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import SettingError

_PART = re.compile(r"(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Say which shards are one process's: the `index`-th of `count` equal shares, from 0."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Part:
        """Read `3/16`.

        Raises:
            SettingError: it is no such share.
        """
        match = _PART.fullmatch(text.strip())
        if match is None or int(match[1]) >= int(match[2]):
            raise SettingError(f"part {text!r} is no share; expected INDEX/COUNT, the index from 0, as 0/4 to 3/4")
        return cls(int(match[1]), int(match[2]))

    def of(self, shards: Sequence[str]) -> list[str]:
        """Return this part of some shards: every `count`-th, so that all parts end at about the same time."""
        return list(shards[self.index :: self.count])
