"""How is a tag written so that the program that reads the prompt understands exactly that tag?"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ..checks import check_choice, check_range
from ..errors import SettingError
from ..tags.names import is_face
from ..tags.vocabulary import PUBLISHED_THRESHOLD, Tag, Vocabulary
from ..tags.words import is_word_name
from .choices import ARTIST_STYLES, NAMES, TARGETS, WEIGHTS
from .numbers import split_weight

if TYPE_CHECKING:
    from ..tags.scored_tag import ScoredTag

WEIGHT_TOLERANCE = 0.02
"""A mapped weight this close to 1 is left out: it would only lengthen the prompt."""

# `|` is syntax to A1111 only inside [a|b], but outside it makes the parser of every [a:b:0.5] beside it give up.
_SPECIAL = {"a1111": re.compile(r"[()\[\]\\|]"), "comfyui": re.compile(r"[()]"), "caption": None}
_NUMBER = re.compile(r"[+-]?[.\d]")


@dataclass(frozen=True, kw_only=True)
class PromptFormat:
    """Say how tags become text.

    `target` is ComfyUI's syntax, that of A1111 and its forks, or a plain caption for training. `spaces` turns
    underscores into spaces, except in faces. `names` are the model's (2021) or Danbooru's current ones. `weights` are
    off, the score mapped from threshold..1 onto `weight_range`, or the score itself. `separator` stands between tags,
    and after the last one too if `trailing_separator`. `artist_style` says how names of artists are marked.
    """

    target: str = "comfyui"
    spaces: bool = True
    names: str = "model"
    weights: str = "off"
    weight_range: tuple[float, float] = (0.8, 1.2)
    separator: str = ", "
    trailing_separator: bool = False
    artist_style: str = "as written"

    def __post_init__(self) -> None:
        check_choice("target", self.target, TARGETS)
        check_choice("names", self.names, NAMES)
        check_choice("weights", self.weights, WEIGHTS)
        check_choice("artist_style", self.artist_style, ARTIST_STYLES)
        check_range("weight_range", tuple(self.weight_range))

    def render(self, tags: Iterable[ScoredTag], *, threshold: float = PUBLISHED_THRESHOLD) -> str:
        """Write scored tags as one text; `threshold` (0..1) is the score that gets the lowest mapped weight."""
        weighted = ((item.tag, self.weight_of(item.score, threshold=threshold)) for item in tags)
        return self.join(self._write(tag, weight) for tag, weight in weighted)

    def render_tag(self, tag: Tag | str, weight: float | None = None) -> str:
        """Write one tag, in brackets with its weight unless that is None or 1.

        Raises:
            SettingError: the weight is not finite.
        """
        return self.guard_end(self._write(tag, weight))

    def join(self, texts: Iterable[str]) -> str:
        """Put the separator between texts that are already written for the target, and guard the end."""
        gaps = itertools.chain([""], itertools.repeat(self.separator))
        text = self.chain(zip(gaps, texts, strict=False))
        return self.guard_end(text + (self.end if text else ""))

    @property
    def end(self) -> str:
        """Return what stands after the last tag where a trailing separator is wanted."""
        return self.separator.rstrip(" ") if self.trailing_separator else ""

    def chain(self, pieces: Iterable[tuple[str, str]]) -> str:
        """Put written texts together, each after its gap, so that no two of them mean something else."""
        if self.target != "a1111":
            return "".join(itertools.chain.from_iterable(pieces))
        written: list[str] = []
        for gap, text in pieces:
            # A1111 1.10 reads `d: 2015` at a prompt's end as the weight 2015.
            is_risky = bool(written) and written[-1].endswith(":") and not gap.strip() and _NUMBER.match(text)
            written += [gap, "\\" + text if is_risky else text]
        return "".join(written)

    def weighted(self, text: str, weight: float | None) -> str:
        """Put a text that is already written into brackets with its weight, unless that is None or 1."""
        return text if weight is None or weight == 1 else f"({text}:{weight_text(weight)})"

    def _write(self, tag: Tag | str, weight: float | None) -> str:
        is_artist = isinstance(tag, Tag) and tag.category == "artist" and self.artist_style != "as written"
        known = tag if isinstance(tag, Tag) else Vocabulary.joytag().find(tag)
        name = self.spell(self.name_of(tag), is_tag=known is not None)
        return self.weighted(self.escape(self.mark_artist(name) if is_artist else name), weight)

    def name_of(self, tag: Tag | str) -> str:
        """Return the name to write: as given, or the one of today where that is wanted and there is one."""
        if self.names == "model":
            return tag if isinstance(tag, str) else tag.name
        known = Vocabulary.joytag().find(tag) if isinstance(tag, str) else tag
        if known is not None and known.current_name:
            return known.current_name
        return tag if isinstance(tag, str) else tag.name

    def spell(self, name: str, *, is_tag: bool) -> str:
        """Turn underscores into spaces where that is wanted and the name, a tag's or not, is made of words.

        An underscore at an end or beside another stands between no words: `_hat_` is a token.
        """
        if not self.spaces or "_" not in name or is_face(name) or not (is_tag or is_word_name(name)):
            return name
        return name.replace("_", " ") if all(name.split("_")) else name

    def mark_artist(self, bare: str) -> str:
        """Mark an artist's bare name in this format's style, which is not "as written"."""
        return {"bare": bare, "by": f"by {bare}"}.get(self.artist_style, self.artist_style + bare)

    def escape(self, text: str) -> str:
        """Escape the characters that the target would read as syntax."""
        special = _SPECIAL[self.target]
        return special.sub(r"\\\g<0>", text) if special is not None and special.search(text) else text

    def guard_end(self, text: str) -> str:
        r"""Keep A1111 from reading `smile, :3` as the weight 3, which it does at an end: a lone `\` vanishes there."""
        if self.target != "a1111":
            return text
        before, weight = split_weight(text)
        return f"{before}{weight.replace(':', ':' + chr(92), 1)}" if weight else text

    def weight_of(self, score: float, *, threshold: float = PUBLISHED_THRESHOLD) -> float | None:
        """Return the weight that a score (0..1) gets, two decimals; None where it is written without one."""
        if self.weights == "off":
            return None
        if self.weights == "score":
            return round(score, 2)
        low, high = self.weight_range
        share = 1.0 if threshold >= 1.0 else (score - threshold) / (1.0 - threshold)
        weight = round(low + min(max(share, 0.0), 1.0) * (high - low), 2)
        return None if abs(weight - 1.0) <= WEIGHT_TOLERANCE + 1e-9 else weight


def weight_text(weight: float) -> str:
    """Write a weight so that reading it gives exactly that number; hosts do not read exponents.

    Raises:
        SettingError: the weight is not finite.
    """
    if not math.isfinite(weight):
        raise SettingError(f"weight {weight} cannot be written; expected a finite number")
    text = format(Decimal(repr(float(weight))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
