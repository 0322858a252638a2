"""How does a person at the page learn what went wrong?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from joytag_core.errors import JoyTagError

from .family import shows_toasts, toast

T = TypeVar("T")

logger = logging.getLogger("joytag")


def told_on_page(function: Callable[..., T], *values: Any, otherwise: T) -> T:
    """Return what a function returns; where it raises a JoyTagError, show that on the page and return `otherwise`.

    A gr.Error would lay itself over the prompt, and print a stack trace that nobody needs.
    """
    import gradio as gr

    try:
        return function(*values)
    except JoyTagError as error:
        logger.warning("JoyTag: %s", error)
        if not shows_toasts():
            raise gr.Error(f"JoyTag: {error}") from error
        gr.Warning(toast(f"JoyTag: {error}"))
        return otherwise


def tell(text: str) -> None:
    """Show a plain text on the page for a moment."""
    import gradio as gr

    gr.Info(toast(text))
