"""How are files read and written that lie at an address such as s3://, or in a folder of this machine?"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from ..errors import SettingError
from ..whole_files import whole_file, write_whole

_SCHEME = re.compile(r"[a-zA-Z][\w.+-]+(::[\w.+-]+)*://")


def is_address(name: str) -> bool:
    """Say whether a name is an address with a scheme, as `s3://bucket/data.tar`, and no path of this machine."""
    return _SCHEME.match(name) is not None


def file_system(address: str) -> tuple[Any, str]:
    """Return fsspec's file system for an address, and the path there.

    Raises:
        SettingError: fsspec, or what it needs for the scheme, is not installed, or there is no such scheme.
    """
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise SettingError(
            f"{address}: addresses need fsspec and what it needs for the scheme, as s3fs for s3://: {error}"
        ) from error
    except ValueError as error:
        raise SettingError(f"{address}: the address is none that fsspec knows: {error}") from error
    return system, path


class Place(Protocol):
    """Hold files by name; each is there whole or not at all."""

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, None where there is none; raises OSError."""

    def opened(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for reading; raises OSError, as FileNotFoundError where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file there; raises OSError."""

    def writing(self, name: str) -> Any:
        """Give a `with` block a path to write a file's content to; raises OSError."""


def place_of(folder: str) -> Place:
    """Return a folder, or an address, as a place; raises SettingError as `file_system`."""
    return _Remote(folder) if is_address(folder) else _Folder(Path(folder))


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def opened(self, name: str) -> BinaryIO:
        return (self._folder / name).open("rb")

    def write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / name, content)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self._folder / name) as temporary:
            yield temporary


class _Remote:
    """Write here first, then send the file whole: object stores show an object when all of it has come."""

    def __init__(self, address: str) -> None:
        self._system, self._path = file_system(address.rstrip("/"))

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self._system.cat_file(f"{self._path}/{name}"))
        except FileNotFoundError:
            return None

    def opened(self, name: str) -> AbstractContextManager[BinaryIO]:
        return cast(AbstractContextManager[BinaryIO], self._system.open(f"{self._path}/{name}", "rb"))

    def write(self, name: str, content: bytes) -> None:
        self._system.makedirs(self._path, exist_ok=True)
        self._system.pipe_file(f"{self._path}/{name}", content)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="joytag-") as folder:
            path = Path(folder) / name
            yield path
            self._system.makedirs(self._path, exist_ok=True)
            self._system.put_file(str(path), f"{self._path}/{name}")
