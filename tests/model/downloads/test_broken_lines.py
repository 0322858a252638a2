"""Is a download that broke off gone on with, and is nothing taken for whole that is not?"""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from joytag_core import ModelDownloadError
from joytag_core.model.download import download_joytag
from joytag_core.model.folders import JOYTAG, find_installed
from tests.hub import HubStandIn
from tests.model.downloads.conftest import (
    WEIGHTS,
    StoppedByPersonError,
    WatchingHost,
    leave_half_a_download,
    part_of_weights,
)


def test_a_broken_connection_is_taken_up_where_it_broke(hub: HubStandIn, host: WatchingHost) -> None:
    """Within one download: the next request asks only for the rest."""
    hub.break_after = {"model.safetensors": [60_000]}
    folder = download_joytag(host)
    assert WEIGHTS == folder.weights.read_bytes()
    ranges = [wanted for name, wanted in hub.gets if name == "model.safetensors"]
    assert ["", "bytes=49152-"] == ranges  # 3 times 16 KiB of the 60,000 bytes


def test_a_line_that_breaks_all_the_time_brings_the_model(hub: HubStandIn, host: WatchingHost) -> None:
    """Each connection's bytes are kept, however few; the library's own 10 MB at a time would keep none."""
    hub.break_after = {"model.safetensors": [20_000] * 6}
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert [f"bytes={16_384 * n}-" if n else "" for n in range(7)] == [wanted for _, wanted in hub.gets[2:]]


@pytest.mark.parametrize("count", [3, 4])
def test_a_line_that_is_away_for_a_while_is_waited_for(hub: HubStandIn, host: WatchingHost, count: int) -> None:
    """Three tries that bring nothing are made again; after a fourth it is said, and what has arrived is kept."""
    hub.break_after = {"model.safetensors": [60_000, *[0] * count]}
    if count == 3:
        assert WEIGHTS == download_joytag(host).weights.read_bytes()
        return
    with pytest.raises(ModelDownloadError, match="--model demo"):
        download_joytag(host)
    assert WEIGHTS[:49_152] == part_of_weights(host).read_bytes()


def test_a_full_disk_is_not_taken_for_a_broken_line(hub: HubStandIn, host: WatchingHost) -> None:
    """It is said at once, with the file's place; what has arrived is kept, and gone on with where there is room."""
    resource = pytest.importorskip("resource", reason="no limits of file sizes here")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, before[1]))
    try:
        with pytest.raises(ModelDownloadError, match=rf"{re.escape(str(host.model_folders()[0]))}.*File too large"):
            download_joytag(host)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert WEIGHTS[:90_000] == part_of_weights(host).read_bytes()
    assert 3 == len(hub.gets)
    assert WEIGHTS == download_joytag(host).weights.read_bytes()


@pytest.mark.parametrize("with_folder", [True, False])
def test_a_download_that_failed_is_gone_on_with_the_next_time(
    hub: HubStandIn, tmp_path: Path, with_folder: bool
) -> None:
    """A later call, as after a restart, asks only for the rest; until then the model counts as not installed."""
    host = WatchingHost([tmp_path / "models"] if with_folder else [])
    rest = leave_half_a_download(hub, host)
    assert find_installed(JOYTAG, host) is None
    hub.gets.clear()
    folder = download_joytag(host)
    assert [("model.safetensors", f"bytes={rest}-")] == hub.gets
    assert WEIGHTS == folder.weights.read_bytes()


def test_cancel_stops_the_download_with_the_host_s_own_exception(hub: HubStandIn, host: WatchingHost) -> None:
    """Also while the connection stalls; the thread ends, and nothing is half-written in the model's place."""
    hub.stall = threading.Event()
    host.cancelled = True
    with pytest.raises(StoppedByPersonError):
        download_joytag(host)
    hub.stall.set()
    for thread in threading.enumerate():
        if thread.name == "joytag-download":
            thread.join(20)
            assert not thread.is_alive()
    assert not (host.model_folders()[0] / "joytag" / "model.safetensors").exists()


def test_a_server_that_cannot_resume_sends_it_all_again(hub: HubStandIn, host: WatchingHost) -> None:
    """The parts are never joined wrongly."""
    leave_half_a_download(hub, host)
    hub.ignore_ranges = True
    assert WEIGHTS == download_joytag(host).weights.read_bytes()


@pytest.mark.parametrize("length", [1, 50_000, len(WEIGHTS)])
def test_a_damaged_part_is_thrown_away(hub: HubStandIn, host: WatchingHost, length: int) -> None:
    """What was kept and is wrong is begun again, by itself and once."""
    leave_half_a_download(hub, host)
    part_of_weights(host).write_bytes(b"\xff" * length)
    hub.gets.clear()
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert ("model.safetensors", "") == hub.gets[-1]
    assert len(hub.gets) <= 2


def test_a_mirror_that_says_no_sizes_may_break_off(hub: HubStandIn, host: WatchingHost) -> None:
    """An end that comes before the hash is right is none: the rest is asked for, as often as there is one."""
    hub.without_sizes = True
    hub.break_after = {"model.safetensors": [70_000], "top_tags.txt": [40_000]}
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert ("model.safetensors", "bytes=70000-") == hub.gets[-1]


def test_a_whole_part_is_asked_for_no_more(hub: HubStandIn, host: WatchingHost) -> None:
    """As of a run that was killed just before it gave the file its name, from a mirror that says no sizes."""
    hub.without_sizes = True
    hub.break_after = {"model.safetensors": [70_000]}
    hub.fails_when_broken = True
    with pytest.raises(ModelDownloadError, match="500"):
        download_joytag(host)
    part_of_weights(host).write_bytes(WEIGHTS)
    hub.gets.clear()
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert [] == hub.gets


def test_a_part_that_is_too_long_is_begun_again(hub: HubStandIn, host: WatchingHost) -> None:
    """More bytes than the file has cannot be gone on with."""
    leave_half_a_download(hub, host)
    part_of_weights(host).write_bytes(bytes(len(WEIGHTS) + 1))
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
