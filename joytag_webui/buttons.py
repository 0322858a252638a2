"""Where are the interrogate buttons, and what are they wired to?"""

from __future__ import annotations

from typing import Any

from .family import HIDDEN, INPAINT_MASK, PICTURE_BOXES, img2img_neighbour, is_canvas, is_canvas_picture, is_painted_on
from .interrogate import interrogate_img2img
from .parts import guarded

SYMBOL = "\N{LABEL}\N{VARIATION SELECTOR-16}"
IMG2IMG_BUTTON = "joytag_img2img_interrogate"
TXT2IMG_BUTTON = "joytag_txt2img_interrogate"
_TXT2IMG_NEIGHBOUR = "txt2img_clear_prompt"
_PARTS = ("img2img_batch_input_dir", "img2img_batch_output_dir", *PICTURE_BOXES, "img2img_prompt")
_SEND_TARGETS = ("txt2img_prompt", "img2img_prompt", INPAINT_MASK)
_INPUTS = "get_img2img_tab_index"
_SKETCHED_INPUTS = "joytagImg2imgInputs"
"""Where gradio 3 has a picture to paint on: javascript/joytag.js gives one that was not painted on a mask."""


class Buttons:
    """Watch the page being built, put the buttons where they belong, and wire them once all parts are there.

    Layouts can be reordered by extensions, so nothing is assumed of the order in which parts are built.
    """

    def __init__(self) -> None:
        """Wait for the page to be built."""
        self.parts: dict[str, Any] = {}
        self._canvas: str | None = None
        self._img2img: tuple[Any, Any] | None = None
        self._txt2img = False
        self._wired = False

    def start(self) -> None:
        """Forget the last page: one is about to be built anew."""
        self.__init__()  # type: ignore[misc]

    def see(self, component: Any, **_: Any) -> None:
        """Take notice of one component of the page, right after it was made."""
        if getattr(component, "parent", None) is None:  # Forge makes components again when events happen
            return
        self._remember(component)
        if component.elem_id == _TXT2IMG_NEIGHBOUR and not self._txt2img:
            self._txt2img = True
            guarded("the button in txt2img", _make_txt2img_button)()
        if component.elem_id == img2img_neighbour() and self._img2img is None:
            self._img2img = guarded("the button in img2img", _make_img2img_button)()
        self._wire()

    def _remember(self, component: Any) -> None:
        name = component.elem_id
        if is_canvas(component):
            self._canvas = name
        elif is_canvas_picture(component):
            if self._canvas:
                self.parts.setdefault(self._canvas, component)
            self._canvas = None
        elif name in _PARTS or name in _SEND_TARGETS:
            self.parts.setdefault(name, component)

    def _wire(self) -> None:
        if self._img2img and not self._wired and all(name in self.parts for name in _PARTS):
            self._wired = True
            button, mode = self._img2img
            button.click(
                fn=interrogate_img2img,
                _js=_SKETCHED_INPUTS if is_painted_on(self.parts["img2maskimg"]) else _INPUTS,
                inputs=[mode, *(self.parts[name] for name in _PARTS)],
                outputs=[self.parts["img2img_prompt"], mode],
                **HIDDEN,
            ).then(fn=None, _js="update_img2img_tokens")


def _make_img2img_button() -> tuple[Any, Any]:
    import gradio as gr
    from modules.ui_components import ToolButton

    button = ToolButton(
        SYMBOL, elem_id=IMG2IMG_BUTTON,
        tooltip="Interrogate JoyTag - put the tags of the picture into the prompt",
    )  # fmt: skip
    return button, gr.Number(visible=False)


def _make_txt2img_button() -> None:
    """Make the button; javascript/joytag.js passes what is chosen or dropped on to a file box on the JoyTag tab."""
    from modules.ui_components import ToolButton

    ToolButton(
        SYMBOL, elem_id=TXT2IMG_BUTTON,
        tooltip="Interrogate JoyTag - choose a picture, or drop one here, to put its tags into the prompt",
    )  # fmt: skip
