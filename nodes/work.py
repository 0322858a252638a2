"""How do a node's inputs become a checked piece of work, and when has it to be done again?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..joytag_core.model.folders import ModelFolder, installed_models
from ..joytag_core.settings.parameters import PARAMETERS
from ..joytag_core.tags.scores import TagScores
from .host import session
from .schema import Settings
from .tag_lists import Picture
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
        from ..joytag_core.settings.two_taggers import TwoTaggers

        own = {name: value for name, value in settings.items() if name in PARAMETERS}
        self._interrogation = Interrogation.from_settings(own, lists_folder=lists_folder())
        self._taggers = TwoTaggers.from_settings(self._interrogation, settings)

    def result(self, picture: Picture) -> FilterResult:
        """Filter a tag list, by the scores that there are; without a list, interrogate the picture."""
        text, scores, other = picture
        if text is None:
            return self._taggers.prompt(scores, other, count_tokens=count_tokens)
        return self._taggers.filter(text, scores, other, count_tokens=count_tokens)

    def near_misses(self, scores: TagScores, count: int) -> list[Kept]:
        """Return the tags that were nearly chosen for a picture, best first, as they would be written."""
        from ..joytag_core.filtering.result import Kept

        form = self._interrogation.tag_filter.format
        nearly = self._interrogation.selection.near_misses(scores, count)
        near = [one for one in nearly if one.score >= _LOWEST_SCORE]
        return [Kept(form.spell(form.name_of(one.tag), is_tag=True), one.tag, one.score) for one in near]


def to_json(result: FilterResult) -> str:
    """Return what became of a picture's tags as JSON, as the command line and the API give it."""
    return json.dumps(result.to_dict(), ensure_ascii=False)


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
