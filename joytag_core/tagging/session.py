"""Who keeps the one loaded model?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from ..host.protocol import Host, Placement
from ..maps.tag_maps import TagMaps
from ..pictures.inputs import OnePicture, Pictures
from ..pictures.reading import Reading
from ..tags.scores import TagScores
from .region_pictures import Region
from .tagger import Tagger

_REMEMBERED_BYTES = 1 << 24
"""The scores of the last 700 pictures, with JoyTag's vocabulary."""
_EXACT = Reading()


class Session:
    """Keep one loaded model for everyone: loaded at first use, kept, replaced or unloaded on request.

    The last pictures' scores are remembered, so that another threshold or rule runs no network. One lock is held while
    loading and computing, so several threads may use it.
    """

    def __init__(self, host: Host) -> None:
        """Take the program to live in; nothing is loaded yet."""
        self.host = host
        self._lock = threading.RLock()
        self._tagger: Tagger | None = None
        self._loaded: tuple[str, Placement] | None = None

    @property
    def loaded(self) -> str | None:
        """Return the name of the loaded model, None where none is."""
        return self._loaded[0] if self._loaded else None

    def tagger(self, model: str = "joytag") -> Tagger:
        """Return the tagger of a model, loading it if another or none is loaded, or the host's placement has changed.

        Raises: as `Tagger.load`; a model that failed to load leaves nothing behind, and the next call tries again.
        """
        with self._lock:
            wanted = (model, self.host.placement())
            if self._tagger is None or self._loaded != wanted:
                self.unload()
                self._tagger = Tagger.load(model, host=self.host, lock=self._lock, remember=_REMEMBERED_BYTES)
                self._loaded = wanted
            return self._tagger

    def score(
        self,
        pictures: Pictures,
        *,
        model: str = "joytag",
        batch_size: int | None = None,
        reading: Reading = _EXACT,
    ) -> list[TagScores]:
        """Score pictures with a model; see `Tagger.score`."""
        with self._lock:
            return self.tagger(model).score(pictures, batch_size=batch_size, reading=reading)

    def maps(
        self,
        pictures: Pictures,
        tags: Iterable[str],
        *,
        model: str = "joytag",
        batch_size: int | None = None,
        reading: Reading = _EXACT,
    ) -> list[TagMaps]:
        """Say where in pictures tags are; see `Tagger.maps`."""
        with self._lock:
            return self.tagger(model).maps(pictures, tags, batch_size=batch_size, reading=reading)

    def score_regions(
        self,
        picture: OnePicture,
        regions: Sequence[Region],
        *,
        model: str = "joytag",
        crop: bool = False,
        reading: Reading = _EXACT,
    ) -> list[TagScores]:
        """Score regions of a picture; see `Tagger.score_regions`."""
        with self._lock:
            return self.tagger(model).score_regions(picture, regions, crop=crop, reading=reading)

    def unload(self) -> None:
        """Give the model and its memory back; the next use loads it again."""
        with self._lock:
            if self._tagger is not None:
                self._tagger.unload()
            self._tagger = None
            self._loaded = None


_shared: Session | None = None
_shared_lock = threading.Lock()


def shared_session(make_host: Callable[[], Host]) -> Session:
    """Return the process's one session; `make_host` is called where there is none yet."""
    global _shared  # noqa: PLW0603 - the one session is the package's only global
    with _shared_lock:
        if _shared is None:
            _shared = Session(make_host())
        return _shared
