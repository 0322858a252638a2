"""What happens on the JoyTag tab?"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joytag_core.errors import JoyTagError, PictureError, SettingError
from joytag_core.pictures.reading import Reading
from joytag_core.settings.clicks import ClickedTags, click_tag
from joytag_core.tags.scores import TagScores

from .bars import Marks, render_bars, render_error, render_list
from .controls import CONTROLS, shown_values, values_by_name
from .folders import LIST_ONLY, run_folder
from .interrogate import folder_at
from .messages import tell, told_on_page
from .presets import Presets, presets_file, saved_names
from .rules import choose_tags, make_interrogation
from .sent_pictures import picture_from
from .settings import TARGET, current_settings
from .tagging import QUEUE_JOB, cancel_work, score_in_queue, unload

logger = logging.getLogger("joytag")


def interrogate(picture: Any, model: str, *values: Any) -> list[Any]:
    """Run the model on the tab's picture; return its scores for later, the tags and the bars, or a message for them."""
    try:
        found = _scores(picture, model)
    except JoyTagError as error:
        logger.warning("JoyTag: %s", error)
        return [None, "", render_error(str(error))]
    return [found, *show(found, *values)]


def _scores(picture: Any, model: str) -> TagScores:
    picture = picture_from(picture)
    if picture is None:
        raise PictureError("there is no picture; drop one there first")
    reading = Reading.from_settings(current_settings())
    return score_in_queue([lambda: picture], model=model, reading=reading)[0]


def show(scores: TagScores | None, *values: Any) -> list[Any]:
    """Return the tags and the bars for scores that are there already; the model does not run."""
    if scores is None:
        return ["", ""]
    settings = current_settings(values_by_name(values))
    try:
        result = choose_tags(make_interrogation(settings), scores)
    except JoyTagError as error:  # while a rule is being typed it is often wrong: no pop-up at each key
        import gradio as gr

        return [gr.update(), render_error(str(error))]
    return [result.text, render_bars(scores, result, marks=_marks(settings))]


def _marks(settings: Mapping[str, Any]) -> Marks:
    clicked = ClickedTags(settings)
    return Marks(is_banned=clicked.is_banned, is_kept=clicked.is_kept)


def mark_tag(action_and_tag: str, exclude: str, protect: str, add_last: str, spaces: bool) -> list[str]:
    """Return what to exclude, to protect and to add last after a click on a tag; a second click takes it back.

    The actions: `ban` drops the tag; `keep` protects one that the model chose; `add` puts one in that it did not.
    """
    action, _, tag = action_and_tag.partition(" ")
    settings = {"exclude": exclude, "protect": protect, "add_last": add_last, "spaces": spaces, "target": TARGET}
    return list(click_tag(settings, tag, action).values())


@dataclass(frozen=True, kw_only=True)
class FolderRequest:
    """Hold what the Folder part of the tab says: which pictures, and what becomes of caption files."""

    folder: str = ""
    files: Any = None
    captions: str = LIST_ONLY
    triggers: str = ""
    recursive: bool = False
    model: str = ""

    @property
    def paths(self) -> list[Path]:
        """Return the files that were dropped, else the folder.

        Raises:
            SettingError: there is no such folder, there are both or neither, or dropped files are to have captions.
        """
        is_named = bool((self.folder or "").strip())
        if not self.files:
            if not is_named:
                raise SettingError("there is nothing to tag; name a folder, or drop pictures")
            return [folder_at(self.folder)]
        if is_named:
            raise SettingError("a folder is named and pictures are dropped too; take one of them away")
        if self.captions != LIST_ONLY:
            raise SettingError("dropped pictures are copies without a folder: they can only be listed, not captioned")
        return [Path(getattr(one, "name", one)) for one in self.files]


def tag_folder(request: FolderRequest, progress: Any, *values: Any) -> tuple[str, str]:
    """Tag a folder, or the files that were dropped; return a table of the tags, and the tags as plain text.

    After Interrupt, what is done until then is shown; where nothing could be done, why.
    """
    try:
        result = run_folder(
            request.paths,
            current_settings({**values_by_name(values), "model": request.model}),
            captions=request.captions,
            triggers=request.triggers or "",
            recursive=bool(request.recursive),
            report=lambda done, total: progress((done, total), desc="JoyTag", unit="pictures"),
        )
    except JoyTagError as error:
        logger.warning("JoyTag: %s", error)
        return render_error(str(error)), ""
    return render_list(result), "\n".join(f"{name}: {tags}" for name, tags in result.tagged)


def interrupt() -> None:
    """Stop JoyTag's own work; a picture that is being made, perhaps for another person, is left alone."""
    from modules import shared

    was_at_work = cancel_work()
    if shared.state.job == QUEUE_JOB:
        shared.state.interrupt()
    elif not was_at_work:
        tell("JoyTag is not tagging anything right now.")


def load_preset(name: str) -> list[Any]:
    """Return what the controls have to show for a preset; what it does not set is as on the settings page."""
    import gradio as gr

    def loaded() -> list[Any]:
        return shown_values(current_settings(_presets().load(name) if name else None))

    return told_on_page(loaded, otherwise=[gr.update()] * len(CONTROLS))


def save_preset(name: str, *values: Any) -> list[Any]:
    """Save the controls under a name; return the new list of presets, and an empty name."""
    import gradio as gr

    def saved() -> list[Any]:
        _presets().save(name or "", values_by_name(values))
        tell(f'JoyTag: saved as the preset "{name.strip()}"')
        return [_choices(name.strip()), ""]

    return told_on_page(saved, otherwise=[gr.update(), gr.update()])


def delete_preset(name: str) -> Any:
    """Delete a preset; return the new list of presets."""
    import gradio as gr

    def deleted() -> Any:
        if not name:
            raise SettingError("no preset is chosen; choose the one to delete")
        _presets().delete(name)
        tell(f'JoyTag: the preset "{name}" is deleted')
        return _choices(None)

    return told_on_page(deleted, otherwise=gr.update())


def unload_model() -> str:
    """Give the model's memory back and say so."""
    name = unload()
    return f"<p>{name} was unloaded.</p>" if name else "<p>No model was loaded.</p>"


def _choices(value: str | None) -> Any:
    import gradio as gr

    return gr.update(choices=saved_names(), value=value)


def _presets() -> Presets:
    return Presets(presets_file())
