"""Does preprocessing equal the published snippet's: white square, bicubic, CLIP's mean and spread?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from joytag_core import PictureTooLargeError
from joytag_core.pictures.pixels import MOST_SIDE, fit_square, to_pixels
from tests.conftest import DATA
from tests.memory import PEAK_MEMORY, needs_proc

SIZES = [
    (1, 1), (1, 2), (2, 1), (5, 5), (31, 17), (17, 31), (63, 64), (64, 63), (64, 64), (65, 64), (64, 65), (300, 7),
    (7, 300), (301, 8), (8, 301), (500, 499), (640, 480), (1, 700), (700, 1), (1000, 33), (33, 1001),
]  # fmt: skip


def noise(width: int, height: int) -> Image.Image:
    """Return a picture of random pixels, the same in every run."""
    random = np.random.default_rng(width * 10_000 + height)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


def padded_then_resized(picture: Image.Image, size: int) -> Image.Image:
    """Do as the model card describes: paste on a white square of the longer side, then scale that, bicubic."""
    longer = max(picture.size)
    square = Image.new("RGB", (longer, longer), (255, 255, 255))
    square.paste(picture, ((longer - picture.size[0]) // 2, (longer - picture.size[1]) // 2))
    return square.resize((size, size), Image.BICUBIC) if longer != size else square


def published(picture: Image.Image, size: int) -> Tensor:
    """Return normalised pixels [1, 3, size, size] by the model card's steps."""
    values = np.asarray(padded_then_resized(picture, size)).astype(np.float64) / 255.0
    normalised = (values - [0.48145466, 0.4578275, 0.40821073]) / [0.26862954, 0.26130258, 0.27577711]
    return torch.from_numpy(normalised.transpose(2, 0, 1)).float()[None]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("side", [64, 448])
def test_a_fitted_square_is_pad_then_resize_bit_for_bit(size: tuple[int, int], side: int) -> None:
    """Whatever the shape, larger or smaller than the model's, odd or even."""
    picture = noise(*size)
    expected = padded_then_resized(picture, side)
    actual = fit_square(picture, side)
    assert (side, side) == actual.size
    assert expected.tobytes() == actual.tobytes()


@pytest.mark.parametrize("size", [(5200, 9), (9, 5200), (4100, 4100)], ids=lambda size: "x".join(map(str, size)))
def test_several_strips_are_pad_then_resize_bit_for_bit(size: tuple[int, int]) -> None:
    """Pictures whose white square is done in more than one strip have no seam."""
    picture = noise(*size)
    assert padded_then_resized(picture, 64).tobytes() == fit_square(picture, 64).tobytes()


@pytest.mark.parametrize("path", sorted((DATA / "pictures").glob("*.png")), ids=lambda path: path.stem)
def test_pixels_are_the_published_snippet_s(path: Path) -> None:
    """Real pictures: at most float32's rounding away."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    assert torch.allclose(published(picture, 448), to_pixels([picture], 448), rtol=0, atol=1e-6)


def test_white_and_black_are_normalised_by_clip_s_figures() -> None:
    """The known ends of each channel."""
    pixels = to_pixels([Image.new("RGB", (8, 8), "white"), Image.new("RGB", (8, 8), "black")], 8)
    assert (2, 3, 8, 8) == tuple(pixels.shape)
    assert torch.float32 == pixels.dtype
    assert torch.allclose(torch.tensor([1.9303, 2.0749, 2.1459]), pixels[0, :, 0, 0], atol=1e-4)
    assert torch.allclose(torch.tensor([-1.7923, -1.7521, -1.4802]), pixels[1, :, 0, 0], atol=1e-4)


def test_pictures_of_any_sizes_share_a_batch() -> None:
    """Each picture's pixels are what they are alone."""
    pictures = [noise(*size) for size in SIZES[:8]]
    together = to_pixels(pictures, 64)
    assert torch.equal(together, torch.cat([to_pixels([picture], 64) for picture in pictures]))


@given(
    long=st.integers(1, 3000), short=st.integers(1, 3000) | st.integers(1, 12), wide=st.booleans(),
    side=st.sampled_from([16, 64, 448]), plain=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_shape_is_pad_then_resize_bit_for_bit(long: int, short: int, wide: bool, side: int, plain: bool) -> None:
    """Noise and plain colour, with sides to 3,000."""
    size = (max(long, short), min(long, short)) if wide else (min(long, short), max(long, short))
    picture = Image.new("RGB", size, (long % 256, short % 256, 255)) if plain else noise(*size)
    assert padded_then_resized(picture, side).tobytes() == fit_square(picture, side).tobytes()


@pytest.mark.parametrize(
    "size", [(6000, 2), (2, 6000), (20, 9000), (9000, 20), (2500, 624), (2500, 626), (1249, 2500), (1251, 2500)]
)
@pytest.mark.parametrize("colour", ["white", "black", None])
def test_strips_are_pad_then_resize_bit_for_bit(size: tuple[int, int], colour: str | None) -> None:
    """Both ways of doing it, near the shapes where one takes over from the other, and far from them."""
    picture = Image.new("RGB", size, colour) if colour else noise(*size)
    assert padded_then_resized(picture, 64).tobytes() == fit_square(picture, 64).tobytes()


@pytest.mark.parametrize("wide", [True, False])
def test_the_white_beside_a_very_long_picture_is_pillow_s(*, wide: bool) -> None:
    """Of some 17,000 rounded weights nobody knows that they leave white as it is. One row stands for all like it."""
    side, size, colour = 70_000, 16, (255, 250, 90)
    row = Image.new("RGB", (side, 1), (255, 255, 255))
    between = row.resize((size, 1), Image.Resampling.BICUBIC).resize((size, side), Image.Resampling.NEAREST)
    if wide:
        painted = Image.new("RGB", (side, 1), colour).resize((size, 1), Image.Resampling.BICUBIC)
        between.paste(painted, (0, (side - 1) // 2))
    else:
        row.paste(colour, ((side - 1) // 2, 0, (side - 1) // 2 + 1, 1))
        between = row.resize((size, 1), Image.Resampling.BICUBIC).resize((size, side), Image.Resampling.NEAREST)
    expected = between.resize((size, size), Image.Resampling.BICUBIC)
    found = fit_square(Image.new("RGB", (side, 1) if wide else (1, side), colour), size)
    assert expected.tobytes() == found.tobytes()


def test_a_side_may_be_long_and_not_longer() -> None:
    """More than the stated bound is refused with both numbers, whichever side it is."""
    for size in ((MOST_SIDE + 1, 1), (1, MOST_SIDE + 1)):
        with pytest.raises(PictureTooLargeError, match=f"{size[0]}x{size[1]}.*4,194,304"):
            fit_square(Image.new("RGB", size), 448)


PEAK = (
    PEAK_MEMORY
    + """
from PIL import Image
from joytag_core import PictureTooLargeError
from joytag_core.pictures.pixels import fit_square
before = peak()
for size in ((400_000, 1), (1, 400_000), (100, 40_000), (40_000, 100)):
    fit_square(Image.new("RGB", size), 448)
print((peak() - before) / 1e6)
"""
)


@needs_proc
def test_very_long_pictures_need_little_memory() -> None:
    """The white square of 20,000 x 1 would be 1,600 MB, that of 400,000 x 1 640 GB; it is never made."""
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True, timeout=300)
    assert 10 < float(done.stdout) < 250
