"""What can a person set of another tagger's scores? As parameters.py, for every door that takes them."""

from __future__ import annotations

from collections.abc import Mapping

from ..judging.choices import OTHER_THRESHOLD
from .parameter import Parameter

_OTHER = (
    Parameter(
        name="combine", default="max", label="Combine", advanced=True,
        help="How another tagger's scores and JoyTag's become one: max, mean, agree (both over their thresholds) or "
        "union (either is). Others for some categories follow: max, character: agree.",
    ),
    Parameter(
        name="other_threshold", default=OTHER_THRESHOLD, label="Other tagger's threshold", minimum=0.0, maximum=1.0,
        step=0.01, advanced=True,
        help="The other tagger's own threshold, for agree, union, and tags that only it knows.",
    ),
)  # fmt: skip

OTHER_PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _OTHER}
