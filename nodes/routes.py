"""What can the page ask beside the queue? What a node would give with other settings."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from .chips import preview
from .server import prompt_server

PATH = "/joytag/preview"
_MOST_BYTES = 1_000_000


def add_routes() -> None:
    """Serve `PATH`, where ComfyUI's server runs; the rules are applied in a thread, the network is not needed."""
    server = prompt_server()
    if server is None or not hasattr(server, "routes"):
        return
    from aiohttp import web

    from ..joytag_core.errors import JoyTagError

    @server.routes.post(PATH)
    async def answer(request: Any) -> Any:
        if (request.content_length or 0) > _MOST_BYTES:
            return web.json_response({"error": f"more than {_MOST_BYTES:,} bytes"}, status=413)
        try:
            asked = json.loads(await request.text())
            if not isinstance(asked, dict):
                raise ValueError("expected a JSON object")
            return web.json_response(await asyncio.get_running_loop().run_in_executor(None, preview, asked))
        except (JoyTagError, ValueError, RecursionError) as error:
            return web.json_response({"error": str(error)}, status=400)
