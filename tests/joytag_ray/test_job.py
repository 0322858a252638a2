"""Does a local Ray caption shards as `joytag caption --shards` does?"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from joytag_core.cli.main import main
from joytag_core.errors import ModelNotFoundError
from joytag_ray.__main__ import main as ray_main
from tests.captions.test_shards import write_shards

ray = pytest.importorskip("ray")
pytest.importorskip("ray.data")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """Start Ray on this machine, for two workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        yield
        ray.shutdown()


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every table's rows."""
    return {path.name: parquet.read_table(path).to_pylist() for path in sorted(folder.glob("*.parquet"))}


def test_ray_gives_what_one_command_does_and_tells_a_poisoned_shard(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row for row, with the settings of `caption`; a rerun does nothing again."""
    shards = write_shards(tmp_path, 4)
    poisoned = tmp_path / "data-0004.tar"
    poisoned.write_bytes(shards[0].read_bytes()[:700])
    asked = [f"{tmp_path}/data-*.tar", "--model", str(tiny), "--threshold", "0.3", "--trigger", "x"]
    asked += ["--device", "cpu", "--dtype", "float32"]  # what `auto` is, this process's tests say, not the workers

    main(["caption", "--shards", *asked, "--output-folder", str(tmp_path / "plain"), "--format", "parquet"])
    capsys.readouterr()
    assert 1 == ray_main(["caption", *asked, "--out", str(tmp_path / "ray"), "--actors", "2"])
    said = capsys.readouterr().err

    assert 4 == len(rows(tmp_path / "plain"))
    assert rows(tmp_path / "plain") == rows(tmp_path / "ray")
    assert f"{poisoned}: error: failed 3 times: the shard cannot be read to its end" in said
    assert said.rstrip().endswith("\n5 shards, 1 failed; 12 pictures, 0 failed")
    assert f"\nfailed: {poisoned}: failed 3 times: " in said
    assert [] == [line for line in said.splitlines() if not re.match(r"2 actors of |\d/5 |failed: |5 shards", line)]
    assert not (tmp_path / "ray" / "data-0004.done").exists()

    shards[0].write_bytes(b"no longer a tar")
    poisoned.unlink()
    assert 0 == ray_main(["caption", *asked, "--out", str(tmp_path / "ray"), "--actors", "2"])
    assert 4 == capsys.readouterr().err.count("done before, 3 pictures, 0 failed")


def test_all_actors_that_have_room_work_at_once(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of three, on two processors: each that has begun waits until another one has."""
    from joytag_ray import job

    write_shards(tmp_path, 4)
    met = tmp_path / "met"
    met.mkdir()

    class Waiting(job.ShardWorker):
        def __call__(self, row: dict[str, str]) -> dict[str, Any]:
            (met / str(os.getpid())).touch()
            for _ in range(600):  # with one actor alone the test shall fail, not hang
                if len(list(met.iterdir())) > 1:
                    break
                time.sleep(0.1)
            return super().__call__(row)

    monkeypatch.setattr(job, "ShardWorker", Waiting)
    words = [f"{tmp_path}/data-*.tar", "--model", str(tiny), "--device", "cpu", "--actors", "3"]

    assert 0 == ray_main(["caption", *words, "--out", str(tmp_path / "ray")])
    assert 2 == len(list(met.iterdir()))
    assert 4 == len(rows(tmp_path / "ray"))


def test_names_start_from_where_the_command_runs(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from where Ray was started."""
    write_shards(tmp_path, 1)
    monkeypatch.chdir(tmp_path)

    assert 0 == ray_main(["caption", "data-0000.tar", "--model", str(tiny), "--device", "cpu", "--out", "ray"])
    assert ["data-0000.parquet"] == [*rows(tmp_path / "ray")]


def test_actors_that_cannot_begin_end_the_job_with_a_sentence(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a machine lacks the model: status 2, and at the end why, whatever Ray has said before."""
    from joytag_ray import job

    class Lost(job.ShardWorker):
        def __init__(self, *given: Any) -> None:
            raise ModelNotFoundError("no such model here")

    write_shards(tmp_path, 1)
    monkeypatch.setattr(job, "ShardWorker", Lost)
    words = [f"{tmp_path}/data-0000.tar", "--model", str(tiny), "--device", "cpu"]

    assert 2 == ray_main(["caption", *words, "--out", str(tmp_path / "ray")])
    last = capsys.readouterr().err.splitlines()[-1]
    assert "error: Ray ended the job: joytag_core.errors.ModelNotFoundError: no such model here" == last


def test_a_worker_that_dies_is_replaced_and_no_result(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output holds one line of JSON a shard, though Ray prints there that a worker has died."""
    from joytag_ray import job

    write_shards(tmp_path, 3)
    died = tmp_path / "died"

    class Dying(job.ShardWorker):
        def __call__(self, row: dict[str, str]) -> dict[str, Any]:
            if not died.exists():
                died.touch()
                os._exit(1)
            return super().__call__(row)

    monkeypatch.setattr(job, "ShardWorker", Dying)
    words = [f"{tmp_path}/data-*.tar", "--model", str(tiny), "--device", "cpu", "--json"]

    assert 0 == ray_main(["caption", *words, "--out", str(tmp_path / "ray")])
    assert died.exists()
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [f"{tmp_path}/data-000{number}.tar" for number in range(3)] == sorted(one["shard"] for one in found)
