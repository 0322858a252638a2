"""How do many picture files become scores: kept ones looked up, the rest decoded ahead of the device?"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import PictureError, UnreadablePictureError, reason_of
from ..pictures.reading import Reading
from .fingerprints import FileState, file_digest, square_digest
from .lazy_model import LazyModel
from .packing import rounded_scores
from .score_store import KeptScores, ScoreStore, Sighting

if TYPE_CHECKING:
    from torch import Tensor

_KNOWN_AT_ONCE = 64

_EXACT = Reading()

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Found:
    """Hold one picture's scores [T] as kept, what gives its features, its size, and whether the model ran for it."""

    scores: npt.NDArray[np.float32]
    source: KeptScores | npt.NDArray[np.float32] | None
    width: int
    height: int
    is_new: bool

    @property
    def features(self) -> npt.NDArray[np.float32] | None:
        """Return the pooled features [D], None where none are kept."""
        return self.source.features if isinstance(self.source, KeptScores) else self.source


Result = Found | PictureError
"""What became of one picture."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """Hold one picture's way so far: its kept scores, or the pixels [1, 3, S, S] uint8 to compute."""

    sighting: Sighting
    kept: KeptScores | None = None
    pixels: Tensor | None = None


_Waiting = list[tuple[T, _Ready | PictureError]]


class Scorer:
    """Score picture files in order, in bounded memory, each batch kept before the next is computed.

    Three things go on at once: threads read and shrink pictures, one computes, and the caller's own takes the results.
    """

    def __init__(
        self,
        model: LazyModel,
        store: ScoreStore | None = None,
        *,
        reading: Reading = _EXACT,
        threads: int | None = None,
        batch_size: int | None = None,
        computes_ahead: bool = True,
        check_cancelled: Callable[[], None] = lambda: None,
    ) -> None:
        """Take a model, and where to look scores up and keep them; without a store all are computed.

        `threads` read and shrink pictures, one a processor by default; `batch_size` is the device's own by default.
        With `computes_ahead` a thread of its own computes the next batch while the caller takes the last one's results;
        a device that others wait for is better used without.
        """
        self.model = model
        self.store = store
        self.newly_scored = 0
        self._reading = reading
        self._key = None if store is None else model.key_in(store, reading)
        self._threads = threads or min(os.cpu_count() or 1, 16)
        self._batch_size = batch_size
        self._computes_ahead = computes_ahead
        self._check_cancelled = check_cancelled

    def scored(self, items: Iterable[T], path_of: Callable[[T], Path]) -> Generator[list[tuple[T, Result]], None, None]:
        """Yield items with their scores, or why there are none, in order, some at a time.

        What is yielded is kept already. Raises as `Tagger.score_pixels`, and ScoreStoreError.
        """
        yield from self._scored(
            items, lambda item: self._prepare(path_of(item)), known=lambda item: self._known(path_of(item))
        )

    def scored_contents(
        self, items: Iterable[T], content_of: Callable[[T], tuple[str, Callable[[], bytes]]]
    ) -> Generator[list[tuple[T, Result]], None, None]:
        """Yield items that bring a name and what reads a picture file's bytes, as `scored` does, looking nothing up."""
        yield from self._scored(items, lambda item: self._from_content(*content_of(item)))

    def _scored(
        self,
        items: Iterable[T],
        prepare: Callable[[T], _Ready | PictureError],
        *,
        known: Callable[[T], _Ready | None] = lambda item: None,
    ) -> Generator[list[tuple[T, Result]], None, None]:
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="joytag")
        try:
            batches = self._batches(_ahead(pool, prepare, items, self._window, known=known))
            yield from self._computed_ahead(batches) if self._computes_ahead else self._computed_each(batches)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _computed_each(self, batches: Iterable[_Waiting[T]]) -> Iterator[list[tuple[T, Result]]]:
        for batch in batches:
            self._check_cancelled()
            yield self._computed(batch)

    def _computed_ahead(self, batches: Iterable[_Waiting[T]]) -> Iterator[list[tuple[T, Result]]]:
        """Yield batches, the next one under way: the device never waits for what becomes of the one before."""
        device = ThreadPoolExecutor(1, thread_name_prefix="joytag-device")
        under_way: Future[list[tuple[T, Result]]] | None = None
        try:
            for batch in batches:
                try:
                    self._check_cancelled()
                except BaseException:
                    if under_way is not None:  # what is computed is not thrown away
                        yield under_way.result()
                    raise
                last, under_way = under_way, device.submit(self._computed, batch)
                if last is not None:
                    yield last.result()
            if under_way is not None:
                yield under_way.result()
        finally:
            device.shutdown(wait=True, cancel_futures=True)

    def _batches(self, prepared: Iterable[tuple[T, _Ready | PictureError]]) -> Iterator[_Waiting[T]]:
        """Yield as many pictures at once as the device computes, or as are known without it."""
        waiting: _Waiting[T] = []
        unscored = 0
        for item, ready in prepared:
            waiting.append((item, ready))
            unscored += isinstance(ready, _Ready) and ready.pixels is not None
            is_full = unscored == self._size_of_batch(unscored) or len(waiting) >= _KNOWN_AT_ONCE + self._window()
            if is_full or (not unscored and len(waiting) >= _KNOWN_AT_ONCE):
                yield waiting
                waiting, unscored = [], 0
        if waiting:
            yield waiting

    def _size_of_batch(self, unscored: int) -> int:
        """Return how many pictures to compute at once; without one to compute nothing is loaded to find out."""
        if self._batch_size is None and unscored:
            self._batch_size = self.model.tagger.batch_size
        return self._batch_size or 1

    def _window(self) -> int:
        """Return how many pictures may be under way: two batches, and a picture in each thread."""
        return 2 * (self._batch_size or 1) + 2 * self._threads

    def _known(self, path: Path) -> _Ready | None:
        """Return what is kept of a file that is as it was last seen; so cheap that a thread would cost more."""
        if self.store is None or self._key is None:
            return None
        try:
            state = FileState.of(path)
        except (OSError, ValueError):  # told when its turn comes
            return None
        kept = self.store.of_file(path, state, self._key)
        return None if kept is None else _Ready(Sighting(path, state, b"", b"", kept.width, kept.height), kept)

    def _prepare(self, path: Path) -> _Ready | PictureError:
        """Find one picture's kept scores or, where there are none, its pixels; runs in a thread."""
        try:
            state = FileState.of(path)
            if self.store is not None and self._key is not None:
                content = file_digest(path)
                known = self.store.of_content(content, self._key)
                if known is not None:
                    kept, picture = known
                    return _Ready(Sighting(path, state, content, picture, kept.width, kept.height), kept)
            else:
                content = b""
            return self._shrunk(path, state, content, path)
        except PictureError as error:
            return error
        except FileNotFoundError:
            return UnreadablePictureError(f"{path}: there is no such file")
        except (OSError, ValueError) as error:
            return UnreadablePictureError(f"{path}: the picture cannot be read: {reason_of(error)}")

    def _from_content(self, name: str, read: Callable[[], bytes]) -> _Ready | PictureError:
        try:
            content = read()
            return self._shrunk(Path(name), FileState(len(content), -1), b"", content)
        except PictureError as error:
            return error
        except OSError as error:
            return UnreadablePictureError(f"{name}: the picture cannot be read: {error}")

    def _shrunk(self, path: Path, state: FileState, digest: bytes, picture: Path | bytes) -> _Ready:
        """Read a picture, a file or the content of one; `digest` is its content's."""
        from ..pictures.pixels import to_squares
        from ..pictures.squares import read_square

        square, (width, height) = read_square(
            picture, self.model.image_size, reading=self._reading, name=os.fspath(path)
        )
        sighting = Sighting(path, state, digest, square_digest(square), width, height)
        if self.store is not None and self._key is not None:
            kept = self.store.of_picture(sighting.picture, self._key, width=width, height=height)
            if kept is not None:
                return _Ready(sighting, kept)
        return _Ready(sighting, pixels=to_squares([square], self.model.image_size))

    def _computed(self, waiting: _Waiting[T]) -> list[tuple[T, Result]]:
        """Compute what has no scores yet, keep it, and return all."""
        new = [ready for _, ready in waiting if isinstance(ready, _Ready) and ready.pixels is not None]
        scores, features = self._compute(new)
        self._keep(waiting, new, scores, features)
        rows = iter(zip(scores, features, strict=True))
        results: list[tuple[T, Result]] = []
        for item, ready in waiting:
            if isinstance(ready, PictureError):
                results.append((item, ready))
                continue
            seen = ready.sighting
            if ready.kept is not None:
                kept = ready.kept
                results.append((item, Found(kept.scores, kept, seen.width, seen.height, is_new=False)))
            else:
                values, pooled = next(rows)
                results.append((item, Found(self._rounded(values), pooled, seen.width, seen.height, is_new=True)))
        return results

    def _rounded(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        # Without a store, scores below its floor are at hand, and rules may ask for them.
        return rounded_scores(values) if self.store is not None else rounded_scores(values, floor=0.0)

    def _compute(self, new: list[_Ready]) -> tuple[Any, Any]:
        if not new:
            return (), ()
        import torch

        self.newly_scored += len(new)
        return self.model.tagger.score_pixels(torch.cat([one.pixels for one in new if one.pixels is not None]))

    def _keep(self, waiting: _Waiting[T], new: list[_Ready], scores: Any, features: Any) -> None:
        if self.store is None or self._key is None:
            return
        # Known by its contents, but not under this path yet: a copy, or moved.
        seen = [
            ready.sighting
            for _, ready in waiting
            if isinstance(ready, _Ready) and ready.kept is not None and ready.sighting.content
        ]
        if new or seen:
            scored = [(one.sighting, *row) for one, row in zip(new, zip(scores, features, strict=True), strict=True)]
            self.store.add(self._key, scored, seen)


def _ahead(
    pool: ThreadPoolExecutor,
    work: Callable[[T], R],
    items: Iterable[T],
    window: Callable[[], int],
    *,
    known: Callable[[T], R | None],
) -> Iterator[tuple[T, R]]:
    """Yield items with what some work makes of them, in order, at most a window of them under way.

    What is known already needs no work.
    """
    remaining = iter(items)
    under_way: deque[tuple[T, R | Future[R]]] = deque()
    while True:
        for item in islice(remaining, max(window() - len(under_way), 0)):
            found = known(item)
            under_way.append((item, pool.submit(work, item) if found is None else found))
        if not under_way:
            return
        item, result = under_way.popleft()
        yield item, result.result() if isinstance(result, Future) else result
