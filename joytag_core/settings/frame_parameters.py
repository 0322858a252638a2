"""What can a person set of many frames? As parameters.py, for every door that takes many pictures."""

from __future__ import annotations

from collections.abc import Mapping

from ..judging.choices import FRAME_WAYS
from .parameters import Parameter

_FRAMES = (
    Parameter(
        name="combine_frames", default="each", label="Combine frames", choices=FRAME_WAYS, advanced=True,
        help="each: every picture by itself. The others take all of them as one, such as the frames of a video. any: "
        "what any shows. share: what the share of frames shows. mean: what they show on average.",
    ),
    Parameter(
        name="frame_share", default=0.5, label="Share of frames", minimum=0.0, maximum=1.0, step=0.05, advanced=True,
        help="With share: in how many of the frames a tag has to be, 1 being all.",
    ),
)  # fmt: skip

FRAME_PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _FRAMES}
