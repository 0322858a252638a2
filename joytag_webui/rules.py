"""How do a person's settings become rules here: with the lists in the model folder, and the host's own tokenizer?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from joytag_core.filtering.result import FilterResult
from joytag_core.settings.interrogation import Interrogation
from joytag_core.tags.scores import TagScores

from .family import token_counter

_EMBEDDING_ENDINGS = (".pt", ".bin", ".safetensors", ".png", ".webp", ".jxl", ".avif")


def make_interrogation(settings: Mapping[str, Any]) -> Interrogation:
    """Return the rules for some settings; a person's own lists are `models/joytag/lists/NAME.txt`.

    Raises:
        SettingError: as `Interrogation.from_settings`.
    """
    return Interrogation.from_settings(settings, lists_folder=lists_folder())


def lists_folder() -> Path:
    """Return the folder of a person's own lists."""
    from modules import paths

    return Path(paths.models_path) / "joytag" / "lists"


def embedding_names() -> frozenset[str]:
    """Return the names of the installed embeddings, which mean something only as they are spelled."""
    from modules import shared

    folder = getattr(shared.cmd_opts, "embeddings_dir", None)
    found = Path(folder).rglob("*") if folder else ()
    return frozenset(path.stem for path in found if path.suffix.lower() in _EMBEDDING_ENDINGS)


def choose_tags(interrogation: Interrogation, scores: TagScores, said: Collection[str] = ()) -> FilterResult:
    """Return what the rules make of one picture's scores, tokens counted as the loaded checkpoint counts them."""
    return interrogation.prompt(scores, count_tokens=token_counter(), said=said)
