"""Do pictures of every mode become the right RGB pixels?"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core.pictures.files import load_picture
from joytag_core.pictures.rgb import to_rgb
from tests.sample_pictures import BLACK, BLUE, GREEN, RED, WHITE, one, pixel, same, saved, upright


def test_rgb_comes_back_bit_for_bit() -> None:
    """Nothing is changed where nothing has to be; the caller's own picture is not handed on."""
    picture = upright()
    assert same(picture, one(picture))
    assert one(picture) is not picture


def test_hidden_colours_do_not_show() -> None:
    """RGBA lies over white: what is clear is white, half is mixed, solid stays."""
    picture = Image.new("RGBA", (3, 1))
    for x, value in enumerate([(*RED, 0), (*RED, 255), (*BLACK, 128)]):
        picture.putpixel((x, 0), value)
    assert [WHITE, RED, (127, 127, 127)] == [pixel(picture, x) for x in range(3)]


@pytest.mark.parametrize(
    ("mode", "clear", "solid"),
    [
        ("LA", (9, 0), (0, 255)),
        ("PA", (9, 0), (0, 255)),
        ("La", (0, 0), (0, 255)),
        ("RGBa", (0, 0, 0, 0), (0, 0, 0, 255)),
    ],
)
def test_the_rarer_alpha_modes_lie_over_white_too(mode: str, clear: Any, solid: Any) -> None:
    """Grey, palette and premultiplied pictures with alpha: clear is white, solid black is black."""
    assert WHITE == pixel(Image.new(mode, (1, 1), clear))
    assert BLACK == pixel(Image.new(mode, (1, 1), solid))


def palette_picture() -> Image.Image:
    """Return a 2x1 palette picture: entry 0 red, entry 1 green."""
    picture = Image.new("P", (2, 1))
    picture.putpalette([*RED, *GREEN])
    picture.putpixel((1, 0), 1)
    return picture


def test_a_palette_gives_its_colours() -> None:
    """Without transparency, the palette's colours count."""
    assert [RED, GREEN] == [pixel(palette_picture(), x) for x in range(2)]


@pytest.mark.parametrize("transparency", [0, b"\x00\xff", b"\x00"])
def test_a_palette_with_transparency_lies_over_white(tmp_path: Path, transparency: int | bytes) -> None:
    """One entry, or an alpha for each, as PNG and GIF know it."""
    path = saved(tmp_path / "p.png", palette_picture(), transparency=transparency)
    assert [WHITE, GREEN] == [load_picture(path).getpixel((x, 0)) for x in range(2)]


@pytest.mark.parametrize(("mode", "key", "other"), [("RGB", RED, GREEN), ("L", 10, 20), ("1", 0, 1)])
def test_a_see_through_colour_is_white(tmp_path: Path, mode: str, key: Any, other: Any) -> None:
    """A PNG may name one colour that is see-through, in colour, grey and black and white."""
    picture = Image.new(mode, (2, 1), other)
    picture.putpixel((0, 0), key)
    loaded = load_picture(saved(tmp_path / "key.png", picture, transparency=key))
    assert WHITE == loaded.getpixel((0, 0))
    assert pixel(Image.new(mode, (1, 1), other)) == loaded.getpixel((1, 0))


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("1", 1, WHITE),
        ("1", 0, BLACK),
        ("L", 77, (77, 77, 77)),
        ("CMYK", (0, 255, 255, 0), RED),
        ("CMYK", (0, 0, 0, 0), WHITE),
        ("YCbCr", (255, 128, 128), WHITE),
        ("HSV", (0, 255, 255), RED),
        ("RGBX", (0, 0, 255, 0), BLUE),
        ("I;16", 65535, WHITE),
        ("I;16", 257 * 100, (100, 100, 100)),
        ("I;16", 257 * 100 + 128, (100, 100, 100)),
        ("I;16", 257 * 100 + 129, (101, 101, 101)),
        ("I;16", 255, (1, 1, 1)),
        ("I;16B", 257 * 100, (100, 100, 100)),
        ("I", 65535, WHITE),
        ("I", 200, (200, 200, 200)),
        ("I", -5, BLACK),
        ("F", 0.5, (128, 128, 128)),
        ("F", 1.0, WHITE),
        ("F", 2.0, WHITE),
        ("F", 2.5, (2, 2, 2)),
        ("F", 100.0, (100, 100, 100)),
        ("F", 300.0, WHITE),
        ("F", float("nan"), BLACK),
    ],
)
def test_every_mode_becomes_rgb(mode: str, value: Any, expected: tuple[int, int, int]) -> None:
    """Deep grey is scaled, not clipped; float grey is 0..1, or 0..255 as Pillow itself writes it."""
    assert expected == pixel(Image.new(mode, (2, 2), value))


def test_a_grey_picture_in_float_is_the_same_picture() -> None:
    """Pillow's own conversion to float and back changes nothing."""
    grey = upright().convert("L")
    assert same(to_rgb(grey), to_rgb(grey.convert("F")))
    assert same(to_rgb(grey), to_rgb(grey.convert("I")))


def png_16_bit(values: list[int], transparent: int | None = None) -> bytes:
    """Return a one-row 16-bit grey PNG, written by hand."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = zlib.compress(b"\0" + struct.pack(f">{len(values)}H", *values))
    key = b"" if transparent is None else chunk(b"tRNS", struct.pack(">H", transparent))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", len(values), 1, 16, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + key + chunk(b"IDAT", row) + chunk(b"IEND", b"")


@pytest.mark.parametrize("values", [[0, 255, 200, 129], [0, 65535, 25700, 128]])
def test_a_16_bit_png_keeps_its_brightness(tmp_path: Path, values: list[int]) -> None:
    """Dark ones too: a 16-bit picture whose values are all small is nearly black."""
    path = tmp_path / "deep.png"
    path.write_bytes(png_16_bit(values))
    loaded = load_picture(path)
    assert [round(value / 257) for value in values] == [loaded.getpixel((x, 0))[0] for x in range(4)]


def test_a_16_bit_png_may_have_a_see_through_grey(tmp_path: Path) -> None:
    """That one value is white."""
    path = tmp_path / "deep.png"
    path.write_bytes(png_16_bit([25700, 257], transparent=257))
    assert [(100, 100, 100), WHITE] == [load_picture(path).getpixel((x, 0)) for x in range(2)]


@pytest.mark.parametrize("brightest", [float("inf"), 3.0, 3e38])
def test_one_highlight_does_not_make_a_float_picture_black(tmp_path: Path, brightest: float) -> None:
    """Values of 0..1 stay so where a few are beyond; values of 0..255 are those of most of a picture."""
    values = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    values[0, 0] = brightest
    found = np.asarray(load_picture(saved(tmp_path / "a.tiff", Image.fromarray(values))))[..., 0]
    assert 255 == found[0, 0]
    assert np.array_equal(np.rint(np.clip(values, 0, 1) * 255), found)
    bytewise = np.linspace(0, 255, 400, dtype=np.float32).reshape(20, 20)
    found = np.asarray(load_picture(saved(tmp_path / "b.tiff", Image.fromarray(bytewise))))[..., 0]
    assert np.array_equal(np.rint(bytewise), found)


def test_a_dark_ppm_of_16_bits_stays_dark(tmp_path: Path) -> None:
    """Pillow opens it as it does other pictures of 32 bits."""
    path = tmp_path / "dark.pgm"
    path.write_bytes(b"P5 2 1 65535\n" + struct.pack(">2H", 200, 100))
    assert [1, 0] == [pixel(load_picture(path), x)[0] for x in range(2)]


def test_a_large_grey_picture_is_done_in_bands_without_a_seam() -> None:
    """So that it needs little memory beside its own pixels; transparency too."""
    values = np.random.default_rng(2).integers(0, 65536, (1100, 1000)).astype(np.uint16)
    picture = Image.fromarray(values)
    picture.info["transparency"] = int(values[1090, 7])
    expected = np.rint(values / 257)
    expected[values == values[1090, 7]] = 255
    assert np.array_equal(expected, np.asarray(to_rgb(picture))[..., 0])
