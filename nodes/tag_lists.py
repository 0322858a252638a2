"""How do the tag lists and pictures that come into a node belong together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor

from ..joytag_core.errors import SettingError
from ..joytag_core.settings.parameters import PARAMETERS
from ..joytag_core.tags.scores import TagScores
from .pictures import score_images
from .schema import Settings

Other = Mapping[str, float]
"""Another tagger's scores by name, 0..1."""


class Picture(NamedTuple):
    """Hold what is known of one picture: its tags, None where they are to be found; JoyTag's scores; another's."""

    tags: str | None
    scores: TagScores | None = None
    other: Other | None = None


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


def other_scores_of(sources: Sequence[Any]) -> list[Other]:
    """Return another tagger's scores that came in: text, JSON, a dictionary, or those of another JoyTag node.

    Raises:
        SettingError: one holds no scores.
    """
    from ..joytag_core.judging.other_scores import read_scores  # late, as in work.py

    return [read_scores(one.as_dict() if isinstance(one, TagScores) else one) for one in sources]


def paired(tags: Sequence[str | None], scores: Sequence[TagScores], other: Sequence[Other] = ()) -> list[Picture]:
    """Give each tag list its picture and another tagger's scores; a single one of any goes with all of the others.

    Raises:
        SettingError: there are several of two of them, and not as many.
    """
    counts = {"tag lists": len(tags), "pictures": len(scores), "scores of another tagger": len(other)}
    most = max(counts.values())
    if any(count not in (0, 1, most) for count in counts.values()):
        first, *rest = [f"{count} {what}" for what, count in counts.items() if count]
        raise SettingError(f"{first} came in with {' and '.join(rest)}; expected as many of each, or one.")

    def spread(given: Sequence[Any]) -> list[Any]:
        return list(given or [None]) * (1 if len(given) == most else most)

    return [Picture(*one) for one in zip(spread(tags), spread(scores), spread(other), strict=True)]
