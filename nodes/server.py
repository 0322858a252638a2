"""Where is ComfyUI's server? Nowhere, where its nodes are used without one."""

from __future__ import annotations

from typing import Any


def prompt_server() -> Any:
    """Return ComfyUI's one server, None where there is none."""
    try:
        from server import PromptServer
    except ImportError:
        return None
    return getattr(PromptServer, "instance", None)
