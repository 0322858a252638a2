"""How do the tag lists and pictures that come into a node belong together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor

from ..joytag_core.errors import SettingError
from ..joytag_core.settings.parameters import PARAMETERS
from ..joytag_core.tags.scores import TagScores
from .pictures import score_images
from .received import connected, scores_in
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
    if connected(scores):
        return scores_in(scores)
    if connected(image):
        return score_images(image, model=settings.get("model", PARAMETERS["model"].default))
    return []


def other_scores_of(sources: Sequence[Any]) -> list[Other]:
    """Return another tagger's scores that came in: text, JSON, a dictionary, or those of another JoyTag node.

    Raises:
        SettingError: one holds no scores.
    """
    from ..joytag_core.judging.other_scores import read_scores  # late, as in work.py

    return [read_scores(one.as_dict() if isinstance(one, TagScores) else one) for one in connected(sources)]


def paired(tags: Sequence[str | None], scores: Sequence[TagScores], other: Sequence[Other] = ()) -> list[Picture]:
    """Give each tag list its picture and another tagger's scores; a single one of any goes with all of the others.

    Raises:
        SettingError: there are several of two of them, and not as many.
    """
    given = {"tag lists": tags, "pictures": scores, "scores of another tagger": other}
    return [Picture(*one) for one in matched(given)]


def matched(given: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Give each thing of several lists, by what they are called, its fellows; a single one goes with all others.

    Where nothing came in, it is None.

    Raises:
        SettingError: there are several of two of them, and not as many.
    """
    most = max(map(len, given.values()))
    if any(len(things) not in (0, 1, most) for things in given.values()):
        first, *rest = [f"{len(things)} {what}" for what, things in given.items() if things]
        raise SettingError(f"{first} came in with {' and '.join(rest)}; expected as many of each, or one.")
    spread = [list(things or [None]) * (1 if len(things) == most else most) for things in given.values()]
    return list(zip(*spread, strict=True))
