"""The node JoyTag Interrogate: what do pictures show?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comfy_api.latest import io
from torch import Tensor

from ..joytag_core.judging.frames import combine_frames
from ..joytag_core.settings.frame_parameters import FRAME_PARAMETERS, frame_ways
from ..joytag_core.settings.parameters import PARAMETERS
from .chips import for_page
from .inputs import interrogation_inputs
from .pictures import score_images
from .schema import CATEGORY, Scores, first_of_each, json_output, output, schema
from .tag_lists import Picture
from .work import Work, files_used, to_json

_ID = "JoyTag_Interrogate"

# ComfyUI has one list of such words for all languages. Each has to hold what a person types as a whole.
_ALSO_SOUGHT_AS = (
    "tagger", "wd14 tagger", "auto tag", "image to tags", "danbooru", "deepbooru", "video tags",
    "interrogate", "interrogator", "clip interrogator", "caption", "describe image", "image caption",
    "image to prompt", "prompt from image", "image to text", "img2txt",
    "打标", "反推提示词", "打標", "標籤", "タグ付け", "태그", "태거",
)  # fmt: skip


class Interrogate(io.ComfyNode):
    """Turn pictures into tags; takes whole lists, so that a folder of pictures goes through in few passes."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id=_ID,
            display_name="JoyTag Interrogate",
            category=CATEGORY,
            description="Says what pictures show, as Danbooru tags: a prompt for each picture.",
            search_aliases=list(_ALSO_SOUGHT_AS),
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="One picture, a batch, or a list of any sizes."),
                *interrogation_inputs(_ID, FRAME_PARAMETERS),
            ],
            outputs=[
                output(io.String, "tags", "The tags of each picture: a list of prompts.", is_list=True),
                output(io.String, "tags_joined", "All pictures' tags in one text, one picture a line."),
                output(Scores, "scores", "The scores of all tags, for the other JoyTag nodes.", is_list=True),
                json_output(),
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
        seen = score_images(image, model=settings.get("model", PARAMETERS["model"].default))
        scores = combine_frames(seen, **frame_ways(settings))
        pictures = [Picture(None, one) for one in scores]
        results = [work.result(picture) for picture in pictures]
        tags = [result.text for result in results]
        shown = {"text": tags, "joytag": for_page(settings, pictures)}
        return io.NodeOutput(tags, "\n".join(tags), scores, [to_json(result) for result in results], ui=shown)
