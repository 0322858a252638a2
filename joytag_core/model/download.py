"""How does the published model get onto this machine, whole and genuine?"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import JoyTagError, ModelDownloadError, ModelFileError
from ..host.protocol import Host
from .answers import WrongAnswerError, patiently
from .fetching import HubFile, arrived, difference, fetch
from .folders import HUB_REPOSITORY, HUB_REVISION, JOYTAG, MODEL_FILES, WEIGHTS_FILE, ModelFolder, hub_cache

PUBLISHED_SHA256 = {
    "config.json": "b53ee29a8f0d6353331f455fd640c70ef45e5bd979b656f7b9983cffa3724562",
    "top_tags.txt": "32b1963a234af848643b2bbf47d8eff1f1c7889406810c57b980f41b2b9e01d0",
}
"""Of the two small files at the pinned revision; the weights' hash is the Hub's own metadata."""

_POLL_SECONDS = 0.25
_ETAG = re.compile(r"[0-9A-Za-z._-]{8,128}")  # it becomes part of a file's name
_SHA256 = re.compile("[0-9a-f]{64}")

logger = logging.getLogger("joytag")


def download_joytag(host: Host) -> ModelFolder:
    """Download the published model, verify it and return its folder; what has arrived before is not fetched again.

    It goes to the host's download folder, or into the Hub's cache where the host has none. `HF_ENDPOINT`,
    `HF_HUB_OFFLINE`, `HF_HOME` and the rest of huggingface_hub's variables hold.

    Raises:
        ModelDownloadError: it could not be fetched, or is not what the Hub says; the message says what to do.
        Whatever the host raises to cancel; the download then stops, and what has arrived is kept.
    """
    parent = host.download_folder()
    folder = None if parent is None else parent / JOYTAG
    files = [patiently(partial(_explained_file, name, host), partial(_wait, host)) for name in MODEL_FILES]
    places = {file: hub_cache() / "blobs" / file.etag if folder is None else folder / file.name for file in files}
    logger.info("downloading %s (%.0f MB) from the Hub", HUB_REPOSITORY, sum(file.size for file in files) / 1e6)
    _fetch_watched(places, host)
    if folder is not None:
        return ModelFolder(JOYTAG, folder)
    with _explaining(host):
        return ModelFolder(JOYTAG, _linked_in_cache(files))


def hub_file(name: str) -> HubFile:
    """Ask the Hub for one file's size and hash at the pinned revision.

    Raises huggingface_hub's own errors.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(HUB_REPOSITORY, name, revision=HUB_REVISION)
    known = get_hf_file_metadata(url)
    etag = known.etag or ""
    if not _ETAG.fullmatch(etag):
        raise ValueError(f"{url} is answered without an ETag; is this the Hub?")
    sha256 = PUBLISHED_SHA256.get(name, etag if _SHA256.fullmatch(etag) else "")
    if not sha256:
        logger.warning("JoyTag: the Hub gives no SHA-256 of %s; only its size will be verified", name)
    return HubFile(name, known.size or 0, sha256, etag, known.location)


def no_model_message(host: Host, reason: str) -> str:
    """Say how to get the model without a working download."""
    from huggingface_hub import constants

    page = f"{constants.ENDPOINT}/{HUB_REPOSITORY}/tree/{HUB_REVISION}"
    folders = [*host.model_folders()]
    place = f"{folders[0] / JOYTAG}" if folders else "any folder, and name that folder as the model"
    return (
        f"JoyTag's model is not on this machine, and the download failed: {reason}\n"
        "- Try again: what has arrived as it should is kept. A mirror is named by the environment variable HF_ENDPOINT."
        "\n"
        f"- Or get {', '.join(MODEL_FILES)} from {page} with a browser and put them into: {place}\n"
        "- Or use the model 'demo' (on the command line: --model demo): it works offline, and knows only shapes, "
        "colours and patterns."
    )


def _fetch_watched(places: Mapping[HubFile, Path], host: Host) -> None:
    """Fetch in a thread and report the bytes that have arrived, until all are there or the host's person cancels.

    The library's own progress bars reach no host, and a stalled connection would keep a cancel waiting.
    """
    stop = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with _explaining(host), _without_bars():
                for file, place in places.items():  # the weights last: a folder without them counts as no model
                    fetch(file, place, stop)
        except BaseException as error:  # handed on to the waiting thread
            failures.append(error)

    thread = threading.Thread(target=run, name="joytag-download", daemon=True)
    total = sum(file.size for file in places) if all(file.size for file in places) else 0
    progress = host.progress(total=total, label="Downloading JoyTag")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_POLL_SECONDS)
            host.check_cancelled()
            progress.update(sum(arrived(file, place) for file, place in places.items()))
    finally:
        stop.set()
    if failures:
        raise failures[0]


def _explained_file(name: str, host: Host) -> HubFile:
    with _explaining(host):
        return hub_file(name)


def _wait(host: Host, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        host.check_cancelled()
        time.sleep(min(left, _POLL_SECONDS))


@contextmanager
def _explaining(host: Host) -> Iterator[None]:
    try:
        yield
    except WrongAnswerError as error:
        raise ModelDownloadError(no_model_message(host, str(error))) from error
    except JoyTagError:
        raise
    except Exception as error:  # the library's errors have no common base over its versions
        reason = str(error).splitlines()[0] if str(error) else repr(error)
        raise ModelDownloadError(no_model_message(host, reason)) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    from huggingface_hub import utils

    bars: Any = utils  # not declared as exported
    were_disabled = bars.are_progress_bars_disabled()
    bars.disable_progress_bars()
    try:
        yield
    finally:
        if not were_disabled:
            bars.enable_progress_bars()


def _linked_in_cache(files: Sequence[HubFile]) -> Path:
    """Let the library name the files of its cache, which finds their content there, and return their folder."""
    from huggingface_hub import hf_hub_download

    cache = hub_cache().parent
    named = [hf_hub_download(HUB_REPOSITORY, file.name, revision=HUB_REVISION, cache_dir=cache) for file in files]
    return Path(named[0]).parent


def verify_published(folder: ModelFolder) -> str:
    """Compare a model that is called JoyTag with the published one's hashes, and say what was compared.

    The weights' hash is asked of the Hub; where that cannot be reached, only the small files are compared.

    Raises:
        ModelFileError: a file is another.
    """
    known = [HubFile(name, 0, sha256) for name, sha256 in PUBLISHED_SHA256.items()]
    try:
        known.append(hub_file(WEIGHTS_FILE))
    except Exception:  # as in download_joytag: no common base
        compared = "the Hub cannot be reached, so the weights were not compared with the published ones"
    else:
        compared = "equal to the published files"
    for file in known:
        wrong = difference(folder.path / file.name, file)
        if wrong:
            raise ModelFileError(f"{folder.path / file.name}: {wrong}. This is not the published JoyTag.")
    return compared
