"""Where on the JoyTag tab is a tag's place in the picture shown, and what is it wired to?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joytag_core.settings.map_parameters import MAP_PARAMETERS

from . import map_actions as actions
from .family import HIDDEN, INPAINT_MASK, INPAINT_PICTURE

_OPEN_INPAINT_UPLOAD = "() => switch_to_img2img_tab(4)"


def build_map() -> dict[str, Any]:
    """Build the part that shows a map, hidden until a tag is clicked: above the picture, beside the bars."""
    import gradio as gr

    strength, level = MAP_PARAMETERS["strength"], MAP_PARAMETERS["level"]
    # Outside the column: what is hidden there is not on the page at all in gradio 4, and clicks need it.
    click = gr.Button("map", elem_id="joytag_map_click", elem_classes=["joytag-hidden"])
    with gr.Column(visible=False, elem_id="joytag_place") as column:
        picture = gr.Image(
            label="Where the tag is", type="pil", interactive=False, height=360, elem_id="joytag_map", show_label=False
        )
        words = gr.HTML(elem_id="joytag_map_words")
        with gr.Row():
            shown = gr.Radio(
                label="Show", choices=list(actions.SHOWN), value=actions.MAP, elem_id="joytag_map_shown", min_width=120
            )
            look = [
                gr.Slider(
                    label=label, value=one.default, minimum=one.minimum, maximum=one.maximum, step=one.step,
                    elem_id=f"joytag_map_{one.name}", min_width=160,
                )
                for one, label in ((strength, "Strength of the colours"), (level, "Mask: share of the strongest"))
            ]  # fmt: skip
        with gr.Row():
            send = gr.Button("Send to inpaint upload, with the mask", scale=3, elem_id="joytag_to_inpaint")
            close = gr.Button("Close the map", min_width=80, elem_id="joytag_map_close")
    return {
        "mapped": gr.State(None), "click": click, "column": column, "picture": picture, "words": words,
        "shown": shown, "look": look, "level": look[1], "send": send, "close": close,
    }  # fmt: skip


def wire_map(part: dict[str, Any], *, clicked: Any, picture: Any, model: Any, limits: Sequence[Any]) -> None:
    """Wire a click on a tag, and the controls of what is shown."""
    look = [part["shown"], *part["look"], *limits]
    shown = part["click"].click(
        actions.show_map, inputs=[clicked, picture, model, *look],
        outputs=[part["mapped"], part["column"], part["picture"], part["words"]], **HIDDEN,
    )  # fmt: skip
    shown.then(fn=None, _js="joytagShowPlace")
    changes = [control.input for control in (part["shown"], *part["look"])]
    changes += [control.change for control in limits]  # a preset moves them too
    for listen in changes:
        listen(
            actions.look_at, inputs=[part["mapped"], *look], outputs=[part["picture"], part["words"]],
            show_progress=False, queue=False, **HIDDEN,
        )  # fmt: skip


def wire_hiding(part: dict[str, Any], *, interrogate: Any, picture: Any) -> None:
    """Hide the map where its picture goes or another comes, its bars are made anew, or the person has seen enough."""
    for listen in (part["close"].click, interrogate.click, picture.clear, picture.upload):
        listen(
            actions.hide_map, inputs=[], outputs=[part["mapped"], part["column"]], show_progress=False, queue=False,
            **HIDDEN,
        )  # fmt: skip


def wire_inpainting(part: dict[str, Any], page: Mapping[str, Any]) -> None:
    """Send picture and mask to img2img's tab Inpaint upload, where the page has it."""
    boxes = [page.get(name) for name in (INPAINT_PICTURE, INPAINT_MASK)]
    if None not in boxes:
        sent = part["send"].click(
            actions.for_inpainting, inputs=[part["mapped"], part["level"]], outputs=boxes, **HIDDEN
        )  # fmt: skip
        sent.then(fn=None, _js=_OPEN_INPAINT_UPLOAD)
