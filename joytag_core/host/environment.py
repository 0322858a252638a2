"""Where does a person's environment say that models lie?"""

from __future__ import annotations

import os
from pathlib import Path


def model_places() -> list[Path]:
    """Return the paths in JOYTAG_MODELS, separated as in PATH: folders of models, or models themselves."""
    return [Path(place) for place in os.environ.get("JOYTAG_MODELS", "").split(os.pathsep) if place]
