"""When has a shard failed for good, and what does the command refuse before Ray is asked?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from joytag_core.captions.shards import ShardResult
from joytag_core.errors import CaptionError, DeviceError
from joytag_ray.__main__ import main
from joytag_ray.attempts import DEATHS, WAITS, Begun, try_shard

DONE = ShardResult("a.tar", pictures=5, failed=1)


def failing(times: int, error: Exception) -> Callable[[], ShardResult]:
    """Return what fails so many times, and then works."""
    left = [error] * times

    def caption() -> ShardResult:
        if left:
            raise left.pop()
        return DONE

    return caption


def torn() -> CaptionError:
    """Return what is told of a shard that breaks off."""
    error = CaptionError("a.tar: it is torn")
    error.__cause__ = EOFError("unexpected end")
    return error


@pytest.mark.parametrize("times", [0, 1, len(WAITS) - 1])
def test_a_shard_that_fails_less_than_three_times_is_done(times: int) -> None:
    """After a wait that grows."""
    waits: list[float] = []
    outcome = try_shard(failing(times, torn()), "a.tar", wait=waits.append)

    assert {"shard": "a.tar", "pictures": 5, "failed": 1, "was_done": False, "error": None} == outcome
    assert [0.0, 1.0, 2.0][: times + 1] == waits


@pytest.mark.parametrize(
    ("error", "expected"),
    [(torn(), "failed 3 times: it is torn"), (MemoryError("x"), "3 times: MemoryError: x")],
)
def test_the_third_failure_is_told_and_stops_nothing(error: Exception, expected: str) -> None:
    """Whatever it was."""
    outcome = try_shard(failing(len(WAITS), error), "a.tar", wait=lambda seconds: None)

    assert outcome["error"].endswith(expected)
    assert ("a.tar", 0, 0) == (outcome["shard"], outcome["pictures"], outcome["failed"])


@pytest.mark.parametrize("error", [DeviceError("no CUDA here"), CaptionError("a.tar: no column 'x'")])
def test_what_no_file_has_said_is_told_at_once(error: Exception) -> None:
    """Thousands of shards with a wrong device must not wait three seconds each."""
    waits: list[float] = []
    outcome = try_shard(failing(1, error), "a.tar", wait=waits.append)

    assert str(error).removeprefix("a.tar: ") == outcome["error"]
    assert [0.0] == waits


def test_workers_may_die_over_a_shard_but_not_for_ever() -> None:
    """Ten deaths are a spot machine's bad luck, eleven are the shard's fault."""
    assert try_shard(lambda: DONE, "a.tar", begun=DEATHS)["error"] is None
    assert f"{DEATHS} workers died over it" == try_shard(lambda: DONE, "a.tar", begun=DEATHS + 1)["error"]


def test_what_has_ended_counts_no_more() -> None:
    """Only work that was begun and not ended does, by shard."""
    begun = Begun()
    assert [1, 2, 1] == [begun.begin("a"), begun.begin("a"), begun.begin("b")]
    begun.end("a")
    assert [1, 2] == [begun.begin("a"), begun.begin("b")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "no shard is named"),
        (["a.tar", "--actors", "0"], "--actors 0 is out of range; expected 1 or more"),
        (["a.tar", "--gpus", "-1"], "--gpus -1 is out of range; expected 0 or more"),
        (["a.tar", "--part", "0/2"], "--part divides shards among processes"),
        (["a.tar", "--min-share", "0.5"], "--min-share has no meaning with --shards"),
        (["a.tar", "--threshold", "2"], "threshold is 2.0; expected a number from 0 to 1"),
        (["a.tar", "b/a.tar"], "several shards are named 'a'"),
        (["gone-*.tar"], "no shard is named so"),
        (["a.tar", "--model", "nosuch"], "model 'nosuch' is neither a folder nor installed"),
        (["a.tar", "--format", "hf"], "format 'hf' is none for shards"),
        (["a.tar", "--batch-size", "0"], "--batch-size 0 is out of range; expected 1 or more"),
        (["a.tar", "--threads", "-1"], "--threads -1 is out of range; expected 1 or more"),
        (["a.tar", "--reading", "quick"], "reading is 'quick'"),
    ],
)
def test_wrong_options_are_told_before_any_work(
    words: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, status 2, and no cluster started for it."""
    assert 2 == main(["caption", "--model", "demo", *words, "--out", str(tmp_path / "out")])
    assert expected in capsys.readouterr().err


def test_without_ray_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has only the core gets a sentence."""
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "joytag_ray.job", raising=False)

    assert 2 == main(["caption", "a.tar", "--model", "demo", "--out", str(tmp_path)])
    assert "pip install '.[ray]'" in capsys.readouterr().err
