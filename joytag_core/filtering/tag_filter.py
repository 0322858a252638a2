"""What do the rules of a filter make of a prompt, or of the tags of a picture?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from ..errors import SettingError
from ..prompts.items import Item, Prompt
from ..prompts.parser import parse
from ..prompts.writer import writer_for
from ..rules.rule_book import RuleBook
from ..tags.names import NameIndex, name_index
from ..tags.scored_tag import ScoredTag
from ..tags.vocabulary import PUBLISHED_THRESHOLD, Vocabulary
from .pipeline import Pipeline, Surroundings, Tools
from .result import FilterResult, Kept
from .scoring import ScoreLookup
from .settings import FilterSettings


@dataclass(frozen=True, kw_only=True)
class TagFilter(FilterSettings):
    """Filter prompts and tags by the rules of `FilterSettings`, whose fields are its own."""

    def apply(
        self,
        text: str,
        *,
        scores: Mapping[str, float] | None = None,
        vocabulary: Vocabulary | None = None,
        count_tokens: Callable[[str], int] | None = None,
        said: Collection[str] = (),
        tokens: Collection[str] = (),
    ) -> FilterResult:
        """Filter a prompt or tag list.

        `scores` are by tag name, 0..1; tags without one pass score rules untouched. `vocabulary` is the published
        model's by default. `count_tokens` counts the CLIP tokens of a text without start and end marks; without it
        they are estimated. `said` are the names (`prompts.merging.said_in`) that need not be said again. `tokens` are
        names that mean something as they are spelled, such as those of the host's embeddings.

        Raises:
            SettingError: what is given is of another kind; as RuleError: the regular expressions took too long.
        """
        if not isinstance(text, str):
            raise SettingError(f"{text!r} is no text; expected a prompt or tag list")
        rules, index = self.with_presets(), _index_of(vocabulary)
        prompt = parse(text, rules.target, index)
        if scores:
            lookup = ScoreLookup(scores, index)
            items = tuple(item if item.verbatim else replace(item, score=lookup.score(item)) for item in prompt.items)
            prompt = replace(prompt, items=items)
        place = Surroundings(count_tokens=count_tokens, said=said, tokens=tokens)
        return rules._filtered(prompt, index.vocabulary, PUBLISHED_THRESHOLD, place)

    def apply_scored(
        self,
        tags: Iterable[ScoredTag],
        *,
        vocabulary: Vocabulary | None = None,
        threshold: float = PUBLISHED_THRESHOLD,
        count_tokens: Callable[[str], int] | None = None,
        said: Collection[str] = (),
    ) -> FilterResult:
        """Filter tags that a model scored; `threshold` (0..1) is the score that gets the lowest mapped weight.

        Raises:
            SettingError: what is given is of another kind; as RuleError: the regular expressions took too long.
        """
        index = _index_of(vocabulary)
        items = [
            Item(text=name, facts=index.facts(name), position=place, score=score)
            for place, (name, score) in enumerate(_named_scores(tags))
        ]
        place = Surroundings(count_tokens=count_tokens, said=said, is_written=False)
        return self.with_presets()._filtered(Prompt(tuple(items)), index.vocabulary, threshold, place)

    def _filtered(self, prompt: Prompt, vocabulary: Vocabulary, threshold: float, place: Surroundings) -> FilterResult:
        writer = writer_for(self.format, threshold=self.min_score or threshold, keep_lines=self.keep_line_breaks)
        pipeline = Pipeline(self, _tools(self.rule_book(), vocabulary), writer, place)
        done = pipeline.run(prompt)
        kept = tuple(Kept(writer.name(item), item.facts.tag, item.score) for item in done.items if not item.verbatim)
        sentences = tuple(item.text for item in done.items if item.role == "prose")
        report = pipeline.report
        return FilterResult(writer.text(done), kept, tuple(report.dropped), tuple(report.replaced), sentences)


def _index_of(vocabulary: Vocabulary | None) -> NameIndex:
    # By what it can do: a host may hold this package twice, under two names, and hand one's scores to the other.
    if vocabulary is not None and not hasattr(type(vocabulary), "names"):
        raise SettingError(f"vocabulary is {vocabulary!r}; expected a Vocabulary, or None for JoyTag's")
    return name_index(vocabulary or Vocabulary.joytag())


def _named_scores(tags: Iterable[ScoredTag]) -> list[tuple[str, float]]:
    try:
        return [(one.name, one.score) for one in tags]
    except (AttributeError, TypeError) as error:
        raise SettingError(
            f"{tags!r} are no scored tags; expected those that Selection.choose or TagScores.select gives"
        ) from error


@lru_cache(maxsize=16)
def _tools(rules: RuleBook, vocabulary: Vocabulary) -> Tools:
    return Tools.of(rules, name_index(vocabulary))
