"""Is a PNG read whatever metadata it carries, large or broken?"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, features

from joytag_core.pictures.files import load_picture
from joytag_core.pictures.inputs import open_picture
from joytag_core.pictures.png import SIGNATURE, without_metadata
from joytag_core.pictures.rgb import to_rgb
from tests.sample_pictures import same, upright, wide_profile

EXIF_ORIENTATION = 0x0112
HEADER_END = 33
LARGE = zlib.compress(b"y" * 2_000_000)
NOISY = bytes(range(256)) * 8_000
"""Two megabytes."""


def chunk(kind: bytes, data: bytes, *, checksum: int | None = None) -> bytes:
    """Return a PNG chunk, with a checksum of its own or another."""
    right = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", right if checksum is None else checksum)


def png(picture: Image.Image | None = None, *, more: bytes = b"", behind: bytes = b"", exif: bytes = b"") -> bytes:
    """Return a PNG with chunks added before and behind the pixels."""
    buffer = io.BytesIO()
    (picture or upright()).save(buffer, "PNG", **({"exif": exif} if exif else {}))
    content = buffer.getvalue()
    return content[:HEADER_END] + more + content[HEADER_END:-12] + behind + content[-12:]


METADATA = {
    "zTXt": chunk(b"zTXt", b"k\0\0" + LARGE),
    "iTXt": chunk(b"iTXt", b"k\0\1\0\0\0" + LARGE),
    "iTXt plain": chunk(b"iTXt", b"workflow\0\0\0\0\0" + NOISY),
    "tEXt": chunk(b"tEXt", b"workflow\0" + NOISY),
    "iCCP": chunk(b"iCCP", b"p\0\0" + LARGE),
    "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LARGE),
    "raw exif": chunk(b"zTXt", b"Raw profile type exif\0\0" + LARGE),
    "many": chunk(b"zTXt", b"k\0\0" + zlib.compress(b"y" * 1_000_000)) * 70,
    "wrong text checksum": chunk(b"tEXt", b"k\0v", checksum=1),
    "wrong pHYs checksum": chunk(b"pHYs", b"\0" * 9, checksum=1),
    "wrong tRNS checksum": chunk(b"tRNS", b"\0" * 6, checksum=1),
    "wrong eXIf checksum": chunk(b"eXIf", b"MM\0*", checksum=1),
    "short pHYs": chunk(b"pHYs", b"\0"),
    "short gAMA": chunk(b"gAMA", b""),
    "broken zTXt": chunk(b"zTXt", b"k\0\0nothing packed"),
    "empty texts": chunk(b"zTXt", b"") + chunk(b"iTXt", b"") + chunk(b"tEXt", b""),
    "unknown": chunk(b"vpAg", NOISY),
}


@pytest.mark.parametrize("name", METADATA)
@pytest.mark.parametrize("place", ["more", "behind"])
def test_metadata_of_any_size_changes_no_pixel(tmp_path: Path, name: str, place: str) -> None:
    """Before the pixels and behind them, in a file and as its content."""
    content = png(**{place: METADATA[name]})
    (tmp_path / "a.png").write_bytes(content)
    assert same(upright(), load_picture(tmp_path / "a.png"))
    assert same(upright(), open_picture(content))


@pytest.mark.parametrize("name", ["zTXt", "iTXt", "iCCP", "wrong text checksum", "broken zTXt"])
def test_metadata_behind_the_pixels_of_an_opened_picture_changes_none(name: str) -> None:
    """What a host has opened is read to its end when it is decoded."""
    with Image.open(io.BytesIO(png(behind=METADATA[name]))) as opened:
        assert same(upright(), to_rgb(opened))


@pytest.mark.parametrize("place", ["more", "behind"])
def test_orientation_is_kept(place: str) -> None:
    """In its own chunk and in texts, before the pixels; in its own behind them too."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    stored = upright().rotate(90, expand=True)
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    packed = zlib.compress(xmp)
    for more in (
        chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packed),
    ):
        assert same(upright(), open_picture(png(stored, **{place: more})))


@pytest.mark.parametrize("packed", [False, True])
def test_orientation_is_found_in_metadata_of_any_size(*, packed: bool) -> None:
    """Cameras write thumbnails and notes beside it, editors their history."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    stored = upright().rotate(90, expand=True)
    body = exif.tobytes().removeprefix(b"Exif\0\0") + NOISY
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>' + b" " * 2_000_000
    profile = b"\nexif\n%8d\n" % (len(body) + 6) + (b"Exif\0\0" + body).hex().encode()
    for more in (
        chunk(b"eXIf", body),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp))
        if packed
        else chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))
        if packed
        else chunk(b"tEXt", b"Raw profile type exif\0" + profile),
    ):
        assert same(upright(), open_picture(png(stored, more=more)))


@pytest.mark.skipif(not features.check("littlecms2"), reason="this Pillow converts no colours")
@pytest.mark.parametrize("padding", [0, 600_000, 5_000_000])
def test_a_profile_of_any_size_is_heeded_as_in_other_formats(padding: int) -> None:
    """Printers', scanners' and cameras' have some megabytes."""
    padded = wide_profile() + bytes(padding)
    profile = struct.pack(">I", len(padded)) + padded[4:]
    picture = Image.new("RGB", (4, 4), (200, 40, 60))
    found = []
    for kind in ("PNG", "TIFF"):
        file = io.BytesIO()
        picture.save(file, kind, icc_profile=profile)
        found.append(open_picture(file.getvalue()))
    assert same(*found)
    assert not same(picture, found[0])


def test_a_transparent_colour_of_16_bits_is_kept() -> None:
    """Pillow gives the colours in 8 bits, and that one in 16."""
    rows = b"".join(b"\0" + struct.pack(">6H", 0x1234, 0x5678, 0x9ABC, 1, 2, 0x8000) for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)
    transparent = chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x5678, 0x9ABC))
    content = (
        SIGNATURE + chunk(b"IHDR", header) + transparent + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    found = open_picture(content)
    assert [(255, 255, 255), (0, 0, 128)] == [found.getpixel((x, 0)) for x in range(2)]
    with Image.open(io.BytesIO(content)) as opened:
        assert same(found, to_rgb(opened))


def test_transparency_is_kept() -> None:
    """The chunk that says which colour is see-through decides pixels."""
    picture = Image.new("RGB", (2, 1), (9, 9, 9))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", transparency=(9, 9, 9))
    assert (255, 255, 255) == open_picture(buffer.getvalue()).getpixel((0, 0))


def test_only_what_decides_pixels_is_left() -> None:
    """The rest is not copied, an animation's later frames included; what is behind the end is no part of it."""
    content = png(more=METADATA["tEXt"] + chunk(b"acTL", b"\0\0\0\2\0\0\0\0"), behind=chunk(b"fdAT", NOISY))
    assert (png(), None) == without_metadata(content + NOISY)


@pytest.mark.parametrize("end", [8, 20, 33, 40, 60])
def test_a_cut_off_file_is_left_as_it_is(end: int) -> None:
    """So that the decoder says what is wrong with it."""
    assert (png()[:end], None) == without_metadata(png()[:end])
