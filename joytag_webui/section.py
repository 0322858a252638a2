"""What does the JoyTag section of txt2img and img2img show, and what does it hand over?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joytag_core.errors import JoyTagError
from joytag_core.settings.placeholders import PLACEMENTS

from .automatic import INFOTEXT_MODEL, AutomaticPrompt, forget, mention_placeholder
from .presets import Presets, presets_file
from .sent_pictures import picture_from
from .settings import current_settings

TITLE = "JoyTag"
PAGE = "as on the settings page"
_FIELDS = ("enabled", "placement", "preset", "exclude", "picture")
_HELP = (
    "Each picture's own tags go where <code>{joytag}</code> stands in the prompt, else before or after it. "
    "Options inside: <code>{joytag:0.5|category:character|-group:text}</code>."
)


def make_script(base: type) -> type:
    """Return the section's script class; made with the host's `Script`, which must not be a name of the script file."""

    class JoyTagScript(base):  # type: ignore[valid-type, misc]
        """Add each picture's own tags to its prompt."""

        def title(self) -> str:
            return TITLE

        def show(self, is_img2img: bool) -> Any:
            from modules import scripts

            return scripts.AlwaysVisible

        def ui(self, is_img2img: bool) -> list[Any]:
            components, self.infotext_fields = build_section(is_img2img=is_img2img)
            return components

        def process(self, p: Any, *values: Any) -> None:
            fill_automatically(p, *values)

    return JoyTagScript


def fill_automatically(p: Any, *values: Any) -> None:
    """Fill the prompts of a processing object as the section's values say; see `section_values`."""
    try:
        given = section_values(*values)
        if not given.pop("enabled"):
            forget(p)
            mention_placeholder(p)
            return
        placement, picture = given.pop("placement"), picture_from(given.pop("picture"))
        automatic = AutomaticPrompt(settings=settings_from(given), placement=placement, picture=picture)
    except JoyTagError as error:
        AutomaticPrompt(settings={}).give_up(p, str(error))
        return
    automatic.fill(p)


def section_values(*values: Any) -> dict[str, Any]:
    """Return the section's values by name; the API may give one object with these names and any setting instead."""
    named = dict(values[0]) if values and isinstance(values[0], Mapping) else dict(zip(_FIELDS, values, strict=False))
    defaults = {"enabled": isinstance(values[0] if values else None, Mapping), "placement": PLACEMENTS[0]}
    return {**defaults, "picture": None, "preset": PAGE, **named}


def settings_from(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings page's or a preset's settings, with those given over them; `exclude` is added to theirs.

    Raises:
        SettingError: there is no such preset.
    """
    given = dict(given)
    preset = given.pop("preset", PAGE)
    settings = current_settings(None if preset in (PAGE, "", None) else Presets(presets_file()).load(preset))
    exclude = [text for text in (settings["exclude"], given.pop("exclude", "")) if text]
    return {**settings, **given, "exclude": "\n".join(exclude)}


def build_section(*, is_img2img: bool) -> tuple[list[Any], list[Any]]:
    """Build the section; return its components in the order of `_FIELDS`, and what to do when infotext is pasted."""
    import gradio as gr
    from modules.ui_common import create_refresh_button
    from modules.ui_components import InputAccordion

    tab = "img2img" if is_img2img else "txt2img"

    def element(name: str) -> str:
        return f"joytag_{tab}_{name}"

    with InputAccordion(False, label="JoyTag: tags from each picture", elem_id=element("enabled")) as enabled:
        gr.HTML(f"<p class='joytag-help'>{_HELP}</p>")
        with gr.Row():
            placement = gr.Radio(
                label="Without {joytag} in the prompt", choices=list(PLACEMENTS), value=PLACEMENTS[0],
                elem_id=element("placement"),
            )  # fmt: skip
            preset = gr.Dropdown(label="Settings", choices=preset_names(), value=PAGE, elem_id=element("preset"))
            create_refresh_button(preset, lambda: None, lambda: {"choices": preset_names()}, element("refresh"))
        exclude = gr.Textbox(
            label="Also exclude", lines=1, placeholder="names, *globs, /regex/, category:, group:, @lists",
            elem_id=element("exclude"),
        )  # fmt: skip
        picture = gr.Image(
            label="Take the tags from this picture", type="pil", image_mode="RGBA", visible=not is_img2img,
            elem_id=element("picture"),
        )  # fmt: skip
    # A pasted infotext holds the finished prompt: it is to be used as it is.
    pasted = [(enabled, lambda d: False if INFOTEXT_MODEL in d else gr.update())]
    return [enabled, placement, preset, exclude, picture], pasted


def preset_names() -> list[str]:
    """Return what the preset lists offer; a broken presets file offers nothing more."""
    try:
        return [PAGE, *Presets(presets_file()).names()]
    except JoyTagError:
        return [PAGE]
