"""Does the published model arrive whole and genuine, whatever happens on the way?"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import try_to_load_from_cache, utils

from joytag_core import ModelDownloadError, ModelFileError, ModelNotFoundError, Tagger
from joytag_core.model.answers import Answer, BusyError, patiently
from joytag_core.model.download import download_joytag, verify_published
from joytag_core.model.folders import JOYTAG, MODEL_FILES, find_installed, installed_models
from tests.checkpoints import RELEASE_CONFIG, config_bytes
from tests.hub import HubStandIn, point_to
from tests.model.downloads.conftest import (
    GENUINE,
    WEIGHTS,
    StoppedByPersonError,
    WatchingHost,
    leave_half_a_download,
    part_of_weights,
)


def files_under(folder: Path) -> set[str]:
    """Return the names of all files in a folder and below."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_download_goes_to_the_host_s_model_folder(hub: HubStandIn, host: WatchingHost, tmp_path: Path) -> None:
    """The three files, as published, under `joytag`, and nothing else; from then on the model is installed."""
    folder = download_joytag(host)
    assert (JOYTAG, tmp_path / "models" / "joytag") == (folder.name, folder.path)
    assert GENUINE == {name: (folder.path / name).read_bytes() for name in MODEL_FILES}
    assert set(MODEL_FILES) == files_under(tmp_path / "models")
    assert folder == find_installed(JOYTAG, host)


def test_a_download_goes_to_the_hub_s_cache_without_a_model_folder(hub: HubStandIn, tmp_path: Path) -> None:
    """Where the library itself, and every other program that uses it, finds the files."""
    host = WatchingHost()
    folder = download_joytag(host)
    assert GENUINE == {name: (folder.path / name).read_bytes() for name in MODEL_FILES}
    for name in MODEL_FILES:
        found = try_to_load_from_cache(
            "fancyfeast/joytag", name, revision=folder.path.name, cache_dir=tmp_path / "cache"
        )
        assert str(folder.path / name) == found
    assert folder == find_installed(JOYTAG, host)
    assert not [name for name in files_under(tmp_path / "cache") if "incomplete" in name]


@pytest.mark.parametrize("with_folder", [True, False])
def test_a_second_download_fetches_nothing(hub: HubStandIn, tmp_path: Path, with_folder: bool) -> None:
    """What is there and whole stays."""
    host = WatchingHost([tmp_path / "models"] if with_folder else [])
    download_joytag(host)
    assert 3 == len(hub.gets)
    download_joytag(host)
    assert 3 == len(hub.gets)


def test_progress_is_shown_from_nothing_to_all(hub: HubStandIn, host: WatchingHost) -> None:
    """In bytes, never backwards, and ending at the total."""
    download_joytag(host)
    assert sum(map(len, GENUINE.values())) == host.total == host.shown[-1]
    assert sorted(host.shown) == host.shown


@pytest.mark.parametrize("name", MODEL_FILES)
def test_another_content_of_the_same_size_is_removed(hub: HubStandIn, host: WatchingHost, name: str) -> None:
    """A wrong hash is an error that names the file; nothing of it stays, and the next try fetches it anew."""
    hub.replaced = {name: bytes(len(GENUINE[name]))}
    with pytest.raises(ModelDownloadError, match=rf"(?s){name}.*SHA-256"):
        download_joytag(host)
    assert not any(path.startswith(name) for path in files_under(host.model_folders()[0]))
    assert find_installed(JOYTAG, host) is None
    hub.replaced = {}
    assert GENUINE[name] == (download_joytag(host).path / name).read_bytes()


def test_other_small_files_than_the_published_ones_are_refused(hub: HubStandIn, host: WatchingHost) -> None:
    """The small files' hashes are known here: a server that serves others, and says so, is not believed."""
    hub.files["config.json"] = config_bytes(RELEASE_CONFIG | {"n_tags": 5})
    with pytest.raises(ModelDownloadError, match=r"config\.json"):
        download_joytag(host)


def test_a_file_that_is_cut_off_is_no_model(hub: HubStandIn, host: WatchingHost) -> None:
    """A server that sends less than it promised, whole by its own word, leaves no model."""
    hub.replaced = {"model.safetensors": WEIGHTS[:-7]}
    with pytest.raises(ModelDownloadError):
        download_joytag(host)
    assert find_installed(JOYTAG, host) is None


@pytest.mark.parametrize("page_type", ["text/html", "text/plain", "application/octet-stream"])
@pytest.mark.parametrize("length", [20, 49_152, len(WEIGHTS) - 49_152, len(WEIGHTS)])
def test_of_a_block_page_no_byte_is_kept(hub: HubStandIn, host: WatchingHost, page_type: str, length: int) -> None:
    """A login or a filter in between answers 200 with something else: the part stays as it was, and is gone on with."""
    rest = leave_half_a_download(hub, host)
    hub.page, hub.page_type = b"<" * length, page_type
    is_of_the_right_length = length in (len(WEIGHTS) - rest, len(WEIGHTS))
    if page_type != "text/html" and is_of_the_right_length:
        pytest.skip("only its hash tells it from the file")
    with pytest.raises(ModelDownloadError, match=r"(?s)block page.*--model demo"):
        download_joytag(host)
    assert WEIGHTS[:rest] == part_of_weights(host).read_bytes()
    hub.page = b""
    hub.gets.clear()
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert [("model.safetensors", f"bytes={rest}-")] == hub.gets


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(hub: HubStandIn, host: WatchingHost, status: int) -> None:
    """For what it says of the files, and for the files; as often as it takes, up to five times."""
    hub.busy = [status] * 3
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert [] == hub.busy


def test_a_server_that_stays_busy_is_given_up(hub: HubStandIn, host: WatchingHost) -> None:
    """After a bounded number of tries, with the status and what to do."""
    hub.busy = [503] * 1000
    with pytest.raises(ModelDownloadError, match=r"(?s)503.*--model demo"):
        download_joytag(host)
    assert len(hub.busy) > 900


def test_a_cancel_ends_the_waiting_for_a_busy_server(hub: HubStandIn, host: WatchingHost) -> None:
    """An hour that the server wants keeps nobody."""
    hub.busy, hub.retry_after, host.cancelled = [429] * 9, "3600", True
    with pytest.raises(StoppedByPersonError):
        download_joytag(host)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", 7.0), ("0", 0.0), ("3600", 60.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 1.0), ("", 1.0)],
)
def test_how_long_a_busy_server_is_waited_for(text: str, expected: float) -> None:
    """As it says, in seconds or as a date, never over a minute; a second where it says nothing."""
    waited: list[float] = []
    answers: list[Any] = [BusyError("busy", Answer(429, {"Retry-After": text}, lambda: iter(()))), None]

    def call() -> str:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return "done"

    assert "done" == patiently(call, waited.append)
    assert [expected] == waited


def test_a_mirror_that_says_no_sizes_is_downloaded_from(hub: HubStandIn, host: WatchingHost) -> None:
    """Progress has no total then; the bytes are shown, and the hashes decide."""
    hub.without_sizes = True
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert 0 == host.total
    assert sum(map(len, GENUINE.values())) == host.shown[-1]


def test_a_wrong_file_of_a_mirror_that_says_no_sizes_is_removed(hub: HubStandIn, host: WatchingHost) -> None:
    """Where nothing is behind its end, it is another file; the message says all that a person can do."""
    hub.without_sizes = True
    hub.replaced = {"model.safetensors": WEIGHTS[:-7]}
    with pytest.raises(ModelDownloadError, match=r"(?s)SHA-256.*block page.*browser.*--model demo"):
        download_joytag(host)
    assert not [name for name in files_under(host.model_folders()[0]) if name.startswith("model.safetensors")]


@pytest.mark.parametrize("status", [404, 401, 403])
def test_a_server_that_refuses_is_explained(hub: HubStandIn, host: WatchingHost, status: int) -> None:
    """What a person can do, in one message: try again, put these three files there, or use the demo."""
    hub.status = status
    with pytest.raises(ModelDownloadError) as caught:
        download_joytag(host)
    message = str(caught.value)
    for part in (*MODEL_FILES, "--model demo", "HF_ENDPOINT", str(host.model_folders()[0] / "joytag"), hub.url):
        assert part in message
    assert [] == [folder for folder in installed_models(host) if folder.name == JOYTAG]


def test_no_server_at_all_is_explained(host: WatchingHost, hub: HubStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead address gives the same message, and through the tagger too; it is a FileNotFoundError as well."""
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(ModelNotFoundError, match="--model demo"):
        Tagger.load("joytag", host=host)
    with pytest.raises(FileNotFoundError, match=r"top_tags\.txt"):
        download_joytag(WatchingHost())


def test_a_folder_that_cannot_be_written_is_explained(hub: HubStandIn, tmp_path: Path) -> None:
    """A file where the folder should be: our error, with the system's reason."""
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(ModelDownloadError, match="models"):
        download_joytag(WatchingHost([tmp_path / "models"]))


def test_two_at_once_fetch_the_files_once(hub: HubStandIn, host: WatchingHost, tmp_path: Path) -> None:
    """Two threads, as two programs would, wait for each other and both have the model."""
    results: list[bytes] = []
    begin = threading.Barrier(2)

    def download() -> None:
        begin.wait()
        results.append(download_joytag(WatchingHost([tmp_path / "models"])).weights.read_bytes())

    threads = [threading.Thread(target=download) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [WEIGHTS, WEIGHTS] == results
    assert 3 == len(hub.gets)


def test_the_library_s_own_bars_are_left_as_they_were(
    hub: HubStandIn, host: WatchingHost, capfd: pytest.CaptureFixture[str]
) -> None:
    """Progress is the host's; nothing is printed, and what the person set stays set."""
    download_joytag(host)
    assert "" == capfd.readouterr().err
    assert not utils.are_progress_bars_disabled()


def test_an_installed_model_is_verified_against_the_hub(hub: HubStandIn, host: WatchingHost) -> None:
    """Genuine files pass; a changed file is named; without the Hub, the small files are still compared."""
    folder = download_joytag(host)
    assert "equal" in verify_published(folder)
    folder.weights.write_bytes(WEIGHTS[::-1])
    with pytest.raises(ModelFileError, match=r"model\.safetensors.*SHA-256"):
        verify_published(folder)
    hub.status = 503
    assert "not compared" in verify_published(folder)
    folder.tags.write_bytes(GENUINE["top_tags.txt"] + b"\n")
    with pytest.raises(ModelFileError, match=r"top_tags\.txt"):
        verify_published(folder)
