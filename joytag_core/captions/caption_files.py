"""What does a caption file say, whatever wrote it?"""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import CaptionError
from ..texts import encoding_of

_FOREIGN = re.compile(rb"[\x80-\xff]{3}|[\x82\x83\x86-\x89\x98]|\x94[A-Za-z]")
"""What no Western text holds: three letters beyond ASCII in a row (Cyrillic, Chinese), and what Japanese begins with in
Shift-JIS, which would be daggers, a florin sign, or a closing quotation mark before a letter."""

_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]")
"""What is in no text, but in pictures and databases that have a caption's name."""


def read_caption(path: Path) -> bytes | None:
    """Return a caption file's bytes, None where there is none.

    Raises:
        CaptionError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CaptionError(f"{path}: the caption cannot be read: {error.strerror}") from error


def caption_text(content: bytes) -> str:
    """Return the text of a caption in UTF-8, UTF-16 or UTF-32, with or without a mark, or else cp1252.

    Line ends at the end are not part of it. No bytes are an error: what cp1252 does not define becomes U+FFFD.
    """
    mark, encoding = encoding_of(content)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        text = content[len(mark) :].decode(encoding if mark else "cp1252", "replace")
    return text.rstrip("\r\n")


def is_text(text: str) -> bool:
    """Say whether what was read as a caption's text can be one: no text holds control characters."""
    return not _CONTROL.search(text)


def editable_text(path: Path, content: bytes) -> str:
    """Return the text of a caption that is to be written back with changes.

    Raises:
        CaptionError: it is likely in another encoding than those of `caption_text`, so that its words would be lost.
    """
    text = caption_text(content)
    if not is_text(text) or not _is_sure(content, text):
        raise CaptionError(f"{path}: the caption is in no encoding that is known here; save it as UTF-8")
    return text


def _is_sure(content: bytes, text: str) -> bool:
    """Say whether a text was read rightly: cp1252 can hardly be wrong, so what is hardly Western is no such text."""
    mark, encoding = encoding_of(content)
    if mark or encoding != "utf-8" or text.isascii():
        return "\ufffd" not in text
    if _is_utf_8(content):
        return True
    has_sequences = not content.decode("utf-8", "ignore").isascii()  # UTF-8 with something broken in it
    return "\ufffd" not in text and not has_sequences and not _FOREIGN.search(content)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def caption_bytes(text: str) -> bytes:
    """Return a caption file's bytes: UTF-8, one line end at the end."""
    return (text + "\n").encode("utf-8", "replace")
