"""How are all captions written as one table: JSON lines, CSV, Parquet, kohya's metadata, a Hugging Face folder?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from ..errors import CaptionError, reason_of
from ..whole_files import whole_file
from .composing import Composer
from .fingerprints import FileState
from .outputs import Change, Plan
from .parquet import Row, pyarrow
from .paths import absolute, readable, seen_from
from .scoring import Found
from .table_writers import TableWriter, make_table

TABLE_NAMES = {
    "jsonl": "captions.jsonl", "csv": "captions.csv", "parquet": "captions.parquet", "kohya": "meta_tags.json",
    "hf": "metadata.jsonl",
}  # fmt: skip
"""The table of each format where no other name is given."""

_KEYS = {"hf": "file_name"}
_TEXTS = {"kohya": "tags"}


class TableOutput:
    """Collect captions in a table that takes its place at the end, whole; rows of other pictures in it stay."""

    def __init__(self, path: Path, form: str) -> None:
        """Take the table's file and one of the formats of `TABLE_NAMES`.

        Raises:
            SettingError: parquet, without pyarrow.
            CaptionError: the table is there and cannot be read.
        """
        self.path = path
        self._key, self._text = _KEYS.get(form, "path"), _TEXTS.get(form, "text")
        self._folder = absolute(path.parent)
        self._is_absolute = form == "kohya"
        self._seen = _state_of(path)
        self._there: dict[str, Row] = {}
        self._more: dict[str, list[Row]] = {}
        for row in _read(path, form, self._key, self._text):
            name = self._normal(str(row[self._key]))
            if name in self._there:  # several captions of one picture: the first is worked on, all stay
                self._more.setdefault(name, []).append(row)
            else:
                self._there[name] = row
        self._stack = ExitStack()
        self._form = form
        self._writer: TableWriter | None = None

    def is_there(self, plan: Plan) -> bool:
        """Say whether the table has a row for a picture."""
        return self._there.get(self._key_of(plan), {}).get(self._text) is not None

    def keep(self, plan: Plan) -> None:
        """Take a picture's row over as it is."""
        key = self._key_of(plan)
        self._put(self._there.pop(key, {self._key: key}), *self._more.pop(key, ()))

    def change(self, plan: Plan, composer: Composer, found: Found) -> Change:
        """Return what becomes of a picture's text."""
        before = self._there.get(self._key_of(plan), {}).get(self._text)
        return Change(plan, before, composer.caption(plan.picture, found.scores, before))

    def write(self, change: Change) -> None:
        """Put a row; its other columns stay."""
        key = self._key_of(change.plan)
        row = self._there.pop(key, {self._key: key})
        self._put({**row, self._text: change.after}, *self._more.pop(key, ()))

    def finish(self) -> None:
        """Put the rows of pictures that were not met again, and replace the table.

        Raises:
            CaptionError: it cannot be written, or somebody else has changed it since it was read; then it stays.
        """
        for key, row in self._there.items():
            self._put(row, *self._more.get(key, ()))
        self._there, self._more = {}, {}
        self._writing()
        if _state_of(self.path) != self._seen:
            raise CaptionError(
                f"{self.path}: somebody changed the table in the meantime; it is left alone. Run again: the scores are "
                "kept, unless --no-scores was given"
            )
        self._close()

    def abandon(self) -> None:
        """Forget the new table; the old one stays."""
        with suppress(KeyboardInterrupt):
            self._stack.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    def _key_of(self, plan: Plan) -> str:
        if self._is_absolute:
            return readable(absolute(plan.picture))
        return readable(Path(seen_from(self._folder, plan.picture)).as_posix())

    def _normal(self, name: str) -> str:
        """Return a picture's name in a table as `_key_of` names it, however it is spelled there."""
        if self._is_absolute:
            return absolute(Path(name))
        return Path(seen_from(self._folder, Path(self._folder, name))).as_posix()

    def _put(self, *rows: Row) -> None:
        try:
            self._writing().put(rows)
        except OSError as error:
            raise CaptionError(f"{self.path}: the table cannot be written: {error.strerror}") from error

    def _writing(self) -> TableWriter:
        if self._writer is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                temporary = self._stack.enter_context(whole_file(self.path))
                rows = [*self._there.values(), *(row for more in self._more.values() for row in more)]
                columns = [self._key, self._text, *_columns(rows, {self._key, self._text})]
                self._writer = make_table(self._form, temporary, columns, before=self.path)
                self._stack.callback(self._writer.close)
            except OSError as error:
                raise CaptionError(f"{self.path}: the table cannot be written: {error.strerror}") from error
        return self._writer

    def _close(self) -> None:
        try:
            self._stack.close()
        except OSError as error:
            raise CaptionError(f"{self.path}: the table cannot be written: {error.strerror}") from error


def _state_of(path: Path) -> FileState | None:
    try:
        return FileState.of(path)
    except OSError:
        return None


def _columns(rows: Any, known: set[str]) -> list[str]:
    return [name for name in dict.fromkeys(name for row in rows for name in row) if name not in known]


def _read(path: Path, form: str, key: str, text: str) -> Iterator[Row]:
    if form == "parquet":
        pyarrow()
    if not path.exists():
        return
    try:
        for number, row in enumerate(_rows(path, form), start=1):
            _check(row, f"row {number}", key, text)
            yield row
    except (OSError, ValueError, csv.Error, AttributeError) as error:
        raise CaptionError(f"{path}: the table that is there cannot be read as {form}: {reason_of(error)}") from error


def _check(row: Any, where: str, key: str, text: str) -> None:
    if not isinstance(row, dict):
        raise ValueError(f"{where} is {row!r}; expected an object")
    if None in row:  # csv's way to keep cells beyond the columns
        raise ValueError(f"{where} has more cells than the header: is a comma unquoted?")
    if not isinstance(row.get(key), str):
        raise ValueError(f"{where} has no text in the column {key!r}")
    if not isinstance(row.get(text, ""), str | None):
        raise ValueError(f"{where} has {row[text]!r} in the column {text!r}; expected text, or nothing")


def _rows(path: Path, form: str) -> Iterator[Row]:
    if form == "parquet":
        for batch in pyarrow().parquet.ParquetFile(str(path)).iter_batches():
            yield from batch.to_pylist()
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        if form == "kohya":
            for name, entry in json.load(file).items():
                yield {**entry, "path": name} if isinstance(entry, dict) else entry
        elif form == "csv":
            yield from csv.DictReader(file)
        else:
            yield from (json.loads(line) for line in file if line.strip())
