"""Does a local Ray caption shards as `joytag caption --shards` does?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from joytag_core.cli.main import main
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
    assert f"{poisoned}: error: failed 3 times: {poisoned}: the shard cannot be read to its end" in said
    assert "5 shards, 1 failed; 12 pictures, 0 failed" in said
    assert not (tmp_path / "ray" / "data-0004.done").exists()

    shards[0].write_bytes(b"no longer a tar")
    poisoned.unlink()
    assert 0 == ray_main(["caption", *asked, "--out", str(tmp_path / "ray"), "--actors", "2"])
    assert 4 == capsys.readouterr().err.count("done before, 3 pictures, 0 failed")
