"""What can be chosen where a prompt is read or written?"""

from __future__ import annotations

TARGETS = ("comfyui", "a1111", "caption")
NAMES = ("model", "current")
WEIGHTS = ("off", "mapped", "score")
ARTIST_STYLES = ("as written", "bare", "@", "by", "artist:")
PROSE = ("keep", "drop")
"""What a filter may do with prose."""
