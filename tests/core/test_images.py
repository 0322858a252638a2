"""Does everything that people call a picture become the right pixels, or an error that says why not?"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from joytag_core import PictureError, PictureTooLargeError, UnreadablePictureError
from joytag_core.images import count_pictures, load_picture, pictures_from, to_rgb
from tests.conftest import DATA

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
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


def one(pictures: Any) -> Image.Image:
    """Return the only picture that is found in what is given."""
    (picture,) = pictures_from(pictures)
    assert "RGB" == picture.mode
    return picture


def pixel(picture: Image.Image, x: int = 0, y: int = 0) -> tuple[int, ...]:
    """Return one pixel of a picture as RGB."""
    value = to_rgb(picture).getpixel((x, y))
    assert isinstance(value, tuple)
    return value


def upright() -> Image.Image:
    """Return a 3x2 picture in which every pixel differs."""
    steps = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 14
    return Image.fromarray(steps)


def same(expected: Image.Image, actual: Image.Image) -> bool:
    """Say whether two RGB pictures are equal, bit for bit."""
    return expected.size == actual.size and expected.tobytes() == actual.tobytes()


def saved(path: Path, picture: Image.Image, **options: Any) -> Path:
    """Write a picture file and return its path."""
    picture.save(path, **options)
    return path


# --- tensors


def test_a_loaded_8_bit_picture_comes_back_bit_for_bit() -> None:
    """All 256 steps, divided by 255 in float32 as hosts do, round to themselves."""
    steps = torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(1, 16, 16, 3)
    back = np.asarray(one(steps.float() / 255.0))
    assert np.array_equal(steps[0].numpy(), back)


def test_values_round_to_the_nearest_step_and_are_clamped() -> None:
    """Below half a step goes down, above goes up; outside of 0..1 is the nearest end."""
    values = torch.tensor([0.49 / 255, 0.51 / 255, 254.49 / 255, 254.51 / 255, -3.0, 1.5]).view(1, 1, 6, 1)
    assert [0, 1, 254, 255, 0, 255] == [pixel(one(values), x)[0] for x in range(6)]


def test_a_batch_gives_a_picture_each_in_order() -> None:
    """B pictures of W x H; without the batch axis, one."""
    batch = torch.stack([torch.full((2, 3, 3), value) for value in (0.0, 1.0, 0.2)])
    pictures = pictures_from(batch)
    assert [(3, 2)] * 3 == [picture.size for picture in pictures]
    assert [0, 255, 51] == [pixel(picture)[0] for picture in pictures]
    assert (51, 51, 51) == pixel(one(batch[2]))
    assert [] == pictures_from(batch[:0])
    assert (3, 1, 0) == (count_pictures(batch), count_pictures(batch[0]), count_pictures(batch[:0]))


def test_one_channel_is_grey_and_four_hold_alpha_over_white() -> None:
    """Grey is repeated; what is see-through shows white, whatever colour hides there."""
    assert (51, 51, 51) == pixel(one(torch.full((1, 1, 1, 1), 0.2)))
    hidden = torch.tensor([[[[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 128 / 255]]]])
    assert [WHITE, RED, (127, 127, 127)] == [pixel(one(hidden), x) for x in range(3)]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_floating_dtype_is_taken(dtype: torch.dtype) -> None:
    """Hosts hand over whatever they compute in; also what still wants gradients."""
    assert (255, 0, 255) == pixel(one(torch.tensor([[[[1, 0, 1]]]], dtype=dtype).requires_grad_()))


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (torch.zeros(2, 2), "2x2"),
        (torch.zeros(1, 2, 2, 2), "1, 3 or 4 channels"),
        (torch.zeros(1, 3, 8, 8), "3x8x8"),
        (torch.zeros(1, 1, 1, 1, 3), "1x1x1x1x3"),
        (torch.zeros(1, 4, 4, 3, dtype=torch.uint8), "torch.uint8"),
        (torch.zeros(1, 4, 4, 3, dtype=torch.int64), "torch.int64"),
        (torch.zeros(1, 0, 4, 3), "at least one pixel"),
        (torch.zeros(1, 4, 0, 3), "at least one pixel"),
        (torch.full((1, 1, 1, 3), float("nan")), "not finite"),
        (torch.full((1, 1, 1, 3), float("inf")), "not finite"),
    ],
)
def test_a_tensor_that_holds_no_picture_is_named(tensor: torch.Tensor, reason: str) -> None:
    """Channels first, integers, no pixels and NaN are refused, with what was found."""
    with pytest.raises(PictureError, match=reason):
        pictures_from(tensor)


# --- many kinds together


def test_paths_pictures_and_tensors_may_be_mixed() -> None:
    """A list may hold anything that is a picture, in order."""
    path = DATA / "pictures" / "tiny_31x17.png"
    mixed = [path, str(path), Image.new("RGB", (5, 4)), torch.zeros(2, 3, 2, 3), [torch.zeros(1, 1, 1)]]
    assert [(31, 17), (31, 17), (5, 4), (2, 3), (2, 3), (1, 1)] == [picture.size for picture in pictures_from(mixed)]
    assert 6 == count_pictures(mixed)
    assert [] == pictures_from([])


@pytest.mark.parametrize("thing", [None, 7, b"x.png", np.zeros((2, 2, 3)), {"a": 1}, [None]])
def test_what_is_no_picture_is_named(thing: Any) -> None:
    """Anything else is an error of ours that names the type, not an accident further in."""
    kind = type(thing[0] if isinstance(thing, list) else thing).__name__
    for ask in (pictures_from, count_pictures):
        with pytest.raises(PictureError, match=kind):
            ask(thing)


# --- modes


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
