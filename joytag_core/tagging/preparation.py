"""How are pictures read and scaled ahead of the network, in threads?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

from PIL import Image
from torch import Tensor

from ..errors import PictureError
from ..pictures.inputs import OnePicture, open_picture
from ..pictures.pixels import to_squares
from ..pictures.rgb import to_rgb

_MOST_THREADS = 16


class PreparedPicture(NamedTuple):
    """Hold one picture's pixels [1, 3, S, S] uint8, normalised on the device, and its own width and height."""

    pixels: Tensor
    size: tuple[int, int]


Prepared = PreparedPicture | PictureError
"""One picture ready for the network, or why it is not."""


def prepare(
    pictures: Iterable[OnePicture], *, image_size: int, batch_size: int, total: int
) -> Iterator[list[Prepared]]:
    """Yield batches of at most `batch_size` pictures' pixels, in order, one batch ahead of the one that is computed.

    A single picture (`total` 1) is prepared in the caller's thread.
    """
    if total == 1:
        yield from ([_prepared(picture, image_size)] for picture in pictures)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), thread_name_prefix="joytag") as threads:
        waiting: list[Future[Prepared]] = []
        remaining = iter(pictures)
        while batch := list(islice(remaining, batch_size)):
            started = [threads.submit(_prepared, _own(picture), image_size) for picture in batch]
            if waiting:
                yield [future.result() for future in waiting]
            waiting = started
        if waiting:
            yield [future.result() for future in waiting]


def _prepared(picture: OnePicture | PictureError, image_size: int) -> Prepared:
    if isinstance(picture, PictureError):
        return picture
    try:
        opened = open_picture(picture)
        return PreparedPicture(to_squares([opened], image_size), opened.size)
    except PictureError as error:
        return error


def _own(picture: OnePicture) -> OnePicture | PictureError:
    """Return a picture that is one thread's own: Pillow decodes a file at first use, and not in two threads at once."""
    try:
        return to_rgb(picture) if isinstance(picture, Image.Image) else picture
    except PictureError as error:
        return error
