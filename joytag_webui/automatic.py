"""How does every picture of a generation get its own tags into its own prompt?"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joytag_core.errors import JoyTagError
from joytag_core.filtering.result import FilterResult
from joytag_core.pictures.reading import Reading
from joytag_core.settings.placeholders import PLACEMENTS, clear_placeholders, fill_prompt, has_placeholder
from joytag_core.tags.scores import TagScores

from .rules import choose_tags, make_interrogation
from .sent_pictures import SentPicture
from .tagging import score

INFOTEXT_MODEL = "JoyTag model"
INFOTEXT_THRESHOLD = "JoyTag threshold"
INFOTEXT_FAILURE = "JoyTag"
_COMMENT = "JoyTag: "

logger = logging.getLogger("joytag")


@dataclass(frozen=True, kw_only=True)
class AutomaticPrompt:
    """Hold what the section of the page, or an API call, says: settings, where the tags go, and a picture of its own.

    Without a `picture`, each slot of the generation takes its own initial picture.
    """

    settings: Mapping[str, Any]
    placement: str = PLACEMENTS[0]
    picture: SentPicture | None = None

    def fill(self, p: Any) -> None:
        """Write the tags into all prompts of a processing object; on failure take the placeholders out and say why.

        The prompts are rebuilt from `p.prompt` for every file of a directory, so nothing is left from the last one.
        """
        forget(p)
        try:
            self._fill(p)
        except JoyTagError as error:
            give_up(p, str(error))
        except Exception as error:  # the host would only log it and make the picture without a word
            logger.exception("automatic prompts failed")
            give_up(p, f"{type(error).__name__}: {error}")

    def _fill(self, p: Any) -> None:
        make_interrogation(self.settings)  # a wrong rule is told before a model is loaded
        scores = self._scores(pictures_of(p, self.picture))
        used: dict[float, None] = {}
        if any(has_placeholder(negative) for negative in p.all_negative_prompts):
            p.comment(f"{_COMMENT}{{joytag}} in the negative prompt stays as it is: tags go into the prompt only.")
        _map_prompts(
            p, lambda slot, prompt, negative: self._written(scores[slot % len(scores)], prompt, negative, used)
        )
        p.extra_generation_params[INFOTEXT_MODEL] = self.settings["model"]
        # Each placeholder may have had its own.
        p.extra_generation_params[INFOTEXT_THRESHOLD] = (
            next(iter(used)) if len(used) == 1 else ", ".join(map(str, used))
        )

    def _scores(self, pictures: Sequence[SentPicture]) -> list[TagScores]:
        """Score every picture once, however many slots it has."""
        once = {id(picture): picture for picture in pictures}
        reading = Reading.from_settings(self.settings)
        scored = dict(zip(once, score(list(once.values()), model=self.settings["model"], reading=reading), strict=True))
        return [scored[id(picture)] for picture in pictures]

    def _written(self, scores: TagScores, prompt: str, negative: str, used: dict[float, None]) -> str:
        def write(settings: Mapping[str, Any], said: Collection[str]) -> FilterResult:
            used.setdefault(settings["threshold"])
            return choose_tags(make_interrogation(settings), scores, said)

        return fill_prompt(prompt, write, settings=self.settings, placement=self.placement, negative=negative)


def give_up(p: Any, reason: str) -> None:
    """Take the placeholders out, so that the picture is made without tags, and say why: to page, API and infotext."""
    _map_prompts(p, lambda _slot, prompt, _negative: clear_placeholders(prompt))
    said = f"no tags ({' '.join(reason.split())})"
    logger.warning("%s%s", _COMMENT, said)
    p.comment(_COMMENT + said)
    p.extra_generation_params[INFOTEXT_FAILURE] = said


def pictures_of(p: Any, picture: SentPicture | None = None) -> list[SentPicture]:
    """Return the pictures to tag, slot by slot: the one given, else the initial pictures.

    Raises:
        JoyTagError: there is none.
    """
    pictures = [picture] if picture is not None else [one for one in getattr(p, "init_images", None) or [] if one]
    if not pictures:
        raise JoyTagError("There is no picture to take tags from; choose one in the JoyTag section.")
    return pictures


def forget(p: Any) -> None:
    """Take away what an earlier file of the same directory left on a processing object."""
    for name in (INFOTEXT_MODEL, INFOTEXT_THRESHOLD, INFOTEXT_FAILURE):
        p.extra_generation_params.pop(name, None)
    for comment in [text for text in p.comments if text.startswith(_COMMENT)]:
        del p.comments[comment]


def mention_placeholder(p: Any) -> None:
    """Say that `{joytag}` stands in a prompt although automatic prompts are off."""
    if any(has_placeholder(prompt) for prompt in p.all_prompts):
        p.comment(f"{_COMMENT}{{joytag}} is in the prompt, but automatic prompts are off.")


def _map_prompts(p: Any, change: Any) -> None:
    """Replace all prompts, those of the high resolution pass too, by `change(slot, prompt, negative)`."""
    p.all_prompts = _mapped(change, p.all_prompts, p.all_negative_prompts)
    p.main_prompt = p.all_prompts[0]
    if getattr(p, "enable_hr", False) and getattr(p, "all_hr_prompts", None):
        p.all_hr_prompts = _mapped(change, p.all_hr_prompts, p.all_hr_negative_prompts)


def _mapped(change: Any, prompts: Sequence[str], negatives: Sequence[str]) -> list[str]:
    pairs = enumerate(zip(prompts, negatives, strict=True))
    return [change(slot, prompt, negative) for slot, (prompt, negative) in pairs]
