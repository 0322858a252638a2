"""What do the tests of tagging share?"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.fakes import FakeHost

Pictures = list[Image.Image]


@pytest.fixture
def pictures() -> Pictures:
    """Return five pictures of five sizes."""
    random = np.random.default_rng(3)
    sizes = [(20, 30), (64, 64), (7, 90), (100, 10), (33, 33)]
    return [Image.fromarray(random.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in sizes]


@pytest.fixture
def host() -> FakeHost:
    """Return a host that remembers."""
    return FakeHost()
