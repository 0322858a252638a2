"""Are the interrogate buttons where they belong, and wired to what they need, in every layout?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from joytag_webui import interrogate
from joytag_webui.buttons import Buttons
from tests.webui.fake_gradio import Component, Event, PageError, find
from tests.webui.fake_webui import FakeWebUI

PICTURES = ["img2img_image", "img2img_sketch", "img2maskimg", "inpaint_sketch", "img_inpaint_base"]
FOLDERS = ["img2img_batch_input_dir", "img2img_batch_output_dir"]


def build_page(webui: FakeWebUI, *, tools_last: bool = False, watchers: list[Any] | None = None) -> Buttons:
    """Build the parts of a page as the kind of WebUI does, watched by Buttons."""
    buttons = Buttons()
    Component.watchers = watchers or [buttons.see]
    gradio = webui.gradio

    def tools() -> None:
        gradio.Textbox(elem_id="txt2img_prompt")
        gradio.Button(elem_id="txt2img_clear_prompt")
        gradio.Textbox(elem_id="img2img_prompt")
        gradio.Button(elem_id="img2img_clear_prompt")
        if webui.kind != "neo":
            gradio.Button(elem_id="deepbooru")

    def canvases() -> None:
        for name in PICTURES:
            if webui.kind in ("forge", "neo") and name != "img_inpaint_base":
                gradio.HTML(elem_id=name)
                logical = type("LogicalImage", (gradio.Textbox,), {})
                logical(elem_id="uuid", elem_classes=["logical_image_foreground"])
                logical(elem_id=f"background of {name}", elem_classes=["logical_image_background"])
            else:
                gradio.Image(elem_id=name).tool = "sketch" if name == "img2maskimg" else "editor"
        gradio.Image(elem_id="img_inpaint_mask")
        for name in FOLDERS:
            gradio.Textbox(elem_id=name)

    for part in (canvases, tools) if tools_last else (tools, canvases):
        part()
    Component.watchers = []
    return buttons


def wiring() -> Event:
    """Return the one wiring of the img2img button."""
    (event,) = find("joytag_img2img_interrogate").events
    return event


@pytest.mark.parametrize("tools_last", [False, True])
def test_img2img_button_is_wired_like_the_hosts_own(any_webui: FakeWebUI, tools_last: bool) -> None:
    """Inputs: tab number, two folders, five pictures, the prompt; outputs: exactly the prompt and the number."""
    build_page(any_webui, tools_last=tools_last)
    mode, *rest = wiring().inputs
    pictures = [
        f"background of {name}" if any_webui.kind in ("forge", "neo") and name != "img_inpaint_base" else name
        for name in PICTURES
    ]
    assert [*FOLDERS, *pictures, "img2img_prompt"] == [component.elem_id for component in rest]
    assert [find("img2img_prompt"), mode] == wiring().outputs


def test_unpainted_inpaint_pictures_get_a_mask_on_the_page(any_webui: FakeWebUI) -> None:
    """gradio 3's Inpaint picture passes through our script, which reForge needs; Forge's canvas has no such picture."""
    build_page(any_webui)
    wanted = "get_img2img_tab_index" if any_webui.kind in ("forge", "neo") else "joytagImg2imgInputs"
    assert wanted == wiring().js


def test_one_button_on_each_tab(any_webui: FakeWebUI) -> None:
    """Each tab has one button."""
    build_page(any_webui)
    ids = [component.elem_id for component in Component.all]
    assert (1, 1) == (ids.count("joytag_img2img_interrogate"), ids.count("joytag_txt2img_interrogate"))


def test_components_made_by_events_are_not_the_page(any_webui: FakeWebUI) -> None:
    """Forge makes components again when events happen: they have no parent, and no button appears."""
    buttons = Buttons()
    Component.watchers = [buttons.see]
    any_webui.gradio.Button(elem_id="deepbooru", parent=None)
    assert "joytag_img2img_interrogate" not in [component.elem_id for component in Component.all]


def test_a_new_page_is_wired_anew(any_webui: FakeWebUI) -> None:
    """After start() the same watcher puts its buttons onto the next page."""
    buttons = build_page(any_webui)
    buttons.start()
    assert {} == buttons.parts


@pytest.mark.parametrize("mode", [0, 0.0, None])
def test_button_tags_the_first_tab(webui: FakeWebUI, picture: Image.Image, mode: Any) -> None:
    """The tab's number arrives as 0 or 0.0; only tags that the prompt lacks are added."""
    (text, _) = interrogate.interrogate_img2img(mode, "", "", picture, None, None, None, None, "tag 8")
    assert text.startswith("tag 8, tag")
    assert 1 == text.count("tag 8")


def test_button_takes_the_picture_below_a_mask(webui: FakeWebUI, picture: Image.Image) -> None:
    """gradio 3's sketch box is an object with image and mask."""
    masked = {"image": picture, "mask": Image.new("RGB", picture.size)}
    plain, _ = interrogate.interrogate_img2img(0, "", "", picture, None, None, None, None, "")
    assert plain == interrogate.interrogate_img2img(2, "", "", None, None, masked, None, None, "")[0]


def test_button_without_a_picture_says_so(webui: FakeWebUI) -> None:
    """An empty tab gives a message on the page, and changes nothing."""
    assert {"__type__": "update"} == interrogate.interrogate_img2img(4, "", "", *[None] * 5, "cat")[0]
    assert "no picture on this tab" in webui.gradio.told[-1]


def test_a_message_needs_no_queue(webui: FakeWebUI) -> None:
    """With --no-gradio-queue a warning would be seen by nobody."""
    webui.cmd_opts.no_gradio_queue = True
    with pytest.raises(PageError, match="no picture on this tab"):
        interrogate.interrogate_img2img(4, "", "", *[None] * 5, "cat")


def test_batch_tab_appends_to_text_files(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """Mode 5 writes a line of tags for every picture after what its file holds; a broken picture is only counted."""
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    picture.save(source / "a.png")
    (source / "broken.png").write_bytes(b"no picture")
    (target / "a.txt").write_text("before\n")
    interrogate.interrogate_img2img(5, str(source), str(target), *[None] * 5, "")
    assert ["before"] == (target / "a.txt").read_text().splitlines()[:1]
    assert "tag_8" in (target / "a.txt").read_text().replace(" ", "_")
    assert ["a.txt"] == [path.name for path in target.iterdir()]
    assert [f"JoyTag: 1 picture of {source} tagged, 1 could not be read: the log says why"] == webui.gradio.told


def test_batch_tab_goes_on_after_a_dangling_link(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """A link that leads nowhere is one more picture that could not be read; alone, it is the reason."""
    picture.save(tmp_path / "b.png")
    (tmp_path / "a.png").symlink_to("/no/such/file.png")
    interrogate.interrogate_img2img(5, str(tmp_path), "", *[None] * 5, "")
    (tmp_path / "b.png").unlink()
    interrogate.interrogate_img2img(5, str(tmp_path), "", *[None] * 5, "")
    told = [f"JoyTag: 1 picture of {tmp_path} tagged, 1 could not be read", "the link leads to no file"]
    assert [True, True] == [said in text for said, text in zip(told, webui.gradio.told, strict=True)]
    assert (tmp_path / "b.txt").is_file()


@pytest.mark.parametrize("name", ["a.txt", "taken/out"])
def test_a_text_file_that_cannot_be_written_is_told(
    webui: FakeWebUI, picture: Image.Image, tmp_path: Path, name: str
) -> None:
    """What stands where the file or its folder belongs is named on the page: "Error" would help nobody."""
    picture.save(tmp_path / "a.png")
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "taken").write_text("a file")
    target = "" if name == "a.txt" else tmp_path / name
    interrogate.interrogate_img2img(5, str(tmp_path), str(target), *[None] * 5, "")
    assert [f"{tmp_path / name}" in text and "another output directory" in text for text in webui.gradio.told] == [True]


@pytest.mark.parametrize(
    ("folder", "said"),
    [("", "under From directory"), (None, "under From directory"), ("/no/such/folder", "/no/such/folder is no folder")],
)
def test_batch_tab_without_a_folder_says_so(webui: FakeWebUI, folder: str | None, said: str) -> None:
    """A missing folder is told on the page; where pictures were uploaded instead, what is needed."""
    assert {"__type__": "update"} == interrogate.interrogate_img2img(5, folder, "", *[None] * 5, "")[0]
    assert [said in text for text in webui.gradio.told] == [True]


def test_batch_tab_is_off_where_folders_are_hidden(webui: FakeWebUI, tmp_path: Path) -> None:
    """--hide-ui-dir-config keeps people of the page out of the folders."""
    webui.cmd_opts.hide_ui_dir_config = True
    interrogate.interrogate_img2img(5, str(tmp_path), "", *[None] * 5, "")
    assert ["hide-ui-dir-config" in text for text in webui.gradio.told] == [True]


def test_txt2img_button_takes_a_file(webui: FakeWebUI, picture_paths: list[Path]) -> None:
    """A chosen file's content is tagged, and the box is emptied for the next one; emptying it does nothing."""
    text, box = interrogate.interrogate_txt2img(picture_paths[0].read_bytes(), "")
    assert (True, None) == (text.startswith("tag 8"), box)
    assert {"__type__": "update"} == interrogate.interrogate_txt2img(None, "kept")[0]


@pytest.mark.parametrize(
    ("insert", "expected"),
    [("replace", "new"), ("append", "old, new"), ("prepend", "new, old"), ("missing", "old, new")],
)
def test_tags_go_where_the_settings_say(webui: FakeWebUI, insert: str, expected: str) -> None:
    """The settings page says whether tags replace the prompt or join it."""
    webui.opts.data["joytag_insert"] = insert
    assert expected == interrogate.inserted("old", "new")
