"""What can a person set of many frames? As parameters.py, for every door that takes many pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..judging.choices import FRAME_WAYS
from .parameter import Parameter

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


def frame_ways(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords that settings mean to `combine_frames`; other settings are passed over.

    Raises:
        SettingError: one is out of its range.
    """
    how, share = (one.check(settings.get(name, one.default)) for name, one in FRAME_PARAMETERS.items())
    return {"how": how, "share": share}
