"""What does tagging many pictures tell meanwhile, and does it stop when asked?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core import (
    Tagger,
    TagScores,
    UnreadablePictureError,
)
from joytag_core.tagging import preparation
from tests.fakes import FakeHost, StoppedByPersonError
from tests.tagging.conftest import Pictures


def values(scores: list[TagScores]) -> np.ndarray:
    """Return scores as [N, T]."""
    return np.stack([one.values for one in scores])


def test_a_cancel_is_heeded_while_an_opened_picture_is_decoded(tiny: Path, host: FakeHost) -> None:
    """Whose decoding does not end."""
    never = threading.Event()

    class Endless(Image.Image):
        def load(self) -> Any:
            never.wait(60)

    endless = Endless()
    endless._mode, endless._size = "RGB", (4, 4)
    tagger = Tagger.load(tiny, host=host)
    host.cancel_after = 0
    with pytest.raises(StoppedByPersonError):
        tagger.score([endless] * 4)
    never.set()


def test_a_picture_may_be_closed_when_the_next_is_asked_for(tiny: Path, tmp_path: Path, pictures: Pictures) -> None:
    """As a generator with `with Image.open(...)` does."""
    paths = [tmp_path / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path)

    def opened() -> Iterator[Image.Image]:
        for path in paths:
            with Image.open(path) as picture:
                yield picture

    tagger = Tagger.load(tiny, device="cpu")
    assert values(tagger.score(paths)) == pytest.approx(values(tagger.score(opened())), abs=1e-6)


def test_a_generator_is_scored_as_a_list_is(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Every picture once, in order; how many there are is not known."""
    tagger = Tagger.load(tiny, host=host)
    expected = tagger.score(list(pictures), batch_size=2)
    actual = tagger.score((picture for picture in pictures), batch_size=2)
    assert [one.as_dict() for one in expected] == [one.as_dict() for one in actual]
    assert 0 == host.progresses[-1][0]
    with pytest.raises(UnreadablePictureError, match=r"^picture 2: .*none\.png"):
        tagger.score(iter([pictures[0], Path("none.png")]))


def test_a_generator_is_taken_two_batches_ahead_and_no_more(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """Of however many pictures there are, no more are in memory."""
    taken: list[int] = []

    def many() -> Iterator[Any]:
        for number in range(100):
            taken.append(number)
            yield pictures[0]

    results = Tagger.load(tiny, host=host).score_each(many(), batch_size=3)
    next(results)
    assert 6 == len(taken)
    results.close()  # type: ignore[attr-defined]


def test_progress_is_told(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """How many are done of how many, after each batch; of a generator without the latter."""
    tagger = Tagger.load(tiny, host=host)
    seen: list[tuple[int, int | None]] = []
    tagger.score(pictures[:3], batch_size=2, progress=lambda done, total: seen.append((done, total)))
    tagger.score(iter(pictures[:1]), progress=lambda done, total: seen.append((done, total)))
    assert [(2, 3), (3, 3), (1, None)] == seen


def test_a_cancel_is_heeded_while_a_picture_is_read(
    tiny: Path, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture whose reading does not end keeps nobody waiting."""
    tagger = Tagger.load(tiny, host=host)
    never = threading.Event()
    monkeypatch.setattr(preparation, "read_square", lambda *_, **__: never.wait(60))
    host.cancel_after = 0
    try:
        with pytest.raises(StoppedByPersonError):
            tagger.score(Path("slow.png"))
    finally:
        never.set()


def test_progress_counts_pictures(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """After each batch, up to the total."""
    Tagger.load(tiny, host=host).score(pictures, batch_size=2)
    assert [(5, "JoyTag", [2, 4, 5])] == host.progresses


def test_the_person_may_stop_between_batches(tiny: Path, pictures: Pictures, host: FakeHost) -> None:
    """The host's own exception comes out untouched, nothing more is computed, and the tagger still works."""
    tagger = Tagger.load(tiny, host=host)
    host.cancel_after = 1
    with pytest.raises(StoppedByPersonError):
        tagger.score(pictures, batch_size=2)
    assert [2] == host.batches
    host.cancel_after = None
    assert 5 == len(tagger.score(pictures))
