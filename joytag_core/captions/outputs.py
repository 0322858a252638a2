"""Where do captions go: a file beside each picture, as text or XMP, or one table?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from ..errors import CaptionError
from ..whole_files import write_whole
from .caption_files import caption_bytes, caption_text, editable_text, read_caption
from .composing import Composer
from .fingerprints import FileState, text_digest
from .scoring import Found
from .xmp import read_keywords, with_keywords


@dataclass(frozen=True, slots=True)
class Plan:
    """Say where one picture's caption goes, its own file or a table, and what was there when its turn came."""

    picture: Path
    target: Path
    seen: FileState | None = None

    def as_seen(self) -> Plan:
        """Return the plan with what the file system says of its caption now."""
        return replace(self, seen=_state_of(self.target))


@dataclass(frozen=True, slots=True)
class Change:
    """Hold what becomes of one caption: its text before (None: there was none) and after.

    For files also the bytes to write, those that were there when the text was made, and the state that they were in if
    another change of them would show in it.
    """

    plan: Plan
    before: str | None
    after: str
    content: bytes = b""
    original: bytes | None = None
    state: FileState | None = None

    @property
    def is_needed(self) -> bool:
        """Say whether anything is to be written."""
        return self.before is None or self.before != self.after


class Output(Protocol):
    """Take captions in order."""

    def is_there(self, plan: Plan) -> bool:
        """Say whether a picture has a caption already."""

    def keep(self, plan: Plan) -> None:
        """Let a picture's caption stay as it is."""

    def change(self, plan: Plan, composer: Composer, found: Found) -> Change:
        """Return what becomes of a picture's caption, nothing written yet."""

    def write(self, change: Change) -> None:
        """Write it."""

    def finish(self) -> None:
        """End the work: what is collected is written whole."""

    def abandon(self) -> None:
        """End the work without its result."""


class FileOutput:
    """Write a file for each picture; each is whole at any moment."""

    def __init__(self, *, as_xmp: bool = False, backup: bool = False, leaves_new: bool = False) -> None:
        """Take the kind of file, and whether what is overwritten is kept as `NAME.bak` beside it.

        `leaves_new`: a caption that changed since its plan saw it is left alone, since its words would be lost.
        """
        self._as_xmp = as_xmp
        self._backup = backup
        self._leaves_new = leaves_new
        self._folders: set[Path] = set()

    def is_there(self, plan: Plan) -> bool:
        """Say whether there is a caption; a sidecar without keywords is none."""
        if not self._as_xmp:
            return plan.target.exists()
        content = read_caption(plan.target)
        return content is not None and bool(read_keywords(content))

    def keep(self, plan: Plan) -> None:
        """Do nothing: the file stays."""

    def change(self, plan: Plan, composer: Composer, found: Found) -> Change:
        """Return what becomes of the file.

        Raises:
            CaptionError: it is there and cannot be read, or has changed and is to be left alone then.
        """
        state = plan.seen if plan.seen is not None and plan.seen.is_settled() else None
        content = read_caption(plan.target)
        change = replace(self._change(plan, composer, found, content), state=state)
        if self._leaves_new and content is not None and change.is_needed and _state_of(plan.target) != plan.seen:
            raise _changed_meanwhile(plan.target)
        return change

    def _change(self, plan: Plan, composer: Composer, found: Found, content: bytes | None) -> Change:
        if not self._as_xmp:
            read = caption_text if composer.how == "overwrite" else partial(editable_text, plan.target)
            before = None if content is None else read(content)
            after = composer.caption(plan.picture, found.scores, before)
            return Change(plan, before, after, caption_bytes(after), content)
        try:
            existing = [] if content is None else read_keywords(content)
            keywords = composer.keywords(plan.picture, found.scores, existing)
            wanted = with_keywords(content, keywords)
        except CaptionError as error:
            raise CaptionError(f"{plan.target}: {error}") from error
        is_new = content is None or (not existing and bool(keywords))
        return Change(plan, None if is_new else ", ".join(existing), ", ".join(keywords), wanted, content)

    def write(self, change: Change) -> None:
        """Replace the file by a whole new one.

        Raises:
            CaptionError: it cannot be written, or somebody else has changed it since; what is there stays.
        """
        target = change.plan.target
        is_same = change.state is not None and change.state == _state_of(target)
        current = change.original if is_same else read_caption(target)
        if current == change.content:  # another run was quicker
            return
        if current != change.original:
            raise _changed_meanwhile(target)
        try:
            if target.parent not in self._folders:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._folders.add(target.parent)
            if self._backup and current is not None:
                _back_up(target, current)
            write_whole(target, change.content)
        except OSError as error:
            raise CaptionError(f"{target}: the caption cannot be written: {error.strerror}") from error

    def finish(self) -> None:
        """Do nothing: every file is whole."""

    def abandon(self) -> None:
        """Do nothing: every file is whole."""


def is_own(plan: Plan, wrote: Callable[[Path, bytes], bool]) -> bool:
    """Say whether a caption file is as JoyTag wrote it; `wrote` knows the digests."""
    content = read_caption(plan.target)
    return content is not None and wrote(plan.target, text_digest(content))


def _changed_meanwhile(target: Path) -> CaptionError:
    return CaptionError(f"{target}: somebody changed the caption in the meantime; it is left alone, run again")


def _state_of(target: Path) -> FileState | None:
    try:
        return FileState.of(target)
    except OSError:
        return None


def _back_up(path: Path, content: bytes) -> None:
    """Put a file's content into `NAME.bak`, or the next free `NAME.bak2`, unless such a copy is there."""
    number = 1
    while True:
        copy = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        if not copy.exists():
            write_whole(copy, content)
            shutil.copystat(path, copy)
            return
        if copy.read_bytes() == content:
            return
        number += 1
