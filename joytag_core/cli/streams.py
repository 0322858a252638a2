"""How does what a command says reach a terminal, a pipe or a file, and how is what is piped in read?"""

from __future__ import annotations

import codecs
import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import SettingError, reason_of
from ..lines import harmless, one_line
from ..texts import decoded

_OWN_BYTES = "joytag_own_bytes"


def set_up_streams() -> None:
    """Let no character end a run: pipes and files get UTF-8, a terminal shows what it cannot write as an escape.

    In a pipe or file, a file's name that is no UTF-8 keeps its own bytes, as `ls` writes them, so that it can be used.
    """
    codecs.register_error(_OWN_BYTES, _own_bytes)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors=_OWN_BYTES)


def say(text: str) -> None:
    """Write a result to standard output, on lines of its own; a pipe or file gets every character as it is.

    Raises:
        OSError: it cannot be written.
    """
    with _bars_aside():
        print(harmless(text) if sys.stdout.isatty() else text, flush=True)


def complain(text: str) -> None:
    """Write what a person should know to standard error; where that is closed or full, there is nobody to tell."""
    with suppress(OSError), _bars_aside():
        print(harmless(text), file=sys.stderr, flush=True)


def complain_of(error: object) -> None:
    """Tell an error; the path that it is about stays on its line."""
    path = getattr(error, "path", None)
    complain(f"error: {error}" if path is None else f"error: {error}".replace(str(path), one_line(path)))


def to_json(value: Any) -> str:
    """Return one line of JSON that is valid UTF-8 in a pipe or file, whatever names are in it.

    What is no character becomes JSON's own escape, from which Python's `os.fsencode` makes the name's bytes again.
    """
    is_utf8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    return json.dumps(value, ensure_ascii=not is_utf8).encode("utf-8", "backslashreplace").decode()


def read_standard_input() -> str:
    """Return what is piped in, UTF-8 or UTF-16.

    Raises:
        SettingError: it is no such text.
    """
    if sys.stdin is None:
        raise SettingError("standard input is closed; expected text there, or as an argument")
    if sys.stdin.isatty():
        complain("reading from the terminal; Ctrl-D (on Windows Ctrl-Z and Enter) on a line of its own ends the text")
    binary = getattr(sys.stdin, "buffer", None)
    if binary is None or sys.stdin.isatty():
        return sys.stdin.read()
    return decode_text(binary.read(), "standard input")


def read_text_file(path: Path) -> str:
    """Return a file's text without its last line end: UTF-8 or UTF-16.

    Raises:
        SettingError: it cannot be read, or is no such text.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise SettingError(f"{path} cannot be read: {reason_of(error)}") from error
    return decode_text(content, str(path)).replace("\r\n", "\n").removesuffix("\n")


def decode_text(content: bytes, source: str) -> str:
    """Return the text of some bytes; `source` names them in the error.

    Raises:
        SettingError: they are neither UTF-8 nor UTF-16.
    """
    try:
        return decoded(content)
    except UnicodeDecodeError as error:
        raise SettingError(
            f"{source} is no UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from error


def close_bars() -> None:
    """Take away what is shown of work that has ended in an error."""
    for bar in list(getattr(_tqdm(), "_instances", ())):
        bar.close()


def silence_output() -> None:
    """Send what is still to be written nowhere, since Python would complain once more at exit."""
    with suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class LogHandler(logging.Handler):
    """Write log lines to standard error without breaking into a bar."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        complain(self.format(record))


@contextmanager
def _bars_aside() -> Iterator[None]:
    """Clear the bars while something is written, and draw them again below it."""
    tqdm = _tqdm()
    if tqdm is None:
        yield
    else:
        with tqdm.external_write_mode(file=sys.stderr):
            yield


def _tqdm() -> Any:
    # Only where a bar has imported it: it is not worth its import for a line of text.
    return getattr(sys.modules.get("tqdm"), "tqdm", None)


def _own_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end]
    try:
        return os.fsencode(part) if os.name != "nt" else part.encode("utf-8", "surrogatepass"), error.end
    except UnicodeEncodeError:
        return part.encode("ascii", "backslashreplace"), error.end
