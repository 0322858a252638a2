"""Which tags of a prompt does a picture show, and what does it show that nobody asked for?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..checks import check_choice
from ..errors import SettingError
from ..filtering.duplicates import merged, weight_of
from ..prompts.choices import TARGETS
from ..prompts.items import Item
from ..prompts.parser import parse
from ..tags.names import name_index
from ..tags.scored_tag import ScoredTag
from ..tags.scores import TagScores
from ..tags.selection import those_over
from ..tags.vocabulary import PUBLISHED_THRESHOLD, Tag

_LINES = {
    "score": "score {}",
    "shown": "shown: {}",
    "missing": "missing: {}",
    "unexpected": "unexpected: {}",
    "unknown": "not known: {}",
}


class AskedTag(NamedTuple):
    """Hold one tag that a prompt asks for: its name as written, its score 0..1 in the picture, its weight.

    `instead` is what the picture shows in its place: of the same exclusive set, such as another colour of hair.
    """

    name: str
    tag: Tag
    score: float
    weight: float = 1.0
    instead: tuple[ScoredTag, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptReport:
    """Hold how well a picture shows a prompt.

    `score` (0..1) is the mean over the asked tags, by their weights: a tag counts 0 at the score 0, a half at its
    threshold, 1 at the score 1. `shown` and `missing` are the asked tags in the prompt's order, `unexpected` the other
    tags that the picture shows, best first, and `unknown` the parts of the prompt that are no tags.
    """

    score: float
    shown: tuple[AskedTag, ...] = ()
    missing: tuple[AskedTag, ...] = ()
    unexpected: tuple[ScoredTag, ...] = ()
    unknown: tuple[str, ...] = ()

    def explain(self) -> str:
        """Return the report as a person reads it: the score, then a line for each kind of tag that there is."""
        return "\n".join(_LINES[kind].format(text) for kind, text in self.lines())

    def lines(self) -> list[tuple[str, str]]:
        """Return what `explain` says, line by line, for doors that speak other languages: its kind, and its text.

        The kinds are `score` and, where there are such tags, `shown`, `missing`, `unexpected` and `unknown`.
        """
        named = {
            "shown": [f"{asked.name} {asked.score:.2f}" for asked in self.shown],
            "missing": [f"{asked.name} {asked.score:.2f}{_instead(asked)}" for asked in self.missing],
            "unexpected": [_scored(one) for one in self.unexpected],
            "unknown": list(self.unknown),
        }
        return [("score", f"{self.score:.2f}"), *((kind, ", ".join(tags)) for kind, tags in named.items() if tags)]

    def to_dict(self) -> dict[str, Any]:
        """Return the report for JSON; scores have four decimals, tags are described as in a filter's result."""
        return {
            "score": round(self.score, 4),
            "shown": [_asked(asked) for asked in self.shown],
            "missing": [_asked(asked) | {"instead": [_found(one) for one in asked.instead]} for asked in self.missing],
            "unexpected": [_found(one) for one in self.unexpected],
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, kw_only=True)
class PromptCheck:
    """Hold prompts against pictures.

    A tag is shown if its score is greater than `threshold` (0..1), a character's than `character_threshold`, where 0
    means as `threshold`. `target` is the program that the prompts are written for, one of `TARGETS`.
    """

    threshold: float = PUBLISHED_THRESHOLD
    character_threshold: float = 0.0
    target: str = "comfyui"

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            SettingError: one is out of its range.
        """
        those_over(self.threshold, self.character_threshold)
        check_choice("target", self.target, TARGETS)

    def check(self, prompt: str, scores: TagScores) -> PromptReport:
        """Hold one prompt against one picture's scores. What is not a tag of the model is left out, and said.

        Tags of weight 0 or less are not asked for. What an asked tag implies, as cat ears do animal ears, is not
        unexpected.

        Raises:
            SettingError: no part of the prompt is a tag of the model.
        """
        tags, unknown = self._read(prompt, scores)
        if not tags:
            raise SettingError(
                f"the prompt {_shortened(prompt)!r} asks for no tag that the model knows; expected tags such as 1girl, "
                f"long hair"
            )
        there = those_over(self.threshold, self.character_threshold).choose(scores)
        shown_indices = {one.tag.index for one in there}
        asked = [tag._replace(instead=_rivals(tag.tag, there)) for tag in tags]
        return PromptReport(
            score=self._mean(asked),
            shown=tuple(tag._replace(instead=()) for tag in asked if tag.tag.index in shown_indices),
            missing=tuple(tag for tag in asked if tag.tag.index not in shown_indices),
            unexpected=tuple(_unasked(there, asked, scores)),
            unknown=unknown,
        )

    def _read(self, prompt: str, scores: TagScores) -> tuple[list[AskedTag], tuple[str, ...]]:
        """Return the tags that a prompt asks for, each once with its highest weight, and what is no tag."""
        parsed = parse(prompt, self.target, name_index(scores.vocabulary))
        said = [item for item in parsed.items if not item.composes and item.role != "comment"]
        items, _ = merged(said, self.target, "model")
        # What begins with `<` is the host's (a LoRA), and asks for no tag.
        unknown = tuple(item.text for item in items if item.facts.tag is None and not item.text.startswith("<"))
        return [asked for item in items if (asked := self._asked(item, scores)) is not None], unknown

    def _asked(self, item: Item, scores: TagScores) -> AskedTag | None:
        tag, weight = item.facts.tag, weight_of(item.groups, self.target)
        if tag is None or weight <= 0:
            return None
        return AskedTag(item.text, tag, float(scores.values[tag.index]), weight)

    def _mean(self, asked: Sequence[AskedTag]) -> float:
        of_category = those_over(self.threshold, self.character_threshold).category_thresholds
        credits = sum(
            tag.weight * _credit(tag.score, of_category.get(tag.tag.category, self.threshold)) for tag in asked
        )
        return credits / sum(tag.weight for tag in asked)


def best_first(reports: Iterable[PromptReport]) -> list[int]:
    """Return the places of reports, those of the best score first; equals keep their places."""
    scores = [report.score for report in reports]
    return sorted(range(len(scores)), key=lambda place: -scores[place])


def _credit(score: float, threshold: float) -> float:
    """Return what a tag counts: 0 at the score 0, a half at its threshold, 1 at the score 1, straight in between."""
    if score <= threshold:
        return 0.5 * score / threshold if threshold else 0.5
    return 0.5 + 0.5 * (score - threshold) / (1 - threshold)


def _rivals(tag: Tag, there: Iterable[ScoredTag]) -> tuple[ScoredTag, ...]:
    rivals = (one for one in there if one.tag.exclusive_set == tag.exclusive_set and one.tag.index != tag.index)
    return tuple(rivals) if tag.exclusive_set else ()


def _unasked(there: Iterable[ScoredTag], asked: Iterable[AskedTag], scores: TagScores) -> Iterable[ScoredTag]:
    wanted = {tag.tag.name for tag in asked}
    wanted |= {name for tag in wanted for name in scores.vocabulary.ancestors(tag)}
    return (one for one in there if one.name not in wanted)


def _instead(asked: AskedTag) -> str:
    return f" ({', '.join(map(_scored, asked.instead))})" if asked.instead else ""


def _scored(one: ScoredTag) -> str:
    return f"{one.name.replace('_', ' ')} {one.score:.2f}"


def _asked(asked: AskedTag) -> dict[str, Any]:
    return _described(asked.tag, asked.name, asked.score) | {"weight": round(asked.weight, 4)}


def _found(one: ScoredTag) -> dict[str, Any]:
    return _described(one.tag, one.name, one.score)


def _described(tag: Tag, name: str, score: float) -> dict[str, Any]:
    return {"tag": tag.name, "name": name, "score": round(score, 4), "category": tag.category}


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
