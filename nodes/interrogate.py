"""The node JoyTag Interrogate: what do pictures show?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.model.folders import model_names
from ..joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, SELECTION_NAMES
from .chips import for_page
from .host import session
from .pictures import score_images
from .schema import ADDED_LATER, CATEGORY, Scores, first_of_each, inputs_for, model_input, output, schema
from .work import Work, files_used

_SHOWN = ("threshold", "character_threshold", "max_tags", "exclude", "lists", "add_first")
_FOLDED = [name for name in (*SELECTION_NAMES, *FILTER_NAMES) if name not in (*_SHOWN, *ADDED_LATER, "model")]


class Interrogate(io.ComfyNode):
    """Turn pictures into tags; takes whole lists, so that a folder of pictures goes through in few passes."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id="JoyTag_Interrogate",
            display_name="JoyTag Interrogate",
            category=CATEGORY,
            description="Says what pictures show, as Danbooru tags: a prompt for each picture.",
            search_aliases=[
                "tagger",
                "auto tag",
                "interrogator",
                "caption",
                "image to prompt",
                "danbooru",
                "wd14",
                "deepbooru",
            ],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="One picture, a batch, or a list of any sizes."),
                model_input(model_names(session().host)),
                *inputs_for(_SHOWN),
                *inputs_for(_FOLDED, folded=_FOLDED),
                *inputs_for(ADDED_LATER, folded=ADDED_LATER),
            ],
            outputs=[
                output(io.String, "tags", "The tags of each picture: a list of prompts.", is_list=True),
                output(io.String, "tags_joined", "All pictures' tags in one text, one picture a line."),
                output(Scores, "scores", "The scores of all tags, for the other JoyTag nodes.", is_list=True),
            ],
        )

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files or a list have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(cls, image: Sequence[Tensor], **inputs: Sequence[Any]) -> io.NodeOutput:
        """Tag every picture of every batch."""
        settings = first_of_each(inputs)
        work = Work(settings)
        scores = score_images(image, model=settings.get("model", PARAMETERS["model"].default))
        tags = [work.result(None, one).text for one in scores]
        shown = {"text": tags, "joytag": for_page(settings, [(None, one) for one in scores])}
        return io.NodeOutput(tags, "\n".join(tags), scores, ui=shown)
