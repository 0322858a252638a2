"""What is in a shard's table, and how is it written?"""

from __future__ import annotations

from pathlib import Path

from .parquet import ParquetRows, schema_of
from .table_writers import Csv, JsonLines, TableWriter

SHARD_FORMATS = ("jsonl", "csv", "parquet")

COLUMNS = {"key": "text", "tags": "texts", "text": "text", "scores": "scores", "error": "text"}
"""The columns of a shard's table, with the kinds that they have in Parquet."""


def make_shard_table(form: str, path: Path) -> TableWriter:
    """Begin a table in one of `SHARD_FORMATS`; raises OSError, and SettingError where pyarrow is not there."""
    if form == "parquet":
        return ParquetRows(path, schema_of(**COLUMNS))
    return Csv(path, list(COLUMNS)) if form == "csv" else JsonLines(path)
