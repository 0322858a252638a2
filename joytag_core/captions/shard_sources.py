"""Which pictures does a shard hold: a webdataset tar, a table in Parquet, or a folder; here or at an address?"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from ..errors import CaptionError, SettingError
from ..pictures.folders import find_pictures
from ..pictures.formats import SUFFIXES
from .addresses import file_system, is_address
from .parquet import pyarrow
from .paths import readable

_TARS = (".tar", ".tgz", ".tar.gz")
_ROWS = 32
"""Rows of a table at a time: pictures of some megabytes each."""

_READ_BYTES = 1 << 20
_KEYS = ("key", "__key__")


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one picture of a shard: its key, its name for messages, and what reads the file's bytes (or OSError)."""

    key: str
    name: str
    read: Callable[[], bytes]


def samples_of(shard: str, *, image_column: str = "image") -> Iterator[Sample]:
    """Yield a shard's pictures in its own order, some in memory at a time.

    A tar's keys are webdataset's, a folder's are paths below it; a table's are its column `key` or `__key__`, else the
    path that stands beside the picture's bytes, else the row's number.

    Raises:
        CaptionError: it cannot be read to its end, or is not there.
        SettingError: it needs a library that is not installed.
    """
    try:
        if shard.endswith(".parquet"):
            yield from _in_table(shard, image_column)
        elif shard.endswith(_TARS) or not _is_folder(shard):
            yield from _in_tar(shard)
        elif is_address(shard):
            yield from _in_remote_folder(shard)
        else:
            yield from _in_folder(Path(shard))
    except (SettingError, CaptionError):
        raise
    except FileNotFoundError as error:
        raise CaptionError(f"{shard}: there is no such shard") from error
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:  # ValueError: what pyarrow says of broken files
        raise CaptionError(f"{shard}: the shard cannot be read to its end: {error}") from error


def _in_tar(shard: str) -> Iterator[Sample]:
    with _opened(shard) as file, tarfile.open(fileobj=file, mode="r|*") as tar:
        for member in tar:
            if member.isfile() and PurePosixPath(member.name).suffix.lower() in SUFFIXES:
                content = cast(BinaryIO, tar.extractfile(member)).read()
                yield Sample(_key_of(member.name), f"{shard}/{readable(member.name)}", partial(bytes, content))


def _in_table(shard: str, column: str) -> Iterator[Sample]:
    parquet = pyarrow().parquet
    with _opened(shard) as file:
        table = parquet.ParquetFile(file, pre_buffer=False, buffer_size=_READ_BYTES)
        names = table.schema_arrow.names
        if column not in names:
            raise CaptionError(f"{shard}: the table has no column {column!r}; its columns are {', '.join(names)}")
        keys = next((name for name in _KEYS if name in names), None)
        number = 0
        for rows in table.iter_batches(_ROWS, columns=[column, *([keys] if keys else [])]):
            for row in rows.to_pylist():
                content, path = _picture_in(row[column])
                key = str(row[keys]) if keys else path or str(number)
                yield Sample(key, f"{shard}/{key}", partial(_content, content, path))
                number += 1


def _picture_in(cell: Any) -> tuple[bytes | None, str]:
    """Return a picture's bytes and path: a cell is bytes, or Hugging Face's pair of both; None for no bytes."""
    if isinstance(cell, dict):
        return cell.get("bytes"), str(cell.get("path") or "")
    return (cell if isinstance(cell, bytes) else None), ""


def _content(content: bytes | None, path: str) -> bytes:
    if content is None:
        held = f"only the path {path!r}; embed the pictures' bytes" if path else "nothing"
        raise OSError(f"its row holds no bytes, but {held}")
    return content


def _in_folder(folder: Path) -> Iterator[Sample]:
    for path in find_pictures([folder], recursive=True):
        yield Sample(readable(path.relative_to(folder).as_posix()), readable(str(path)), path.read_bytes)


def _in_remote_folder(shard: str) -> Iterator[Sample]:
    system, root = file_system(shard.rstrip("/"))
    for path in sorted(system.find(root)):
        if PurePosixPath(path).suffix.lower() in SUFFIXES:
            below = path[len(root) :].lstrip("/")
            yield Sample(below, f"{shard.rstrip('/')}/{below}", partial(system.cat_file, path))


def _is_folder(shard: str) -> bool:
    if not is_address(shard):
        return Path(shard).is_dir()
    system, path = file_system(shard)
    return bool(system.isdir(path))


@contextmanager
def _opened(shard: str) -> Iterator[Any]:
    if not is_address(shard):
        with Path(shard).open("rb") as file:
            yield file
        return
    system, path = file_system(shard)
    with system.open(path, "rb") as file:
        yield file


def _key_of(name: str) -> str:
    """Return webdataset's key: the name up to the first dot of its last part."""
    folder, slash, base = readable(name).rpartition("/")
    return folder + slash + base.partition(".")[0]
