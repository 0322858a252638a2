"""Which rules hold, and what do they make of a prompt?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..ordering import ScoredTag
from ..prompt import PromptFormat
from ..vocabulary import Vocabulary
from .result import FilterResult

Rules = str | Sequence[str]


@dataclass(frozen=True, kw_only=True)
class TagFilter:
    """Hold the rules of one filter; without any, tags come out as they went in, written for `target`."""

    exclude: Rules = ""
    keep_only: Rules = ""
    protect: Rules = ""
    replace: Rules = ""
    lists: Rules = ""
    min_score: float = 0.0
    exclusive: bool = False
    implications: str = "off"
    duplicates: str = "merge"
    max_tags: int = 0
    max_per_group: Rules = ""
    max_tokens: int = 0
    order: str = "given"
    add_first: str = ""
    add_last: str = ""
    target: str = "comfyui"
    spaces: bool = True
    names: str = "model"
    weights: str = "off"
    weight_range: tuple[float, float] = (0.8, 1.2)
    separator: str = ", "
    trailing_separator: bool = False
    keep_line_breaks: bool = False
    lists_folder: str | Path | None = None

    @property
    def format(self) -> PromptFormat:
        """Return how the remaining tags are written."""
        return PromptFormat(
            target=self.target, spaces=self.spaces, names=self.names, weights=self.weights,
            weight_range=self.weight_range, separator=self.separator, trailing_separator=self.trailing_separator,
        )  # fmt: skip

    def apply(
        self,
        text: str,
        *,
        scores: Mapping[str, float] | None = None,
        vocabulary: Vocabulary | None = None,
        count_tokens: Callable[[str], int] | None = None,
    ) -> FilterResult:
        """Filter a prompt or tag list; `scores` are by tag name, 0..1."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        return FilterResult(self.format.join(map(self.format.render_tag, names)), tuple(names))

    def apply_scored(
        self,
        tags: Iterable[ScoredTag],
        *,
        vocabulary: Vocabulary | None = None,
        threshold: float = 0.4,
        count_tokens: Callable[[str], int] | None = None,
    ) -> FilterResult:
        """Filter tags that a model scored; `threshold` is the score that gets the lowest mapped weight."""
        tags = list(tags)
        return FilterResult(self.format.render(tags, threshold=threshold), tuple(item.name for item in tags))
