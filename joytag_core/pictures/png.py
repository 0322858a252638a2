"""What of a PNG decides its pixels? That alone is handed to the decoder.

Pillow refuses a picture for metadata over 1 MiB (a workflow, a colour profile) or with a wrong checksum; no pixel
depends on those.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_LARGEST_METADATA = 1 << 19  # half of Pillow's own limit
_KEPT = frozenset({b"tRNS", b"eXIf", b"iCCP"})
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_ORIENTATION_KEYS = frozenset({b"Raw profile type exif", b"XML:com.adobe.xmp"})
"""Under which names texts hold an orientation."""


def without_metadata(content: bytes) -> bytes:
    """Return a PNG's content with what decides its pixels, its orientation and its colours, and nothing else.

    An animation's frames go too: what is left is its first frame. What is broken in the rest stays broken.
    """
    return b"".join([SIGNATURE, *_kept_chunks(memoryview(content))])


def _kept_chunks(content: memoryview) -> Iterator[memoryview]:
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 12 + length
        kind = bytes(content[place + 4 : place + 8])
        if end > len(content):
            break
        is_critical = not kind[0] & 0x20  # PNG 5.4: the case of the first letter
        if is_critical or _matters(kind, content[place + 4 : end - 4], content[end - 4 : end]):
            yield content[place:end]
        if kind == b"IEND":
            return
        place = end
    yield content[place:]


def _matters(kind: bytes, kind_and_data: memoryview, checksum: memoryview) -> bool:
    if kind not in _KEPT and kind not in _TEXTS:
        return False
    if zlib.crc32(kind_and_data) != int.from_bytes(checksum, "big"):
        return False
    data = bytes(kind_and_data[4 : 4 + _LARGEST_METADATA + 1])
    if len(data) > _LARGEST_METADATA:
        return False
    key, _, value = data.partition(b"\0")
    if kind == b"iCCP" or (kind == b"zTXt" and key in _ORIENTATION_KEYS):
        return _is_small_when_unpacked(value[1:])
    if kind == b"iTXt" and key in _ORIENTATION_KEYS:
        text = value[2:].split(b"\0", 2)[-1]  # behind language and translated key
        return value[:1] != b"\1" or _is_small_when_unpacked(text)
    return kind in _KEPT or key in _ORIENTATION_KEYS


def _is_small_when_unpacked(packed: bytes) -> bool:
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, _LARGEST_METADATA)
    except zlib.error:
        return False
    return not unpacking.unconsumed_tail
