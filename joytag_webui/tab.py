"""What is on the JoyTag tab?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import tab_actions as actions
from .controls import Controls
from .interrogate import inserted, interrogate_txt2img
from .settings import current_settings, model_names

TITLE = "JoyTag"
ELEMENT = "joytag"
TXT2IMG_FILE = "joytag_txt2img_file"


def build_tab(prompts: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """Build the tab; `prompts` holds the host's prompt boxes by their element ids."""
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as tab:
        scores = gr.State(None)
        with gr.Row():
            with gr.Column():
                picture, folder, files, listing, buttons = _build_input()
                model = gr.Dropdown(
                    label="Model", choices=model_names(), value=current_settings()["model"], elem_id="joytag_model"
                )
                model.do_not_save_to_config = True
                presets = _build_presets()
                controls = Controls(ELEMENT)
            with gr.Column():
                tags, sending = _build_output()
                bars = gr.HTML(elem_id="joytag_bars")
                clicked = gr.Textbox(elem_id="joytag_clicked", elem_classes=["joytag-hidden"], label="", lines=1)
                click = gr.Button("click", elem_id="joytag_click", elem_classes=["joytag-hidden"])
                unload = gr.Button("Unload the model", elem_id="joytag_unload")
                unloaded = gr.HTML()
        show = {"fn": actions.show, "inputs": [scores, *controls.components], "outputs": [tags, bars]}
        buttons["picture"].click(
            actions.interrogate, inputs=[picture, model, *controls.components], outputs=[scores, tags, bars]
        )
        buttons["folder"].click(
            _folder_action(), inputs=[folder, files, model, *controls.components], outputs=[bars, listing]
        )
        buttons["interrupt"].click(_interrupt, inputs=[], outputs=[])
        for control in controls.components:
            control.input(**show, show_progress=False)
        rules = [controls["exclude"], controls["protect"]]
        click.click(actions.mark_tag, inputs=[clicked, *rules], outputs=rules, show_progress=False).then(**show)
        _wire_presets(presets, controls, show)
        unload.click(actions.unload_model, inputs=[], outputs=[unloaded])
        _wire_sending(sending, tags, picture, prompts)
        _wire_txt2img_file(prompts)
    return [(tab, TITLE, ELEMENT)]


def _build_input() -> tuple[Any, Any, Any, Any, dict[str, Any]]:
    import gradio as gr
    from modules import shared

    buttons = {}
    with gr.Tabs(elem_id="joytag_inputs"):
        with gr.TabItem("One picture", elem_id="joytag_one"):
            picture = gr.Image(
                label="Picture", type="pil", image_mode="RGBA", height=360, elem_id="joytag_picture",
                show_label=False,
            )  # fmt: skip
            buttons["picture"] = gr.Button("Interrogate", variant="primary", elem_id="joytag_interrogate")
        with gr.TabItem("Folder", elem_id="joytag_many"):
            folder = gr.Textbox(
                label="Folder with pictures", visible=not shared.cmd_opts.hide_ui_dir_config, elem_id="joytag_folder"
            )
            files = gr.File(label="or drop pictures here", file_count="multiple", elem_id="joytag_files")
            with gr.Row():
                buttons["folder"] = gr.Button("Interrogate all", variant="primary", elem_id="joytag_all")
                buttons["interrupt"] = gr.Button("Interrupt", elem_id="joytag_interrupt")
            listing = gr.Textbox(label="Tags of all pictures", lines=4, elem_id="joytag_listing", show_copy_button=True)
    return picture, folder, files, listing, buttons


def _build_presets() -> dict[str, Any]:
    import gradio as gr

    with gr.Row():
        chosen = gr.Dropdown(label="Preset", choices=list(actions.preset_choices()), elem_id="joytag_preset", scale=4)
        chosen.do_not_save_to_config = True
        load = gr.Button("Load", elem_id="joytag_preset_load", min_width=80)
        delete = gr.Button("Delete", elem_id="joytag_preset_delete", min_width=80)
    with gr.Row():
        name = gr.Textbox(label="Save as", elem_id="joytag_preset_name", scale=4)
        save = gr.Button("Save", elem_id="joytag_preset_save", min_width=80)
    return {"chosen": chosen, "load": load, "delete": delete, "name": name, "save": save}


def _build_output() -> tuple[Any, dict[str, Any]]:
    import gradio as gr

    tags = gr.Textbox(label="Tags", lines=5, elem_id="joytag_tags", show_copy_button=True)
    with gr.Row():
        sending = {tab: gr.Button(f"Send to {tab}", elem_id=f"joytag_to_{tab}") for tab in ("txt2img", "img2img")}
    return tags, sending


def _folder_action() -> Any:
    import gradio as gr

    def run(folder: str, files: Any, model: str, *values: Any, progress: Any = gr.Progress()) -> Any:  # noqa: B008
        return actions.tag_folder(folder, files, model, progress, *values)

    return run


def _interrupt() -> None:
    from modules import shared

    shared.state.interrupt()


def _wire_presets(presets: dict[str, Any], controls: Controls, show: dict[str, Any]) -> None:
    chosen, name = presets["chosen"], presets["name"]
    presets["load"].click(actions.load_preset, inputs=[chosen], outputs=controls.components).then(**show)
    presets["save"].click(actions.save_preset, inputs=[name, *controls.components], outputs=[chosen, name])
    presets["delete"].click(actions.delete_preset, inputs=[chosen], outputs=[chosen])


def _wire_txt2img_file(prompts: Mapping[str, Any]) -> None:
    """Build the box that receives the picture of txt2img's button: in its toolbar it would tear the buttons apart."""
    import gradio as gr

    file = gr.File(label="", elem_id=TXT2IMG_FILE, elem_classes=["joytag-hidden"], type="binary")
    prompt = prompts.get("txt2img_prompt")
    if prompt is not None:
        file.upload(interrogate_txt2img, inputs=[file, prompt], outputs=[prompt, file])


def _wire_sending(sending: dict[str, Any], tags: Any, picture: Any, prompts: Mapping[str, Any]) -> None:
    """Put the tags into the tab's prompt as the settings say; the host itself sends the picture and opens the tab."""
    from modules.generation_parameters_copypaste import ParamBinding, register_paste_params_button

    for name, button in sending.items():
        prompt = prompts.get(f"{name}_prompt")
        if prompt is not None:
            button.click(inserted, inputs=[prompt, tags], outputs=[prompt])
        register_paste_params_button(ParamBinding(paste_button=button, tabname=name, source_image_component=picture))
