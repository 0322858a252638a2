"""What does a caption file say, whatever wrote it?"""

from __future__ import annotations

import codecs
from pathlib import Path

from ..errors import CaptionError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # UTF-32's little-endian mark begins with UTF-16's


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
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace").rstrip("\r\n")
    return content.decode(_encoding_of(content), "replace").rstrip("\r\n")


def _encoding_of(content: bytes) -> str:
    """Tell encodings without a mark apart: text in UTF-16 is full of zero bytes, and text in UTF-8 has none."""
    if b"\0" in content and len(content) % 2 == 0:
        return "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def caption_bytes(text: str) -> bytes:
    """Return a caption file's bytes: UTF-8, one line end at the end."""
    return (text + "\n").encode("utf-8", "replace")
