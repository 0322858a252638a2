"""How does the published model get onto this machine, whole and genuine?"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import JoyTagError, ModelDownloadError, ModelFileError
from .host import Host
from .models import HUB_REPOSITORY, HUB_REVISION, JOYTAG, MODEL_FILES, WEIGHTS_FILE, ModelFolder, hub_cache

PUBLISHED_SHA256 = {
    "config.json": "b53ee29a8f0d6353331f455fd640c70ef45e5bd979b656f7b9983cffa3724562",
    "top_tags.txt": "32b1963a234af848643b2bbf47d8eff1f1c7889406810c57b980f41b2b9e01d0",
}
"""Of the two small files at the pinned revision; the weights' hash is the Hub's own metadata."""

_POLL_SECONDS = 0.25

logger = logging.getLogger("joytag")


@dataclass(frozen=True, slots=True)
class HubFile:
    """Hold what the Hub says of one file: bytes, and SHA-256 (empty where it gives none)."""

    name: str
    size: int
    sha256: str


def download_joytag(host: Host) -> ModelFolder:
    """Download the published model, verify it and return its folder; what has arrived before is not fetched again.

    It goes to the host's download folder, or into the Hub's cache where the host has none. `HF_ENDPOINT`,
    `HF_HUB_OFFLINE`, `HF_HOME` and the rest of huggingface_hub's variables hold.

    Raises:
        ModelDownloadError: it could not be fetched, or is not what the Hub says; the message says what to do.
    """
    target = host.download_folder()
    staging = None if target is None else target / ".incomplete"
    try:
        files = [hub_file(name) for name in MODEL_FILES]
        logger.info("downloading %s (%.0f MB) from the Hub", HUB_REPOSITORY, sum(file.size for file in files) / 1e6)
        fetched = _watched(lambda: [_fetch(file, staging) for file in files], files, staging, host)
    except JoyTagError:
        raise
    except Exception as error:  # the library's errors have no common base over its versions
        raise ModelDownloadError(
            no_model_message(host, str(error).splitlines()[0] if str(error) else repr(error))
        ) from error
    if target is None or staging is None:
        return ModelFolder(JOYTAG, fetched[0].parent)
    return _move_in(fetched, target / JOYTAG, staging)


def hub_file(name: str) -> HubFile:
    """Ask the Hub for one file's size and hash at the pinned revision.

    Raises huggingface_hub's own errors.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    known = get_hf_file_metadata(hf_hub_url(HUB_REPOSITORY, name, revision=HUB_REVISION))
    etag = known.etag or ""
    sha256 = etag if re.fullmatch("[0-9a-f]{64}", etag) else ""
    return HubFile(name, known.size or 0, PUBLISHED_SHA256.get(name, sha256))


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def difference(path: Path, expected: HubFile) -> str:
    """Say in which way a file differs from what the Hub says of it; empty where it does not."""
    if expected.size and path.stat().st_size != expected.size:
        return f"{path.name} has {path.stat().st_size:,} bytes; expected {expected.size:,}"
    if expected.sha256 and (found := sha256_of(path)) != expected.sha256:
        return f"{path.name} has the SHA-256 {found}; expected {expected.sha256}"
    return ""


def no_model_message(host: Host, reason: str) -> str:
    """Say how to get the model without a working download."""
    from huggingface_hub import constants

    page = f"{constants.ENDPOINT}/{HUB_REPOSITORY}/tree/{HUB_REVISION}"
    folders = [*host.model_folders()]
    place = f"{folders[0] / JOYTAG}" if folders else "any folder, and name that folder as the model"
    return (
        f"JoyTag's model is not on this machine, and the download failed: {reason}\n"
        f"- Try again: what has arrived is kept. A mirror is named by the environment variable HF_ENDPOINT.\n"
        f"- Or get {', '.join(MODEL_FILES)} from {page} with a browser and put them into: {place}\n"
        f"- Or use the model 'demo' (--model demo): it works offline, and knows only shapes, colours and patterns."
    )


def _fetch(file: HubFile, staging: Path | None) -> Path:
    from huggingface_hub import hf_hub_download

    fetched = Path(hf_hub_download(HUB_REPOSITORY, file.name, revision=HUB_REVISION, cache_dir=staging))
    wrong = difference(fetched, file)
    if wrong:
        fetched.resolve().unlink()
        fetched.unlink(missing_ok=True)
        raise ModelDownloadError(f"The download is broken and was removed: {wrong}. Try again, or try another mirror.")
    return fetched


def _watched(work: Callable[[], list[Path]], files: list[HubFile], staging: Path | None, host: Host) -> list[Path]:
    """Run `work` in a thread and report the bytes that have arrived, until it ends or the host's person cancels.

    The library's own progress bars reach no host; the growing files do, with every version of it.
    """
    outcome: list[list[Path] | BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # handed on to the waiting thread
            outcome.append(error)

    thread = threading.Thread(target=run, name="joytag-download", daemon=True)
    total = sum(file.size for file in files)
    progress = host.progress(total=total, label="Downloading JoyTag")
    thread.start()
    while thread.is_alive():
        thread.join(_POLL_SECONDS)
        host.check_cancelled()
        progress.update(min(_arrived(staging), total))
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _arrived(staging: Path | None) -> int:
    return sum(_size(path) for path in (hub_cache(staging) / "blobs").glob("*"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # renamed between the listing and now
        return 0


def _move_in(fetched: list[Path], folder: Path, staging: Path) -> ModelFolder:
    """Move verified files into their folder, the weights last: a folder without them does not count as a model."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in fetched:
        path.resolve().replace(folder / path.name)
    shutil.rmtree(staging, ignore_errors=True)
    return ModelFolder(JOYTAG, folder)


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
            raise ModelFileError(f"{folder.path}: {wrong}. This is not the published JoyTag.")
    return compared
