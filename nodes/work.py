"""How do a node's inputs become a checked piece of work, and when has it to be done again?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..joytag_core.model.folders import ModelFolder, installed_models
from ..joytag_core.tags.scores import TagScores
from .host import session
from .schema import Settings
from .tokens import count_tokens

if TYPE_CHECKING:
    from ..joytag_core.filtering.result import FilterResult

_LISTS = "lists"


class Work:
    """Filter and write tags as one node's settings say, with the person's own lists and ComfyUI's tokenizer."""

    def __init__(self, settings: Settings) -> None:
        """Check the settings.

        Raises:
            SettingError: one is out of its range; as RuleError: a rule is malformed.
        """
        # Imported late: ComfyUI's start should not wait for the filter, only the first picture.
        from ..joytag_core.settings.interrogation import Interrogation

        self._interrogation = Interrogation.from_settings(settings, lists_folder=_lists_folder())

    def interrogate(self, scores: TagScores) -> FilterResult:
        """Choose, filter and write one picture's tags."""
        return self._interrogation.prompt(scores, count_tokens=count_tokens)

    def filter(self, text: str, scores: TagScores | None) -> FilterResult:
        """Filter and write one tag list, by one picture's scores where there are any."""
        by_name = None if scores is None else scores.as_dict()
        vocabulary = None if scores is None else scores.vocabulary
        return self._interrogation.tag_filter.apply(
            text, scores=by_name, vocabulary=vocabulary, count_tokens=count_tokens
        )


def files_used(model: Any) -> str:
    """Return what changes when a file changes that a node's result depends on: the model's, or the person's lists."""
    states = [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in _files(model) if path.is_file()]
    return "\n".join(states)


def _files(model: Any) -> Iterator[Path]:
    yield from sorted(_lists_folder().glob("*.txt"))
    for folder in installed_models(session().host):
        if folder.name == model:
            yield from _model_files(folder)


def _model_files(folder: ModelFolder) -> tuple[Path, ...]:
    return folder.config, folder.tags, folder.weights


def _lists_folder() -> Path:
    return session().host.model_folders()[0] / _LISTS
