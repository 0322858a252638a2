"""What does the JoyTag section of txt2img and img2img show, and what does it hand over?"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from joytag_core.errors import JoyTagError, SettingError
from joytag_core.settings.parameters import check_settings
from joytag_core.settings.placeholders import PLACEMENTS

from .automatic import INFOTEXT_MODEL, AutomaticPrompt, forget, give_up, mention_placeholder
from .axes import axis_values
from .family import last_hook
from .parts import guarded
from .picture_box import picture_box
from .presets import PAGE, Presets, preset_names, presets_file
from .prompt_line import check_made_picture, forget_check
from .sent_pictures import picture_from
from .settings import current_settings, option

TITLE = "JoyTag"
_FIELDS = ("enabled", "placement", "preset", "exclude", "picture")
_OWN = ("enabled", "placement", "preset", "picture")
PART = "the section JoyTag of txt2img and img2img"
_HELP = (
    "Each picture's own tags go where <code>{joytag}</code> stands in the prompt, else before or after it. "
    "Options inside: <code>{joytag:0.5|category:character|-group:text}</code>."
)

logger = logging.getLogger("joytag")


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
            build = guarded(PART, build_section, otherwise=([], []))
            components, self.infotext_fields = build(is_img2img=is_img2img)
            return components

        def process(self, p: Any, *values: Any) -> None:
            forget_check(p)
            fill_automatically(p, *values)

    def check(self: Any, p: Any, made: Any, *_: Any) -> None:
        check_made_picture(p, made.image)

    # As late as the WebUI lets us: what other scripts do to the picture is to be seen too.
    setattr(JoyTagScript, last_hook(base), check)
    return JoyTagScript


@dataclass(frozen=True, kw_only=True)
class Section:
    """Hold what the section of the page, or an API call, says.

    `settings` are those that are made here; what is not made is as the `preset` or the settings page says.
    """

    enabled: bool
    placement: str = PLACEMENTS[0]
    preset: str = PAGE
    picture: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.enabled, bool):
            raise SettingError(f"enabled is {self.enabled!r}; expected true or false")
        if not self.enabled:  # what is left in a section that is off is nobody's mistake
            return
        if self.placement not in PLACEMENTS:
            raise SettingError(f"placement is {self.placement!r}; expected one of {', '.join(PLACEMENTS)}")
        if not isinstance(self.preset, str):
            raise SettingError(f"preset is {self.preset!r}; expected the name of a preset")

    @classmethod
    def of(cls, *values: Any) -> Section:
        """Make it of the components' values, or of the one object that the API may give with these names instead.

        Such an object switches the section on unless it says otherwise, and may hold any setting. None is no value: a
        host fills a call's short list up with what its boxes begin with (Forge Neo 2.26: None for an empty text).

        Raises:
            SettingError: a value is of the wrong kind; the settings are not checked yet.
        """
        if values and isinstance(values[0], Mapping):
            named = {"enabled": True, **values[0]}
        else:
            named = {"enabled": False, **dict(zip(_FIELDS, values, strict=False))}
        named = {name: value for name, value in named.items() if value is not None or name == "enabled"}
        own = {name: named.pop(name) for name in _OWN if name in named}
        own["preset"] = own.get("preset") or PAGE
        return cls(**own, settings=named)


def fill_automatically(p: Any, *values: Any) -> None:
    """Fill the prompts of a processing object as the section's values say; see `Section.of`."""
    try:
        section = _with_axes(Section.of(*values), p)
        if not section.enabled:
            forget(p)
            mention_placeholder(p)
            _mention_axes(p)
            return
        automatic = AutomaticPrompt(
            settings=settings_from(section), placement=section.placement, picture=picture_from(section.picture)
        )
    except JoyTagError as error:
        give_up(p, str(error))
    except Exception as error:  # the host would only log it and make the picture without a word
        logger.exception("automatic prompts failed")
        give_up(p, f"{type(error).__name__}: {error}")
    else:
        automatic.fill(p)


def _with_axes(section: Section, p: Any) -> Section:
    """Return the section with what the axes of a plot say over it."""
    axes = axis_values(p)
    return replace(section, preset=axes.preset or section.preset, settings={**section.settings, **axes.settings})


def _mention_axes(p: Any) -> None:
    if axis_values(p) and not option("check_made"):
        p.comment("JoyTag: the plot's axis changes nothing, as automatic prompts are off.")


def settings_from(section: Section) -> dict[str, Any]:
    """Return the settings page's or a preset's settings, with the section's over them; `exclude` is added to theirs.

    Raises:
        SettingError: there is no such preset, or a setting is unknown or out of its range.
    """
    given = check_settings(section.settings)
    settings = current_settings(None if section.preset == PAGE else Presets(presets_file()).load(section.preset))
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
        picture = picture_box(
            label="Take the tags from this picture", visible=not is_img2img, height=240, elem_id=element("picture")
        )  # fmt: skip
    # A pasted infotext holds the finished prompt: it is to be used as it is.
    pasted = [(enabled, lambda d: False if INFOTEXT_MODEL in d else gr.update())]
    return [enabled, placement, preset, exclude, picture], pasted
