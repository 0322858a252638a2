"""How are rows written as a table in Parquet, and what columns has one?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import SettingError

Row = dict[str, Any]

_GROUP = 2000
"""Rows that are written at once."""


def pyarrow() -> Any:
    """Return the module that reads and writes Parquet.

    Raises:
        SettingError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise SettingError("the format parquet needs pyarrow: `pip install pyarrow`, or take jsonl or csv") from error
    return pyarrow


class ParquetRows:
    """Write rows in groups; what a row lacks is null, and a map may be given as a mapping."""

    def __init__(self, path: Path, schema: Any) -> None:
        """Begin the file with pyarrow's schema of it; raises OSError, and SettingError without pyarrow."""
        self._arrow = pyarrow()
        self._schema = schema
        self._maps = [field.name for field in schema if self._arrow.types.is_map(field.type)]
        self._writer = self._arrow.parquet.ParquetWriter(str(path), schema)
        self._rows: list[Row] = []

    def put(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._rows += map(self._with_pairs, rows)
        if len(self._rows) >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._writer.close()

    def _with_pairs(self, row: Row) -> Row:
        maps = {name: list(row[name].items()) for name in self._maps if isinstance(row.get(name), dict)}
        return {**row, **maps} if maps else row

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
            self._rows = []


def schema_of(**columns: str) -> Any:
    """Return a schema of columns that hold "text", "texts", "number" or "scores" (text to float32)."""
    arrow = pyarrow()
    text = arrow.string()
    kinds = {
        "text": text, "texts": arrow.list_(text), "number": arrow.int32(), "scores": arrow.map_(text, arrow.float32()),
    }  # fmt: skip
    return arrow.schema([(name, kinds[kind]) for name, kind in columns.items()])


def columns_of(file: Any) -> list[str]:
    """Return the names of a table's columns, of an open file; none where it is no Parquet."""
    arrow = pyarrow()
    try:
        return list(arrow.parquet.read_schema(file).names)
    except arrow.ArrowInvalid:
        return []


def extended_schema(path: Path, columns: Iterable[str]) -> Any:
    """Return the schema of a table that is there, its types and metadata kept, with columns of text that it lacks."""
    arrow = pyarrow()
    schema = arrow.parquet.read_schema(str(path)) if path.exists() else arrow.schema([])
    nullable = arrow.schema([field.with_nullable(True) for field in schema], metadata=schema.metadata)
    for name in columns:
        if name not in nullable.names:
            nullable = nullable.append(arrow.field(name, arrow.string()))
    return nullable
