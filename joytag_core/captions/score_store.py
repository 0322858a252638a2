"""Where are scores kept, so that captioning again runs no model?"""

from __future__ import annotations

import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ScoreStoreError
from .fingerprints import FileState
from .packing import pack_features, pack_scores, unpack_features, unpack_scores
from .paths import seen_from, seen_to
from .schema import open_database

DATABASE_NAME = "joytag-scores.sqlite"

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelKey:
    """Name a model in one database: its number there, its number of tags, and how it sees files (`view_of`)."""

    id: int
    tags: int
    view: int | str


@dataclass(frozen=True, slots=True)
class KeptScores:
    """Hold what is kept of one picture: scores [T] 0..1 from `FLOOR` up, packed features, its size in pixels."""

    scores: Array
    packed_features: bytes | None
    width: int
    height: int

    @property
    def features(self) -> Array | None:
        """Return the pooled features [D], None where there are none; captions have no need to unpack them."""
        return None if self.packed_features is None else unpack_features(self.packed_features)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Say that a file, in some state, has these contents, and that they show this picture, of so many pixels."""

    path: Path
    state: FileState
    content: bytes
    picture: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StoredModel:
    """Describe a model in a database: name, tags in order, and how many pictures have scores."""

    id: int
    name: str
    tags: tuple[str, ...]
    pictures: int


class ScoreStore:
    """Keep scores by a picture's contents, the model and the preprocessing, in one SQLite file.

    Each writing method is one transaction: after a kill at any moment the file is whole, and holds every finished call.
    Several processes may use it at once. Paths are kept as seen from the database's folder, so both may move together.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open or make the database at a path, or in a folder.

        Raises:
            ScoreStoreError: it cannot be opened, is another program's, or of a later version.
        """
        given = Path(path)
        self.path = given / DATABASE_NAME if given.is_dir() else given
        self._folder = os.path.realpath(self.path.parent)
        self._database = open_database(self.path)
        self._lock = threading.Lock()

    def __enter__(self) -> ScoreStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was written is there."""
        with self._lock:
            self._database.close()

    def model(
        self, fingerprint: bytes, *, name: str, tags: Iterable[str], view: int | str, state: bytes = b""
    ) -> ModelKey:
        """Return the key of a model, entering it where it is new; `state` finds the fingerprint again."""
        tags = tuple(tags)
        packed = zlib.compress("\n".join(tags).encode("utf-8"))
        with self._writing() as write:
            write(
                "INSERT INTO models(fingerprint, name, state, tags) VALUES (?,?,?,?) "
                "ON CONFLICT(fingerprint) DO UPDATE SET name=excluded.name, state=excluded.state",
                (fingerprint, name, state, packed),
            )
        found = self._one("SELECT id FROM models WHERE fingerprint=?", (fingerprint,))
        return ModelKey(found[0], len(tags), view)

    def fingerprint(self, state: bytes) -> bytes | None:
        """Return the fingerprint of a model whose files are in this state, None where it was never seen so."""
        found = self._one("SELECT fingerprint FROM models WHERE state=?", (state,))
        return None if found is None else bytes(found[0])

    def models(self) -> list[StoredModel]:
        """Return the models that there are scores of."""
        rows = self._all(
            "SELECT m.id, m.name, m.tags, (SELECT count(*) FROM scores WHERE model=m.id) FROM models m ORDER BY m.id"
        )
        return [
            StoredModel(number, name, tuple(zlib.decompress(tags).decode("utf-8").split("\n")), count)
            for number, name, tags, count in rows
        ]

    def of_file(self, path: Path, state: FileState, model: ModelKey) -> KeptScores | None:
        """Return what is kept of a file, if it is in the state in which it was last seen."""
        return self._kept(
            "FROM files f JOIN contents c ON c.content=f.content AND c.side=? "
            "JOIN scores s ON s.picture=c.picture AND s.model=? WHERE f.path=? AND f.size=? AND f.changed=?",
            (model.view, model.id, self._key(path), state.size, state.changed),
            model,
        )

    def of_content(self, content: bytes, model: ModelKey) -> tuple[KeptScores, bytes] | None:
        """Return what is kept of a file's bytes, by their digest, and the digest of the picture that they show."""
        where = "FROM contents c JOIN scores s ON s.picture=c.picture AND s.model=? WHERE c.content=? AND c.side=?"
        kept = self._kept(where, (model.id, content, model.view), model)
        if kept is None:
            return None
        picture = self._one("SELECT picture FROM contents WHERE content=? AND side=?", (content, model.view))
        return kept, bytes(picture[0])

    def of_picture(self, picture: bytes, model: ModelKey, *, width: int, height: int) -> KeptScores | None:
        """Return what is kept of a picture by the digest of its square, whatever file showed it."""
        return self._kept(
            "FROM scores s JOIN (SELECT ? AS width, ? AS height) c WHERE s.picture=? AND s.model=?",
            (width, height, picture, model.id),
            model,
        )

    def add(
        self,
        model: ModelKey,
        scored: Iterable[tuple[Sighting, npt.NDArray[Any], npt.NDArray[Any] | None]] = (),
        seen: Iterable[Sighting] = (),
    ) -> None:
        """Keep pictures' scores [T] and features [D] with the files that show them, and files that show kept ones."""
        scored = list(scored)
        sightings = [*(one for one, _, _ in scored), *seen]
        rows = [
            (model.id, one.picture, pack_scores(scores), None if features is None else pack_features(features))
            for one, scores, features in scored
        ]
        contents = [(one.content, model.view, one.picture, one.width, one.height) for one in sightings]
        files = [
            (self._key(one.path), one.state.size, one.state.changed if one.state.is_settled() else -1, one.content)
            for one in sightings
        ]
        with self._writing_many() as write:
            write("INSERT OR IGNORE INTO scores(model, picture, scores, features) VALUES (?,?,?,?)", rows)
            write("INSERT OR REPLACE INTO contents VALUES (?,?,?,?,?)", contents)
            write("INSERT OR REPLACE INTO files VALUES (?,?,?,?)", files)

    def note_captions(self, captions: Iterable[tuple[Path, bytes]]) -> None:
        """Remember the digests of captions that are about to be written, to know them as JoyTag's own."""
        rows = [(self._key(path), digest) for path, digest in captions]
        with self._writing_many() as write:
            write("INSERT OR REPLACE INTO captions VALUES (?,?)", rows)

    def wrote_caption(self, path: Path, digest: bytes) -> bool:
        """Say whether JoyTag itself wrote a caption file that now has this digest."""
        found = self._one("SELECT content FROM captions WHERE path=?", (self._key(path),))
        return found is not None and bytes(found[0]) == digest

    def pictures(self, model: ModelKey) -> Iterator[tuple[Path, KeptScores]]:
        """Yield every known file with what is kept of it, by path."""
        last = b""
        while True:  # in pages: nobody who writes has to wait for the reader
            rows = self._all(
                "SELECT f.path, s.scores, s.features, c.width, c.height FROM files f "
                "JOIN contents c ON c.content=f.content AND c.side=? "
                "JOIN scores s ON s.picture=c.picture AND s.model=? WHERE f.path>? ORDER BY f.path LIMIT 500",
                (model.view, model.id, last),
            )
            if not rows:
                return
            for path, *packed in rows:
                yield self._path(path), _unpacked(packed, model)
            last = rows[-1][0]

    def prune(self, *, missing_files: bool = False, model: str | None = None) -> int:
        """Forget a model, or files that are gone and the pictures that no known file shows; return how many pictures.

        The freed room goes back to the file system.
        """
        before = self._one("SELECT count(*) FROM scores")[0]
        with self._writing() as write:
            if model is not None:
                write("DELETE FROM scores WHERE model IN (SELECT id FROM models WHERE name=?)", (model,))
                write("DELETE FROM models WHERE name=?", (model,))
            if missing_files:
                for (path,) in write("SELECT path FROM files").fetchall():
                    if not self._path(path).exists():
                        write("DELETE FROM files WHERE path=?", (path,))
                write("DELETE FROM contents WHERE content NOT IN (SELECT content FROM files)")
                write("DELETE FROM scores WHERE picture NOT IN (SELECT picture FROM contents)")
        with self._lock, self._errors():
            self._database.execute("VACUUM")
        return int(before - self._one("SELECT count(*) FROM scores")[0])

    def views(self, model: int) -> list[int | str]:
        """Return the views (`view_of`) in which a model's pictures were scored."""
        found = self._all(
            "SELECT DISTINCT c.side FROM contents c JOIN scores s ON s.picture=c.picture WHERE s.model=?", (model,)
        )
        return sorted((view for (view,) in found), key=str)

    def check(self) -> list[str]:
        """Return what is wrong with the file; nothing where it is whole."""
        return [line for (line,) in self._all("PRAGMA integrity_check") if line != "ok"]

    def _kept(self, where: str, values: tuple[Any, ...], model: ModelKey) -> KeptScores | None:
        row = self._one(f"SELECT s.scores, s.features, c.width, c.height {where}", values)
        return None if row is None else _unpacked(row, model)

    def _key(self, path: Path) -> bytes:
        return os.fsencode(seen_from(self._folder, path))

    def _path(self, key: bytes) -> Path:
        return seen_to(self._folder, os.fsdecode(key))

    def _one(self, query: str, values: tuple[Any, ...] = ()) -> Any:
        with self._lock, self._errors():
            return self._database.execute(query, values).fetchone()

    def _all(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._lock, self._errors():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database.execute
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _writing_many(self) -> Iterator[Any]:
        with self._writing():
            yield self._database.executemany

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ScoreStoreError(f"{self.path}: the score database failed: {error}") from error


def _unpacked(row: Any, model: ModelKey) -> KeptScores:
    scores, features, width, height = row
    return KeptScores(unpack_scores(scores, model.tags), features, width, height)
