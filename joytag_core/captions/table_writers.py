"""How are rows written into one table of each format?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from .parquet import ParquetRows, Row, extended_schema


class TableWriter(Protocol):
    """Take rows, and end the table."""

    def put(self, rows: Iterable[Row]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is left."""


def make_table(form: str, path: Path, columns: Sequence[str], *, before: Path) -> TableWriter:
    """Begin a table of texts as jsonl, hf, csv, kohya or parquet; the columns of one `before` keep their types.

    Raises:
        OSError: it cannot be written.
        SettingError: parquet, without pyarrow.
    """
    if form == "parquet":
        return ParquetRows(path, extended_schema(before, columns))
    if form == "csv":
        return Csv(path, columns)
    return _Kohya(path) if form == "kohya" else JsonLines(path)


class JsonLines:
    """Write an object a line."""

    def __init__(self, path: Path) -> None:
        """Begin the file; raises OSError."""
        self._file: TextIO = path.open("w", encoding="utf-8", newline="\n")

    def put(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Csv:
    """Write a header and a line a row; lists and mappings as JSON in their cells, nothing as nothing."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Begin the file; raises OSError."""
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.DictWriter(self._file, columns, restval="", lineterminator="\n")
        self._rows.writeheader()

    def put(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        for row in rows:
            self._rows.writerow({name: _cell(value) for name, value in row.items()})

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


class _Kohya:
    """Write one JSON object, a picture a line: `{"path": {"tags": "..."}}`."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", newline="\n")
        self._file.write("{")
        self._before = "\n"

    def put(self, rows: Iterable[Row]) -> None:
        for row in rows:
            entry = {name: value for name, value in row.items() if name != "path"}
            self._file.write(f"{self._before}{json.dumps(row['path'])}: {json.dumps(entry, ensure_ascii=False)}")
            self._before = ",\n"

    def close(self) -> None:
        self._file.write("\n}\n")
        self._file.close()
