"""What can a person set of the parts of a picture that are tagged? As parameters.py, for every door that tags parts."""

from __future__ import annotations

from collections.abc import Mapping

from .parameter import Parameter

_REGIONS = (
    Parameter(
        name="tile", default=1024, label="Tile", minimum=64, maximum=16_384, step=8,
        help="The side of a tile in pixels. A smaller picture is one tile. Masks need none.",
    ),
    Parameter(
        name="overlap", default=128, label="Overlap", minimum=0, maximum=8192, step=8,
        help="How many pixels neighbouring tiles share.",
    ),
    Parameter(
        name="crop", default=False, label="Look again",
        help="Off: all parts come out of one look at the whole picture, and know what is around them. On: each part is "
        "cut out and looked at alone, more exact for small things, and one pass a part.",
    ),
)  # fmt: skip

REGION_PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _REGIONS}
