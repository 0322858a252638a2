"""The node JoyTag Tag Switch: is a picture as a pattern says, yes or no?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.settings.parameters import THRESHOLDS
from ..joytag_core.tags.scores import TagScores
from ..joytag_core.tags.vocabulary import Vocabulary
from .inputs import judging_inputs, scores_input, tags_input
from .received import texts_of
from .said import SaidLine
from .schema import CATEGORY, first_of_each, output, schema
from .tag_lists import matched, scores_of
from .work import files_used, lists_folder

if TYPE_CHECKING:
    from ..joytag_core.judging.tag_switch import TagSwitch, Verdict

_ID = "JoyTag_TagSwitch"


class SwitchOnTags(io.ComfyNode):
    """Answer a question about pictures or tag lists, so that a workflow can take another way; lists give lists."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id=_ID,
            display_name="JoyTag Tag Switch",
            category=CATEGORY,
            description="Is a picture, or a tag list, as a pattern says? Yes or no, for switches and sorting.",
            search_aliases=["condition", "if tag", "route by tag", "contains tag", "boolean", "tagger", "danbooru"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.String.Input(
                    "pattern", display_name="Pattern", multiline=True, default="1girl, 1boy", optional=True,
                    tooltip="What has to be there: cat ears & !dog; category:character; score>0.6 & smile. A comma or "
                    "a new line means or.",
                ),
                io.Image.Input("image", optional=True, tooltip="The pictures to ask about: one, a batch, or a list."),
                scores_input(),
                tags_input("A tag list to ask about, in place of a picture or beside its scores."),
                *judging_inputs(_ID),
            ],
            outputs=[
                output(io.Boolean, "holds", "Whether it is as the pattern says.", is_list=True),
                output(io.Float, "score", "How strongly, from 0 to 1.", is_list=True),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files or a list have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(
        cls,
        pattern: Sequence[str] = ("1girl, 1boy",),
        image: Sequence[Tensor] = (),
        scores: Sequence[TagScores] = (),
        tags: Sequence[str] = (),
        **inputs: Sequence[Any],
    ) -> io.NodeOutput:
        """Answer for every picture or tag list."""
        from ..joytag_core.judging.tag_switch import TagSwitch  # late, as in work.py

        settings = first_of_each(inputs)
        thresholds = {name: settings[name] for name in THRESHOLDS if name in settings}
        switches = [
            TagSwitch(pattern=one, lists_folder=lists_folder(), **thresholds)
            for one in texts_of(pattern, "pattern", "tags and patterns")
        ]
        found, texts = scores_of(image, scores, settings), texts_of(tags)
        asked = [] if found and not any(text.strip() for text in texts) else texts or [""]
        questions = matched({"patterns": switches, "tag lists": asked, "pictures": found})
        verdicts = [_verdict(*question) for question in questions]
        unknown_to = cache(_unknown_terms)  # what a model does not know is the same for all of its pictures
        unknown = [
            unknown_to(switch, of.vocabulary) if text is None and of is not None else ""
            for switch, text, of in questions
        ]
        answers = [verdict.holds for verdict in verdicts], [verdict.score for verdict in verdicts]
        shown = list(map(_text, verdicts, unknown))
        return io.NodeOutput(*answers, ui={"text": shown, "said": list(map(_said, verdicts, unknown))})


def _text(verdict: Verdict, unknown: str) -> str:
    answer = f"{'yes' if verdict.holds else 'no'}, {verdict.score:.2f}"
    return f"{answer}\nnot known: {unknown}" if unknown else answer


def _said(verdict: Verdict, unknown: str) -> list[SaidLine]:
    answer: SaidLine = [("said_yes" if verdict.holds else "said_no", f"{verdict.score:.2f}")]
    return [answer, [("said_unknown", unknown)]] if unknown else [answer]


def _unknown_terms(switch: TagSwitch, vocabulary: Vocabulary) -> str:
    """Return the terms that ask a picture for no tag of the model; another's tag list may hold others."""
    return ", ".join(switch.unknown_terms(vocabulary))


def _verdict(switch: TagSwitch, text: str | None, scores: TagScores | None) -> Verdict:
    if text is None and scores is not None:
        return switch.judge(scores)
    by_name, vocabulary = (None, None) if scores is None else (scores.as_dict(), scores.vocabulary)
    return switch.judge_text(text or "", scores=by_name, vocabulary=vocabulary)
