"""Which text do the bytes of a file hold?"""

from __future__ import annotations

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
"""What marks of byte order say; the longer ones first, since one begins with another."""

_LOOKED_AT = 200


def decoded(content: bytes) -> str:
    """Return the text of some bytes without their mark of byte order, read as `encoding_of` says.

    Raises:
        UnicodeDecodeError: they are no such text.
    """
    mark, encoding = encoding_of(content)
    return content[len(mark) :].decode(encoding)


def encoding_of(content: bytes) -> tuple[bytes, str]:
    """Return the mark of byte order that some bytes begin with, and the encoding that it says.

    Without a mark it is UTF-8, or UTF-16 where most letters are ASCII, so that nearly every second byte is zero: a few
    zeros are in any picture.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return mark, encoding
    start = content[:_LOOKED_AT]
    zeros = {"utf-16-be": start[0::2].count(0), "utf-16-le": start[1::2].count(0)}
    likely = max(zeros, key=lambda name: zeros[name])
    return b"", likely if len(content) % 2 == 0 and 4 * zeros[likely] > len(start) else "utf-8"
