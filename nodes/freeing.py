"""When does the network leave the memory for good? When a person has ComfyUI free it, as core's own models do."""

from __future__ import annotations

from typing import Any

from .host import session
from .server import prompt_server


def free_on_request() -> None:
    """Unload the network whenever ComfyUI acts on `free_memory` of its route `/free`.

    Core's models go with the cache that ComfyUI then clears; the one session keeps ours out of it, so that another
    picture loads nothing anew. ComfyUI tells packs of it nowhere (up to 0.33), so its queue is listened to: the thread
    that runs prompts takes the flags between two of them, which makes it the right place and time.
    """
    queue = getattr(prompt_server(), "prompt_queue", None)
    if queue is None:
        return
    take_flags = queue.get_flags

    def take_flags_and_unload(*arguments: Any, **options: Any) -> Any:
        flags = take_flags(*arguments, **options)
        if flags.get("free_memory"):
            session().unload()
        return flags

    queue.get_flags = take_flags_and_unload
