"""Does the published model arrive whole and genuine, whatever happens on the way?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import requests
from huggingface_hub import constants, try_to_load_from_cache, utils
from safetensors.torch import load_file

from joytag_core import LocalHost, ModelDownloadError, ModelFileError, ModelNotFoundError, Tagger, Vocabulary
from joytag_core.host.protocol import Progress
from joytag_core.model import fetching
from joytag_core.model.answers import Answer, BusyError, patiently
from joytag_core.model.download import download_joytag, verify_published
from joytag_core.model.folders import JOYTAG, MODEL_FILES, find_installed, installed_models
from tests.checkpoints import RELEASE_CONFIG, config_bytes
from tests.conftest import DATA
from tests.hub import HubStandIn, point_to, published_files, serving

REPOSITORY = Path(__file__).parents[2]
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


def part_of_weights(host: WatchingHost) -> Path:
    """Return the file that holds what has arrived of the weights."""
    (part,) = (host.model_folders()[0] / "joytag").glob("model.safetensors.*.incomplete")
    return part


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


def leave_half_a_download(hub: HubStandIn, host: WatchingHost) -> int:
    """Let a download fail when half of the weights have arrived, and return how many bytes of them are kept."""
    hub.break_after = {"model.safetensors": [50_000]}
    hub.fails_when_broken = True
    with pytest.raises(ModelDownloadError, match="500"):
        download_joytag(host)
    hub.fails_when_broken = False
    return 49_152  # 12 whole chunks


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


@pytest.mark.parametrize("length", [1, 50_000, len(WEIGHTS)])
def test_a_damaged_part_is_thrown_away(hub: HubStandIn, host: WatchingHost, length: int) -> None:
    """What was kept and is wrong is begun again, by itself and once."""
    leave_half_a_download(hub, host)
    part_of_weights(host).write_bytes(b"\xff" * length)
    hub.gets.clear()
    assert WEIGHTS == download_joytag(host).weights.read_bytes()
    assert ("model.safetensors", "") == hub.gets[-1]
    assert len(hub.gets) <= 2


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


def test_a_wrong_file_of_a_mirror_that_says_no_sizes_is_removed(hub: HubStandIn, host: WatchingHost) -> None:
    """Where nothing is behind its end, it is another file; the message says all that a person can do."""
    hub.without_sizes = True
    hub.replaced = {"model.safetensors": WEIGHTS[:-7]}
    with pytest.raises(ModelDownloadError, match=r"(?s)SHA-256.*block page.*browser.*--model demo"):
        download_joytag(host)
    assert not [name for name in files_under(host.model_folders()[0]) if name.startswith("model.safetensors")]


def test_a_part_that_is_too_long_is_begun_again(hub: HubStandIn, host: WatchingHost) -> None:
    """More bytes than the file has cannot be gone on with."""
    leave_half_a_download(hub, host)
    part_of_weights(host).write_bytes(bytes(len(WEIGHTS) + 1))
    assert WEIGHTS == download_joytag(host).weights.read_bytes()


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


# --- as a person runs it: the library reads its variables when it is imported

GET_MODEL = """
from joytag_core import LocalHost
from joytag_core.model.answers import Answer, BusyError, patiently
from joytag_core.model.download import download_joytag
from joytag_core.model.folders import find_installed
host = LocalHost(device="cpu", model_folders=[])
print((find_installed("joytag", host) or download_joytag(host)).path)
"""
SCORE_PICTURE = """
import json, sys
from joytag_core import Tagger
(scores,) = Tagger.load(device="cpu", dtype="float32").score(sys.argv[1])
print(json.dumps(scores.as_dict()))
"""


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter whose environment holds only these of the library's variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "JOYTAG_"))}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=kept | variables, cwd=REPOSITORY, timeout=300, check=False
    )


def test_the_library_s_variables_hold(tmp_path: Path) -> None:
    """HF_ENDPOINT names the server and HF_HOME the cache; HF_HUB_OFFLINE asks nobody, with a model and without."""
    home = tmp_path / "home"
    with serving(HubStandIn(dict(GENUINE))) as hub:
        first = run(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(home))
        assert 0 == first.returncode, first.stderr
        assert home / "hub" in Path(first.stdout.strip()).parents
        assert 3 == len(hub.gets)
        asked = hub.requests
        again = run(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(home), HF_HUB_OFFLINE="1")
        assert first.stdout == again.stdout
        without = run(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "empty"), HF_HUB_OFFLINE="1")
        assert "ModelDownloadError" in without.stderr
        assert "--model demo" in without.stderr
        assert asked == hub.requests


@pytest.mark.slow
def test_the_full_model_is_downloaded_loaded_and_tags(full: Path, tmp_path: Path) -> None:
    """The whole way, with nothing there before: 366 MB over HTTP, verified, and the reference's scores."""
    content = GENUINE | {"model.safetensors": (full / "model.safetensors").read_bytes()}
    with serving(HubStandIn(content)) as hub:
        picture = str(DATA / "pictures" / "coffee_600x400.png")
        done = run(SCORE_PICTURE, picture, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path))
    assert 0 == done.returncode, done.stderr
    actual = json.loads(done.stdout)
    expected = load_file(DATA / "golden" / "logits_full.safetensors")["coffee_600x400"].sigmoid().tolist()
    names = Vocabulary.joytag().names
    assert set(names) == set(actual)
    assert expected == pytest.approx([actual[name] for name in names], abs=1e-4)
