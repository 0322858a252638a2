"""Are pictures of other colour spaces seen as browsers show them, and all others as their bare numbers?"""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from joytag_core.pictures.inputs import open_picture, pictures_from
from joytag_core.pictures.reading import Reading
from joytag_core.pictures.rgb import to_rgb
from tests.sample_pictures import ADOBE_GAMMA, ADOBE_PRIMARIES, same, upright, wide_profile

pytestmark = pytest.mark.skipif(not features.check("littlecms2"), reason="this Pillow converts no colours")


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
    found = open_picture(encoded(picture, wide_profile())).getpixel((0, 0))
    assert np.allclose(expected, found, atol=1.5)
    assert abs(found[0] - 100) > 10  # type: ignore[index]


def test_stored_numbers_are_kept_where_they_are_wanted() -> None:
    """And the profile with them, for who reads the picture next."""
    content = encoded(upright(), wide_profile())
    stored = open_picture(content, reading=Reading(colours="stored"))
    assert same(upright(), stored)
    assert same(open_picture(content), to_rgb(stored))
    assert {} == to_rgb(stored).info


def test_srgb_s_own_profile_changes_nothing() -> None:
    """Most pictures with a profile have that one: they stay bit for bit."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert same(upright(), open_picture(encoded(upright(), profile)))


@pytest.mark.parametrize("profile", [b"", b"x", b"x" * 500, wide_profile()[:200], wide_profile()[:128] + bytes(400)])
def test_a_profile_that_is_broken_is_passed_over(profile: bytes) -> None:
    """The numbers are shown as they are."""
    assert same(upright(), open_picture(encoded(upright(), profile)))


def test_a_profile_of_another_kind_of_picture_is_passed_over() -> None:
    """A grey picture that carries a colour profile has no colours to convert."""
    grey = upright().convert("L")
    assert same(to_rgb(grey), open_picture(encoded(grey, wide_profile())))


def test_white_and_see_through_stay_white() -> None:
    """Alpha is laid over white, and white is white in every space."""
    picture = Image.new("RGBA", (2, 1), (10, 200, 30, 0))
    picture.putpixel((1, 0), (255, 255, 255, 255))
    found = open_picture(encoded(picture, wide_profile()))
    assert [(255, 255, 255)] * 2 == [found.getpixel((x, 0)) for x in range(2)]


def test_an_opened_picture_is_converted_too() -> None:
    """Whoever opened it."""
    content = encoded(upright(), wide_profile(), "TIFF")
    with Image.open(io.BytesIO(content)) as opened:
        (found,) = pictures_from(opened)
    assert same(open_picture(content), found)
    assert not same(upright(), found)
