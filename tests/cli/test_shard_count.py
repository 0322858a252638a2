"""Are shards that failed still named where a long run ends?"""

from __future__ import annotations

from pathlib import Path

import pytest

from joytag_core.cli.main import main
from joytag_core.cli.shard_count import ShardCount


def count_of(failed: int, done: int) -> ShardCount:
    """Return a count of so many shards that failed, and others of 3 pictures."""
    count = ShardCount(failed + done)
    for number in range(failed):
        count.add({"shard": f"{number}.tar", "pictures": 0, "failed": 0, "was_done": False, "error": "torn"})
    for number in range(failed, failed + done):
        count.add({"shard": f"{number}.tar", "pictures": 3, "failed": 1, "was_done": False, "error": None})
    return count


@pytest.mark.parametrize(
    ("failed", "lines", "last"),
    [
        (1, 1, "failed: 0.tar: torn"),
        (100, 100, "failed: 99.tar: torn"),
        (101, 101, "failed: 1 more, told above"),
        (5000, 101, "failed: 4,900 more, told above"),
    ],
)
def test_shards_that_failed_are_named_with_the_reason_a_hundred_at_most(failed: int, lines: int, last: str) -> None:
    """The others are counted: a bucket that is closed fails in thousands."""
    count = count_of(failed, done=2)

    assert lines == len(count.failures())
    assert last == count.failures()[-1]
    assert f"{failed + 2:,} shards, {failed} failed; 6 pictures, 2 failed" == count.summary()


def test_nothing_is_named_where_nothing_failed() -> None:
    """No line, then."""
    assert [] == count_of(0, done=2).failures()


def test_the_command_ends_with_what_failed(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Behind the lines of all shards, before the summary."""
    for name in ("a.tar", "b.tar"):
        (tmp_path / name).write_bytes(b"no tar" * 200)
    words = ["--output-folder", str(tmp_path / "out"), "--model", str(tiny), "--device", "cpu"]

    assert 1 == main(["caption", "--shards", f"{tmp_path}/a.tar", f"{tmp_path}/b.tar", *words])
    lines = capsys.readouterr().err.splitlines()[-3:]
    assert [True, True] == [
        f"failed: {tmp_path}/{name}.tar: " in line for name, line in zip("ab", lines[:2], strict=True)
    ]
    assert "2 shards, 2 failed; 0 pictures, 0 failed" == lines[-1]
