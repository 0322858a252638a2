"""Does every picture get its own tags into its own prompt, and nothing of another's?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core.pictures.reading import Reading
from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from joytag_webui import automatic
from joytag_webui.section import fill_automatically
from tests.webui.fake_webui import FakeWebUI
from tests.webui.processing import Processing

NAMES = ("red", "green", "blue", "hat")


def plain(name: str) -> Image.Image:
    """Return a picture that is all of one colour."""
    return Image.new("RGB", (4, 4), name)


@pytest.fixture(autouse=True)
def scored(monkeypatch: pytest.MonkeyPatch, webui: FakeWebUI) -> list[int]:
    """Score a picture by its colour, and a hat on all; return how many pictures each call scored."""
    vocabulary, calls = Vocabulary.from_names(NAMES), []

    def score(pictures: list[Image.Image], *, model: str, reading: Reading) -> list[TagScores]:
        calls.append(len(pictures))
        pixels = [picture.convert("RGB").getpixel((0, 0)) for picture in pictures]
        colours = [np.array([*(value > 100 for value in pixel), True]) * 0.9 for pixel in pixels]
        return [TagScores(vocabulary, colour.astype(np.float32)) for colour in colours]

    monkeypatch.setattr(automatic, "score", score)
    return calls


def fill(p: Processing, **section: Any) -> list[str]:
    """Fill a processing object's prompts with the section's values; return them."""
    fill_automatically(p, {"enabled": True, **section})
    return p.all_prompts


def test_each_slot_takes_its_own_picture(scored: list[int]) -> None:
    """Slot i of a call with several pictures takes picture i; later rounds begin again."""
    p = Processing("a", [plain("red"), plain("blue")], slots=4)
    assert ["a, red, hat", "a, blue, hat"] * 2 == fill(p)
    assert p.main_prompt == "a, red, hat"


def test_one_picture_in_many_slots_is_scored_once(scored: list[int]) -> None:
    """The directory tab repeats one picture object for all slots."""
    red = plain("red")
    assert ["a, red, hat"] * 3 == fill(Processing("a", [red] * 3, slots=3))
    assert [1] == scored


def test_nothing_leaks_to_the_next_file() -> None:
    """One processing object serves all files of a directory: each has its own tags and marks only."""
    p = Processing("a, {joytag}", [plain("red")])
    assert ["a, red, hat"] == fill(p)
    p.init_images = [plain("lime")]
    p.setup_prompts()
    assert ["a, green, hat"] == fill(p)
    p.setup_prompts()
    assert ["a"] == fill(p, exclude="/(/")
    assert "JoyTag model" not in p.extra_generation_params
    p.setup_prompts()
    fill(p)
    assert "JoyTag" not in p.extra_generation_params
    assert {} == p.comments


def test_tags_of_the_negative_prompt_are_not_added() -> None:
    """What a person does not want is not put into the prompt."""
    assert ["a, red"] == fill(Processing("a", [plain("red")], negative="(hat:1.2)"))


def test_prompt_of_the_high_resolution_pass_is_filled_too() -> None:
    """The second pass of txt2img has prompts of its own."""
    p = Processing("{joytag}", [])
    p.enable_hr, p.all_hr_prompts, p.all_hr_negative_prompts = True, ["hr, {joytag}"], [""]
    fill(p, picture=plain("blue"))
    assert (["blue, hat"], ["hr, blue, hat"]) == (p.all_prompts, p.all_hr_prompts)


def test_section_fields_come_in_order() -> None:
    """The page hands over enabled, placement, preset, exclude, picture."""
    p = Processing("a", [plain("red")])
    fill_automatically(p, True, "prepend", "as on the settings page", "hat", None)
    assert ["red, a"] == p.all_prompts


@pytest.mark.parametrize("values", [(), (False,), ({"enabled": False},)])
def test_section_that_is_off_changes_nothing(values: tuple[Any, ...], scored: list[int]) -> None:
    """Off, no model runs and the prompt stays."""
    p = Processing("a", [plain("red")])
    fill_automatically(p, *values)
    assert ["a"] == p.all_prompts
    assert [] == scored


@pytest.mark.parametrize("values", [(True,), (True, None, None, None, None), ({"exclude": None, "preset": None},)])
def test_what_a_call_leaves_out_is_as_the_page_says(values: tuple[Any, ...]) -> None:
    """Forge Neo fills a short list up with None, as a client may an object."""
    p = Processing("a", [plain("red")])
    fill_automatically(p, *values)
    assert (["a, red, hat"], []) == (p.all_prompts, list(p.comments))


def test_a_placeholder_in_the_negative_prompt_is_mentioned() -> None:
    """Nothing is put there, and that is said."""
    p = Processing("a", [plain("red")], negative="b, {joytag}")
    fill(p)
    assert (["a, red, hat"], ["b, {joytag}"]) == (p.all_prompts, p.all_negative_prompts)
    assert ["negative prompt stays as it is" in text for text in p.comments] == [True]


def test_forgotten_placeholder_is_mentioned() -> None:
    """{joytag} in the prompt while the section is off is said, not silently drawn."""
    p = Processing("a, {joytag}", [plain("red")])
    fill_automatically(p, False)
    assert ["JoyTag: {joytag} is in the prompt, but automatic prompts are off."] == list(p.comments)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"threshold": 2}, "threshold is 2"),
        ({"treshold": 0.5}, "'treshold'"),
        ({"preset": "nobody"}, "no preset 'nobody'"),
        ({"picture": "no base64!"}, "not base64"),
        ({"placement": "nowhere"}, "nowhere"),
    ],
)
def test_failure_is_said_and_the_placeholder_gone(section: dict[str, Any], said: str) -> None:
    """The picture is still made, without tags, and both the page and the infotext say so."""
    p = Processing("a" if "placement" in section else "a, {joytag}", [plain("red")])
    assert ["a"] == fill(p, **section)
    assert said in "".join(p.comments)
    assert said in p.extra_generation_params["JoyTag"]
    assert p.extra_generation_params["JoyTag"].startswith("no tags (")


def test_unexpected_failure_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody thought of does not make the picture silently untagged."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the device is on fire")

    monkeypatch.setattr(automatic, "score", broken)
    p = Processing("a", [plain("red")])
    assert ["a"] == fill(p)
    assert "the device is on fire" in "".join(p.comments)


def test_txt2img_without_a_picture_says_so() -> None:
    """txt2img has no initial picture: without a chosen one there is nothing to tag."""
    p = Processing("a", [])
    fill(p)
    assert "no picture to take tags from" in "".join(p.comments)


def test_exclusions_of_section_and_settings_add_up(webui: FakeWebUI) -> None:
    """`exclude` of the section is added to the settings page's."""
    webui.opts.data["joytag_exclude"] = "hat"
    assert ["a"] == fill(Processing("a", [plain("red")]), exclude="red")


def test_preset_is_used(webui: FakeWebUI, tmp_path: Path) -> None:
    """A preset's settings hold over the settings page's."""
    (tmp_path / "joytag_presets.json").write_text('{"no hats": {"exclude": "hat"}}')
    assert ["a, red"] == fill(Processing("a", [plain("red")]), preset="no hats")
