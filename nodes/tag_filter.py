"""The node JoyTag Tag Filter: which tags of any prompt remain, and why did the others go?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.tags.scores import TagScores
from .chips import for_page
from .inputs import filter_inputs, scores_input, tags_input
from .received import texts_of
from .schema import CATEGORY, first_of_each, json_output, output, schema
from .tag_lists import Other, Picture, other_scores_of, paired, scores_of
from .work import Work, files_used, to_json

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
            search_aliases=[
                "blacklist", "exclude tags", "remove tags", "tag replace", "prompt filter", "danbooru", "tagger",
                "wd14", "combine taggers",
            ],
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
                io.Custom("*").Input(
                    "other_scores", optional=True,  # named by locales/: frontend 1.35 translates no display name
                    tooltip="Another tagger's scores, to be combined with JoyTag's: lines such as smile: 0.95, tags "
                    "such as (smile:0.95), JSON, a dictionary of scores, or another JoyTag node's. One for each "
                    "picture, or one for all.",
                ),
                *filter_inputs(_ID),
            ],
            outputs=[
                output(io.String, "tags", "The tags that remain: one text for each tag list.", is_list=True),
                output(io.String, "dropped", "What was dropped, and by which rule.", is_list=True),
                output(io.Int, "count", "How many tags remain.", is_list=True),
                json_output(),
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
        other_scores: Sequence[Any] = (),
        **inputs: Sequence[Any],
    ) -> io.NodeOutput:
        """Filter every tag list, or find the tags from the scores where no tags came in."""
        settings = first_of_each(inputs)
        work = Work(settings)
        pictures = _pictures(texts_of(tags), scores_of(image, scores, settings), other_scores_of(other_scores))
        results = [work.result(picture) for picture in pictures]
        texts = [result.text for result in results]
        dropped = [result.explain() for result in results]
        counts = [len(result.tags) for result in results]
        shown = {"text": texts, "dropped": dropped, "joytag": for_page(settings, pictures)}
        return io.NodeOutput(texts, dropped, counts, [to_json(result) for result in results], ui=shown)


def _pictures(tags: list[str], scores: list[TagScores], other: list[Other]) -> list[Picture]:
    """Return each picture's tags and scores; no tags where they are to be found from scores."""
    if (scores or other) and not any(text.strip() for text in tags):
        return paired([None], scores, other)
    return paired(tags or [""], scores, other)
