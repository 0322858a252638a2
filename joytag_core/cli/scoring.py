"""How does a command score the pictures that it is given, and what if some cannot be read?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..pictures.reading import Reading
from ..settings.parameters import READING_NAMES
from .arguments import model_of, settings_of
from .faults import Faults

if TYPE_CHECKING:
    from ..errors import PictureError
    from ..tagging.tagger import Tagger
    from ..tags.scores import TagScores

_Result = TypeVar("_Result")


class GivenPictures:
    """Find the pictures of a command's `paths`; the error of one is told as it comes, and the rest goes on."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Find the pictures; folders without any are told."""
        from ..pictures.folders import find_pictures

        self._arguments = arguments
        self._faults = Faults()
        self._done = False
        self.report = self._faults.report
        self.paths = list(find_pictures(arguments.paths, recursive=arguments.recursive, report=self.report))

    @property
    def status(self) -> int:
        """Return 0 if all is done, 1 if some pictures or folders failed, 2 if nothing could be done."""
        return self._faults.status(done=self._done)

    @property
    def are_several(self) -> bool:
        """Say whether each result has to say whose it is: more than one picture was asked for, there or not."""
        return max(len(self.paths), len(self._arguments.paths)) > 1

    def readable(self, results: Iterable[_Result | PictureError]) -> Iterator[tuple[Path, _Result]]:
        """Yield each picture that could be read, with its result; `results` are those of `paths`, errors among them."""
        from ..errors import PictureError

        for path, result in zip(self.paths, results, strict=True):
            if isinstance(result, PictureError):
                self.report(result)
            else:
                self._done = True
                yield path, result

    def scores(self) -> Iterator[tuple[Path, TagScores]]:
        """Yield each picture that can be read, with its scores by the model that the options name."""
        if self.paths:
            tagger, reading = load_tagger(self._arguments), reading_of(self._arguments)
            yield from self.readable(tagger.score_each(self.paths, reading=reading))


def scores_place(scores: str | None, first: str) -> Path:
    """Return where kept scores are: at the place named, else in the first folder, or that of the first picture."""
    if scores is not None:
        return Path(scores)
    return Path(first) if Path(first).is_dir() else Path(first).parent


def reading_of(arguments: argparse.Namespace) -> Reading:
    """Return how the options say that pictures are read.

    Raises:
        SettingError: one is no choice.
    """
    names = [name for name in READING_NAMES if hasattr(arguments, name)]
    return Reading.from_settings(settings_of(arguments, names))


def load_tagger(arguments: argparse.Namespace) -> Tagger:
    """Load the model that the options name, where and in which arithmetic they say.

    Raises: as `Tagger.load`.
    """
    from ..tagging.tagger import Tagger
    from .terminal_host import TerminalHost

    return Tagger.load(model_of(arguments), host=TerminalHost(device=arguments.device, dtype=arguments.dtype))
