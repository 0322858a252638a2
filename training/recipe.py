"""With which settings is a model trained?"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Stage:
    """One run of the cosine: the pictures' size in pixels, how many pictures are seen, and the first learning rate."""

    size: int
    pictures: int
    learning_rate: float

    @classmethod
    def parse(cls, text: str) -> Stage:
        """Read `SIZE:PICTURES:LEARNING_RATE`, as in 64:200000:0.005."""
        try:
            size, pictures, learning_rate = text.split(":")
            return cls(int(size), int(pictures), float(learning_rate))
        except ValueError:
            raise ValueError(f"stage {text!r}; expected SIZE:PICTURES:LEARNING_RATE, as in 64:200000:0.005") from None


@dataclass(frozen=True)
class Recipe:
    """The published recipe: LAMB, focal loss, cosine without warm-up, low resolution first."""

    stages: tuple[Stage, ...]
    batch_size: int = 64
    weight_decay: float = 0.05
    augmentation: str = "gentle"
    seed: int = 1

    def as_dict(self) -> dict[str, object]:
        """Return what a checkpoint remembers, to tell whether it belongs to this recipe."""
        return asdict(self)
