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
    from ..joytag_core.filtering.result import FilterResult, Kept

_LISTS = "lists"
_LOWEST_SCORE = 0.05  # what the model finds less likely was not nearly chosen


class Work:
    """Filter and write tags as one node's settings say, with the person's own lists and ComfyUI's tokenizer."""

    def __init__(self, settings: Settings) -> None:
        """Check the settings.

        Raises:
            SettingError: one is out of its range; as RuleError: a rule is malformed.
        """
        # Imported late: ComfyUI's start should not wait for the filter, only the first picture.
        from ..joytag_core.settings.interrogation import Interrogation

        self._interrogation = Interrogation.from_settings(settings, lists_folder=lists_folder())

    def result(self, text: str | None, scores: TagScores | None) -> FilterResult:
        """Filter a tag list, by a picture's scores where there are any; without a list, interrogate the picture."""
        if text is None and scores is not None:
            return self._interrogation.prompt(scores, count_tokens=count_tokens)
        return self._filter(text or "", scores)

    def near_misses(self, scores: TagScores, count: int) -> list[Kept]:
        """Return the tags that were nearly chosen for a picture, best first, as they would be written."""
        from ..joytag_core.filtering.result import Kept

        form = self._interrogation.tag_filter.format
        nearly = self._interrogation.selection.near_misses(scores, count)
        near = [one for one in nearly if one.score >= _LOWEST_SCORE]
        return [Kept(form.spell(form.name_of(one.tag), is_tag=True), one.tag, one.score) for one in near]

    def _filter(self, text: str, scores: TagScores | None) -> FilterResult:
        by_name = None if scores is None else scores.as_dict()
        vocabulary = None if scores is None else scores.vocabulary
        return self._interrogation.tag_filter.apply(
            text, scores=by_name, vocabulary=vocabulary, count_tokens=count_tokens
        )


def files_used(model: Any) -> str:
    """Return what changes when a file changes that a node's result depends on: the model's, or the person's lists."""
    states = [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in _files(model) if path.is_file()]
    return "\n".join(states)


def lists_folder() -> Path:
    """Return the folder of a person's own lists."""
    return session().host.model_folders()[0] / _LISTS


def _files(model: Any) -> Iterator[Path]:
    yield from sorted(lists_folder().glob("*.txt"))
    for folder in installed_models(session().host):
        if folder.name == model:
            yield from _model_files(folder)


def _model_files(folder: ModelFolder) -> tuple[Path, ...]:
    return folder.config, folder.tags, folder.weights
