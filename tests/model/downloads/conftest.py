"""What do the tests of downloads share?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import huggingface_hub
import pytest
import requests
from huggingface_hub import constants, utils

from joytag_core import LocalHost, ModelDownloadError
from joytag_core.host.protocol import Progress
from joytag_core.model import fetching
from joytag_core.model.download import download_joytag
from tests.hub import HubStandIn, point_to, published_files, serving

WEIGHTS = bytes(range(256)) * 400
GENUINE = published_files(WEIGHTS)


class WatchingHost(LocalHost):
    """Remember the progress that is shown, and cancel when told to."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        super().__init__(device="cpu", model_folders=folders)
        self.shown: list[int] = []
        self.total = 0
        self.cancelled = False

    def progress(self, *, total: int, label: str) -> Progress:
        self.total = total
        return self

    def update(self, done: int) -> None:
        self.shown.append(done)

    def check_cancelled(self) -> None:
        if self.cancelled:
            raise StoppedByPersonError


class StoppedByPersonError(Exception):
    """Stand for a host's own way to say that the person has stopped the work."""


@pytest.fixture(params=["httpx", "requests"])
def hub(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStandIn]:
    """Serve the published files, with small weights, to a person with an empty cache, by either of the connections."""
    with serving(HubStandIn(dict(GENUINE))) as stand_in:
        connect_by(request.param, monkeypatch)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(fetching, "_PAUSES", (0.0, 0.0, 0.0))
        point_to(stand_in.url, monkeypatch)
        yield stand_in


def connect_by(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let huggingface_hub connect as it does before version 1, by requests, or as it does since, by httpx."""
    is_old = huggingface_hub.__version__.startswith("0.")
    if library == "requests" and not is_old:
        monkeypatch.setattr(utils, "get_session", requests.Session)
    if library == "httpx" and is_old:
        pytest.skip("this version connects by requests")


@pytest.fixture
def host(tmp_path: Path) -> WatchingHost:
    """Return a host with one model folder that is not there yet."""
    return WatchingHost([tmp_path / "models"])


def part_of_weights(host: WatchingHost) -> Path:
    """Return the file that holds what has arrived of the weights."""
    (part,) = (host.model_folders()[0] / "joytag").glob("model.safetensors.*.incomplete")
    return part


def leave_half_a_download(hub: HubStandIn, host: WatchingHost) -> int:
    """Let a download fail when half of the weights have arrived, and return how many bytes of them are kept."""
    hub.break_after = {"model.safetensors": [50_000]}
    hub.fails_when_broken = True
    with pytest.raises(ModelDownloadError, match="500"):
        download_joytag(host)
    hub.fails_when_broken = False
    return 49_152  # 12 whole chunks
