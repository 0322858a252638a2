"""What happens when one of the interrogate buttons is pressed?"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from joytag_core.errors import CaptionError, PictureError, SettingError
from joytag_core.lines import counted
from joytag_core.pictures.folders import find_pictures
from joytag_core.pictures.reading import Reading
from joytag_core.prompts.merging import merge_prompts, said_in

from .family import flag
from .messages import tell, told_on_page
from .rules import choose_tags, make_interrogation
from .sent_pictures import picture_from
from .settings import TARGET, current_settings, option
from .tagging import prompt_of, score_files

BATCH_TAB = 5
CAPTION_TARGET = "caption"

logger = logging.getLogger("joytag")


def interrogate_img2img(mode: Any, input_folder: str, output_folder: str, *pictures_and_prompt: Any) -> list[Any]:
    """Answer the img2img button: tag the picture of the open tab into the prompt, or the batch tab's folder into files.

    `mode` is the tab's number, 0 to 5, the values after the folders are the five tabs' pictures and the prompt.
    """
    import gradio as gr

    *pictures, prompt = pictures_and_prompt
    tab = int(float(mode or 0))
    if tab < BATCH_TAB:
        return [told_on_page(interrogated, prompt, pictures[tab], otherwise=gr.update()), None]
    counts = told_on_page(tag_folder_to_files, input_folder, output_folder, otherwise=None)
    if counts is not None:
        tagged, broken = counts
        more = f", {broken} could not be read: the log says why" if broken else ""
        tell(f"JoyTag: {counted(tagged, 'picture')} of {input_folder.strip()} tagged{more}")
    return [gr.update(), None]


def interrogate_txt2img(file: Any, prompt: str) -> list[Any]:
    """Answer the txt2img button: tag the chosen picture file into the prompt, and forget the file."""
    import gradio as gr

    if file is None:
        return [gr.update(), None]
    return [told_on_page(interrogated, prompt, file, otherwise=gr.update()), None]


def interrogated(prompt: str, value: Any) -> str:
    """Return the prompt with a picture's tags, put in as the settings page says.

    Raises:
        JoyTagError: there is no picture, or as `Session.score`.
    """
    picture = picture_from(value)
    if picture is None:
        raise PictureError("there is no picture on this tab; drop one there first")
    said = said_in(prompt or "", target=TARGET) if option("insert") == "missing" else frozenset()
    return inserted(prompt, prompt_of(lambda: picture, current_settings(), said))


def inserted(prompt: str, tags: str) -> str:
    """Return the prompt with tags put in as the settings page says."""
    return merge_prompts(prompt or "", tags, how=option("insert"), target=TARGET)


def tag_folder_to_files(input_folder: str, output_folder: str) -> tuple[int, int]:
    """Write the tags of every picture in a folder to a text file of its name, at the end of what is in it already.

    This is what the WebUI does on the batch tab with its own interrogators. Returns how many pictures were tagged, and
    how many could not be read.

    Raises:
        JoyTagError: there is no such folder, no picture in it, or as `Session.score`.
        CaptionError: a text file cannot be written.
    """
    if not (input_folder or "").strip():
        raise SettingError(
            "there is no input directory: on the Batch tab the button writes text files, so name a folder under "
            "From directory; uploaded pictures can be tagged on the JoyTag tab, under Folder"
        )
    settings = current_settings({"target": CAPTION_TARGET})
    paths, broken = _pictures_of(folder_at(input_folder))
    target = Path(output_folder.strip()) if output_folder and output_folder.strip() else paths[0].parent
    tagged = 0
    for path, text in tag_files(paths, settings):
        if isinstance(text, PictureError):
            broken.append(text)
            continue
        _append_line(target / f"{path.stem}.txt", text)
        tagged += 1
    for error in broken:
        logger.warning("JoyTag: %s", error)
    return tagged, len(broken)


def _pictures_of(folder: Path) -> tuple[list[Path], list[PictureError]]:
    """Return a folder's pictures, and why what is named as one is none, such as a dangling link."""
    broken: list[PictureError] = []
    paths = list(find_pictures([folder], report=broken.append))
    if not paths:
        raise broken[0]
    return paths, broken


def _append_line(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise CaptionError(
            f"{path} cannot be written: {error.strerror or error}; name another output directory"
        ) from error


def folder_at(folder: str) -> Path:
    """Return the folder that a person named.

    Raises:
        SettingError: the WebUI was started with --hide-ui-dir-config, or there is no such folder.
    """
    if flag("hide_ui_dir_config"):
        raise SettingError("folders are switched off: the WebUI was started with --hide-ui-dir-config")
    folder = (folder or "").strip().strip('"')
    if not folder or not Path(folder).is_dir():
        raise SettingError(f"{folder or 'an empty path'} is no folder; expected the path of a folder with pictures")
    return Path(folder)


def tag_files(paths: list[Path], settings: Mapping[str, Any]) -> Iterator[tuple[Path, str | PictureError]]:
    """Yield picture files with their tags, or the error of one that cannot be read, as `score_files`.

    Raises:
        JoyTagError: as `score_files`.
    """
    interrogation = make_interrogation(settings)
    for path, scores in score_files(paths, model=settings["model"], reading=Reading.from_settings(settings)):
        yield path, scores if isinstance(scores, PictureError) else choose_tags(interrogation, scores).text
