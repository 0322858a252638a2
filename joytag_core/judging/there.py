"""Which tags count as there in a picture?"""

from __future__ import annotations

from ..tags.selection import Selection


def those_over(threshold: float, character_threshold: float) -> Selection:
    """Return the choice of all tags whose score is greater than a threshold, 0..1; 0 for characters means the same.

    Raises:
        SettingError: a threshold is out of its range.
    """
    return Selection(threshold=threshold, category_thresholds={"character": character_threshold or threshold})
