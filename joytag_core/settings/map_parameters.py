"""What can a person set of a tag's mask? As parameters.py: name, default, range, help, for every door."""

from __future__ import annotations

from collections.abc import Mapping

from ..maps.choices import COMBINATIONS, METHODS, SEPARATE
from .parameter import Parameter

_MASK = (
    Parameter(
        name="method", default="share", label="Mask", choices=METHODS,
        help="share: where the map is over a share of its greatest value. score: where the place's own score is over "
        "the level. otsu: the limit finds itself. enough: the fewest patches with which the tag holds.",
    ),
    Parameter(
        name="level", default=0.5, label="Level", minimum=0.0, maximum=1.0, step=0.01,
        help="For share, a share of the greatest value; for score and enough, a score. otsu needs none.",
    ),
    Parameter(
        name="smooth", default=0, label="Smooth", minimum=0, maximum=10_000, step=1,
        help="Round the mask's corners over so many pixels.",
    ),
    Parameter(
        name="grow", default=0, label="Grow", minimum=-10_000, maximum=10_000, step=1,
        help="Widen the mask by so many pixels; below 0, narrow it.",
    ),
    Parameter(
        name="smallest", default=0.0, label="Smallest region", minimum=0.0, maximum=1.0, step=0.001, advanced=True,
        help="Drop regions that are smaller than this share of the picture.",
    ),
    Parameter(
        name="invert", default=False, label="Invert", advanced=True, help="Take all but the mask.",
    ),
)  # fmt: skip

COMBINE = Parameter(
    name="combine", default=SEPARATE, label="Several tags", choices=(SEPARATE, *COMBINATIONS),
    help="separate: a mask for each tag. union: one of all. intersection: where all are. difference: the first without "
    "the others.",
)  # fmt: skip

STRENGTH = Parameter(
    name="strength", default=0.75, label="Strength", minimum=0.0, maximum=1.0, step=0.05, advanced=True,
    help="How far the map covers the picture in the overlay.",
)  # fmt: skip

ONLY_HELD = Parameter(
    name="only_held", default=True, label="Only what is there", advanced=True,
    help="A tag whose score does not pass the threshold gets an empty mask, no boxes and no points. Off: they show "
    "where it would be.",
)  # fmt: skip

POINTS = Parameter(
    name="points", default=3, label="Points", minimum=0, maximum=100, step=1, advanced=True,
    help="How many points to give for each tag, at most.",
)  # fmt: skip

MAP_PARAMETERS: Mapping[str, Parameter] = {p.name: p for p in (COMBINE, *_MASK, ONLY_HELD, POINTS, STRENGTH)}
"""All settings of `Showing` but the threshold, which is that of tagging, in the order of the doors' controls."""
