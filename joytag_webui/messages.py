"""How does a person at the page learn what went wrong?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from joytag_core.errors import JoyTagError

T = TypeVar("T")

logger = logging.getLogger("joytag")


def told_on_page(function: Callable[..., T], *values: Any, otherwise: T) -> T:
    """Return what a function returns; where it raises a JoyTagError, show that on the page and return `otherwise`.

    A gr.Error would lay itself over the prompt, and print a stack trace that nobody needs.
    """
    import gradio as gr
    from modules import shared

    try:
        return function(*values)
    except JoyTagError as error:
        logger.warning("%s", error)
        if getattr(shared.cmd_opts, "no_gradio_queue", False):  # gradio shows warnings only through its queue
            raise gr.Error(f"JoyTag: {error}") from error
        gr.Warning(f"JoyTag: {error}")
        return otherwise
