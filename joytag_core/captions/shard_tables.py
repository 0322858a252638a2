"""How is one shard's table written, some rows at a time?"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Protocol, TextIO

from .tables import pyarrow

Row = dict[str, Any]

SHARD_FORMATS = ("jsonl", "csv", "parquet")


class ShardTable(Protocol):
    """Take rows of key, tags, text, scores and error."""

    def put(self, rows: list[Row]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is left."""


def make_shard_table(form: str, path: Path) -> ShardTable:
    """Begin a table in one of `SHARD_FORMATS`; raises OSError, and SettingError where pyarrow is not there."""
    kinds: dict[str, Any] = {"jsonl": _JsonLines, "csv": _Csv, "parquet": _Parquet}
    table: ShardTable = kinds[form](path)
    return table


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", newline="\n")

    def put(self, rows: list[Row]) -> None:
        self._file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def close(self) -> None:
        self._file.close()


class _Csv:
    """Write lists and scores as JSON in their cells."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(("key", "tags", "text", "scores", "error"))

    def put(self, rows: list[Row]) -> None:
        for row in rows:
            cells = (json.dumps(row[name], ensure_ascii=False) for name in ("tags", "scores"))
            tags, scores = cells
            self._rows.writerow((row["key"], tags, row["text"], scores, row["error"] or ""))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """Write row groups of some thousand pictures: key, text and error strings, tags a list, scores a map."""

    _GROUP = 2000

    def __init__(self, path: Path) -> None:
        self._arrow = arrow = pyarrow()
        text = arrow.string()
        self._schema = arrow.schema({
            "key": text, "tags": arrow.list_(text), "text": text, "scores": arrow.map_(text, arrow.float32()),
            "error": text,
        })  # fmt: skip
        self._writer = arrow.parquet.ParquetWriter(str(path), self._schema)
        self._rows: list[Row] = []

    def put(self, rows: list[Row]) -> None:
        self._rows += [{**row, "scores": list(row["scores"].items())} for row in rows]
        if len(self._rows) >= self._GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
            self._rows = []
