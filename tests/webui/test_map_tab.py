"""Does a click on a tag show where it is, in words and colours that are true?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_webui import map_actions, tab_actions
from joytag_webui.map_actions import MAP, MASK, for_inpainting, look_at, show_map
from tests.webui.fake_gradio import find
from tests.webui.fake_webui import FakeWebUI
from tests.webui.test_page_parts import defaults
from tests.webui.test_parts import start

LOOK = (MAP, 0.75, 0.5)
LIMITS = (0.4, 0.0, "")


def shown(
    picture: Any,
    tag: str = "tag_8",
    *,
    threshold: float = 0.4,
    character_threshold: float = 0.0,
    thresholds: str = "",
) -> list[Any]:
    """Click on a tag."""
    return show_map(f"map {tag}", picture, "tiny", *LOOK, threshold, character_threshold, thresholds)


def test_a_click_shows_the_map_of_the_picture(webui: FakeWebUI, picture: Image.Image) -> None:
    """The picture comes back in its own size with the map over it, its score in words, and the part is opened."""
    mapped, column, overlay, words = shown(picture)
    assert {"__type__": "update", "visible": True} == column
    assert (picture.size, "RGB") == (overlay.size, overlay.mode)
    assert f"<b>tag_8</b>, score {mapped.maps.score_of('tag_8'):.2f}" in words
    assert "against it 1 <span class='joytag-scale'></span> 1 for it" in words
    assert "is not over" not in words
    assert not webui.queue_lock.locked()


def test_a_tag_that_does_not_hold_is_said_to_be_absent(webui: FakeWebUI, picture: Image.Image) -> None:
    """Its map shows where it would be: nobody may take that for where it is."""
    *_, words = shown(picture, threshold=0.999)
    assert "Its score is not over the threshold of 0.999" in words


def test_a_character_holds_at_its_own_threshold(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """As in the prompt: the characters' threshold, and where that is 0 the common one."""
    names = tmp_path / "models" / "joytag" / "tiny" / "top_tags.txt"
    names.write_text(names.read_text().replace("tag_8\n", "hatsune_miku\n", 1))
    for thresholds, holds in (((0.9999, 0.0001), True), ((0.0001, 0.9999), False), ((0.0001, 0.0), True)):
        *_, words = shown(picture, "hatsune_miku", threshold=thresholds[0], character_threshold=thresholds[1])
        assert holds == ("is not over" not in words)


@pytest.mark.parametrize("threshold", [0.1, 0.999])
def test_the_map_follows_the_threshold(webui: FakeWebUI, picture: Image.Image, threshold: float) -> None:
    """Moved after the click, the threshold is that of the words and of the picture, as if it had been so before."""
    mapped, *_ = shown(picture)
    *_, overlay, words = shown(picture, threshold=threshold)
    moved, said = look_at(mapped, *LOOK, threshold, 0.0, "")
    assert (np.asarray(overlay).tolist(), words) == (np.asarray(moved).tolist(), said)
    assert ("is not over the threshold of 0.999" in said) == (threshold == 0.999)


@pytest.mark.parametrize(("rule", "is_absent"), [("tag_8 0.999", True), ("tag_8 0", False), ("tag_9 0.999", False)])
def test_a_threshold_by_pattern_is_the_maps_too(
    webui: FakeWebUI, picture: Image.Image, rule: str, is_absent: bool
) -> None:
    """A bar and its map never disagree on whether the tag holds."""
    *_, words = shown(picture, thresholds=rule)
    assert is_absent == ("is not over the threshold of 0.999" in words)
    bars = tab_actions.interrogate(picture, "tiny", *defaults(thresholds=rule))[2]
    row = bars[: bars.index(">tag_8<")].rpartition("<div class='joytag-bar ")[2]
    assert is_absent == row.startswith("below")


def test_a_half_typed_rule_leaves_the_map(webui: FakeWebUI, picture: Image.Image) -> None:
    """The bars say what is wrong with it."""
    mapped, *_ = shown(picture)
    assert [{"__type__": "update"}] * 2 == look_at(mapped, *LOOK, 0.4, 0.0, "category:")
    assert [] == webui.gradio.told


def test_thresholds_move_the_map_however_they_are_moved(webui: FakeWebUI) -> None:
    """By hand or by a preset; what is drawn are the map's picture and its words."""
    start(webui)
    for name in ("joytag_threshold", "joytag_character_threshold", "joytag_thresholds"):
        (event,) = (event for event in find(name).events if event.fn is map_actions.look_at)
        assert ("change", ["joytag_map", "joytag_map_words"]) == (event.kind, [one.elem_id for one in event.outputs])


def test_results_go_with_their_picture(webui: FakeWebUI) -> None:
    """Where another picture is dropped over the old one, its tags and bars are gone, as where it is taken away."""
    start(webui)
    cleared = [event for event in find("joytag_picture").events if "joytag_bars" in [o.elem_id for o in event.outputs]]
    assert ["clear", "upload"] == [event.kind for event in cleared]
    assert [[None, "", ""]] * 2 == [event.fn() for event in cleared]


def test_the_map_goes_with_its_picture(webui: FakeWebUI) -> None:
    """Where the picture is cleared, replaced or tagged anew, an old map would show the place in another picture."""
    start(webui)
    names = ("joytag_interrogate", "joytag_picture", "joytag_map_close")
    hiding = [event for name in names for event in find(name).events if event.fn is map_actions.hide_map]
    assert ["click", "clear", "upload", "click"] == [event.kind for event in hiding]
    for event in hiding:
        assert [None, {"__type__": "update", "visible": False}] == event.fn()
        assert "joytag_place" == event.outputs[1].elem_id


def test_the_look_changes_without_the_model(webui: FakeWebUI, picture: Image.Image) -> None:
    """Strength, mask and its level act on the map that is there."""
    mapped, _, overlay, _ = shown(picture)
    tab_actions.unload_model()
    faint, _ = look_at(mapped, MAP, 0.0, 0.5, *LIMITS)
    wide, narrow = (look_at(mapped, MASK, 0.75, level, *LIMITS)[0] for level in (0.05, 0.95))
    assert "<p>No model was loaded.</p>" == tab_actions.unload_model()
    assert np.asarray(faint).tolist() != np.asarray(overlay).tolist()
    assert (picture.size, "L") == (wide.size, wide.mode)
    assert np.asarray(wide).sum() >= np.asarray(narrow).sum()


def test_the_folder_for_pictures_is_there(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """Forge Neo names a folder for the page's pictures that a first start has not made."""
    webui.opts.data["temp_dir"] = str(tmp_path / "data" / "tmp")
    shown(picture)
    assert (tmp_path / "data" / "tmp").is_dir()


def test_nothing_clicked_shows_nothing(webui: FakeWebUI) -> None:
    """Before the first click the controls change nothing."""
    assert [None, ""] == look_at(None, *LOOK, *LIMITS)


@pytest.mark.parametrize(("picture", "tag", "said"), [(None, "tag_8", "no picture"), ("white", "nobody", "'nobody'")])
def test_what_cannot_be_mapped_is_told(webui: FakeWebUI, picture: Any, tag: str, said: str) -> None:
    """A missing picture or an unknown tag is a message on the page, and what is shown stays."""
    given = Image.new("RGB", (4, 4), picture) if picture else None
    assert [{"__type__": "update"}] * 4 == shown(given, tag)
    assert [said in text for text in webui.gradio.told] == [True]


def test_picture_and_mask_go_to_inpainting(webui: FakeWebUI, picture: Image.Image) -> None:
    """What is sent is the picture as it was, and the mask in its size, as the level says."""
    mapped, *_ = shown(picture)
    sent, mask = for_inpainting(mapped, 0.5)
    assert np.asarray(picture.convert("RGB")).tolist() == np.asarray(sent).tolist()
    assert np.asarray(look_at(mapped, MASK, 0.75, 0.5, *LIMITS)[0]).tolist() == np.asarray(mask).tolist()


def test_nothing_to_send_is_told(webui: FakeWebUI) -> None:
    """Without a map there is no mask, and the boxes of img2img stay as they are."""
    assert [{"__type__": "update"}] * 2 == for_inpainting(None, 0.5)
    assert ["click on a tag first" in text for text in webui.gradio.told] == [True]


def test_the_button_fills_both_boxes_of_inpaint_upload(any_webui: FakeWebUI) -> None:
    """Picture and mask go where the host has them, and the host's own script opens the tab."""
    start(any_webui)
    (event,) = find("joytag_to_inpaint").events
    assert ["img_inpaint_base", "img_inpaint_mask"] == [component.elem_id for component in event.outputs]


def test_every_bar_can_be_clicked(webui: FakeWebUI, picture: Image.Image) -> None:
    """Each tag's name carries what the page's script sends; the names of strangers' models are escaped."""
    _, _, bars = tab_actions.interrogate(picture, "tiny", *defaults())
    assert bars.count("class='joytag-bar ") == bars.count("data-joytag-action='map'") > 0
    assert "data-joytag-action='map' data-joytag-tag='tag_8'" in bars


def test_words_are_escaped(webui: FakeWebUI, picture: Image.Image) -> None:
    """A tag's name makes no element."""
    mapped, *_ = shown(picture)
    object.__setattr__(mapped.maps, "tags", ("<img>",))
    assert "<img" not in map_actions.look_at(mapped, *LOOK, *LIMITS)[1]


def test_a_big_picture_is_shown_small_and_sent_whole(webui: FakeWebUI) -> None:
    """A slider draws anew what is shown: no larger than a page shows it, with the same mask but for rounding."""
    big = Image.new("RGB", (1536, 768), "white")
    big.paste("black", (300, 200, 700, 700))
    mapped, _, overlay, _ = shown(big)
    assert (768, 384) == overlay.size
    small, _ = look_at(mapped, MASK, 0.75, 0.5, *LIMITS)
    sent, mask = for_inpainting(mapped, 0.5)
    assert (big.size, big.size) == (sent.size, mask.size)
    halved = np.asarray(mask.resize(small.size, Image.Resampling.NEAREST))
    assert (halved != np.asarray(small)).mean() < 0.01
