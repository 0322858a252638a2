"""Do the tab, the settings page, presets and the bars do what they say?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from joytag_core.errors import SettingError
from joytag_core.filtering.result import Dropped, FilterResult, Kept
from joytag_core.settings.parameters import PARAMETERS
from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import Vocabulary
from joytag_webui import settings, settings_page, tab_actions, tagging
from joytag_webui.bars import LOWEST_SCORE, Marks, render_bars
from joytag_webui.controls import CONTROLS
from joytag_webui.presets import PAGE, Presets
from tests.webui.fake_webui import FakeWebUI

NO_MARKS = Marks(is_banned=lambda _: False, is_kept=lambda _: False)


def defaults(**changes: Any) -> list[Any]:
    """Return the values of the tab's controls."""
    return [changes.get(name, PARAMETERS[name].default) for name in CONTROLS]


# --- settings page


def test_every_setting_is_on_the_page_in_our_section(any_webui: FakeWebUI) -> None:
    """Each parameter is an option with its default and help, but for the two that have no meaning here."""
    settings_page.add_settings()
    labels = any_webui.opts.data_labels
    wanted = {f"joytag_{name}" for name in PARAMETERS} - {"joytag_target", "joytag_keep_line_breaks"}
    assert wanted <= set(labels)
    assert {("joytag", "JoyTag")} == {info.section for info in labels.values()}
    assert 0.4 == labels["joytag_threshold"].default
    assert list(PARAMETERS["categories"].default) == labels["joytag_categories"].default
    assert all(callable(info.component) for key, info in labels.items() if key != "joytag_unload_note")


def test_settings_hold_without_a_page(webui: FakeWebUI) -> None:
    """With --nowebui the host adds no options: stored values still hold, and defaults for the rest."""
    webui.opts.data["joytag_threshold"] = 0.7
    current = settings.current_settings()
    assert (0.7, "tiny", "a1111", 0) == tuple(current[name] for name in ("threshold", "model", "target", "max_tags"))


def test_overrides_hold_over_the_page(webui: FakeWebUI) -> None:
    """What a call or a preset sets holds over the page, the target too."""
    assert "caption" == settings.current_settings({"target": "caption"})["target"]


def test_models_to_choose_from(webui: FakeWebUI) -> None:
    """The published model comes first, installed or not, then those that are there; lists are no model."""
    (webui.folder / "models" / "joytag" / "lists").mkdir()
    names = tagging.choosable_models()
    assert "joytag" == names[0]
    assert {"tiny"} <= set(names)
    assert "lists" not in names


# --- tab


def test_showing_again_runs_no_model(webui: FakeWebUI, picture: Image.Image) -> None:
    """Scores that are there already are filtered anew without the model."""
    scores, before, _ = tab_actions.interrogate(picture, "tiny", *defaults())
    tab_actions.unload_model()
    after, bars = tab_actions.show(scores, *defaults(max_tags=1))
    assert (4, 1) == (len(before.split(", ")), len(after.split(", ")))
    assert 1 == bars.count("joytag-bar kept")
    assert "<p>No model was loaded.</p>" == tab_actions.unload_model()


def test_showing_nothing_shows_nothing(webui: FakeWebUI) -> None:
    """Before the first picture a changed control changes nothing."""
    assert ["", ""] == tab_actions.show(None, *defaults())


def test_half_typed_rule_is_shown_in_place_of_the_bars(webui: FakeWebUI, picture: Image.Image) -> None:
    """A rule that is wrong while it is typed is told below, without a pop-up, and the tags stay."""
    scores, *_ = tab_actions.interrogate(picture, "tiny", *defaults())
    tags, bars = tab_actions.show(scores, *defaults(exclude="/<b>(/"))
    assert {"__type__": "update"} == tags
    assert "joytag-error" in bars
    assert "<b>" not in bars


def test_no_picture_is_told(webui: FakeWebUI) -> None:
    """Interrogate without a picture gives a message where the bars would be, and it stays."""
    scores, tags, bars = tab_actions.interrogate(None, "tiny", *defaults())
    assert (None, "") == (scores, tags)
    assert bars.startswith("<div class='joytag-error'>there is no picture")


def folder_request(folder: object, **more: Any) -> tab_actions.FolderRequest:
    """Return what the Folder part of the tab asks for."""
    return tab_actions.FolderRequest(folder=str(folder), model="tiny", **more)


def test_a_folder_that_is_none_is_told(webui: FakeWebUI) -> None:
    """The message stands where the list would be."""
    table, text = tab_actions.tag_folder(folder_request("/no/such/folder"), None, *defaults())
    assert "" == text
    assert table.startswith("<div class='joytag-error'>/no/such/folder is no folder")


@pytest.mark.parametrize(
    ("folder", "files", "said"),
    [("", None, "name a folder, or drop pictures"), (" ", [], "name a folder"), ("/a", ["b.png"], "take one of them")],
)
def test_it_is_a_folder_or_dropped_pictures(webui: FakeWebUI, folder: str, files: Any, said: str) -> None:
    """With neither there is nothing to tag; with both, one would be passed over without a word."""
    table, text = tab_actions.tag_folder(folder_request(folder, files=files), None, *defaults())
    assert ("", True) == (text, said in table)


@pytest.mark.parametrize(
    ("click", "before", "after", "spaces"),
    [
        ("ban a_b", ["", "", ""], ['"a_b"', "", ""], False),
        ("ban a_b", ['"a_b"', "", ""], ["", "", ""], False),
        ("ban a_b", ["*hair", '"a_b"', ""], ['*hair\n"a_b"', "", ""], False),
        ("ban a_b", ["", "", "x, a_b"], ['"a_b"', "", "x"], False),
        ("keep a_b", ['"a_b"\nhat', "", "x"], ["hat", '"a_b"', "x"], False),
        ("keep :d", ["", '":d"', ""], ["", "", ""], False),
        ("add a_b", ['"a_b"', "", "x"], ["", "", "x, a_b"], False),
        ("keep a_b", ["", "", "x, a b"], ["", "", "x"], False),
        ("add long_hair", ["", "", "x"], ["", "", "x, long hair"], True),
        ("add ^_^", ["", "", ""], ["", "", "^_^"], True),
        ("add saber_(fate)", ["", "", ""], ["", "", "saber_\\(fate\\)"], False),
        ("add saber_(fate)", ["", "", "saber_\\(fate\\), x"], ["", "", "x"], False),
    ],
)
def test_clicks_mark_tags(click: str, before: list[str], after: list[str], spaces: bool) -> None:
    """Never and always exclude each other, a second click takes a mark off, and other rules stay as they are."""
    assert after == tab_actions.mark_tag(click, *before, spaces)


def test_always_adds_a_tag_below_the_threshold(webui: FakeWebUI, picture: Image.Image) -> None:
    """A click on ✓ of a tag that was not chosen puts it into the prompt, and a second click takes it out again."""
    scores, before, plain = tab_actions.interrogate(picture, "tiny", *defaults())
    tag = re.search(r"data-joytag-action='add' data-joytag-tag='(\w+)'", plain)[1]  # type: ignore[index]
    exclude, protect, added = tab_actions.mark_tag(f"add {tag}", "", "", "", True)
    text, bars = tab_actions.show(scores, *defaults(exclude=exclude, protect=protect, add_last=added))
    assert f"{before}, {tag.replace('_', ' ')}" == text
    assert f"class='marked' data-joytag-action='keep' data-joytag-tag='{tag}'" in bars
    assert ["", "", ""] == tab_actions.mark_tag(f"keep {tag}", exclude, protect, added, True)


@pytest.mark.parametrize("tag", ["tag_8", "tag_13"])
def test_banned_tag_is_gone_and_no_other(webui: FakeWebUI, picture: Image.Image, tag: str) -> None:
    """What a click writes into the rules drops that tag alone."""
    scores, before, _ = tab_actions.interrogate(picture, "tiny", *defaults())
    exclude, protect, _ = tab_actions.mark_tag(f"ban {tag}", "", "", "", True)
    after, _ = tab_actions.show(scores, *defaults(exclude=exclude, protect=protect))
    assert [name for name in before.split(", ") if name != tag.replace("_", " ")] == after.split(", ")


def test_every_tag_can_be_banned_by_a_click() -> None:
    """No name of JoyTag's vocabulary is read as anything but itself, whatever characters it has."""
    from joytag_core.filtering.tag_filter import TagFilter

    names = [tag.name for tag in Vocabulary.joytag()]
    special = [name for name in names if not name.replace("_", "").isalnum()]
    rules, *_ = tab_actions.mark_tag(f"ban {special[0]}", "", "", "", True)
    for name in special[1:]:
        rules, *_ = tab_actions.mark_tag(f"ban {name}", rules, "", "", True)
    assert "1girl" == TagFilter(exclude=rules, target="caption").apply("\n".join([*special, "1girl"])).text


def test_folder_lists_pictures_and_failures(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """A picture that cannot be read is in the list with the reason; the others are tagged."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture.save(folder / "a.png")
    (folder / "b.png").write_bytes(b"")
    seen: list[Any] = []
    table, text = tab_actions.tag_folder(folder_request(folder), lambda step, **_: seen.append(step), *defaults())
    assert [(1, 2), (2, 2)] == seen
    assert text.startswith("a.png: tag 8")
    assert 1 == len(text.splitlines())
    assert "b.png</td><td>the file is empty" in table


def test_interrupted_folder_shows_what_is_done(webui: FakeWebUI, picture: Image.Image, tmp_path: Path) -> None:
    """Interrupt stops between two pictures; what was tagged until then is shown."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(9):
        picture.save(folder / f"{number}.png")
    table, text = tab_actions.tag_folder(folder_request(folder), lambda step, **_: tab_actions.interrupt(), *defaults())
    assert 0 < len(text.splitlines()) < 9
    assert f"interrupted: {len(text.splitlines())} tagged" in table
    assert not webui.queue_lock.locked()


@pytest.mark.parametrize(("job", "interrupted"), [("joytag", True), ("txt2img", False), ("", False)])
def test_interrupt_stops_only_our_own_work(webui: FakeWebUI, job: str, interrupted: bool) -> None:
    """A picture that is being made, perhaps for another person, is left alone, and that is said."""
    webui.state.job = job
    tab_actions.interrupt()
    assert interrupted == webui.state.interrupted
    assert ([] if interrupted else ["JoyTag is not tagging anything right now."]) == webui.gradio.told


# --- bars


def test_bars_say_what_became_of_each_tag() -> None:
    """A kept tag, one that a rule dropped, and one below the threshold look different and say why."""
    vocabulary = Vocabulary.from_names(["hat", "long_hair", "chair", "rare"])
    scores = TagScores(vocabulary, [0.9, 0.8, 0.2, LOWEST_SCORE / 2])
    result = FilterResult("hat", (Kept("hat"),), (Dropped("long hair", "exclude *hair"),))
    html = render_bars(scores, result, marks=NO_MARKS)
    assert 3 == html.count("<div class='joytag-bar ")
    assert "joytag-bar kept' title='in the prompt'" in html
    assert "joytag-bar dropped' title='dropped by rules'" in html
    assert "<span class='joytag-why'>exclude *hair</span>" in html
    assert "joytag-bar below' title='not chosen'" in html
    for count in ("kept'>1 in the prompt", "dropped'>1 dropped by rules", "below'>1 not chosen"):
        assert f"<span class='joytag-count {count}</span>" in html


def test_a_replaced_tag_says_by_what(webui: FakeWebUI, picture: Image.Image) -> None:
    """A tag that a rule turned into another one was chosen: its bar says so, and shows the rule."""
    scores, _, plain = tab_actions.interrogate(picture, "tiny", *defaults(threshold=0.0))
    tag = scores.top(1)[0].name
    text, bars = tab_actions.show(scores, *defaults(threshold=0.0, replace=f"{tag} -> my own words"))
    assert "my own words" in text
    assert "replaced" not in plain
    assert f"<span class='joytag-why'>replace {tag} -&gt; my own words</span>" in bars
    assert "<span class='joytag-count replaced'>1 replaced by rules</span>" in bars


def test_a_clicked_mark_is_seen(webui: FakeWebUI, picture: Image.Image) -> None:
    """The mark that a person has set on a tag stands out, so that a second click can take it off."""
    scores, _, plain = tab_actions.interrogate(picture, "tiny", *defaults())
    tag = scores.top(1)[0].name
    exclude, protect, _ = tab_actions.mark_tag(f"keep {tag}", "", "", "", True)
    _, bars = tab_actions.show(scores, *defaults(exclude=exclude, protect=protect))
    assert 0 == plain.count("class='marked'")
    assert 1 == bars.count("class='marked'")
    assert f"class='marked' data-joytag-action='keep' data-joytag-tag='{tag}'" in bars


def test_bars_escape_names() -> None:
    """A tag of a stranger's model cannot put elements onto the page."""
    name = "<img_src=x_onerror='alert(1)'>"
    scores = TagScores(Vocabulary.from_names([name]), [0.9])
    html = render_bars(scores, FilterResult("", (), ()), marks=NO_MARKS)
    assert "<img" not in html
    assert "onerror='" not in html


# --- presets


def test_presets_come_back(tmp_path: Path) -> None:
    """What was saved is loaded; saving replaces; deleting forgets, twice too."""
    presets = Presets(tmp_path / "presets.json")
    assert [] == presets.names()
    presets.save(" b ", {"threshold": 0.5})
    presets.save("a", {"exclude": "*hair", "categories": ("general",)})
    presets.save("b", {"threshold": 0.6})
    assert ["a", "b"] == presets.names()
    assert {"threshold": 0.6} == presets.load("b")
    assert {"exclude": "*hair", "categories": ("general",)} == presets.load("a")
    presets.delete("a")
    presets.delete("a")
    assert ["b"] == presets.names()
    assert ["presets.json"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(("name", "said"), [("", "no name"), ("  ", "no name"), (f"{PAGE} ", "stands for no preset")])
def test_preset_needs_a_name(tmp_path: Path, name: str, said: str) -> None:
    """A preset without a name, or with the one that means no preset, is refused, and nothing is written."""
    with pytest.raises(SettingError, match=said):
        Presets(tmp_path / "presets.json").save(name, {})
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}', '{"a": {"threshold": 7}}', '{"a": {"treshold": 0.7}}'])
def test_broken_presets_are_told(tmp_path: Path, content: str) -> None:
    """A file that is no JSON, holds no presets or wrong values is an error with a reason, and stays as it is."""
    path = tmp_path / "presets.json"
    path.write_text(content)
    with pytest.raises(SettingError):
        Presets(path).load("a")
    assert content == path.read_text()


def test_presets_of_the_tab(webui: FakeWebUI, tmp_path: Path) -> None:
    """Save, load and delete on the tab; loading shows the settings page's values for what a preset does not set."""
    (choices, name) = tab_actions.save_preset("mine", *defaults(exclude="*hair"))
    assert (["mine"], "mine", "") == (choices["choices"], choices["value"], name)
    assert "*hair" == tab_actions.load_preset("mine")[CONTROLS.index("exclude")]
    (tmp_path / "joytag_presets.json").write_text(json.dumps({"mine": {"exclude": "a"}}))
    webui.opts.data["joytag_max_tags"] = 9
    shown = tab_actions.load_preset("mine")
    assert ("a", 9) == (shown[CONTROLS.index("exclude")], shown[CONTROLS.index("max_tags")])
    assert 9 == tab_actions.load_preset("")[CONTROLS.index("max_tags")]
    assert [] == tab_actions.delete_preset("mine")["choices"]
    assert 'JoyTag: the preset "mine" is deleted' == webui.gradio.told[-1]
    assert {"__type__": "update"} == tab_actions.delete_preset(None)
    assert "no preset is chosen" in webui.gradio.told[-1]
    assert all(value == {"__type__": "update"} for value in tab_actions.load_preset("mine"))
    assert "JoyTag: there is no preset 'mine'" in webui.gradio.told[-1]
    assert [{"__type__": "update"}] * 2 == tab_actions.save_preset(" ", *defaults())
    assert "the preset has no name" in webui.gradio.told[-1]
