"""The node JoyTag Region Tags: what do parts of a picture show?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from comfy_api.latest import io
from torch import Tensor
from torch.nn import functional

from ..joytag_core.errors import SettingError
from ..joytag_core.lines import counted
from ..joytag_core.maps.regions import Box
from ..joytag_core.maps.tiles import tiles_of
from ..joytag_core.model.folders import check_model_name
from ..joytag_core.settings.parameters import PARAMETERS
from ..joytag_core.settings.region_parameters import REGION_PARAMETERS
from ..joytag_core.tagging.region_pictures import Region, box_of
from .chips import for_page
from .host import session
from .inputs import interrogation_inputs, settings_inputs
from .pictures import COMFYUI_IMAGE
from .received import check_images, connected, masks_in
from .schema import CATEGORY, Scores, first_of_each, output, schema
from .tag_lists import Picture
from .work import Work, files_used

_ID = "JoyTag_RegionTags"


class RegionTags(io.ComfyNode):
    """Tag parts of pictures: masks or overlapping tiles."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        model, *settings = interrogation_inputs(_ID)
        return schema(
            node_id=_ID,
            display_name="JoyTag Region Tags",
            category=CATEGORY,
            description="Says what parts of a picture show, as Danbooru tags: a prompt for each mask or tile.",
            search_aliases=["regional prompt", "tile prompt", "tagger", "upscale tiles", "area tags"],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="One picture, a batch, or a list of any sizes."),
                io.Mask.Input(
                    "mask", optional=True,
                    tooltip="The parts to tag: any number for one picture, or one for each picture. Without, tiles.",
                ),
                model,
                *settings_inputs(_ID, REGION_PARAMETERS, parameters=REGION_PARAMETERS),
                *settings,
            ],
            outputs=[
                output(io.String, "tags", "The tags of each part: a list of prompts.", is_list=True),
                output(io.String, "tags_joined", "All parts' tags in one text, one part a line."),
                output(Scores, "scores", "The scores of all tags, for the other JoyTag nodes.", is_list=True),
                output(io.Image, "parts", "Each part as a picture: a tile, or the box around a mask.", is_list=True),
            ],
        )  # fmt: skip

    @classmethod
    def fingerprint_inputs(cls, **inputs: Any) -> str:
        """Run again where the model's files or a list have changed."""
        return files_used(first_of_each(inputs).get("model"))

    @classmethod
    def execute(cls, image: Sequence[Tensor], mask: Sequence[Tensor] = (), **inputs: Sequence[Any]) -> io.NodeOutput:
        """Tag every part of every picture."""
        settings = first_of_each(inputs)
        work = Work(settings)
        model = check_model_name(settings.get("model", PARAMETERS["model"].default), session().host)
        how = _checked(inputs)
        scores, parts = [], []
        for picture, regions in _regions(image, mask, side=how["tile"], overlap=how["overlap"]):
            scores += session().score_regions(picture, regions, model=model, crop=how["crop"], reading=COMFYUI_IMAGE)
            parts += [_cut(picture, box_of(region, (picture.shape[1], picture.shape[0]))) for region in regions]
        pictures = [Picture(None, one) for one in scores]
        tags = [work.result(picture).text for picture in pictures]
        shown = {"text": tags, "joytag": for_page(settings, pictures)}
        return io.NodeOutput(tags, "\n".join(tags), scores, parts, ui=shown)


class _Parts(NamedTuple):
    picture: Tensor
    regions: Sequence[Region]


def _checked(inputs: dict[str, Sequence[Any]]) -> dict[str, Any]:
    given = first_of_each(inputs, parameters=REGION_PARAMETERS)
    return {name: one.check(given.get(name, one.default)) for name, one in REGION_PARAMETERS.items()}


def _regions(image: Sequence[Tensor], mask: Sequence[Tensor], *, side: int, overlap: int) -> Iterator[_Parts]:
    """Yield each picture [H, W, C] with its regions."""
    check_images(image)
    pictures = [picture for batch in image for picture in batch]
    masks = masks_in(connected(mask))
    if not connected(mask):
        for one in pictures:
            yield _Parts(one, tiles_of((one.shape[1], one.shape[0]), side=side, overlap=overlap))
    elif len(pictures) == 1:
        yield _Parts(pictures[0], [_fitted(region, pictures[0]) for region in masks])
    elif len(masks) == len(pictures):
        yield from (_Parts(one, [_fitted(region, one)]) for one, region in zip(pictures, masks, strict=True))
    else:
        raise SettingError(
            f"{counted(len(masks), 'mask')} came in with {counted(len(pictures), 'picture')}; expected one for each, "
            "or one picture."
        )


def _fitted(mask: Tensor, picture: Tensor) -> npt.NDArray[Any]:
    """Return a mask in its picture's size, as ComfyUI's own nodes take one; Load Image's may be 64x64.

    Raises:
        SettingError: it holds no pixel.
    """
    if not mask.any():
        raise SettingError(
            "A mask is empty: all of it is black; expected at least one pixel. Load Image gives such a mask for a "
            "picture without transparency, and JoyTag Tag Mask for a tag that is not there."
        )
    size = picture.shape[:2]
    if mask.shape != size:
        mask = functional.interpolate(mask[None, None].float(), size=size, mode="nearest-exact")[0, 0]
    return np.asarray(mask.cpu())


def _cut(picture: Tensor, box: Box) -> Tensor:
    return picture[None, box.top : box.bottom, box.left : box.right]
