"""Is a word about a picture's quality, age or rating, and not about what it shows?"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "quality.txt"


@lru_cache(maxsize=20_000)
def is_quality(key: str) -> bool:
    """Say whether a name (a `tag_key`) is a word of quality, age or rating: `masterpiece`, `score 9`, `year 2023`."""
    return _words().fullmatch(key) is not None


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    lines = (line.strip() for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("# "))
    return re.compile("|".join(r"\d".join(map(re.escape, line.split("#"))) for line in lines if line))
