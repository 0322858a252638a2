"""What tells pictures, files and models apart, wherever they lie and whatever they are called?"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..model.folders import ModelFolder
from ..pictures.reading import Reading

DIGEST_BYTES = 16
"""128 bits: among a billion pictures, two share a digest with a chance below 1e-20."""

PREPROCESSING = "white square, bicubic, 1"
"""What the pixels depend on beside the picture and its reading; change it with `pictures.pixels.fit_square`."""

_SETTLED_NS = 2_000_000_000
"""A file changed less than two seconds ago may change again without its time of change telling (FAT counts in two)."""


@dataclass(frozen=True, slots=True)
class FileState:
    """Hold what the file system says of a file's contents: bytes, and when they changed in nanoseconds."""

    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """Ask the file system; raises OSError."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns)

    def is_settled(self) -> bool:
        """Say whether another change of the file would show."""
        return time.time_ns() - self.changed > _SETTLED_NS


def file_digest(path: Path) -> bytes:
    """Return the digest of a file's bytes; raises OSError."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.digest()


def text_digest(text: bytes) -> bytes:
    """Return the digest of a caption's bytes."""
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).digest()


def square_digest(square: Image.Image) -> bytes:
    """Return the digest of a picture as the network sees it.

    Copies in other formats without loss, under other names, without their metadata, or turned by EXIF where the
    original is turned in its pixels, all have the same.
    """
    return hashlib.blake2b(square.tobytes(), digest_size=DIGEST_BYTES).digest()


def view_of(side: int, reading: Reading) -> int | str:
    """Return what tells squares apart that show one file: their side in pixels and, where it is unusual, the reading.

    The scores themselves belong to squares, so that a picture that looks alike in both readings is scored once.
    """
    mark = reading_mark(reading)
    return f"{side}{mark}" if mark else side


def reading_mark(reading: Reading) -> str:
    """Return what an unusual reading adds to a view; nothing for the usual one."""
    usual = Reading()
    pairs = ((reading.colours, usual.colours), (reading.reading, usual.reading))
    return "".join(f" {value}" for value, default in pairs if value != default)


def model_fingerprint(folder: ModelFolder) -> bytes:
    """Return the digest of a model's three files and of the preprocessing; raises OSError.

    The weights' own bytes count: a model trained further has the same names and sizes.
    """
    digest = hashlib.blake2b(PREPROCESSING.encode(), digest_size=DIGEST_BYTES)
    for path in (folder.config, folder.tags, folder.weights):
        digest.update(file_digest(path))
    return digest.digest()


def model_state(folder: ModelFolder) -> bytes:
    """Return what changes whenever a model's files do, without reading them; raises OSError."""
    states = [(os.fspath(path.resolve()), FileState.of(path)) for path in (folder.config, folder.tags, folder.weights)]
    return text_digest(repr((PREPROCESSING, states)).encode("utf-8", "surrogateescape"))
