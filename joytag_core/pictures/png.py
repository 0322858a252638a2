"""What of a PNG decides its pixels? That alone is handed to the decoder.

Pillow refuses a picture for metadata that unpacks to over 1 MiB (a workflow, a colour profile) or with a wrong
checksum; no pixel depends on those, but for orientation and colours, which are unpacked here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_LARGEST_METADATA = 1 << 24
_KEPT = frozenset({b"tRNS", b"eXIf"})
_ORIENTATION_KEYS = frozenset({b"Raw profile type exif", b"XML:com.adobe.xmp"})
"""Under which names texts hold an orientation."""


class PngParts(NamedTuple):
    """Hold a PNG's content without what its pixels do not depend on, and its colour profile, if any, unpacked."""

    content: bytes
    profile: bytes | None


def without_metadata(content: bytes) -> PngParts:
    """Return of a PNG's content what decides its pixels, its orientation and its colours, and nothing else.

    An animation's frames go too: what is left is its first frame. What is broken in the rest stays broken.
    """
    profiles: list[bytes] = []
    kept = b"".join([SIGNATURE, *_kept_chunks(memoryview(content), profiles)])
    return PngParts(kept, profiles[0] if profiles else None)


def _kept_chunks(content: memoryview, profiles: list[bytes]) -> Iterator[memoryview | bytes]:
    """Yield the chunks to keep; a colour profile goes to `profiles`."""
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 12 + length
        kind = bytes(content[place + 4 : place + 8])
        if end > len(content):
            break
        if not kind[0] & 0x20:  # PNG 5.4: the case of the first letter says what is critical
            yield content[place:end]
        elif length <= _LARGEST_METADATA and _is_whole(content[place + 4 : end]):
            data = bytes(content[place + 8 : end - 4])
            if kind == b"iCCP":
                profiles += _unpacked(data.partition(b"\0")[2][1:])
            elif kind in _KEPT:
                yield content[place:end]
            else:
                yield from _orientation(kind, data)
        if kind == b"IEND":
            return
        place = end
    yield content[place:]


def _is_whole(kind_data_and_checksum: memoryview) -> bool:
    return zlib.crc32(kind_data_and_checksum[:-4]) == int.from_bytes(kind_data_and_checksum[-4:], "big")


def _orientation(kind: bytes, data: bytes) -> Iterator[bytes]:
    """Yield a text that may hold an orientation, as a chunk that Pillow need not unpack."""
    key, _, value = data.partition(b"\0")
    if key not in _ORIENTATION_KEYS:
        return
    if kind == b"tEXt":
        yield _chunk(b"tEXt", data)
    elif kind == b"zTXt":
        yield from (_chunk(b"tEXt", key + b"\0" + text) for text in _unpacked(value[1:]))
    elif kind == b"iTXt":
        language, _, rest = value[2:].partition(b"\0")
        translated, _, text = rest.partition(b"\0")
        plain = _unpacked(text) if value[:1] == b"\1" else [text]
        start = key + b"\0\0\0" + language + b"\0" + translated + b"\0"
        yield from (_chunk(b"iTXt", start + one) for one in plain)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _unpacked(packed: bytes) -> list[bytes]:
    """Return what was packed; nothing where that is broken, cut off or unpacks to too much."""
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(packed, _LARGEST_METADATA)
    except zlib.error:
        return []
    return [] if unpacking.unconsumed_tail or not unpacking.eof else [found]
