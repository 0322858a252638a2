"""What does a caption file say, whatever wrote it?"""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import CaptionError
from ..texts import encoding_of

_FOREIGN = re.compile(rb"[\x80-\xff]{3}")
"""Three letters beyond ASCII in a row: Cyrillic, Chinese, Japanese, and no Western language."""


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


def editable_text(path: Path, content: bytes) -> str:
    """Return the text of a caption that is to be written back with changes.

    Raises:
        CaptionError: it is likely in another encoding than those of `caption_text`, so that its words would be lost.
    """
    text = caption_text(content)
    if not _is_sure(content, text):
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
