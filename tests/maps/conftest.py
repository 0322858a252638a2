"""What do the tests of maps and of regions share?"""

from __future__ import annotations

import numpy as np
from PIL import Image


def pictures() -> list[Image.Image]:
    """Return a square, a wide, a tall, a tiny and a very thin picture of noise."""
    random = np.random.default_rng(4)
    sizes = [(64, 64), (90, 40), (30, 100), (1, 1), (400, 10)]
    return [Image.fromarray(random.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in sizes]
