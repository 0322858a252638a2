"""How are tags written: spaces, faces, names, weights, separators, escapes?"""

from __future__ import annotations

import pytest

from joytag_core import PromptFormat, ScoredTag, SettingError, TagFilter, Vocabulary

VOCABULARY = Vocabulary.joytag()


def _scored(**scores: float) -> list[ScoredTag]:
    found = ((VOCABULARY.find(name), score) for name, score in scores.items())
    return [ScoredTag(tag, score) for tag, score in found if tag is not None]


@pytest.mark.parametrize(
    ("name", "comfyui", "a1111", "caption"),
    [
        ("long_hair", "long hair", "long hair", "long hair"),
        ("saber_(fate)", r"saber \(fate\)", r"saber \(fate\)", "saber (fate)"),
        ("^_^", "^_^", "^_^", "^_^"),
        ("|_|", "|_|", r"\|_\|", "|_|"),
        (r"\m/", r"\m/", r"\\m/", r"\m/"),
        (">:(", r">:\(", r">:\(", ">:("),
        (":3", ":3", r":\3", ":3"),
        ("3:", "3:", "3:", "3:"),
        ("t-shirt", "t-shirt", "t-shirt", "t-shirt"),
        ("(9)", r"\(9\)", r"\(9\)", "(9)"),
        ("a[b]", "a[b]", r"a\[b\]", "a[b]"),
    ],
)
def test_each_target_has_its_own_escapes(name: str, comfyui: str, a1111: str, caption: str) -> None:
    """A1111 needs brackets, backslashes and bars escaped, ComfyUI round brackets, a caption nothing."""
    written = [PromptFormat(target=target).render_tag(name) for target in ("comfyui", "a1111", "caption")]

    assert [comfyui, a1111, caption] == written


def test_underscores_stay_where_spaces_are_not_wanted() -> None:
    """`spaces` off leaves names as the model has them."""
    assert PromptFormat(spaces=False).render_tag("long_hair") == "long_hair"


@pytest.mark.parametrize(
    ("name", "current"), [("bunny", "rabbit"), ("bangs", "bangs"), ("long_hair", "long hair"), ("no tag", "no tag")]
)
def test_current_names_replace_only_names_that_changed(name: str, current: str) -> None:
    """A tag without a current name, and a text that is no tag, stay as they are."""
    assert current == PromptFormat(names="current").render_tag(name)


@pytest.mark.parametrize(
    ("score", "weight"),
    [(0.4, 0.8), (0.3, 0.8), (0.67, None), (0.66, 0.97), (0.7, None), (0.73, None), (0.74, 1.03), (1.0, 1.2)],
)
def test_mapped_weights_run_from_threshold_to_one(score: float, weight: float | None) -> None:
    """threshold..1 is mapped onto 0.8..1.2, two decimals; a weight within 0.02 of 1 is left out."""
    assert weight == PromptFormat(weights="mapped").weight_of(score, threshold=0.4)


def test_raw_scores_are_weights_of_two_decimals() -> None:
    """`weights="score"` writes the score itself, and nothing where it rounds to 1."""
    text = PromptFormat(weights="score").render(_scored(smile=0.876, sky=0.999, solo=0.5))

    assert text == "(smile:0.88), sky, (solo:0.5)"


def test_no_weights_are_written_by_default() -> None:
    """Without a wish for weights, scores leave no trace."""
    assert PromptFormat().render(_scored(smile=0.9, sky=0.5)) == "smile, sky"


@pytest.mark.parametrize(
    ("weight", "text"),
    [(1.0, "sky"), (None, "sky"), (1.25, "(sky:1.25)"), (1e-5, "(sky:0.00001)"), (0.1 + 0.2, f"(sky:{0.1 + 0.2})")],
)
def test_explicit_weights_are_written_exactly(weight: float | None, text: str) -> None:
    """A weight is written without an exponent and without loss; 1 needs no brackets."""
    assert text == PromptFormat().render_tag("sky", weight)


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_weights_that_no_host_can_read_are_refused(weight: float) -> None:
    """Only finite weights can be written."""
    with pytest.raises(SettingError, match="weight"):
        PromptFormat().render_tag("sky", weight)


def test_separators_are_a_choice() -> None:
    """The separator stands between tags, and after the last only where that is wanted."""
    tags = _scored(smile=0.9, sky=0.5)

    assert PromptFormat(separator=" | ").render(tags) == "smile | sky"
    assert PromptFormat(trailing_separator=True).render(tags) == "smile, sky,"
    assert PromptFormat(trailing_separator=True).render([]) == ""


def test_a1111_never_joins_a_face_and_a_year_to_a_weight() -> None:
    """Where only blanks separate tags, `d: 2015` at an end would be read as the weight 2015."""
    spaced = PromptFormat(target="a1111", separator=" ")

    assert spaced.join(["d:", "2015"]) == r"d: \2015"
    assert PromptFormat(target="a1111").join(["d:", "2015"]) == "d:, 2015"


@pytest.mark.parametrize(
    "settings",
    [
        {"target": "midjourney"},
        {"names": "old"},
        {"weights": "on"},
        {"weight_range": (0.0, 1.0)},
        {"weight_range": (1.2, 0.8)},
        {"weight_range": (0.8, float("inf"))},
    ],
)
def test_settings_out_of_their_range_are_refused(settings: dict[str, object]) -> None:
    """A wrong setting is an error that names it."""
    with pytest.raises(SettingError, match=next(iter(settings))):
        PromptFormat(**settings)  # type: ignore[arg-type]


def test_writers_of_several_formats_in_turns_do_not_mix() -> None:
    """A name that one writer remembers is spelled anew by another."""
    spaced, plain = TagFilter(target="caption"), TagFilter(target="caption", spaces=False)
    for _ in range(2):
        assert "long hair, ^_^" == spaced.apply("long_hair, ^_^").text
        assert "long_hair, ^_^" == plain.apply("long_hair, ^_^").text
