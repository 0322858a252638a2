"""How are pictures read and scaled ahead of the network, in threads?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar, cast

from PIL import Image
from torch import Tensor

from ..errors import PictureError
from ..pictures.inputs import OnePicture, content_of
from ..pictures.pixels import to_squares
from ..pictures.reading import Reading
from ..pictures.rgb import to_rgb
from ..pictures.squares import read_square

T = TypeVar("T")

_MOST_THREADS = 16
_POLL_SECONDS = 0.1


class PreparedPicture(NamedTuple):
    """Hold one picture's pixels [1, 3, S, S] uint8, normalised on the device, and its own width and height."""

    pixels: Tensor
    size: tuple[int, int]


Prepared = PreparedPicture | PictureError
"""One picture ready for the network, or why it is not."""


class PartOfTensor(NamedTuple):
    """Hold one picture [H, W, C] of a tensor, and where to keep its square for the next time, if anywhere."""

    picture: Tensor
    squares: list[PreparedPicture | None] | None
    place: int


Given = OnePicture | PartOfTensor | Prepared
"""One picture in any state; what is prepared already passes through."""


def prepare(
    pictures: Iterable[Given],
    *,
    image_size: int,
    batch_size: int,
    reading: Reading,
    check_cancelled: Callable[[], object],
) -> Iterator[list[Prepared]]:
    """Yield batches of at most `batch_size` pictures' pixels, in order, one batch ahead of the one that is computed.

    While a picture is waited for, `check_cancelled` is asked now and then; what it raises ends the work.
    """
    threads = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), thread_name_prefix="joytag")
    own = partial(_own, threads=threads, reading=reading, check_cancelled=check_cancelled)
    try:
        waiting: list[Future[Prepared]] = []
        remaining = iter(pictures)
        while batch := [own(picture) for picture in islice(remaining, batch_size)]:
            started = [threads.submit(_prepared, picture, image_size, reading) for picture in batch]
            if waiting:
                yield [_waited_for(future, check_cancelled) for future in waiting]
            waiting = started
        if waiting:
            yield [_waited_for(future, check_cancelled) for future in waiting]
    finally:
        # Not waited for: a picture that is being decoded cannot be interrupted, and nobody wants it any more.
        threads.shutdown(wait=False, cancel_futures=True)


def _waited_for(future: Future[T], check_cancelled: Callable[[], object]) -> T:
    while not wait([future], timeout=_POLL_SECONDS).done:
        check_cancelled()
    return future.result()


def _prepared(picture: Given, image_size: int, reading: Reading) -> Prepared:
    if isinstance(picture, PreparedPicture | PictureError):
        return picture
    if isinstance(picture, PartOfTensor):
        prepared = _prepared(picture.picture, image_size, reading)
        if picture.squares is not None and isinstance(prepared, PreparedPicture):
            picture.squares[picture.place] = prepared
        return prepared
    try:
        square = read_square(picture, image_size, reading=reading)
        return PreparedPicture(to_squares([square.image], image_size), square.size)
    except PictureError as error:
        error.path = error.path or _path_of(picture)
        return error
    except MemoryError:
        return PictureError("the picture does not fit into memory", path=_path_of(picture))


def _own(
    picture: Given,
    *,
    threads: ThreadPoolExecutor,
    reading: Reading,
    check_cancelled: Callable[[], object],
) -> Given:
    """Return a picture that is one thread's own, before the next is asked for.

    By then a caller may have closed its file or painted over it. Pillow decodes a file at first use, and not in two
    threads at once; an open file has one position for all.
    """
    if isinstance(picture, Image.Image):
        taken: Future[OnePicture] = threads.submit(to_rgb, picture, colours=reading.colours)
    elif hasattr(picture, "read"):
        taken = threads.submit(content_of, cast(BinaryIO, picture))
    else:
        return picture
    try:
        return _waited_for(taken, check_cancelled)
    except PictureError as error:
        return error


def _path_of(picture: OnePicture) -> Path | None:
    return Path(picture) if isinstance(picture, str | os.PathLike) else None
