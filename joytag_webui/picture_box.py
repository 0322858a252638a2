"""How does a box for pictures let us answer where a file is no picture?"""

from __future__ import annotations

import logging
from typing import Any

from joytag_core.errors import UnreadablePictureError

logger = logging.getLogger("joytag")


def picture_box(**keywords: Any) -> Any:
    """Return a gr.Image that gives a Pillow picture with its alpha channel, or an UnreadablePictureError.

    gradio alone fails on such a file, and its page then says no more than "Error".
    """
    import gradio as gr

    box = gr.Image(type="pil", image_mode="RGBA", **keywords)
    read = box.preprocess

    def preprocess(value: Any) -> Any:
        try:
            return read(value)
        except Exception as error:  # Pillow's decoders raise nearly anything, and gradio its own
            logger.debug("a picture box cannot read a file: %s", error)  # with the server's own path, so not shown
            return UnreadablePictureError("the file cannot be read as a picture; expected PNG, JPEG, WebP or the like")

    box.preprocess = preprocess
    return box
