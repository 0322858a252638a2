"""How does a WebUI use the one session: in its queue, or inside a generation that already holds the queue?"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from joytag_core.errors import CancelledError, PictureError
from joytag_core.model.download import download_joytag
from joytag_core.model.folders import JOYTAG, check_model_name, find_installed, model_names
from joytag_core.pictures.inputs import Pictures
from joytag_core.pictures.reading import Reading
from joytag_core.pictures.squares import read_square
from joytag_core.tagging.session import Session, shared_session
from joytag_core.tagging.tagger import Tagger
from joytag_core.tags.scores import TagScores

from .family import checkpoint_lock
from .host import DownloadHost, WebUIHost
from .rules import choose_tags, make_interrogation
from .sent_pictures import telling_which

QUEUE_JOB = "joytag"
"""What the WebUI's state calls our work while it holds the queue."""

PictureMaker = Callable[[], Image.Image | bytes]
"""Makes one picture, or a picture file's content, when its turn has come."""

logger = logging.getLogger("joytag")
_running: set[threading.Event] = set()
_EXACT = Reading()


def session() -> Session:
    """Return the process's one session."""
    return shared_session(WebUIHost)


def score(pictures: Pictures, *, model: str, reading: Reading = _EXACT) -> list[TagScores]:
    """Score pictures now; the caller holds the WebUI's queue.

    Raises: as `Session.score`.
    """
    with outside_inference_mode():
        return tagger(model).score(pictures, reading=reading)


def tagger(model: str) -> Tagger:
    """Return the session's tagger, loaded while the WebUI is not loading a checkpoint of its own.

    Raises: as `Session.tagger`.
    """
    with outside_inference_mode(), checkpoint_lock():
        return session().tagger(checked_model(model))


@contextmanager
def outside_inference_mode() -> Iterator[None]:
    """Load and compute with ordinary tensors: weights made in the WebUI's inference mode could never leave it."""
    with torch.inference_mode(False), torch.no_grad():
        yield


def score_in_queue(pictures: Sequence[PictureMaker], *, model: str, reading: Reading = _EXACT) -> list[TagScores]:
    """Wait for the WebUI's queue, then make and score pictures; never call it where the queue is held already.

    Only one picture is there at a time: of each, no more is kept than the small square that the network looks at.

    Raises: as `Session.score`, and what the makers raise.
    """
    ensure_installed(model)
    with in_queue(), outside_inference_mode():
        current = tagger(model)
        side = current.network.config.image_size
        squares = []
        for number, make in enumerate(pictures, 1):
            with telling_which(number, len(pictures)):
                squares.append(_small(make, side, reading))
            _show_progress(len(squares), len(pictures))
        return current.score(squares, progress=lambda done, _: _show_progress(len(pictures) + done, len(pictures)))


def score_files(
    paths: Sequence[Path], *, model: str, reading: Reading = _EXACT
) -> Iterator[tuple[Path, TagScores | PictureError]]:
    """Yield picture files with their scores, or the error of one that cannot be read.

    The queue is held for one picture at a time, and not while its file is read, so that others can generate meanwhile.

    Raises: as `Session.score`.
        CancelledError: somebody has called `cancel_work`, or pressed Interrupt while the queue was ours.
    """
    ensure_installed(model)
    with cancellable() as cancelled:
        with in_queue():
            side = tagger(model).network.config.image_size
        for path in paths:
            if cancelled.is_set():
                raise CancelledError("JoyTag was interrupted.")
            yield path, _score_file(path, side, model, reading)


def _score_file(path: Path, side: int, model: str, reading: Reading) -> TagScores | PictureError:
    try:
        small = read_square(path, side, reading=reading).image
    except PictureError as error:
        return error
    with in_queue():
        return score([small], model=model)[0]


def _show_progress(done: int, pictures: int) -> None:
    """Tell the WebUI's progress how far a job of our own is: each picture is read, then looked at."""
    from modules import shared

    shared.state.job_no, shared.state.job_count = done, 2 * pictures


def _small(make: PictureMaker, side: int, reading: Reading) -> Image.Image:
    session().host.check_cancelled()
    return read_square(make(), side, reading=reading).image


@contextmanager
def in_queue() -> Iterator[None]:
    """Hold the WebUI's queue, as a job of its own, so that Interrupt is meant for it alone."""
    from modules import shared
    from modules.call_queue import queue_lock

    with queue_lock:
        shared.state.begin(job=QUEUE_JOB)
        try:
            yield
        finally:
            shared.state.end()


def ensure_installed(model: str) -> None:
    """Download the published model before the queue is taken, so that nobody waits for it behind us.

    Raises:
        ModelNotFoundError: there is no such model; as ModelDownloadError: the download failed.
        CancelledError: somebody has called `cancel_work`.
    """
    if checked_model(model) != JOYTAG or find_installed(JOYTAG, session().host) is not None:
        return
    with cancellable() as cancelled:
        host = DownloadHost(cancelled)
        try:
            download_joytag(host)
        finally:
            host.close()


def cancel_work() -> bool:
    """Stop downloads and folders, which work outside the queue too; say whether there were any."""
    running = list(_running)
    for cancelled in running:
        cancelled.set()
    return bool(running)


@contextmanager
def cancellable() -> Iterator[threading.Event]:
    """Give what `cancel_work` sets, for as long as some work runs."""
    cancelled = threading.Event()
    _running.add(cancelled)
    try:
        yield cancelled
    finally:
        _running.discard(cancelled)


def choosable_models() -> list[str]:
    """Return the names of the models that can be chosen here."""
    return model_names(session().host)


def checked_model(model: str) -> str:
    """Return a model's name if it is the published one or installed; a path is none, wherever it comes from.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    return check_model_name(model, session().host)


def prompt_of(picture: PictureMaker, settings: Mapping[str, Any], said: Collection[str] = ()) -> str:
    """Return one picture's tags as text, less the names that are said already, waiting for the queue.

    Raises: as `score_in_queue` and `make_interrogation`.
    """
    interrogation = make_interrogation(settings)
    [scores] = score_in_queue([picture], model=settings["model"], reading=Reading.from_settings(settings))
    return choose_tags(interrogation, scores, said).text


def unload() -> str | None:
    """Give the model's memory back; return its name, None where none was loaded."""
    from modules.call_queue import queue_lock

    with queue_lock:
        loaded = session().loaded
        session().unload()
    return loaded
