"""What happens where the JoyTag tab shows a tag's place in the picture?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from joytag_core.errors import PictureError, SettingError

from .family import make_picture_folder
from .maps import MappedPicture, mapping_in_queue
from .messages import told_on_page
from .rules import make_interrogation
from .sent_pictures import picture_from
from .settings import current_settings

MAP, MASK = "map", "mask"
SHOWN = (MAP, MASK)
"""What can be shown of a place: the picture with the map over it, or the mask."""
LIMITS = ("threshold", "character_threshold", "thresholds")
"""The settings that say whether a tag holds."""
_SCALE = (
    "1 is the strongest place of the picture, grey says nothing. "
    "The mask is where the map is over the chosen share of the strongest place."
)


def show_map(clicked: str, picture: Any, model: str, *look: Any) -> list[Any]:
    """Map the clicked tag; return the map for later, the part of the tab that shows it, its picture and its words.

    `look` is as in `look_at`.
    """
    import gradio as gr

    mapped = told_on_page(_mapped, clicked, picture, model, otherwise=None)
    if mapped is None:
        return [gr.update()] * 4
    return [mapped, gr.update(visible=True), *look_at(mapped, *look)]


def hide_map() -> list[Any]:
    """Forget the map, and hide what showed it: it was of another picture."""
    import gradio as gr

    return [None, gr.update(visible=False)]


def look_at(mapped: MappedPicture | None, shown: str, strength: float, level: float, *limits: Any) -> list[Any]:
    """Return the picture and the words for a map that is there already; the model does not run.

    `limits` are the tab's values of `LIMITS`; while a rule is half typed, what is shown stays.
    """
    import gradio as gr

    if mapped is None:
        return [None, ""]
    try:
        threshold = _threshold_of(mapped, dict(zip(LIMITS, limits, strict=True)))
    except SettingError:  # the bars tell it
        return [gr.update(), gr.update()]
    looked = _with_look(
        mapped.preview, strength=strength, level=level, threshold=threshold, character_threshold=0.0
    )  # fmt: skip
    tags = looked.maps.tags
    return [looked.mask(tags) if shown == MASK else looked.overlay(tags), _words(looked)]


def for_inpainting(mapped: MappedPicture | None, level: float) -> list[Any]:
    """Return the picture and the mask for img2img's tab Inpaint upload."""
    import gradio as gr

    def sent() -> list[Any]:
        if mapped is None:
            raise SettingError("there is no mask yet; click on a tag first")
        return [mapped.picture, _with_look(mapped, level=level).mask(mapped.maps.tags)]

    return told_on_page(sent, otherwise=[gr.update(), gr.update()])


def _mapped(clicked: str, picture: Any, model: str) -> MappedPicture:
    tag = clicked.partition(" ")[2]
    given = picture_from(picture)
    if given is None:
        raise PictureError("there is no picture; drop one there first")
    with mapping_in_queue(lambda: given, [tag], settings=current_settings({"model": model}), look={}) as mapped:
        return mapped  # it is drawn after the queue, and again at each change of its look


def _threshold_of(mapped: MappedPicture, limits: Mapping[str, Any]) -> float:
    """Return the threshold of the mapped tag, as its bar has it: by a pattern, a character's, or that of all."""
    (name,) = mapped.maps.tags
    tag = mapped.vocabulary.find(name)
    thresholds = make_interrogation(limits).selection_for(mapped.vocabulary).thresholds(mapped.vocabulary)
    return float(thresholds[tag.index]) if tag else float(limits["threshold"])


def _with_look(mapped: MappedPicture, *, level: float, **look: float) -> MappedPicture:
    make_picture_folder()
    mask_settings = replace(mapped.showing.mask_settings, level=level)
    # Whoever clicks on a tag that does not hold wants to see where it would be, and is told so in words.
    showing = replace(mapped.showing, mask_settings=mask_settings, only_held=False, **look)
    return replace(mapped, showing=showing)


def _words(mapped: MappedPicture) -> str:
    """Return HTML: which tag, its score, what the colours mean, and whether the tag holds at all."""
    (tag,) = mapped.maps.tags
    told = mapped.described(tag)
    name = escape(tag)
    absent = (
        "" if told["holds"]
        else f" <b>Its score is not over the threshold of {mapped.threshold_of(tag):g}</b>: the map shows where it "
        "would be, if anywhere."
    )  # fmt: skip
    border = told["border_share"]
    side = f" The white border around the picture adds {border:+.2f} to its logit." if abs(border) >= 0.005 else ""
    return (
        f"<p class='joytag-place'><b>{name}</b>, score {told['score']:.2f}.{absent}{side}</p>"
        f"<p class='joytag-place'>against it 1 <span class='joytag-scale'></span> 1 for it. {_SCALE}</p>"
    )
