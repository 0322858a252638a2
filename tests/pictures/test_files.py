"""Does every picture file, turned, animated, huge or broken, become a picture or an error that says why not?"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps, JpegImagePlugin

from joytag_core import PictureError, PictureTooLargeError, UnreadablePictureError
from joytag_core.pictures.files import load_picture, read_picture
from joytag_core.pictures.inputs import pictures_from
from joytag_core.pictures.pixels import fit_square
from joytag_core.pictures.reading import Reading
from joytag_core.pictures.rgb import to_rgb
from joytag_core.pictures.squares import read_square
from tests.sample_pictures import BLUE, GREEN, RED, pixel, same, saved, upright

EXIF_ORIENTATION = 0x0112
TRANSFORMS: dict[int, Callable[[Image.Image], Image.Image]] = {
    # What a camera did to the upright picture: 6 means "turn me a quarter clockwise to see me upright".
    1: lambda upright: upright,
    2: ImageOps.mirror,
    3: lambda upright: upright.rotate(180),
    4: ImageOps.flip,
    5: lambda upright: ImageOps.mirror(upright.rotate(-90, expand=True)),
    6: lambda upright: upright.rotate(90, expand=True),
    7: lambda upright: ImageOps.mirror(upright.rotate(90, expand=True)),
    8: lambda upright: upright.rotate(-90, expand=True),
}


# --- EXIF


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".webp"])
@pytest.mark.parametrize("orientation", list(TRANSFORMS))
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int, suffix: str) -> None:
    """Each of the eight orientations shows upright, once and not twice, from every format that keeps it."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    as_stored = TRANSFORMS[orientation](upright())
    options: dict[str, Any] = {"lossless": True, "exact": True} if suffix == ".webp" else {}
    path = saved(tmp_path / f"turned{suffix}", as_stored, exif=exif.tobytes() if suffix == ".webp" else exif, **options)
    assert same(upright(), load_picture(path))
    with Image.open(path) as opened:
        assert same(upright(), to_rgb(opened))
        assert same(upright(), to_rgb(to_rgb(opened)))


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_an_orientation_that_does_not_exist_turns_nothing(tmp_path: Path, orientation: int) -> None:
    """Only 1 to 8 mean something."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    assert same(upright(), load_picture(saved(tmp_path / "x.png", upright(), exif=exif)))


def test_alpha_and_depth_are_turned_as_well(tmp_path: Path) -> None:
    """What lies over white is turned like the rest."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    stored = upright().rotate(90, expand=True).convert("RGBA")
    assert same(upright(), load_picture(saved(tmp_path / "x.png", stored, exif=exif)))
    assert (2, 3) == load_picture(saved(tmp_path / "y.png", Image.new("I;16", (3, 2)), exif=exif)).size


@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage!", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\xff" * 40])
def test_broken_exif_does_not_lose_the_picture(tmp_path: Path, exif: bytes) -> None:
    """Cameras and editors write broken EXIF; the picture is shown as it is."""
    path = saved(tmp_path / "x.jpg", upright(), exif=exif, quality=100, subsampling=0)
    assert (3, 2) == load_picture(path).size


# --- animations


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tiff"])
def test_an_animation_is_its_first_frame(tmp_path: Path, suffix: str) -> None:
    """Whatever frame the caller looked at last."""
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, GREEN, BLUE)]
    options: dict[str, Any] = {"lossless": True} if suffix == ".webp" else {}
    path = saved(tmp_path / f"a{suffix}", frames[0], save_all=True, append_images=frames[1:], **options)
    assert RED == load_picture(path).getpixel((0, 0))
    with Image.open(path) as opened:
        assert 3 == opened.n_frames
        opened.seek(2)
        assert RED == pixel(opened)


# --- sizes


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000)])
def test_extreme_sizes_are_loaded(tmp_path: Path, size: tuple[int, int]) -> None:
    """One pixel, and very long pictures, are pictures."""
    assert size == load_picture(saved(tmp_path / "x.png", Image.new("RGB", size, RED))).size


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_a_picture_without_pixels_is_refused(size: tuple[int, int]) -> None:
    """There is nothing to see in it."""
    with pytest.raises(PictureError, match="at least one pixel"):
        pictures_from(Image.new("RGB", size))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over twice Pillow's limit is an error with the file's name; up to that, a picture."""
    path = saved(tmp_path / "bomb.png", Image.new("1", (21, 10)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 104)
    with pytest.raises(PictureTooLargeError, match=r"bomb\.png"):
        load_picture(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 105)
    assert (21, 10) == load_picture(path).size


# --- broken files


def encoded(kind: str) -> bytes:
    """Return a noisy 64x64 picture in a format."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_cut_off_file_is_named(tmp_path: Path, kind: str, share: float) -> None:
    """Wherever it ends, the error is ours and says which file."""
    whole = encoded(kind)
    path = tmp_path / "cut.bin"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadablePictureError, match=r"cut\.bin"):
        load_picture(path)


@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_damaged_file_is_a_picture_or_our_error(tmp_path: Path, kind: str) -> None:
    """Flipped bytes anywhere raise nothing but our own error."""
    random = np.random.default_rng(1)
    whole = np.frombuffer(encoded(kind), dtype=np.uint8)
    path = tmp_path / "damaged.bin"
    for _ in range(40):
        damaged = whole.copy()
        damaged[random.integers(0, min(len(whole), 600), 8)] = random.integers(0, 256, 8)
        path.write_bytes(damaged.tobytes())
        try:
            assert "RGB" == load_picture(path).mode
        except PictureError as error:
            assert "damaged.bin" in str(error)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"a picture of a cat", "no picture"), (b"<html></html>", "no picture")]
)
def test_a_file_that_is_no_picture_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    """Zero bytes and text say what they are."""
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(UnreadablePictureError, match=reason) as caught:
        pictures_from(path)
    assert str(caught.value).startswith(str(path))


EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 10 10
%%EndComments
showpage
%%EOF
"""
WMF = b"\xd7\xcd\xc6\x9a" + bytes(2) + struct.pack("<4hH", 0, 0, 100, 100, 72) + bytes(100)


@pytest.mark.parametrize("content", [EPS, WMF, b"%PDF-1.4\n%%EOF\n", b"GRIB" + bytes(200)])
@pytest.mark.parametrize("suffix", ["png", "eps", "wmf"])
def test_formats_that_start_other_programs_are_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    """Whatever their ending, from a file, from its content, and from a picture that somebody has opened."""
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(content)
    for given in (path, content, io.BytesIO(content)):
        with pytest.raises(UnreadablePictureError, match="no picture that Pillow can read"):
            pictures_from(given)


def test_an_opened_picture_of_such_a_format_is_refused() -> None:
    """Before Pillow starts the program that draws it."""
    with Image.open(io.BytesIO(EPS)) as opened, pytest.raises(UnreadablePictureError, match="EPS is no format"):
        pictures_from(opened)


@pytest.mark.parametrize("ending", ["jfif", "jpe", "apng", "jp2", "tga", "ppm", "dib", "qoi"])
def test_every_ending_that_counts_is_read(tmp_path: Path, ending: str) -> None:
    """Those that people's files have."""
    kind = {"jfif": "JPEG", "jpe": "JPEG", "apng": "PNG", "jp2": "JPEG2000"}.get(ending)
    path = tmp_path / f"a.{ending}"
    try:
        upright().save(path, kind)
    except (ValueError, KeyError, OSError):
        pytest.skip(f"this Pillow writes no {ending}")
    assert (3, 2) == load_picture(path).size


@pytest.mark.parametrize("error", [RuntimeError("avif"), NotImplementedError(), MemoryError(), AssertionError("x")])
def test_whatever_a_decoder_raises_is_the_picture_s_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Of a file it names the file; of an opened picture it is ours too."""

    def fail(*_: object) -> None:
        raise error

    path = saved(tmp_path / "x.jpg", upright())
    with Image.open(path) as opened:
        monkeypatch.setattr(opened, "load", fail)
        with pytest.raises(PictureError):
            pictures_from(opened)
    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", fail)
    with pytest.raises(PictureError) as caught:
        load_picture(path)
    assert path == caught.value.path
    assert str(caught.value).startswith(str(path))


def test_a_fast_reading_decodes_jpegs_at_a_fraction(tmp_path: Path) -> None:
    """Never below the side asked for, never another format, and upright as always."""
    large = Image.linear_gradient("L").resize((1600, 800)).convert("RGB")
    fast = Reading(reading="fast")
    for side, expected in [(2000, 1600), (1600, 1600), (801, 1600), (800, 800), (400, 400), (399, 400), (100, 200)]:
        found = read_picture(saved(tmp_path / "a.jpg", large), reading=fast, side=side)
        assert ((expected, expected // 2), large.size) == (found.picture.size, found.size)
    assert large.size == load_picture(tmp_path / "a.jpg", reading=fast).size
    assert large.size == read_picture(tmp_path / "a.jpg", side=100).picture.size
    assert large.size == read_picture(saved(tmp_path / "a.png", large), reading=fast, side=100).picture.size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_fast_reading_knows_the_picture_s_own_size(tmp_path: Path, orientation: int) -> None:
    """Upright, of sides that no fraction divides; captions and maps tell it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "a.jpg", Image.new("RGB", (1003, 1002)), exif=exif)
    found = read_square(path, 64, reading=Reading(reading="fast"))
    assert load_picture(path).size == found.size
    assert (64, 64) == found.image.size


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(1003, 700), (999, 1001), (530, 1009)])
def test_a_fast_square_lies_where_the_exact_one_does(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    """To less than a pixel, though the sides are no multiples of the fraction: both pictures' edges are the same."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.new("RGB", size, "white")
    picture.paste("navy", (101, 53, size[0] - 77, size[1] - 59))
    path = saved(tmp_path / "a.jpg", picture, exif=exif, quality=95)
    fast, exact = (
        np.asarray(read_square(path, 64, reading=Reading(reading=r)).image, float) for r in ("fast", "exact")
    )
    assert np.abs(fast - exact).max() < 16
    assert np.abs(fast.sum((0, 1)) - exact.sum((0, 1))).max() < 0.001 * exact.sum()


def test_a_long_jpeg_is_read_exactly(tmp_path: Path) -> None:
    """To reduce it, too large a part of the square would have to be made."""
    path = saved(tmp_path / "a.jpg", Image.linear_gradient("L").resize((300, 3000)).convert("RGB"))
    fast, exact = (read_square(path, 64, reading=Reading(reading=reading)) for reading in ("fast", "exact"))
    assert fast.image.tobytes() == exact.image.tobytes()


def test_a_square_is_the_same_however_its_picture_comes(tmp_path: Path) -> None:
    """As a file, its content, or opened."""
    path = saved(tmp_path / "a.png", upright())
    squares = [read_square(picture, 16) for picture in (path, str(path), path.read_bytes(), upright())]
    assert [fit_square(upright(), 16).tobytes()] * 4 == [square.image.tobytes() for square in squares]
    assert [upright().size] * 4 == [square.size for square in squares]


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    """Each says what it is, and is also the kind of error that Python raises for files."""
    with pytest.raises(UnreadablePictureError, match="no such file"):
        load_picture(tmp_path / "none.png")
    with pytest.raises(OSError, match="folder"):
        load_picture(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    """The system's reason is passed on."""
    path = saved(tmp_path / "x.png", upright())
    path.chmod(0)
    with pytest.raises(UnreadablePictureError, match="ermission"):
        load_picture(path)


def test_a_cut_off_picture_opened_by_the_caller_is_named_too(tmp_path: Path) -> None:
    """A host hands over a picture that Pillow has opened and not yet read."""
    path = tmp_path / "cut.png"
    path.write_bytes(encoded("PNG")[:5000])
    with Image.open(path) as opened, pytest.raises(UnreadablePictureError, match="cut off or broken"):
        pictures_from(opened)


def test_a_turned_picture_is_not_turned_again(tmp_path: Path) -> None:
    """What to_rgb has made stays as it is: nothing of the file's EXIF is left in it."""
    exif = Image.Exif()
    exif[274] = 3
    Image.linear_gradient("L").save(tmp_path / "turned.png", exif=exif)
    with Image.open(tmp_path / "turned.png") as opened:
        once = to_rgb(opened)
    assert {} == once.info
    assert once.tobytes() == to_rgb(once).tobytes()
