"""How does one file of the Hub arrive whole, over connections that break?"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import CancelledError, JoyTagError, ModelDownloadError
from .answers import (
    LOGIN_PAGE,
    WrongAnswerError,
    answer_to,
    check_answer,
    patiently,
    promised_length,
    wrong_answer,
)

_LOCK_SECONDS = 0.25
_PAUSES = (1.0, 4.0, 10.0)
"""Seconds before each next try where a connection brought nothing: as long as a phone takes to find its net again."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """Hold what the Hub says of one file: bytes (0 where it does not), SHA-256 (empty where it gives none), place."""

    name: str
    size: int
    sha256: str
    etag: str = ""
    url: str = ""


def fetch(file: HubFile, place: Path, stop: threading.Event) -> None:
    """Bring one file to its place, whole, going on with what has arrived of it before.

    Raises:
        WrongAnswerError: what has arrived is not what the Hub says; it is removed. Or the server refuses, or answers
            with something else, of which nothing is kept.
        ModelDownloadError: it cannot be written; what has arrived is kept.
        CancelledError: `stop` was set; what has arrived is kept.
        Whatever huggingface_hub raises when the connection fails; what has arrived is kept.
    """
    part = _partial(file, place)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(part, stop):
        if place.is_file() and not difference(place, file):
            return
        with _StoppableFile(part, stop) as out:
            resumed = out.length > 0
            _receive(file, out)
            if resumed and difference(part, file):  # what had been kept was wrong: once more, from the start
                out.truncate(0)
                _receive(file, out)
        wrong = difference(part, file)
        if wrong:
            part.unlink()
            raise WrongAnswerError(f"{file.name} arrived broken and was removed: {wrong}. {LOGIN_PAGE}")
        part.replace(place)


def arrived(file: HubFile, place: Path) -> int:
    """Return how many bytes of a file are at its place, or beside it and not yet whole."""
    for path in (place, _partial(file, place)):
        with suppress(OSError):  # not there yet, or renamed just now
            size = path.stat().st_size
            return min(size, file.size) if file.size else size
    return 0


def difference(path: Path, expected: HubFile) -> str:
    """Say in which way a file differs from what the Hub says of it; empty where it does not."""
    if expected.size and path.stat().st_size != expected.size:
        return f"{path.stat().st_size:,} bytes; expected {expected.size:,}"
    if expected.sha256 and (found := sha256_of(path)) != expected.sha256:
        return f"its SHA-256 is {found}; expected {expected.sha256}"
    return ""


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _receive(file: HubFile, out: _StoppableFile) -> None:
    """Fetch the rest of a file; a connection that breaks is made again, at last after some waiting."""
    # Not hf_hub_download: from version 2 on it throws away what had arrived when a download fails.
    if file.size and out.length > file.size:
        out.truncate(0)
    pauses = iter(_PAUSES)
    while not _has_all(file, out):
        before = out.length
        try:
            is_end = patiently(partial(_take, file, out, before), out.wait)
        except JoyTagError:
            raise
        except Exception:  # what breaks a connection has no common base over the library's versions
            has_grown = out.length > before
            pauses = iter(_PAUSES) if has_grown else pauses
            pause = 0.0 if has_grown else next(pauses, None)
            if pause is None:
                raise
            out.wait(pause)
        else:
            if is_end or out.length <= before:
                return


def _has_all(file: HubFile, out: _StoppableFile) -> bool:
    """Say whether a file is known to be whole; of one whose size the Hub does not say, only its hash tells."""
    if file.size:
        return out.length == file.size
    return out.length > 0 and bool(file.sha256) and not difference(out.path, file)


def _take(file: HubFile, out: _StoppableFile, start: int) -> bool:
    """Append one answer's bytes; if it ends by its own word before the file is whole, none of them.

    Returns whether the file is known to end there. Without any length, a broken connection looks like an end: another
    request, for what is behind it, tells.
    """
    with answer_to(file.url, start=start) as answer:
        if answer.is_behind_the_end:
            return True
        if answer.status_code == 200:  # also to a request for the rest: the server sends it all
            start = 0
        check_answer(answer, size=file.size, start=start)
        out.truncate(start)
        for piece in answer.pieces():
            out.write(piece)
        promised = promised_length(answer)
        if promised is not None and out.length - start < promised:
            raise ConnectionError(f"the connection broke after {out.length:,} bytes")
        if file.size and out.length != file.size:
            arrived_now = out.length - start
            out.truncate(start)
            raise wrong_answer(f"{arrived_now:,} bytes; expected {file.size - start:,}")
        return promised is not None or not file.sha256


class _StoppableFile(io.FileIO):
    """Append to a file until told to stop."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        super().__init__(path, "ab")
        self.path = path
        self.stop = stop

    @property
    def length(self) -> int:
        """Return how many bytes it holds."""
        return self.seek(0, io.SEEK_END)

    def write(self, chunk: Any) -> int:
        if self.stop.is_set():
            raise CancelledError("the download was stopped")
        try:
            return super().write(chunk)
        except OSError as error:  # ours, so that it is not taken for the connection's
            raise ModelDownloadError(
                f"The download stopped: {self.path}: {error.strerror or error}. What has arrived is kept."
            ) from error

    def wait(self, seconds: float) -> None:
        """Wait, unless told to stop."""
        if self.stop.wait(seconds):
            raise CancelledError("the download was stopped")


@contextmanager
def _locked(part: Path, stop: threading.Event) -> Iterator[None]:
    """Let one thread of one process at a time write a file."""
    from filelock import FileLock, Timeout  # huggingface_hub requires it, so it is there

    lock = FileLock(f"{part}.lock")
    while not lock.is_locked:
        if stop.is_set():
            raise CancelledError("the download was stopped")
        with suppress(Timeout):
            lock.acquire(timeout=_LOCK_SECONDS)
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink()


def _partial(file: HubFile, place: Path) -> Path:
    # The content's own name, so that the parts of two versions are never joined.
    return place.with_name(f"{file.name}.{file.etag[:16]}.incomplete")
