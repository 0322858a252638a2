"""How is a model named, and its tags known, before anyone needs its network?"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import ModelFileError
from ..model.config import read_config
from ..model.folders import JOYTAG, ModelFolder, find_installed
from ..pictures.reading import Reading
from ..tags.vocabulary import Vocabulary
from .fingerprints import model_fingerprint, model_state, view_of
from .score_store import ModelKey, ScoreStore

if TYPE_CHECKING:
    from ..host.protocol import Host
    from ..tagging.tagger import Tagger


class LazyModel:
    """Stand for a model: vocabulary and fingerprint at once, the network at its first use.

    Captions from kept scores alone never load it.
    """

    def __init__(self, folder: ModelFolder, load: Callable[[], Tagger]) -> None:
        """Take the model's folder and what loads it."""
        self.folder = folder
        self.image_size = read_config(folder.config).image_size
        self.vocabulary = Vocabulary.from_file(folder.tags)
        self._load = load
        self._lock = threading.Lock()

    @classmethod
    def find(cls, model: str | os.PathLike[str], host: Host, *, load: Callable[[], Tagger] | None = None) -> LazyModel:
        """Find a model by name or folder; `joytag` is downloaded where it is missing.

        `load` gives the tagger where the host has one already; raises as `Tagger.load`.
        """
        folder = find_installed(model, host)
        if folder is None:
            from ..model.download import download_joytag

            folder = download_joytag(host)

        def load_again() -> Tagger:
            from ..tagging.tagger import Tagger

            return Tagger.load(JOYTAG if folder.name == JOYTAG else folder.path, host=host)

        return cls(folder, load or load_again)

    @cached_property
    def tagger(self) -> Tagger:
        """Return the loaded model; raises as `Tagger.load`."""
        with self._lock:
            return self._load()

    def key_in(self, store: ScoreStore, reading: Reading) -> ModelKey:
        """Return the model's key in a store, for pictures that are read so.

        Its files are read once, and again only where they have changed.

        Raises:
            ModelFileError: the files cannot be read.
        """
        try:
            state = model_state(self.folder)
            fingerprint = store.fingerprint(state) or model_fingerprint(self.folder)
        except OSError as error:
            raise ModelFileError(f"{self.folder.path}: the model's files cannot be read: {error}") from error
        names = self.vocabulary.names
        view = view_of(self.image_size, reading)
        return store.model(fingerprint, name=self.folder.name, tags=names, view=view, state=state)
