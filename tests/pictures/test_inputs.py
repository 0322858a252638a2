"""Does everything that people hand over become a picture, or an error that says why not?"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from torch import Tensor

from joytag_core import PictureError, UnreadablePictureError
from joytag_core.pictures.inputs import count_pictures, open_picture, pictures_from, split_pictures
from joytag_core.pictures.reading import Layout, Reading
from joytag_core.pictures.rgb import to_rgb
from tests.conftest import DATA
from tests.sample_pictures import RED, WHITE, one, pixel, same, saved, upright


def test_a_loaded_8_bit_picture_comes_back_bit_for_bit() -> None:
    """All 256 steps, divided by 255 in float32 as hosts do, round to themselves."""
    steps = torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(1, 16, 16, 3)
    back = np.asarray(one(steps.float() / 255.0))
    assert np.array_equal(steps[0].numpy(), back)


def test_values_round_to_the_nearest_step_and_are_clamped() -> None:
    """Below half a step goes down, above goes up; outside of 0..1 is the nearest end."""
    values = torch.tensor([0.49 / 255, 0.51 / 255, 254.49 / 255, 254.51 / 255, -0.9, 1.9]).view(1, 1, 6, 1)
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
        (torch.zeros(2), "tensor is 2;"),
        (torch.zeros(1, 2, 2, 2), "1, 3 or 4 channels"),
        (torch.zeros(8, 8, 8), "8x8x8"),
        (torch.zeros(1, 1, 1, 1, 3), "1x1x1x1x3"),
        (torch.zeros(1, 5, 4, 3, dtype=torch.int64), "torch.int64.*uint8 from 0 to 255"),
        (torch.zeros(5, 4, 3, dtype=torch.bool), "torch.bool"),
        (torch.zeros(5, 4, 3, dtype=torch.complex64), "torch.complex64"),
        (torch.zeros(1, 0, 4, 3), "at least one pixel"),
        (torch.zeros(1, 4, 0, 3), "at least one pixel"),
        (torch.zeros(0, 4), "at least one pixel"),
        (torch.zeros(3, 8, 3), "channels may be first or last.*channels_first"),
        (torch.zeros(2, 4, 8, 4), "channels may be first or last"),
        (torch.zeros(5, 4, 3).to_sparse(), "sparse.*dense"),
        (torch.zeros(5, 4, 3, device="meta"), "meta.*values"),
        (torch.full((1, 1, 1, 3), float("nan")), "not finite"),
        (torch.full((1, 1, 1, 3), float("inf")), "not finite"),
    ],
)
def test_a_tensor_that_holds_no_picture_is_named(tensor: torch.Tensor, reason: str) -> None:
    """Other integers, no pixels, NaN, no values and what can be read in two ways are refused, with what was found."""
    with pytest.raises(PictureError, match=reason):
        pictures_from(tensor)


def noise(*shape: int) -> npt.NDArray[np.uint8]:
    """Return random steps of a shape, the same in every run."""
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("as_floats", [False, True])
@pytest.mark.parametrize("as_tensor", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_arrays_and_tensors_of_all_layouts_give_the_picture(
    channels: int, first: bool, as_tensor: bool, as_floats: bool
) -> None:
    """Bytes and floats, channels last and first, alone and in a batch: the same picture, bit for bit."""
    steps = noise(9, 7, channels)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    expected = to_rgb(Image.frombytes(mode, (7, 9), steps.tobytes()))
    laid = steps.transpose(2, 0, 1) if first else steps
    values: Any = laid.astype(np.float32) / 255 if as_floats else laid
    given = torch.from_numpy(np.ascontiguousarray(values)) if as_tensor else values
    assert same(expected, one(given))
    batch = torch.stack([given] * 2) if as_tensor else np.stack([given] * 2)
    assert [True] * 2 == [same(expected, picture) for picture in pictures_from(batch)]
    assert 1 == count_pictures(given)


def test_grey_arrays_need_no_channel_axis() -> None:
    """[H, W] is one grey picture, in bytes and in floats."""
    steps = noise(5, 8)
    expected = to_rgb(Image.fromarray(steps))
    for grey in (steps, steps.astype(np.float64) / 255, torch.from_numpy(steps), steps.astype(np.float16) / 255):
        assert same(expected, one(grey)) or np.float16 == getattr(grey, "dtype", None)
        assert (8, 5) == one(grey).size


def test_arrays_are_taken_however_they_lie_in_memory() -> None:
    """Turned round, read-only, of another byte order, with a step; and the caller's own stays as it is."""
    steps = noise(6, 5, 3)
    expected = Image.fromarray(np.ascontiguousarray(steps[::-1]))
    turned = steps[::-1]
    turned.flags.writeable = False
    assert same(expected, one(turned))
    assert same(expected, one((turned / 255).astype(">f4")))
    assert same(expected, one(np.repeat(turned, 2, axis=1)[:, ::2]))
    assert np.array_equal(noise(6, 5, 3), steps)


@pytest.mark.parametrize("dtype", ["int64", "uint16", "bool", "complex64", "object", "U3"])
def test_arrays_of_other_kinds_are_named(dtype: str) -> None:
    """With what is expected."""
    with pytest.raises(PictureError, match=r"the array is of .*uint8 from 0 to 255"):
        pictures_from(np.zeros((5, 4, 3)).astype(dtype))


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
def test_what_can_be_read_in_two_ways_is_read_as_said(layout: Layout) -> None:
    """A picture three pixels high or wide."""
    steps = noise(3, 8, 3)
    (found,) = pictures_from(steps, reading=Reading(layout=layout))
    expected = steps if layout == "channels_last" else steps.transpose(1, 2, 0)
    assert np.array_equal(expected, np.asarray(found))
    with pytest.raises(PictureError, match="6x5x7"):
        pictures_from(noise(6, 5, 7), reading=Reading(layout=layout))


def test_one_row_of_pixels_is_read_with_channels_last() -> None:
    """What could also be one channel of a picture three pixels wide, which nobody has."""
    assert (8, 1) == one(noise(1, 8, 3)).size


def encoded(picture: Image.Image) -> bytes:
    """Return a PNG file's content."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_contents_and_open_files_are_pictures(tmp_path: Path) -> None:
    """Bytes in any form, and files opened in binary wherever they stand, which stay open."""
    content = encoded(upright())
    (tmp_path / "a.png").write_bytes(content)
    for given in (content, bytearray(content), memoryview(content)):
        assert same(upright(), one(given))
    with (tmp_path / "a.png").open("rb") as file:
        for opened in (file, io.BytesIO(content)):
            opened.read(5)
            assert same(upright(), one(opened))
            assert same(upright(), one(opened))
            assert not opened.closed
        assert 2 == count_pictures([file, content])


def test_a_file_opened_as_text_or_closed_is_named(tmp_path: Path) -> None:
    """It is not the picture's fault."""
    path = saved(tmp_path / "a.png", upright())
    with path.open(encoding="latin-1") as file, pytest.raises(UnreadablePictureError, match="'rb'"):
        pictures_from(file)  # type: ignore[arg-type]
    with path.open(encoding="utf-8") as file, pytest.raises(UnreadablePictureError, match="'rb'"):
        pictures_from(file)  # type: ignore[arg-type]
    with path.open("rb") as binary:
        pass
    with pytest.raises(UnreadablePictureError, match="closed"):
        pictures_from(binary)


class _Upload:
    """A file as some web framework hands it over: with `read` and `seek`, without `seekable`."""

    def __init__(self, content: bytes, error: Exception | None = None) -> None:
        self._file, self._error = io.BytesIO(content), error
        self._file.seek(3)

    def seek(self, place: int) -> int:
        return self._file.seek(place)

    def read(self) -> bytearray:
        if self._error is not None:
            raise self._error
        return bytearray(self._file.read())


def test_whatever_can_be_read_is_a_file() -> None:
    """From its start; whatever its own `read` raises is this picture's error."""
    file = io.BytesIO()
    upright().save(file, "PNG")
    assert same(upright(), one(_Upload(file.getvalue())))
    with pytest.raises(UnreadablePictureError, match="RuntimeError: gone"):
        one(_Upload(b"", RuntimeError("gone")))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (torch.arange(12.0) * 20, "0 to 220"),
        (torch.linspace(-1.8, 2.1, 12), "-1.8 to 2.1"),
        (torch.full((12,), 2.01), "2.01"),
    ],
)
def test_floats_of_another_scale_are_refused(values: Tensor, found: str) -> None:
    """0..255, or what CLIP's normalisation leaves, would be tagged as a white or a strange picture without a word."""
    with pytest.raises(PictureError, match=rf"{found}; expected uint8 from 0 to 255, or floating-point .*0 to 1"):
        one(values.view(2, 2, 3))
    within = torch.tensor([-1.0, 0.5, 2.0] * 4).view(2, 2, 3)
    assert (0, 128, 255) == pixel(one(within))


@pytest.mark.parametrize("values", [(-3.0, 0.5, 7.0), (-0.01, 0.5, 1.01), (float("-inf"), 0.5, float("inf"))])
def test_floats_of_a_program_with_hdr_are_clamped(values: tuple[float, ...]) -> None:
    """Where the door says that its pictures may be brighter than white; what is not a number stays an error."""
    hdr = Reading(floats="clamped")
    picture = torch.tensor(values * 4).view(2, 2, 3)
    assert (0, 128, 255) == pixel(open_picture(picture, reading=hdr))
    picture[1, 1, 2] = float("nan")
    with pytest.raises(PictureError, match=r"not finite \(NaN or infinity\)"):
        open_picture(picture, reading=hdr)


def test_a_generator_is_gone_through_once_and_only_as_far_as_needed() -> None:
    """Its pictures are not counted, which would use them up."""
    taken: list[int] = []

    def pictures() -> Iterator[Image.Image]:
        for number in range(3):
            taken.append(number)
            yield Image.new("RGB", (number + 1, 1))

    assert count_pictures(pictures()) is None
    assert [] == taken
    split = split_pictures(pictures())
    next(split)
    assert [0] == taken
    assert [(1, 1), (2, 1), (3, 1)] == [picture.size for picture in pictures_from(pictures())]


def test_paths_pictures_and_tensors_may_be_mixed() -> None:
    """A list may hold anything that is a picture, in order."""
    path = DATA / "pictures" / "tiny_31x17.png"
    mixed = [path, str(path), Image.new("RGB", (5, 4)), torch.zeros(2, 5, 2, 3), [torch.zeros(1, 1, 1)]]
    assert [(31, 17), (31, 17), (5, 4), (2, 5), (2, 5), (1, 1)] == [picture.size for picture in pictures_from(mixed)]
    assert 6 == count_pictures(mixed)
    assert [] == pictures_from([])


@pytest.mark.parametrize("thing", [None, 7, {"a": 1}, {"a"}, [None], object()])
def test_what_is_no_picture_is_named(thing: Any) -> None:
    """Anything else is an error of ours that names the type, not an accident further in."""
    kind = type(thing[0] if isinstance(thing, list) else thing).__name__
    with pytest.raises(PictureError, match=kind):
        pictures_from(thing)
    assert 1 == count_pictures(thing)
