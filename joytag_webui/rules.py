"""How do a person's settings become rules here: with the lists in the model folder, and the host's own tokenizer?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from joytag_core.filtering.result import FilterResult
from joytag_core.settings.interrogation import Interrogation
from joytag_core.tags.scores import TagScores


def make_interrogation(settings: Mapping[str, Any]) -> Interrogation:
    """Return the rules for some settings; a person's own lists are `models/joytag/lists/NAME.txt`.

    Raises:
        SettingError: as `Interrogation.from_settings`.
    """
    from modules import paths

    return Interrogation.from_settings(settings, lists_folder=Path(paths.models_path) / "joytag" / "lists")


def choose_tags(interrogation: Interrogation, scores: TagScores, said: Collection[str] = ()) -> FilterResult:
    """Return what the rules make of one picture's scores, tokens counted as the loaded checkpoint counts them."""
    return interrogation.prompt(scores, count_tokens=token_counter(), said=said)


def token_counter() -> Callable[[str], int] | None:
    """Return the function that counts a prompt's tokens; None while no checkpoint is loaded."""
    from modules import sd_models

    checkpoint = sd_models.model_data.sd_model
    if checkpoint is None or type(checkpoint).__name__ == "FakeInitialModel":  # Forge, before the first generation
        return None
    count = getattr(checkpoint, "get_prompt_lengths_on_ui", None)  # Forge
    if count is None:
        from modules.sd_hijack import model_hijack

        count = model_hijack.get_prompt_lengths
    # reForge wants to be told the text encoder too.
    more = [checkpoint.cond_stage_model] if len(inspect.signature(count).parameters) > 1 else []
    return lambda text: int(count(text, *more)[0])
