"""Which tables does the score database have, and how is it opened?"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import ScoreStoreError

VERSION = 1
APPLICATION = 0x4A54_5363  # "JTSc"
_WAIT_SECONDS = 60.0
_PAGE_BYTES = 32768  # rows of some 1.5 kB leave little of such a page unused
_SUFFIXES = ("", ".sqlite", ".sqlite3", ".db")
"""How an empty file may end that becomes a database: SQLite makes one of any, of an empty caption as well."""

_TABLES = """
CREATE TABLE models(id INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, name TEXT NOT NULL, state BLOB,
    tags BLOB NOT NULL);
CREATE TABLE files(path BLOB PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, content BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE contents(content BLOB NOT NULL, side INTEGER NOT NULL, picture BLOB NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, PRIMARY KEY(content, side)) WITHOUT ROWID;
CREATE TABLE scores(id INTEGER PRIMARY KEY, model INTEGER NOT NULL, picture BLOB NOT NULL, scores BLOB NOT NULL,
    features BLOB);
CREATE UNIQUE INDEX scores_by_picture ON scores(picture, model);
CREATE TABLE captions(path BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
"""
"""files: path (seen from the database's folder), size and time -> digest of the bytes; contents: digest and side, or
what else `view_of` says -> digest of the square; scores: square and model -> packed scores; captions: what was last
written there."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make a database; several processes may, and one at a time writes.

    Raises:
        ScoreStoreError: it cannot be opened, is another program's, or of a later version.
    """
    if path.suffix.lower() not in _SUFFIXES and path.is_file() and not path.stat().st_size:
        raise ScoreStoreError(
            f"{path}: an empty file that is named so is hardly a score database, and is left alone; expected a folder, "
            f"a new file, or one of {', '.join(filter(None, _SUFFIXES))}"
        )
    try:
        # Another thread may look up, under the store's own lock.
        database = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        _prepare(database, path)
    except sqlite3.Error as error:
        raise ScoreStoreError(
            f"{path}: the score database cannot be opened: {error}. Name another place with --scores, or keep none "
            f"with --no-scores"
        ) from error
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    database.execute("PRAGMA busy_timeout=60000")
    if _version(database, path) == 0:
        _make(database, path)
    # A log written ahead survives any kill, and lets others read meanwhile. Where the file system has no shared memory
    # (some networks'), SQLite keeps its old journal, which survives as well.
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")


def _make(database: sqlite3.Connection, path: Path) -> None:
    database.execute("BEGIN EXCLUSIVE")
    try:
        if _version(database, path) == 0:  # another process may have been quicker
            for statement in _TABLES.split(";\n"):
                if statement.strip():
                    database.execute(statement)
            database.execute(f"PRAGMA application_id={APPLICATION}")
            database.execute(f"PRAGMA user_version={VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection, path: Path) -> int:
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    is_empty = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if version == 0 and is_empty:
        return 0
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise ScoreStoreError(f"{path}: this database is not JoyTag's; expected one that JoyTag made, or no file")
    if version > VERSION:
        raise ScoreStoreError(f"{path}: its version is {version}; this JoyTag knows {VERSION}. Update JoyTag")
    return version
