"""Are pictures of other colour spaces seen as browsers show them, and all others as their bare numbers?"""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from joytag_core.pictures.files import decode_picture
from joytag_core.pictures.inputs import pictures_from
from joytag_core.pictures.reading import Reading
from joytag_core.pictures.rgb import to_rgb
from tests.sample_pictures import same, upright

pytestmark = pytest.mark.skipif(not features.check("littlecms2"), reason="this Pillow converts no colours")

ADOBE_PRIMARIES = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""Red, green and blue of Adobe RGB (1998) as CIE XYZ for D50, from its specification."""
ADOBE_GAMMA = 2.19921875


def wide_profile() -> bytes:
    """Return an ICC profile of Adobe RGB's gamut, made by hand from its figures."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    tags = {b"wtpt": b"XYZ \0\0\0\0" + number(0.9642) + number(1.0) + number(0.8249)}
    for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), ADOBE_PRIMARIES, strict=True):
        tags[name] = b"XYZ \0\0\0\0" + b"".join(map(number, primary))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(ADOBE_GAMMA * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + bytes(4 + 4 + 2 + 1 + 67 + 3)
    tags[b"cprt"] = b"text\0\0\0\0none\0\0\0\0"
    place, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        table += name + struct.pack(">II", place + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + number(0.9642) + number(1.0) + number(0.8249)
    return header.ljust(128, b"\0") + body


def encoded(picture: Image.Image, profile: bytes, kind: str = "PNG") -> bytes:
    """Return a picture file's content with a colour profile."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, icc_profile=profile)
    return buffer.getvalue()


def test_a_wide_gamut_s_colours_become_srgb_s() -> None:
    """Adobe's green of 200 is a stronger one in sRGB, by the two spaces' own formulas."""
    picture = Image.new("RGB", (4, 4), (100, 200, 100))
    linear = (np.array([100, 200, 100]) / 255) ** ADOBE_GAMMA
    xyz = np.array(ADOBE_PRIMARIES).T @ linear
    # sRGB's own primaries for D50, from its profile's figures.
    srgb = np.linalg.inv(
        np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.7141]])
    )
    light = np.clip(srgb @ xyz, 0, 1)
    expected = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    found = decode_picture(encoded(picture, wide_profile())).getpixel((0, 0))
    assert np.allclose(expected, found, atol=1.5)
    assert abs(found[0] - 100) > 10  # type: ignore[index]


def test_stored_numbers_are_kept_where_they_are_wanted() -> None:
    """And the profile with them, for who reads the picture next."""
    content = encoded(upright(), wide_profile())
    stored = decode_picture(content, reading=Reading(colours="stored"))
    assert same(upright(), stored)
    assert same(decode_picture(content), to_rgb(stored))
    assert {} == to_rgb(stored).info


def test_srgb_s_own_profile_changes_nothing() -> None:
    """Most pictures with a profile have that one: they stay bit for bit."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert same(upright(), decode_picture(encoded(upright(), profile)))


@pytest.mark.parametrize("profile", [b"", b"x", b"x" * 500, wide_profile()[:200], wide_profile()[:128] + bytes(400)])
def test_a_profile_that_is_broken_is_passed_over(profile: bytes) -> None:
    """The numbers are shown as they are."""
    assert same(upright(), decode_picture(encoded(upright(), profile)))


def test_a_profile_of_another_kind_of_picture_is_passed_over() -> None:
    """A grey picture that carries a colour profile has no colours to convert."""
    grey = upright().convert("L")
    assert same(to_rgb(grey), decode_picture(encoded(grey, wide_profile())))


def test_white_and_see_through_stay_white() -> None:
    """Alpha is laid over white, and white is white in every space."""
    picture = Image.new("RGBA", (2, 1), (10, 200, 30, 0))
    picture.putpixel((1, 0), (255, 255, 255, 255))
    found = decode_picture(encoded(picture, wide_profile()))
    assert [(255, 255, 255)] * 2 == [found.getpixel((x, 0)) for x in range(2)]


def test_an_opened_picture_is_converted_too() -> None:
    """Whoever opened it."""
    content = encoded(upright(), wide_profile(), "TIFF")
    with Image.open(io.BytesIO(content)) as opened:
        (found,) = pictures_from(opened)
    assert same(decode_picture(content), found)
    assert not same(upright(), found)
