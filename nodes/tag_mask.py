"""The node JoyTag Tag Mask: where in a picture is the tag?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from comfy_api.latest import io, ui
from torch import Tensor

from ..joytag_core.errors import SettingError
from ..joytag_core.pictures.arrays import picture_from_tensor
from ..joytag_core.settings.map_parameters import MAP_PARAMETERS
from ..joytag_core.settings.parameters import PARAMETERS, THRESHOLDS
from .inputs import settings_inputs
from .pictures import COMFYUI_IMAGE, map_images
from .received import texts_of
from .said import SaidLine, listed
from .schema import CATEGORY, Settings, first_of_each, output, schema
from .work import files_used

if TYPE_CHECKING:
    from ..joytag_core.maps.showing import Showing
    from ..joytag_core.maps.tag_maps import TagMaps

_ID = "JoyTag_TagMask"

Boxes = io.Custom("BOUNDING_BOX")
"""ComfyUI's own boxes (seen in 0.33): for each picture of a batch, a list of x, y, width, height and score."""


class TagMask(io.ComfyNode):
    """Turn tags into masks, boxes and points; takes whole lists, so that many pictures go through in few passes."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id=_ID,
            display_name="JoyTag Tag Mask",
            category=CATEGORY,
            description="Says where in a picture a tag is: a mask to inpaint, boxes and points to segment by, and the "
            "map over the picture.",
            search_aliases=["tag heatmap", "attention map", "mask by text", "clipseg", "segment", "inpaint mask"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="One picture, a batch, or a list of any sizes."),
                io.String.Input(
                    "tags", display_name="Tags", multiline=True, default="",
                    tooltip="The tags to look for, separated by commas or lines.",
                ),
                *settings_inputs(_ID, ["model"]),
                *settings_inputs(_ID, MAP_PARAMETERS, parameters=MAP_PARAMETERS),
                *settings_inputs(_ID, THRESHOLDS),
            ],
            outputs=_outputs(),
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(cls, image: Sequence[Tensor], tags: Sequence[str], **inputs: Sequence[Any]) -> io.NodeOutput:
        """Map the tags on every picture; batches stay batches."""
        settings = first_of_each(inputs)
        showing = _showing({**settings, **first_of_each(inputs, parameters=MAP_PARAMETERS)})
        maps = map_images(image, _names_in(tags), model=settings.get("model", PARAMETERS["model"].default))
        shown = [
            _Shown(showing, batch, of_batch, group)
            for batch, of_batch in _batched(image, maps)
            for group in showing.groups(maps[0].tags)
        ]
        overlays = [one.overlays() for one in shown]
        previews = [entry for one in overlays for entry in ui.PreviewImage(one, cls=cls).as_dict()["images"]]
        return io.NodeOutput(
            [one.masks() for one in shown],
            [one.soft_masks() for one in shown],
            overlays,
            [points for one in shown for points in one.points()],
            [one.boxes() for one in shown],
            ui={
                "images": previews,
                "text": [showing.say(one) for one in maps],
                "said": [_said(showing, one) for one in maps],
            },
        )


class _Shown:
    """Show tags together on each picture of one batch."""

    def __init__(self, showing: Showing, batch: Tensor, maps: Sequence[TagMaps], tags: Sequence[str]) -> None:
        self._showing, self._batch, self._maps, self._tags = showing, batch, maps, tags

    def masks(self) -> Tensor:
        """Return [B, H, W] float32, 0 or 1."""
        return torch.stack([torch.from_numpy(self._showing.mask(one, self._tags)).float() for one in self._maps])

    def soft_masks(self) -> Tensor:
        """Return [B, H, W] float32 0..1."""
        return torch.stack([torch.from_numpy(self._showing.soft_mask(one, self._tags)) for one in self._maps])

    def overlays(self) -> Tensor:
        """Return [B, H, W, 3] float32 0..1."""
        drawn = (
            self._showing.overlay(picture_from_tensor(picture, floats=COMFYUI_IMAGE.floats), one, self._tags)
            for picture, one in zip(self._batch, self._maps, strict=True)
        )
        return torch.stack([torch.from_numpy(np.asarray(one).copy()).float().div(255) for one in drawn])

    def points(self) -> Iterator[str]:
        """Yield each picture's points as JSON, as ComfyUI's SAM3 nodes take them."""
        for one in self._maps:
            yield json.dumps([point.to_dict() for point in self._showing.points_together(one, self._tags)])

    def boxes(self) -> list[list[dict[str, float]]]:
        """Return each picture's boxes."""
        return [
            [
                {"x": box.left, "y": box.top, "width": box.width, "height": box.height, "score": box.strength}
                for box in self._showing.boxes_together(one, self._tags)
            ]
            for one in self._maps
        ]


def _outputs() -> list[io.Output]:
    return [
        output(
            io.Mask, "mask", "Where the tags are: a mask for each batch, and for each tag if separate.", is_list=True
        ),
        output(io.Mask, "map", "The same without a limit: 0 to 1, softly.", is_list=True),
        output(io.Image, "overlay", "The map over the picture: orange speaks for the tag, blue against.", is_list=True),
        output(io.String, "points", "Points as JSON, in pixels: for the positive_coords of SAM3 Detect.", is_list=True),
        output(Boxes, "boxes", "A box around each region: for the bboxes of SAM3 Detect.", is_list=True),
    ]


def _showing(settings: Settings) -> Showing:
    from ..joytag_core.settings.showing import showing_of  # late, as in work.py

    return showing_of(settings)


def _said(showing: Showing, maps: TagMaps) -> list[SaidLine]:
    return [listed(text if holds else ("said_not_there", text) for text, holds in showing.found(maps))]


def _names_in(texts: Sequence[object]) -> list[str]:
    """Return the tags of prompts or tag lists, as another node may have written them: escaped, weighted."""
    from ..joytag_core.prompts.merging import tag_names  # late, as in work.py

    names = [name for text in texts_of(texts) for name in tag_names(text)]
    if not names:
        raise SettingError("No tag came in: expected at least one, such as: hat.")
    return names


def _batched(image: Sequence[Tensor], maps: Sequence[TagMaps]) -> Iterator[tuple[Tensor, Sequence[TagMaps]]]:
    """Yield each batch that holds pictures with its maps."""
    start = 0
    for batch in image:
        if len(batch):
            yield batch, maps[start : start + len(batch)]
        start += len(batch)
