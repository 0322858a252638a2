"""What can be chosen where scores are put together?"""

from __future__ import annotations

WAYS = ("max", "mean", "agree", "union")
"""The higher score; the mean; what both say, with the lower score; what either says, with the higher score."""

OTHER_THRESHOLD = 0.35
"""The rule that the WD14 taggers are published with."""

FRAME_WAYS = ("each", "any", "share", "mean")
"""Each frame by itself; what any frame shows; what a share of them shows; what they show on average."""
