"""How does one file of the Hub arrive whole, over connections that break?"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CancelledError, ModelDownloadError

_LOCK_SECONDS = 0.25


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
        ModelDownloadError: what has arrived is not what the Hub says; it is removed.
        CancelledError: `stop` was set; what has arrived is kept.
        Whatever huggingface_hub raises when the connection fails; what has arrived is kept.
    """
    partial = _partial(file, place)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(partial, stop):
        if place.is_file() and not difference(place, file):
            return
        with _StoppableFile(partial, stop) as out:
            _receive(file, out)
        wrong = difference(partial, file)
        if wrong:
            partial.unlink()
            raise ModelDownloadError(
                f"The download is broken and was removed: {file.name}: {wrong}. Try again, or try another mirror."
            )
        partial.replace(place)


def arrived(file: HubFile, place: Path) -> int:
    """Return how many bytes of a file are at its place, or beside it and not yet whole."""
    for path in (place, _partial(file, place)):
        with suppress(OSError):  # not there yet, or renamed just now
            return min(path.stat().st_size, file.size)
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
    """Fetch the rest of a file; a connection that breaks is made again as long as each brings something."""
    # Not hf_hub_download: from version 2 on it throws away what had arrived when a download fails.
    from huggingface_hub.file_download import http_get

    if out.tell() > file.size:
        out.truncate(0)
    while True:
        before = out.seek(0, io.SEEK_END)
        try:
            http_get(file.url, out, resume_size=before, expected_size=file.size or None)
            return
        except Exception:  # the library's errors have no common base over its versions
            if out.seek(0, io.SEEK_END) <= before or out.stop.is_set():
                raise


class _StoppableFile(io.FileIO):
    """Append to a file until told to stop."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        super().__init__(path, "ab")
        self.stop = stop

    def write(self, chunk: Any) -> int:
        if self.stop.is_set():
            raise CancelledError("the download was stopped")
        return super().write(chunk)


@contextmanager
def _locked(partial: Path, stop: threading.Event) -> Iterator[None]:
    """Let one thread of one process at a time write a file."""
    from filelock import FileLock, Timeout  # huggingface_hub requires it, so it is there

    lock = FileLock(f"{partial}.lock")
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
