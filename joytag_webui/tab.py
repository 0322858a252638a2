"""What is on the JoyTag tab?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import family
from . import tab_actions as actions
from .controls import Controls
from .family import HIDDEN, flag
from .folders import CAPTIONS, LIST_ONLY
from .interrogate import inserted, interrogate_txt2img
from .map_actions import LIMITS
from .parts import guarded
from .picture_box import picture_box
from .presets import saved_names
from .settings import current_settings
from .tab_map import build_map, wire_hiding, wire_inpainting, wire_map
from .tagging import choosable_models

TITLE = "JoyTag"
ELEMENT = "joytag"
TXT2IMG_FILE = "joytag_txt2img_file"
SENDING = "sending the picture from the tab"
PLACES = "showing where a tag is"


def build_tab(prompts: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """Build the tab; `prompts` holds the host's prompt boxes by their element ids."""
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as tab:
        scores = gr.State(None)
        with gr.Row():
            with gr.Column(elem_id="joytag_left"):
                sources = _build_sources()
                model, presets = _build_choices()
                with gr.Column(elem_id="joytag_rules"):
                    controls = Controls(ELEMENT)
            with gr.Column(elem_id="joytag_right"):
                one = _build_one_result()
                many = _build_many_results()
        _wire_one(sources, one, scores, model, controls)
        guarded(PLACES, _wire_places)(sources, one, model, controls, prompts)
        _wire_presets(presets, controls, _show(scores, controls, one))
        _wire_many(sources, many, model, controls)
        for source, shown in ((sources["one"], True), (sources["many"], False)):
            source.select(
                lambda shown=shown: [gr.update(visible=shown), gr.update(visible=not shown)],
                inputs=[], outputs=[one["column"], many["column"]], show_progress=False, queue=False, **HIDDEN,
            )  # fmt: skip
        _wire_sending(one["sending"], one["tags"], sources["picture"], prompts)
        _wire_txt2img_file(prompts)
    return [(tab, TITLE, ELEMENT)]


def _build_sources() -> dict[str, Any]:
    """Build the two tabs on the left: one picture, or a folder."""
    import gradio as gr

    with gr.Tabs(elem_id="joytag_inputs"):
        with gr.TabItem("One picture", elem_id="joytag_one") as one:
            place = guarded(PLACES, build_map, otherwise={})()
            picture = picture_box(label="Picture", height=360, elem_id="joytag_picture", show_label=False)
            with gr.Row():
                interrogate = gr.Button("Interrogate", variant="primary", scale=3, elem_id="joytag_interrogate")
                interrupt_one = gr.Button("Interrupt", min_width=80, elem_id="joytag_interrupt")
        with gr.TabItem("Folder", elem_id="joytag_many") as many:
            folder = gr.Textbox(
                label="Folder with pictures", placeholder="the path of a folder on the WebUI's machine",
                visible=not flag("hide_ui_dir_config"), elem_id="joytag_folder",
            )  # fmt: skip
            recursive = gr.Checkbox(label="Also the folders below it", elem_id="joytag_recursive")
            files = gr.File(label="or drop pictures here", file_count="multiple", height=140, elem_id="joytag_files")
            captions = gr.Radio(
                label="Caption files", choices=list(CAPTIONS), value=LIST_ONLY, elem_id="joytag_captions",
                info="list only: write none. Where a picture has a caption: skip it; overwrite it; put the tags before "
                "or after it; merge: after it, each tag once; prune: keep only its tags that the picture shows. "
                "Scores are kept beside the captions: other rules then need no model.",
            )  # fmt: skip
            triggers = gr.Textbox(
                label="Trigger words", lines=1, placeholder="put first, separated by commas", elem_id="joytag_triggers"
            )
            with gr.Row():
                start = gr.Button("Interrogate all", variant="primary", scale=3, elem_id="joytag_all")
                interrupt_all = gr.Button("Interrupt", min_width=80, elem_id="joytag_interrupt_all")
    return {
        "one": one, "place": place, "picture": picture, "interrogate": interrogate,
        "many": many, "start": start, "choices": [folder, files, captions, triggers, recursive],
        "interrupts": [interrupt_one, interrupt_all],
    }  # fmt: skip


def _build_choices() -> tuple[Any, dict[str, Any]]:
    """Build the row with the model and the presets."""
    import gradio as gr
    from modules.ui_common import create_refresh_button
    from modules.ui_components import ToolButton

    with gr.Row(elem_id="joytag_choices"):
        model = gr.Dropdown(
            label="Model", choices=choosable_models(), value=current_settings()["model"], elem_id="joytag_model",
            min_width=120,
        )  # fmt: skip
        create_refresh_button(model, lambda: None, lambda: {"choices": choosable_models()}, "joytag_model_refresh")
        chosen = gr.Dropdown(label="Preset", choices=saved_names(), elem_id="joytag_preset", min_width=120)
        load = ToolButton(
            "\N{OPEN FILE FOLDER}", elem_id="joytag_preset_load",
            tooltip="Set all controls below as this preset says; without one, as on the settings page",
        )  # fmt: skip
        delete = ToolButton(
            "\N{WASTEBASKET}\N{VARIATION SELECTOR-16}", elem_id="joytag_preset_delete", tooltip="Delete this preset"
        )
        name = gr.Textbox(label="Save as", lines=1, max_lines=1, elem_id="joytag_preset_name", min_width=100)
        save = ToolButton(
            "\N{FLOPPY DISK}", elem_id="joytag_preset_save", tooltip="Save the controls below as a preset of this name"
        )
    # Neither is to begin with what it showed when the page was first built: ui-config.json would hold on to it.
    model.do_not_save_to_config = chosen.do_not_save_to_config = True
    return model, {"chosen": chosen, "load": load, "delete": delete, "name": name, "save": save}


def _build_one_result() -> dict[str, Any]:
    """Build what is on the right for one picture: its tags, its bars, and where to send it."""
    import gradio as gr

    with gr.Column(elem_id="joytag_one_result") as column:
        tags = gr.Textbox(label="Tags", lines=5, elem_id="joytag_tags", show_copy_button=True)
        with gr.Row():
            sending = {tab: gr.Button(f"Send to {tab}", elem_id=f"joytag_to_{tab}") for tab in ("txt2img", "img2img")}
        bars = gr.HTML(elem_id="joytag_bars")
        clicked = gr.Textbox(elem_id="joytag_clicked", elem_classes=["joytag-hidden"], label="", lines=1)
        click = gr.Button("click", elem_id="joytag_click", elem_classes=["joytag-hidden"])
        unload = gr.Button("Unload the model", size="sm", elem_id="joytag_unload")
        unloaded = gr.HTML()
    unload.click(actions.unload_model, inputs=[], outputs=[unloaded], **HIDDEN)
    return {
        "column": column, "tags": tags, "sending": sending, "bars": bars, "clicked": clicked, "click": click,
    }  # fmt: skip


def _build_many_results() -> dict[str, Any]:
    """Build what is on the right for a folder: all tags as text, and as a table that fills while it is tagged."""
    import gradio as gr

    with gr.Column(elem_id="joytag_many_results", visible=False) as column:
        listing = gr.Textbox(
            label="Tags of all pictures, to copy", lines=5, elem_id="joytag_listing", show_copy_button=True
        )
        table = gr.HTML(elem_id="joytag_table")
    return {"column": column, "listing": listing, "table": table}


def _show(scores: Any, controls: Controls, one: dict[str, Any]) -> dict[str, Any]:
    """Return the wiring that shows scores anew without running the model."""
    return {
        "fn": actions.show,
        "inputs": [scores, *controls.components],
        "outputs": [one["tags"], one["bars"]],
        **HIDDEN,
    }


def _wire_one(sources: dict[str, Any], one: dict[str, Any], scores: Any, model: Any, controls: Controls) -> None:
    show = _show(scores, controls, one)
    sources["interrogate"].click(
        actions.interrogate,
        inputs=[sources["picture"], model, *controls.components],
        outputs=[scores, one["tags"], one["bars"]],
        **HIDDEN,
    )
    for listen in (sources["picture"].clear, sources["picture"].upload):  # what is shown is of the picture before
        listen(
            lambda: [None, "", ""], inputs=[], outputs=[scores, one["tags"], one["bars"]],
            show_progress=False, queue=False, **HIDDEN,
        )  # fmt: skip
    for control in controls.components:
        control.input(**show, show_progress=False, queue=False)
    rules = [controls["exclude"], controls["protect"], controls["add_last"]]
    marked = one["click"].click(
        actions.mark_tag, inputs=[one["clicked"], *rules, controls["spaces"]], outputs=rules,
        show_progress=False, queue=False, **HIDDEN,
    )  # fmt: skip
    marked.then(**show, show_progress=False, queue=False)


def _wire_places(
    sources: dict[str, Any], one: dict[str, Any], model: Any, controls: Controls, prompts: Mapping[str, Any]
) -> None:
    place, picture = sources["place"], sources["picture"]
    limits = [controls[name] for name in LIMITS]
    wire_map(place, clicked=one["clicked"], picture=picture, model=model, limits=limits)
    wire_hiding(place, interrogate=sources["interrogate"], picture=picture)
    wire_inpainting(place, prompts)


def _wire_many(sources: dict[str, Any], many: dict[str, Any], model: Any, controls: Controls) -> None:
    sources["start"].click(
        _folder_action(),
        inputs=[*sources["choices"], model, *controls.components],
        outputs=[many["table"], many["listing"]],
        **HIDDEN,
    )
    for button in sources["interrupts"]:
        button.click(actions.interrupt, inputs=[], outputs=[], queue=False, **HIDDEN)


def _folder_action() -> Any:
    import gradio as gr

    # gradio gives a progress to a positional parameter only, and hands values over by position.
    def run(  # noqa: PLR0917
        folder: str, files: Any, captions: str, triggers: str, recursive: bool, model: str,
        progress: Any = gr.Progress(), *values: Any,  # noqa: B008
    ) -> Any:  # fmt: skip
        request = actions.FolderRequest(
            folder=folder, files=files, captions=captions, triggers=triggers, recursive=recursive, model=model
        )
        return actions.tag_folder(request, progress, *values)

    return run


def _wire_presets(presets: dict[str, Any], controls: Controls, show: dict[str, Any]) -> None:
    chosen, name = presets["chosen"], presets["name"]
    presets["load"].click(actions.load_preset, inputs=[chosen], outputs=controls.components, **HIDDEN).then(**show)
    presets["save"].click(actions.save_preset, inputs=[name, *controls.components], outputs=[chosen, name], **HIDDEN)
    presets["delete"].click(actions.delete_preset, inputs=[chosen], outputs=[chosen], **HIDDEN)


def _wire_txt2img_file(prompts: Mapping[str, Any]) -> None:
    """Build the box that receives the picture of txt2img's button: in its toolbar it would tear the buttons apart."""
    import gradio as gr

    file = gr.File(label="", elem_id=TXT2IMG_FILE, elem_classes=["joytag-hidden"], type="binary")
    prompt = prompts.get("txt2img_prompt")
    if prompt is not None:
        sent = file.upload(interrogate_txt2img, inputs=[file, prompt], outputs=[prompt, file], **HIDDEN)
        sent.then(fn=None, _js="update_txt2img_tokens")


def _wire_sending(sending: dict[str, Any], tags: Any, picture: Any, prompts: Mapping[str, Any]) -> None:
    """Put the tags into the tab's prompt as the settings say; the host itself sends the picture and opens the tab."""
    for name, button in sending.items():
        prompt = prompts.get(f"{name}_prompt")
        if prompt is not None:
            sent = button.click(inserted, inputs=[prompt, tags], outputs=[prompt], **HIDDEN)
            sent.then(fn=None, _js=f"update_{name}_tokens")
        guarded(SENDING, _bind_sending)(name, button, picture)


def _bind_sending(name: str, button: Any, picture: Any) -> None:
    make_binding, register = family.sending()
    register(make_binding(paste_button=button, tabname=name, source_image_component=picture))
