"""How do the tag lists and pictures that come into a node belong together?"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ..joytag_core.errors import SettingError
from ..joytag_core.settings.parameters import PARAMETERS
from ..joytag_core.tags.scores import TagScores
from .pictures import score_images
from .schema import Settings


def scores_of(image: Sequence[Tensor], scores: Sequence[TagScores], settings: Settings) -> list[TagScores]:
    """Return the scores that came in, or else those of the pictures; none where neither came."""
    if scores:
        return list(scores)
    if image:
        return score_images(image, model=settings.get("model", PARAMETERS["model"].default))
    return []


def texts_of(tags: Sequence[object]) -> list[str]:
    """Return the tag lists that came in.

    Raises:
        SettingError: one is no text.
    """
    for text in tags:
        if not isinstance(text, str):
            raise SettingError(f"{text!r} came in as tags; expected text: a prompt or tag list")
    return [str(text) for text in tags]


def paired(tags: list[str], scores: list[TagScores]) -> list[tuple[str, TagScores | None]]:
    """Give each tag list its picture; a single one of either goes with all of the other.

    Raises:
        SettingError: there are several of both, and not as many.
    """
    if not scores:
        return [(text, None) for text in tags]
    if len(tags) != len(scores) and 1 not in (len(tags), len(scores)):
        raise SettingError(
            f"{len(tags)} tag lists came in with {len(scores)} pictures; expected as many of both, or one of either."
        )
    count = max(len(tags), len(scores))
    return list(zip(tags * (count // len(tags)), scores * (count // len(scores)), strict=True))
