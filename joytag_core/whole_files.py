"""How is a file written whole or not at all?"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Replace a file's content, text as UTF-8 with its line ends as they are; see `whole_file`.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    with whole_file(path) as temporary:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give the `with` block a path to write to, in the same folder; at its end that takes the file's place.

    If the block raises, or the program is ended, the file is as it was. Its permissions stay, and a link stays a link.
    What is no regular file, such as /dev/stdout, is written to directly.

    Raises:
        OSError: the folder is not there or cannot be written to.
    """
    target = Path(path)
    mode = _mode_of(target, follows=False)
    if mode is not None and stat.S_ISLNK(mode):
        target = Path(os.path.realpath(path))
        mode = _mode_of(target)
    if mode is not None and not stat.S_ISREG(mode):
        yield target
        return
    # A name of its own and short: two writers do not meet, and a long name does not grow too long.
    temporary = target.with_name(f".joytag-{secrets.token_hex(8)}.part")
    try:
        yield temporary
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename in (temporary, str(temporary)):
            error.filename = str(target)  # nobody knows the other
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _mode_of(path: Path, *, follows: bool = True) -> int | None:
    try:
        return path.stat(follow_symlinks=follows).st_mode
    except OSError:  # not there, or not to be looked at: writing tells
        return None
