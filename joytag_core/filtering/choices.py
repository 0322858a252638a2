"""What can be chosen of what a filter does?"""

from __future__ import annotations

DUPLICATES = ("merge", "keep")
"""Each tag once, or as they came."""

BASE_MODELS = ("any", "anima", "pony", "illustrious")
"""What a prompt can be written for; each but `any` is a shipped list of settings."""
