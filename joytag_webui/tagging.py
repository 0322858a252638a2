"""How does a WebUI use the one session: in its queue, or inside a generation that already holds the queue?"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

from joytag_core.errors import ModelNotFoundError
from joytag_core.model.download import download_joytag
from joytag_core.model.folders import JOYTAG, find_installed, installed_models
from joytag_core.pictures.inputs import Pictures
from joytag_core.tagging.session import Session, shared_session
from joytag_core.tagging.tagger import Tagger
from joytag_core.tags.scores import TagScores

from .host import DownloadHost, WebUIHost
from .rules import choose_tags, make_interrogation

QUEUE_JOB = "joytag"
"""What the WebUI's state calls our work while it holds the queue."""

logger = logging.getLogger("joytag")
_downloads: set[DownloadHost] = set()


def session() -> Session:
    """Return the process's one session."""
    return shared_session(WebUIHost)


def score(pictures: Pictures, *, model: str) -> list[TagScores]:
    """Score pictures now; the caller holds the WebUI's queue.

    Raises: as `Session.score`.
    """
    with outside_inference_mode():
        return tagger(model).score(pictures)


def tagger(model: str) -> Tagger:
    """Return the session's tagger, loaded while the WebUI is not loading a checkpoint of its own.

    A1111 1.10 and reForge replace `Module.load_state_dict` and layers' constructors for everyone while they load.

    Raises: as `Session.tagger`.
    """
    from modules import sd_models

    with outside_inference_mode(), getattr(sd_models.model_data, "lock", nullcontext()):
        return session().tagger(checked_model(model))


@contextmanager
def outside_inference_mode() -> Iterator[None]:
    """Load and compute with ordinary tensors: weights made in the WebUI's inference mode could never leave it."""
    with torch.inference_mode(False), torch.no_grad():
        yield


def score_in_queue(pictures: Pictures, *, model: str) -> list[TagScores]:
    """Wait for the WebUI's queue, then score pictures; never call it where the queue is held already.

    Raises: as `Session.score`.
    """
    ensure_installed(model)
    with in_queue():
        return score(pictures, model=model)


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
        CancelledError: somebody has called `cancel_downloads`.
    """
    if checked_model(model) != JOYTAG or find_installed(JOYTAG, session().host) is not None:
        return
    host = DownloadHost()
    _downloads.add(host)
    try:
        download_joytag(host)
    finally:
        _downloads.discard(host)
        host.close()


def cancel_downloads() -> bool:
    """Stop the downloads that run; say whether there were any."""
    running = list(_downloads)
    for host in running:
        host.cancelled.set()
    return bool(running)


def model_names() -> list[str]:
    """Return the names of the models that can be chosen: the published one, and those on this machine."""
    return list(dict.fromkeys([JOYTAG, *(folder.name for folder in installed_models(session().host))]))


def checked_model(model: str) -> str:
    """Return a model's name if it is the published one or installed; a path is none, wherever it comes from.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    names = model_names()
    if model not in names:
        raise ModelNotFoundError(f"there is no model {model!r}; there is: {', '.join(names)}")
    return model


def prompt_of(picture: Any, settings: Mapping[str, Any]) -> str:
    """Return one picture's tags as text, waiting for the queue.

    Raises: as `Session.score` and `make_interrogation`.
    """
    interrogation = make_interrogation(settings)
    return choose_tags(interrogation, score_in_queue(picture, model=settings["model"])[0]).text


def unload() -> str | None:
    """Give the model's memory back; return its name, None where none was loaded."""
    from modules.call_queue import queue_lock

    with queue_lock:
        loaded = session().loaded
        session().unload()
    return loaded
