"""Which nodes does ComfyUI get?"""

from __future__ import annotations

from comfy_api.latest import ComfyExtension, io

from .freeing import free_on_request
from .host import register_model_folder
from .interrogate import Interrogate
from .prompt_check import CheckPrompt
from .region_tags import RegionTags
from .routes import add_routes
from .tag_filter import FilterTags
from .tag_info import TagInfo
from .tag_mask import TagMask
from .tag_switch import SwitchOnTags

NODES: list[type[io.ComfyNode]] = [Interrogate, FilterTags, TagInfo, TagMask, RegionTags, SwitchOnTags, CheckPrompt]


class JoyTagExtension(ComfyExtension):
    """Give ComfyUI the nodes, `models/joytag` as a place for models, and the memory back when it asks."""

    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        """Register the model folder before the first node lists what is in it."""
        register_model_folder()
        free_on_request()
        add_routes()
        return NODES
