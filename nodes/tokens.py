"""How many CLIP tokens does a tag take? ComfyUI's own tokenizer knows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_MARKS = 2  # the start and the end of a text


def count_tokens(text: str) -> int:
    """Return how many tokens a text takes, without the marks of its start and end."""
    return len(_tokenizer()(text)["input_ids"]) - _MARKS


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    # Imported late: it reads its vocabulary, which costs time, and only a limit on tokens needs it.
    from comfy.sd1_clip import SDTokenizer

    return SDTokenizer().tokenizer
