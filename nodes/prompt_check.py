"""The node JoyTag Prompt Check: does a picture show what its prompt asks for?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.errors import SettingError
from ..joytag_core.lines import counted
from ..joytag_core.settings.parameters import THRESHOLDS
from ..joytag_core.tags.scores import TagScores
from .inputs import judging_inputs, scores_input
from .received import check_images, texts_of
from .said import SaidLine
from .schema import CATEGORY, first_of_each, output, schema
from .tag_lists import paired, scores_of
from .work import files_used

if TYPE_CHECKING:
    from ..joytag_core.judging.prompt_check import AskedTag, PromptReport
    from ..joytag_core.tags.scored_tag import ScoredTag

_ID = "JoyTag_PromptCheck"


class CheckPrompt(io.ComfyNode):
    """Hold pictures against prompts, best first; takes whole lists, so that the best of many can be kept."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id=_ID,
            display_name="JoyTag Prompt Check",
            category=CATEGORY,
            description="Which tags of a prompt does a picture show, and what does it show that nobody asked for? "
            "Sorts pictures, the best first, and keeps the best.",
            search_aliases=["adherence", "prompt score", "best of", "rank images", "tagger", "wd14", "danbooru"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="The pictures to judge: one, a batch, or a list of any sizes."),
                io.String.Input(
                    "prompt", display_name="Prompt", multiline=True, default="", optional=True,
                    tooltip="What the pictures should show: the prompt that made them. One for all, or one each.",
                ),
                scores_input("the pictures are"),
                io.Int.Input(
                    "keep_best", display_name="Keep the best", default=0, min=0, max=10_000, step=1, optional=True,
                    tooltip="Give only so many pictures on, the best ones. 0: all of them.",
                ),
                *judging_inputs(_ID),
            ],
            outputs=[
                output(io.Image, "image", "The pictures, the best first.", is_list=True),
                output(io.Float, "score", "How well each shows its prompt, from 0 to 1.", is_list=True),
                output(io.String, "missing", "The tags of the prompt that each does not show.", is_list=True),
                output(io.String, "unexpected", "The tags that each shows and nobody asked for.", is_list=True),
                output(io.String, "report", "All of it, for people.", is_list=True),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(
        cls,
        image: Sequence[Tensor],
        prompt: Sequence[str] = ("",),
        scores: Sequence[TagScores] = (),
        keep_best: Sequence[int] = (0,),
        **inputs: Sequence[Any],
    ) -> io.NodeOutput:
        """Judge every picture, and sort them."""
        from ..joytag_core.judging.prompt_check import PromptCheck, best_first  # late, as in work.py

        settings = first_of_each(inputs)
        check = PromptCheck(**{name: settings[name] for name in THRESHOLDS if name in settings})
        check_images(image)
        pictures = [picture[None] for batch in image for picture in batch]
        pairs = paired(texts_of(prompt, "prompt", "a prompt"), scores_of(image, scores, settings))
        if len(pairs) != len(pictures):
            raise SettingError(
                f"{counted(len(pictures), 'picture')} came in with {len(pairs)} prompts or scores; expected as many."
            )
        reports = [check.check(text, one) for text, one, _ in pairs if text is not None and one is not None]
        order = best_first(reports)[: keep_best[0] or None]
        best = [reports[place] for place in order]
        return io.NodeOutput(
            [pictures[place] for place in order],
            [report.score for report in best],
            [_named(report.missing) for report in best],
            [_named(report.unexpected) for report in best],
            [report.explain() for report in best],
            ui={"text": [report.explain() for report in best], "said": [_said(report) for report in best]},
        )


def _said(report: PromptReport) -> list[SaidLine]:
    return [[(f"said_{kind}", text)] for kind, text in report.lines()]


def _named(tags: Sequence[AskedTag] | Sequence[ScoredTag]) -> str:
    return ", ".join(one.name.replace("_", " ") for one in tags)
