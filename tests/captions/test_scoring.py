"""Do reading, computing and using the results go on at once?"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from joytag_core import Tagger
from joytag_core.captions.scoring import Scorer
from tests.captions.conftest import Draw, lazy


def test_the_next_batch_is_computed_while_a_result_is_used(
    tiny: Path, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes the first batch's results need not ask for more before the second is under way."""
    pictures = draw(tmp_path, [f"{n}.png" for n in range(6)])
    second = threading.Event()
    computed: list[int] = []
    score = Tagger.score_pixels

    def watched(tagger: Tagger, pixels: torch.Tensor) -> Any:
        computed.append(len(pixels))
        if len(computed) == 2:
            second.set()
        return score(tagger, pixels)

    monkeypatch.setattr(Tagger, "score_pixels", watched)
    batches = Scorer(lazy(tiny), batch_size=2).scored(pictures, lambda path: path)

    first = next(batches)
    assert second.wait(60)
    assert pictures == [path for batch in [first, *batches] for path, _ in batch]
    assert [2, 2, 2] == computed


def test_a_device_that_others_wait_for_is_free_while_a_result_is_used(
    tiny: Path, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch is computed when it is asked for, in the caller's own thread."""
    pictures = draw(tmp_path, [f"{n}.png" for n in range(3)])
    threads: list[threading.Thread] = []
    score = Tagger.score_pixels

    def watched(tagger: Tagger, pixels: torch.Tensor) -> Any:
        threads.append(threading.current_thread())
        return score(tagger, pixels)

    monkeypatch.setattr(Tagger, "score_pixels", watched)
    counts = [
        len(threads) for _ in Scorer(lazy(tiny), batch_size=1, computes_ahead=False).scored(pictures, lambda path: path)
    ]

    assert [1, 2, 3] == counts
    assert {threading.current_thread()} == set(threads)


def test_whoever_takes_no_more_results_ends_the_work(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """No thread is left behind, and none goes on computing."""
    pictures = draw(tmp_path, [f"{n}.png" for n in range(20)])
    scorer = Scorer(lazy(tiny), batch_size=1)
    batches = scorer.scored(pictures, lambda path: path)
    next(batches)
    batches.close()

    assert scorer.newly_scored < len(pictures)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("joytag")]
