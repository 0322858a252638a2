"""What is one tag of one picture?"""

from __future__ import annotations

from dataclasses import dataclass

from .vocabulary import Tag


@dataclass(frozen=True, slots=True)
class ScoredTag:
    """Hold one tag of one picture with its score in 0..1 (a score, not a probability: the loss was focal)."""

    tag: Tag
    score: float

    @property
    def name(self) -> str:
        """Return the model's name of the tag."""
        return self.tag.name
