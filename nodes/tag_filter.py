"""The node JoyTag Tag Filter: which tags of any prompt remain, and why did the others go?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.settings.parameters import FILTER_NAMES
from ..joytag_core.tags.scores import TagScores
from .chips import for_page
from .inputs import scores_input, settings_inputs, tags_input
from .schema import CATEGORY, first_of_each, output, schema
from .tag_lists import paired, scores_of, texts_of
from .work import Work, files_used

_ID = "JoyTag_TagFilter"


class FilterTags(io.ComfyNode):
    """Filter tag lists, against pictures where there are any; takes whole lists, to score pictures in few passes."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id=_ID,
            display_name="JoyTag Tag Filter",
            category=CATEGORY,
            description="Keeps, drops, replaces, sorts and weights the tags of any prompt; with a picture, by what is "
            "really in it. With a picture and no tags it interrogates.",
            search_aliases=["blacklist", "exclude tags", "remove tags", "tag replace", "prompt filter", "danbooru"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                tags_input("Any prompt or tag list: JoyTag's, another tagger's, or your own."),
                io.Image.Input(
                    "image", optional=True,
                    tooltip="The picture that the tags are about: JoyTag scores them by it. One a tag list, or one for "
                    "all.",
                ),
                scores_input(),
                *settings_inputs(_ID, (*FILTER_NAMES, "model", "threshold")),
            ],
            outputs=[
                output(io.String, "tags", "The tags that remain: one text for each tag list.", is_list=True),
                output(io.String, "dropped", "What was dropped, and by which rule.", is_list=True),
                output(io.Int, "count", "How many tags remain.", is_list=True),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files or a list have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(
        cls,
        tags: Sequence[str] = (),
        image: Sequence[Tensor] = (),
        scores: Sequence[TagScores] = (),
        **inputs: Sequence[Any],
    ) -> io.NodeOutput:
        """Filter every tag list, or interrogate every picture where no tags came in."""
        settings = first_of_each(inputs)
        work = Work(settings)
        pictures = _pictures(texts_of(tags), scores_of(image, scores, settings))
        results = [work.result(text, one) for text, one in pictures]
        texts = [result.text for result in results]
        dropped = [result.explain() for result in results]
        counts = [len(result.tags) for result in results]
        shown = {"text": texts, "dropped": dropped, "joytag": for_page(settings, pictures)}
        return io.NodeOutput(texts, dropped, counts, ui=shown)


def _pictures(tags: list[str], scores: list[TagScores]) -> Sequence[tuple[str | None, TagScores | None]]:
    """Return each picture's tags and scores; no tags where it is to be interrogated."""
    if scores and not any(text.strip() for text in tags):
        return [(None, one) for one in scores]
    return paired(tags or [""], scores)
