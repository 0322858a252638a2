"""What did a captioning run do, in figures and in names?"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from ..lines import one_line
from ..whole_files import write_whole
from .paths import readable

SHOWN = 20
"""How many failures, twins or the like are listed on a terminal; a report holds all."""


@dataclass
class CaptionSummary:
    """Count what became of the pictures.

    `written` counts captions that are new or changed, `unchanged` those that came out as they were, `skipped` those
    that were left alone because they were there, `empty` those of the written ones that hold no tag. `scored` counts
    pictures that the model ran for. `failed` and `twins` pair a path with a reason.
    """

    pictures: int = 0
    written: int = 0
    unchanged: int = 0
    skipped: int = 0
    empty: int = 0
    scored: int = 0
    tags: int = 0
    seconds: float = 0.0
    failed: list[tuple[str, str]] = field(default_factory=list)
    twins: list[tuple[str, str]] = field(default_factory=list)
    is_complete: bool = False
    is_dry: bool = False

    @property
    def tags_a_picture(self) -> float:
        """Return the mean number of tags and other items in a caption that was made."""
        return self.tags / max(self.written + self.unchanged, 1)

    @property
    def pictures_a_second(self) -> float:
        """Return the rate, skipped pictures included."""
        return self.pictures / self.seconds if self.seconds else 0.0

    def lines(self) -> list[str]:
        """Return the summary for a person, a line each: what failed first, the counts last."""
        found = [f"failed: {reason}" for _, reason in self.failed[:SHOWN]]
        if len(self.failed) > SHOWN:
            found.append(f"... and {len(self.failed) - SHOWN} more that failed; --report FILE lists all")
        counts = f"{self.written} {'would be ' if self.is_dry else ''}written"
        for count, word in (
            (self.unchanged, "unchanged"),
            (self.skipped, "skipped (a caption was there)"),
            (len(self.failed), "failed"),
            (len(self.twins), "left out as twins"),
            (self.empty, "empty"),
        ):
            counts += f", {count} {word}" if count else ""
        rate = f"{self.tags_a_picture:.1f} tags a picture, " if self.written or self.unchanged else ""
        return [*found, f"{counts}; {rate}{self.scored} scored, {self.pictures_a_second:.1f} pictures/s"]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready for JSON."""
        counts = ("is_complete", "is_dry", "pictures", "written", "unchanged", "skipped", "empty", "scored", "tags")
        found: dict[str, Any] = {name: getattr(self, name) for name in counts}
        found |= {"seconds": round(self.seconds, 3), "tags_a_picture": round(self.tags_a_picture, 2)}
        found["failed"] = [{"path": name, "reason": reason} for name, reason in self.failed]
        found["twins"] = [{"path": name, "caption": caption} for name, caption in self.twins]
        return found

    def write_report(self, path: str | PathLike[str]) -> None:
        """Write all of it as one JSON object; raises OSError."""
        write_whole(path, json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n")


def shown(path: str | PathLike[str]) -> str:
    """Return a path as text that any terminal and file can take, on one line, whatever bytes its name holds."""
    return one_line(readable(os.fspath(path)))
