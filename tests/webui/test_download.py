"""Does a person in front of a WebUI see the model's download, and can it be stopped?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huggingface_hub import constants
from PIL import Image

from joytag_core.errors import CancelledError
from joytag_core.model.folders import JOYTAG, MODEL_FILES
from joytag_webui import tab_actions
from joytag_webui.host import WebUIHost
from joytag_webui.tagging import ensure_installed, score_in_queue
from tests.hub import HubStandIn, point_to, published_files, serving
from tests.webui.fake_webui import FakeWebUI

WEIGHTS = bytes(range(256)) * 8000


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStandIn]:
    """Serve the published files, with weights that wait until the test lets them go."""
    with serving(HubStandIn(published_files(WEIGHTS), stall=threading.Event())) as stand_in:
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        point_to(stand_in.url, monkeypatch)
        yield stand_in


def let_go(hub: HubStandIn) -> None:
    """Let the weights go."""
    assert hub.stall is not None
    hub.stall.set()


def test_a_download_is_seen_on_the_page_and_in_the_console(
    webui: FakeWebUI, hub: HubStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notice counts megabytes, and the console has a bar."""
    let_go(hub)
    ensure_installed(JOYTAG)
    assert webui.gradio.told[0].startswith("Downloading JoyTag: 0 of 2 MB")
    assert "Downloading JoyTag: 100%" in capsys.readouterr().err
    folder = webui.folder / "models" / "joytag" / JOYTAG
    assert published_files(WEIGHTS) == {name: (folder / name).read_bytes() for name in MODEL_FILES}


def test_an_interrupt_of_an_earlier_job_stops_no_download(webui: FakeWebUI, hub: HubStandIn) -> None:
    """The hosts forget an interrupt when the next job begins, and a download is none."""
    webui.state.interrupted = True
    let_go(hub)
    ensure_installed(JOYTAG)
    assert (webui.folder / "models" / "joytag" / JOYTAG / "model.safetensors").is_file()


def test_the_tabs_interrupt_stops_a_download_that_hangs(
    webui: FakeWebUI, hub: HubStandIn, picture: Image.Image
) -> None:
    """Nobody waits for a slow network, neither here nor in the queue, and no half model counts as one."""
    with ThreadPoolExecutor(1) as worker:
        asking = worker.submit(score_in_queue, picture, model=JOYTAG)
        while not (webui.gradio.told or asking.done()):
            threading.Event().wait(0.01)
        assert not webui.queue_lock.locked()
        tab_actions.interrupt()
        with pytest.raises(CancelledError, match="download was interrupted"):
            asking.result(timeout=30)
    assert not (webui.folder / "models" / "joytag" / JOYTAG / "model.safetensors").exists()
    assert not any("not tagging anything" in text for text in webui.gradio.told)


def test_a_download_inside_a_generation_shows_megabytes_below_its_bar(webui: FakeWebUI) -> None:
    """Bytes would be numbers that nobody can read."""
    progress = WebUIHost().progress(total=366_000_000, label="Downloading JoyTag")
    progress.update(91_600_000)
    assert "Downloading JoyTag 92/366 MB" == webui.state.textinfo
    progress.update(366_000_000)
    assert webui.state.textinfo is None
