"""Where do tags go in a prompt, and what do the options of a placeholder change?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from joytag_core import FilterResult, TagFilter
from joytag_core.errors import SettingError
from joytag_core.settings.placeholders import clear_placeholders, fill_prompt, find_placeholders, has_placeholder

SETTINGS = {"threshold": 0.4, "exclude": "", "target": "a1111"}


def always(tags: str) -> Any:
    """Return a writer that makes the same tags for all settings."""
    return lambda settings, said: _written(tags, said)


def _written(tags: str, said: Collection[str] = (), **rules: Any) -> FilterResult:
    return TagFilter(target="a1111", **rules).apply(tags, said=said)


class Recorder:
    """Make a tag of each call's number, and remember the settings of the calls."""

    def __init__(self) -> None:
        self.seen: list[Mapping[str, Any]] = []

    def __call__(self, settings: Mapping[str, Any], said: Collection[str]) -> FilterResult:
        self.seen.append(settings)
        return _written(f"made{len(self.seen)}")


@pytest.mark.parametrize(
    ("prompt", "placement", "expected"),
    [
        ("a cat", "append", "a cat, smile, hat"),
        ("a cat, ", "append", "a cat, smile, hat"),
        ("a cat", "prepend", "smile, hat, a cat"),
        ("", "append", "smile, hat"),
        ("a {joytag}, cat", "append", "a smile, hat, cat"),
        ("{JoyTag} cat", "append", "smile, hat cat"),
    ],
)
def test_tags_go_to_the_placeholder_or_the_side_chosen(prompt: str, placement: str, expected: str) -> None:
    """With a placeholder the placement does not matter; without one it does."""
    assert expected == fill_prompt(prompt, always("smile, hat"), settings=SETTINGS, placement=placement)


def test_what_the_prompt_says_is_not_said_again() -> None:
    """A tag that stands in the prompt, weighted and spelt otherwise, is not added."""
    filled = fill_prompt("(long_hair:1.2), {joytag}", always("long hair, hat"), settings=SETTINGS)
    assert "(long_hair:1.2), hat" == filled


def test_what_the_negative_prompt_says_is_not_added() -> None:
    """A tag of the negative prompt is not added, at a placeholder or without one."""
    for prompt in ("cat", "cat, {joytag}"):
        filled = fill_prompt(prompt, always("hat, smile"), settings=SETTINGS, negative="(hat:1.4), ugly")
        assert "cat, smile" == filled


@pytest.mark.parametrize("separator", ["; ", "\n", " | ", " "])
def test_what_is_said_is_known_whatever_the_separator(separator: str) -> None:
    """No written text is parsed to find out what was written."""

    def write(settings: Mapping[str, Any], said: Collection[str]) -> FilterResult:
        return _written("hat, blue eyes, smile", said, separator=separator)

    filled = fill_prompt("{joytag}, cat, (hat:1.2), {joytag}", write, settings=SETTINGS, negative="smile")
    assert "blue eyes, cat, (hat:1.2)" == filled


def test_a_later_placeholder_does_not_repeat_an_earlier_one() -> None:
    """Two placeholders that choose the same tag give it once."""
    assert "hat, cat" == fill_prompt("{joytag}, cat, {joytag}", always("hat"), settings=SETTINGS)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a, {joytag}, b", "a, b"),
        ("a {joytag}, b", "a, b"),
        ("{joytag}, b", "b"),
        ("a, {joytag}", "a"),
        ("{joytag}", ""),
        ("a {joytag} b", "a  b"),
    ],
)
def test_no_tags_leave_no_comma_behind(prompt: str, expected: str) -> None:
    """An empty placeholder, filled with nothing or cleared, takes its comma with it."""
    assert expected == fill_prompt(prompt, always(""), settings=SETTINGS)
    assert expected == clear_placeholders(prompt)


def test_a_trailing_separator_is_not_doubled() -> None:
    """Tags that end with a separator stand before a comma without one."""
    assert "hat, cat" == fill_prompt(
        "{joytag}, cat", lambda _settings, said: _written("hat", said, trailing_separator=True), settings=SETTINGS
    )


def test_each_placeholder_has_its_own_options() -> None:
    """Options hold for their own placeholder, over the settings."""
    write = Recorder()
    filled = fill_prompt("{joytag:0.6}, {joytag:max_tags=3}", write, settings=SETTINGS)
    assert "made1, made2" == filled
    assert [0.6, 0.4] == [settings["threshold"] for settings in write.seen]
    assert [None, 3] == [settings.get("max_tags") for settings in write.seen]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {}),
        ("0.5", {"threshold": 0.5}),
        ("category:character", {"keep_only": "category:character"}),
        ("*hair|group:eyes", {"keep_only": "*hair\ngroup:eyes"}),
        ("-group:text | -*hair", {"exclude": "group:text\n*hair"}),
        ("/a|b/|hat", {"keep_only": "/a|b/\nhat"}),
        ("weights=mapped|spaces=false|max_tags=0", {"weights": "mapped", "spaces": False, "max_tags": 0}),
        ("0|1", {"threshold": 1.0}),
        ("max tags=3|min-score = 0.2", {"max_tags": 3, "min_score": 0.2}),
        ("score>=0.5|=_=", {"keep_only": "score>=0.5\n=_="}),
        ("-2021", {"exclude": "2021"}),
        ("spaces=Yes|exclusive=on", {"spaces": True, "exclusive": True}),
        ('separator="; "|weight_range=0.9, 1.1', {"separator": "; ", "weight_range": (0.9, 1.1)}),
    ],
)
def test_options_are_read(options: str, expected: Mapping[str, Any]) -> None:
    """A number is the threshold, name=value a setting, -pattern an exclusion, any other pattern one to keep."""
    (placeholder,) = find_placeholders(f"a {{joytag:{options}}} b")
    assert expected == placeholder.options


@pytest.mark.parametrize(
    "options",
    ["1.01", "max_tags=-1", "max_tags=many", "nothing=1", "weights=heavy", "0,5", "50%", "0.5 %", "-0.5", "no thing=1"],
)
def test_wrong_options_are_errors(options: str) -> None:
    """An option out of range, of another kind or of no setting is an error, not ignored."""
    with pytest.raises(SettingError):
        find_placeholders(f"{{joytag:{options}}}")


def test_exclusions_add_to_those_of_the_settings() -> None:
    """What the settings exclude stays excluded where a placeholder excludes more."""
    write = Recorder()
    fill_prompt("{joytag:-hat}", write, settings={**SETTINGS, "exclude": "smile"})
    assert ["smile\nhat"] == [settings["exclude"] for settings in write.seen]


@pytest.mark.parametrize(
    ("prompt", "target", "expected"),
    [
        ("#old 1girl, {joytag}\n1girl, {joytag}", "a1111", "#old 1girl, {joytag}\n1girl, hat"),
        ("# {joytag\n{joytag}", "comfyui", "# {joytag\nhat"),
        ("sky # {joytag}\n{joytag}", "a1111", "sky # {joytag}\nhat"),
        ("sky # {joytag}", "a1111", "sky # {joytag}\nhat"),
        ("sky #1 {joytag}", "comfyui", "sky #1 hat"),
        ("{joytag:-#1|*hat}, sky", "a1111", "hat, sky"),
        ("# {joytag}", "a1111", "# {joytag}\nhat"),
    ],
)
def test_a_comment_holds_no_placeholder(prompt: str, target: str, expected: str) -> None:
    """What the host does not read is left alone, and the tags go where it reads them."""
    assert expected == fill_prompt(prompt, always("hat"), settings={**SETTINGS, "target": target})


def test_a_comment_that_names_a_placeholder_is_not_cleared() -> None:
    """A commented-out prompt stays as it is, and does not make the page think that there is a placeholder."""
    assert "# {joytag}\nsky" == clear_placeholders("# {joytag}\nsky")
    assert not has_placeholder("# {joytag}\nsky # {joytg}")
    assert has_placeholder("sky # {joytg}", target="comfyui")


@pytest.mark.parametrize(
    "prompt",
    [
        "joytag",
        "__joytag__",
        "{cat|dog}",
        "{joy}",
        "{money bag}",
        "(joytag)",
        "{toy|joy}",
        "{皇帝}",
        "{ножка}",
        "{jo\u200by}",
    ],
)
def test_other_words_are_no_placeholder(prompt: str) -> None:
    """Only {joytag} and {joytag:...} are placeholders, and what is meant to be one."""
    assert not has_placeholder(prompt)
    assert prompt == clear_placeholders(prompt)


@pytest.mark.parametrize(
    "mark", ["{joytag}", "{ joytag }", "{JOYTAG }", "{\njoytag}", "{joytag:}", "{ joytag : 0.5 }", "{joytag:/a{2}|b/}"]
)
def test_blanks_do_not_matter(mark: str) -> None:
    """A placeholder may be written with blanks, and a regular expression in it may hold brackets."""
    assert "hat, cat" == fill_prompt(f"{mark}, cat", always("hat"), settings=SETTINGS)


@pytest.mark.parametrize(
    ("prompt", "message", "cleared"),
    [
        ("a, {joytag", "{joytag has no closing bracket", "a"),
        ("a, {joytag, b", "{joytag has no closing bracket", "a, b"),
        ("a, {joytag:0.5, b", "{joytag:0.5 has no closing bracket", "a, b"),
        ("{joytag:-hat|{x}, b", "no closing bracket", ""),
        ("a, {joytags}, b", "{joytags} is no {joytag}", "a, b"),
        ("a, {joytg:0.5}, b", "{joytg:0.5} is no {joytag}", "a, b"),
        ("a, {joy tag}, b", "{joy tag} is no {joytag}", "a, b"),
        ("a, {Joytga}, b", "is no {joytag}", "a, b"),
        ("a, {joytag|0.5}, b", "{joytag|0.5} has '|' behind the name", "a, b"),
        ("a, {joytag hair}, b", "{joytag hair} has 'h' behind the name", "a, b"),
        ("a, {joytag=0.5}, b", "has '=' behind the name", "a, b"),
        ("a, {joytag.}, b", "has '.' behind the name", "a, b"),
        ("a, {joytag1}, b", "has '1' behind the name", "a, b"),
        ("a, {joytag, sky}, b", "has ',' behind the name", "a, b"),
        ("a, {joytag, {x|y}, b", "{joytag has no closing bracket", "a, {x|y}, b"),
        ("a, {joytag, b\nc}", "{joytag has no closing bracket", None),
        ("a, {joytag:{x|{y|z}}}, b", "{joytag:{x|{y|z}}} has '{' in its options", "a, b"),
        ("a, {joytag:hat|{x}}, {y}", "{joytag:hat|{x}} has '{' in its options", "a, {y}"),
        ("a, {joytg|hair}, b", "{joytg|hair} is no {joytag}", "a, b"),
        ("a, {jоytag}, b", "expected exactly that name, in plain letters", "a, b"),
        ("a, {јоуtаg:0.5}, b", "expected exactly that name, in plain letters", "a, b"),
        ("a, ｛joytag｝, b", "expected exactly that name, in plain letters", "a, b"),
        ("a, {\u200bjoytag}, b", "expected exactly that name, in plain letters", "a, b"),
        ("a, {ｊｏｙｔａｇ}, b", "expected exactly that name, in plain letters", "a, b"),
        ("a, {joytag:" + "x" * 90 + "{}}, b", "xx... has '{' in its options", "a, b"),
    ],
)
def test_what_is_meant_to_be_one_is_told_and_never_stays(prompt: str, message: str, cleared: str | None) -> None:
    """Unclosed or misspelt, it is an error that names it; given up, it is taken out."""
    assert has_placeholder(prompt)
    with pytest.raises(SettingError) as caught:
        fill_prompt(prompt, always("hat"), settings=SETTINGS)
    assert message in str(caught.value)
    assert not has_placeholder(clear_placeholders(prompt))
    if cleared:
        assert cleared == clear_placeholders(prompt)


@pytest.mark.parametrize("prompt", ["{joybags}, b", "{joypad}, b", "{joy|sad}, b", "{joystick}, b"])
def test_other_words_in_brackets_are_none(prompt: str) -> None:
    """They are wildcards and choices of somebody else's."""
    assert not has_placeholder(prompt)
    assert prompt == clear_placeholders(prompt)


def test_the_model_is_the_same_for_the_whole_prompt() -> None:
    """A placeholder cannot ask for a model or a reading of its own: the picture has been scored by one."""
    for option in ("model=demo", "colours=stored", "reading=fast"):
        with pytest.raises(SettingError, match="tagged once for the whole prompt"):
            find_placeholders(f"{{joytag:{option}}}")


REGIONS = [
    ("hat, {joytag} BREAK hat, {joytag}", "hat, smile BREAK hat, smile"),
    ("cat, {joytag} AND hat, cat :0.6", "cat, hat, smile AND hat, cat :0.6"),
    ("hat BREAK cat, {joytag}, {joytag}", "hat BREAK cat, hat, smile"),
    ("(cat, {joytag}:1.2) BREAK hat", "(cat, hat, smile:1.2) BREAK hat"),
    ("hat BREAK cat", "hat BREAK cat, hat, smile"),
    ("cat BREAK hat", "cat BREAK hat, smile"),
    ("cat :1.2 AND dog :0.8", "cat :1.2 AND dog, hat, smile :0.8"),
    ("cat BREAK", "cat BREAK hat, smile"),
    ("cat AND_SALT", "cat AND_SALT hat, smile"),
]


@pytest.mark.parametrize(("prompt", "expected"), REGIONS)
def test_a_placeholder_is_compared_with_its_own_region(prompt: str, expected: str) -> None:
    """What another region says may be said again; what this one says may not."""
    assert expected == fill_prompt(prompt, always("hat, smile"), settings=SETTINGS)


@pytest.mark.parametrize("text", [None, 1, ["{joytag}"]])
def test_what_is_no_prompt_is_refused(text: Any) -> None:
    """Anything but text is an error that says what was expected."""
    with pytest.raises(SettingError, match="expected a prompt"):
        fill_prompt(text, always("hat"), settings=SETTINGS)


@pytest.mark.parametrize("prompt", [None, 5, ["{joytag}"], b"{joytag}"])
def test_what_is_no_prompt_has_no_placeholders_and_is_refused(prompt: Any) -> None:
    """Every way to read placeholders says what was expected."""
    for read in (has_placeholder, clear_placeholders, find_placeholders):
        with pytest.raises(SettingError, match="is no text; expected a prompt"):
            read(prompt)
    assert not has_placeholder("")
