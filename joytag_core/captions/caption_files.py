"""What does a caption file say, whatever wrote it?"""

from __future__ import annotations

from pathlib import Path

from ..errors import CaptionError
from ..texts import encoding_of


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


def caption_bytes(text: str) -> bytes:
    """Return a caption file's bytes: UTF-8, one line end at the end."""
    return (text + "\n").encode("utf-8", "replace")
