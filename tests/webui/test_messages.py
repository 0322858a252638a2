"""Does a person at the page learn what went wrong, in our words and as plain text?"""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from joytag_core.errors import UnreadablePictureError
from joytag_webui import interrogate
from joytag_webui.messages import tell, told_on_page
from joytag_webui.picture_box import picture_box
from joytag_webui.section import fill_automatically
from joytag_webui.tab_actions import interrogate as interrogate_on_tab
from tests.webui.fake_webui import FakeWebUI
from tests.webui.test_automatic import Processing
from tests.webui.test_page_parts import defaults


def test_messages_are_text_where_toasts_are_html(any_webui: FakeWebUI) -> None:
    """gradio 4 shows messages as HTML: names of files and rules must not become elements."""
    tell("<b>&")
    assert 7 == told_on_page(failing, "<img src=x>", otherwise=7)
    is_html = any_webui.kind in ("forge", "neo")
    assert ("&lt;b&gt;&amp;" if is_html else "<b>&") == any_webui.gradio.told[0]
    assert is_html == ("<img" not in any_webui.gradio.told[1])


def failing(text: str) -> int:
    """Fail with a text that a stranger chose."""
    raise UnreadablePictureError(text)


def broken_box(webui: FakeWebUI) -> Any:
    """Return what a picture box gives for a file that is no picture."""

    class Image:
        def __init__(self, **_: Any) -> None: ...

        def preprocess(self, value: Any) -> Any:
            raise ValueError(f"cannot identify /tmp/gradio/{value}")

    webui.gradio.Image = Image  # type: ignore[attr-defined]
    return picture_box().preprocess("a.png")


def test_a_file_that_is_no_picture_gets_our_sentence(webui: FakeWebUI) -> None:
    """gradio alone would show "Error": on the tab, beside the prompt and in the section we say what is wrong."""
    value = broken_box(webui)
    said = "the file cannot be read as a picture; expected PNG, JPEG, WebP or the like"
    _, _, shown = interrogate_on_tab(value, "tiny", *defaults())
    assert said in shown
    p = Processing("a, {joytag}", [])
    fill_automatically(p, True, "append", "", "", value)
    assert f"no tags ({said})" == p.extra_generation_params["JoyTag"]


def test_a_picture_passes_the_box_as_it_is(webui: FakeWebUI) -> None:
    """The box changes nothing of what gradio reads, and asks it for the alpha channel."""
    picture = Image.new("RGBA", (1, 1))
    box = picture_box(elem_id="a")
    assert box.preprocess(picture) is picture
    assert ("pil", "RGBA", "a") == tuple(box.keywords[name] for name in ("type", "image_mode", "elem_id"))


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_chosen_file_that_is_no_picture_is_told(webui: FakeWebUI, content: bytes) -> None:
    """The button of txt2img says it in a message, and leaves the prompt alone."""
    assert {"__type__": "update"} == interrogate.interrogate_txt2img(content, "cat")[0]
    (said,) = webui.gradio.told
    assert ("no picture that Pillow can read" if content else "the file is empty") in said
