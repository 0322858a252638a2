"""Which tags of its prompt does a made picture show? One line in its infotext, where the person asked for it."""

from __future__ import annotations

import logging
from typing import Any

from joytag_core.errors import JoyTagError
from joytag_core.judging.prompt_check import AskedTag, PromptCheck, PromptReport

from .axes import axis_values
from .settings import TARGET, current_settings, option
from .tagging import score

INFOTEXT_CHECK = "JoyTag check"
_MOST_LETTERS = 40
"""Of a part of the prompt that is no tag: enough to find it again."""

logger = logging.getLogger("joytag")


class PictureLine(str):
    """Be the line of one picture of a batch, and of no other picture's infotext.

    A WebUI from A1111 1.9 on calls what is in the infotext's parameters, where it can be called, for each picture and
    for the grid of all; an older one takes it for the text that it is, and so gives the grid its last picture's line.
    """

    place: tuple[int, int]

    def __new__(cls, text: str, p: Any) -> PictureLine:
        """Make the line of the picture that a processing object is at."""
        line = super().__new__(cls, text)
        line.place = _place(p)
        return line

    def __call__(self, *, p: Any, use_main_prompt: bool = False, **_: Any) -> str | None:
        """Return the text, None for another picture or the grid."""
        return None if use_main_prompt or _place(p) != self.place else str(self)


def check_made_picture(p: Any, picture: Any) -> None:
    """Hold a made picture against its own prompt, if the settings page says so, and put the result into its infotext.

    Called while the WebUI's queue is held. What fails is told in the line, and the picture is there all the same.
    """
    if not option("check_made"):
        return
    try:
        text = line_of(_report(p, picture))
    except JoyTagError as error:
        text = _not_done(str(error))
    except Exception as error:  # the host would only log it
        logger.exception("checking a made picture failed")
        text = _not_done(f"{type(error).__name__}: {error}")
    p.extra_generation_params[INFOTEXT_CHECK] = PictureLine(text, p)


def forget_check(p: Any) -> None:
    """Take away what the last picture of an earlier file left on a processing object."""
    p.extra_generation_params.pop(INFOTEXT_CHECK, None)


def line_of(report: PromptReport) -> str:
    """Return a report as one line: `0.71; shows circle; lacks square 0.03 (star 0.91); not known: my style`."""
    parts = {
        "shows": [asked.name for asked in report.shown],
        "lacks": [_lacking(asked) for asked in report.missing],
        "not known:": [_shortened(text) for text in report.unknown],
    }
    return "; ".join([f"{report.score:.2f}", *(f"{kind} {', '.join(found)}" for kind, found in parts.items() if found)])


def _report(p: Any, picture: Any) -> PromptReport:
    settings = current_settings(axis_values(p).settings)
    check = PromptCheck(
        threshold=settings["threshold"], character_threshold=settings["character_threshold"], target=TARGET
    )
    (scores,) = score([picture], model=settings["model"])
    return check.check(p.all_prompts[p.iteration * p.batch_size + p.batch_index], scores)


def _place(p: Any) -> tuple[int, int]:
    return p.iteration, p.batch_index


def _lacking(asked: AskedTag) -> str:
    instead = ", ".join(f"{one.name.replace('_', ' ')} {one.score:.2f}" for one in asked.instead)
    return f"{asked.name} {asked.score:.2f}{f' ({instead})' if instead else ''}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 3]}..."


def _not_done(reason: str) -> str:
    line = f"not done ({' '.join(reason.split())})"
    logger.warning("%s: %s", INFOTEXT_CHECK, line)
    return line
