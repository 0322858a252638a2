"""What does ComfyUI find when it loads this folder as a custom node? The page's files, and a door that opens late."""

from __future__ import annotations

from typing import Any

WEB_DIRECTORY = "./web"


async def comfy_entrypoint() -> Any:
    """Return the extension; only this call imports the nodes, so that importing the pack needs no host and no time."""
    from .nodes.extension import JoyTagExtension

    return JoyTagExtension()
