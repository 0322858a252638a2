"""How do tags join a prompt that is there?"""

from __future__ import annotations

import pytest

from joytag_core import SettingError
from joytag_core.prompts.merging import merge_prompts, tag_names, without

JOINED = [
    ("append", "a cat", "smile, sky", "a cat, smile, sky"),
    ("append", "a cat, ", "smile", "a cat, smile"),
    ("append", "a cat,\n", "smile", "a cat,\nsmile"),
    ("append", "a cat BREAK", "smile", "a cat BREAK smile"),
    ("append", "a cat\n# note", "smile", "a cat\n# note\nsmile"),
    ("append", "(Cat_x:1.2), <lora:a:1>", "smile", "(Cat_x:1.2), <lora:a:1>, smile"),
    ("append", "smile", "smile", "smile, smile"),
    ("append", "  ", "smile", "smile"),
    ("append", "a cat", "", "a cat"),
    ("prepend", "a cat", "smile", "smile, a cat"),
    ("prepend", "  a cat", "smile,", "smile, a cat"),
    ("prepend", "", "smile", "smile"),
    ("replace", "a cat", "smile", "smile"),
    ("replace", "a cat", "", ""),
    ("missing", "(Long_Hair:1.2), a cat", "long hair, smile", "(Long_Hair:1.2), a cat, smile"),
    ("missing", "rabbit", "bunny, smile", "rabbit, smile"),
    ("missing", "smile, sky", "smile", "smile, sky"),
    ("missing", "", "smile", "smile"),
]


A1111 = [
    ("append", "a # c", "a # c\nsmile"),
    ("append", "cat AND dog :0.8\n", "cat AND dog, smile :0.8\n"),
    ("append", "cat AND dog :0.8 # c\n# d", "cat AND dog, smile :0.8 # c\n# d"),
    ("append", "cat :0.8, # c", "cat :0.8, # c\nsmile"),
    ("prepend", "# c\ncat", "smile\n# c\ncat"),
    ("prepend", "a # c", "smile, a # c"),
]


@pytest.mark.parametrize(("how", "existing", "expected"), A1111)
def test_no_comment_takes_tags_and_weights_stay_last(how: str, existing: str, expected: str) -> None:
    """In A1111 a comment lasts from any # to the line's end, and a weight at the end is one behind blanks too."""
    assert expected == merge_prompts(existing, "smile", how=how, target="a1111")


def test_elsewhere_a_comment_is_a_whole_line() -> None:
    """A tag may begin with a #, and a line that begins so keeps its line."""
    assert "a #1, smile" == merge_prompts("a #1", "smile", how="append")
    assert "smile\n# c\ncat" == merge_prompts("# c\ncat", "smile", how="prepend")


@pytest.mark.parametrize(("how", "existing", "new", "expected"), JOINED)
def test_prompts_are_joined(how: str, existing: str, new: str, expected: str) -> None:
    """What a person wrote stays letter for letter; a comma stands between, unless there is one."""
    assert expected == merge_prompts(existing, new, how=how)


def test_an_unknown_place_is_refused() -> None:
    """There are four ways to join, and a fifth is an error that names them."""
    with pytest.raises(SettingError, match="expected one of replace, append, prepend, missing"):
        merge_prompts("a", "b", how="shuffle")


WITHOUT = [
    ("smile, sky, sun", "sky", "smile, sun"),
    ("blue_eyes, smile", "(blue eyes:1.4)", "smile"),
    ("bunny, smile", "rabbit", "smile"),
    ("blue_shirt, blue_blouse", "blue_blouse", "blue_shirt"),
    ("saber_(fate), (sky, sun:1.2)", r"saber \(fate\), ((sun))", "(sky:1.2)"),
    ("<lora:x:1>, smile", "<lora:x:1>, smile", "<lora:x:1>"),
    ("smile, (sky:1.2)", "", "smile, (sky:1.2)"),
    ("smile", "smile", ""),
    ("a, smile\nb, sky", "smile, sky", "a\nb"),
]


@pytest.mark.parametrize(("text", "other", "expected"), WITHOUT)
def test_what_another_text_names_is_taken_out(text: str, other: str, expected: str) -> None:
    """Old and current names are alike, and what remains keeps its brackets and underscores."""
    assert expected == without(text, other)


def test_nothing_to_take_out_changes_nothing() -> None:
    """A text that shares no tag with the other comes back letter for letter."""
    assert "Smile ,  (sky" == without("Smile ,  (sky", "sun")


def test_names_are_read_from_any_list() -> None:
    """Escapes, brackets, weights and verbatim pieces are no part of a name."""
    assert ["saber_(fate)", "a", "b", ":3"] == tag_names(r"saber_\(fate\), (a, b:1.2), <lora:x:1>, BREAK, :3")
