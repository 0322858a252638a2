"""Are captions of any encoding read, and combined so that nothing a person wrote is lost?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from joytag_core.captions.caption_files import caption_bytes, caption_text, editable_text
from joytag_core.captions.combining import combine, combine_keywords, with_triggers
from joytag_core.captions.composing import Composer
from joytag_core.errors import CaptionError
from joytag_core.settings.interrogation import Interrogation
from joytag_core.tags.vocabulary import Vocabulary

JOYTAG = Vocabulary.joytag()


@pytest.mark.parametrize(
    "content",
    [
        "café, 1girl\n".encode(),
        "café, 1girl".encode("utf-8-sig"),
        "café, 1girl\r\n".encode("utf-16"),
        "café, 1girl".encode("utf-16-be"),
        "café, 1girl".encode("utf-16-le"),
        "café, 1girl".encode("utf-32"),
        "café, 1girl\n".encode("cp1252"),
    ],
)
def test_captions_are_read_in_every_usual_encoding(content: bytes) -> None:
    """With and without a mark; the line end is no part of the text."""
    assert "café, 1girl" == caption_text(content)


@pytest.mark.parametrize(
    "content",
    [
        "クミの, cube".encode("shift-jis"),
        "猫, cube".encode("shift-jis"),
        "かわいい".encode("shift-jis"),
        "девушка".encode("cp1251"),
        b"SQLite format 3\0\x10\0",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"tag\x07",
    ],
)
def test_what_is_likely_no_such_text_is_left_alone(content: bytes) -> None:
    """Written back, its words would be lost."""
    with pytest.raises(CaptionError, match="in no encoding that is known here"):
        editable_text(Path("a.txt"), content)


@pytest.mark.parametrize("text", ["“big” hat – café…", "Œuvre, Šárka, 5 €, it’s, «x»", "straße\tÄ"])
def test_western_text_is_known_as_such(text: str) -> None:
    """With its quotation marks, dashes and letters."""
    assert text == editable_text(Path("a.txt"), text.encode("cp1252"))


def test_captions_are_written_as_utf_8_with_one_line_end() -> None:
    """No mark, no escapes."""
    assert "café (x)\n".encode() == caption_bytes("café (x)")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("overwrite", "1girl, smile, hat"),
        ("append", "my cat, Smile, smile, 1girl, hat"),
        ("prepend", "1girl, hat, my cat, Smile, smile"),
        ("merge", "my cat, Smile, 1girl, hat"),
        ("prune", "my cat, Smile, smile"),
    ],
)
def test_each_way_with_a_caption_that_is_there(how: str, expected: str) -> None:
    """What is there already is not added, in whichever spelling."""
    text = combine("my cat, Smile, smile", "1girl, smile, hat", how=how, is_shown=lambda name: True, vocabulary=JOYTAG)

    assert expected == text


@pytest.mark.parametrize("how", ["append", "prepend", "merge", "prune"])
def test_doing_it_again_changes_nothing(how: str) -> None:
    """So a run that was killed can be run again."""
    new = "1girl, long hair, smile"
    once = combine("a cat, smile", new, how=how, is_shown=lambda name: name != "smile", vocabulary=JOYTAG)

    assert once == combine(once, new, how=how, is_shown=lambda name: name != "smile", vocabulary=JOYTAG)


def test_prune_drops_what_is_not_shown_and_keeps_the_rest_as_written() -> None:
    """Spelling, unknown words and sentences stay."""
    text = combine(
        "ohwx, long_hair, hat, blue_eyes, A girl stands in the rain, near a red house.",
        "",
        how="prune",
        is_shown=lambda name: name not in ("hat", "blue_eyes"),
        vocabulary=JOYTAG,
    )

    assert text.startswith("ohwx, long_hair, A girl stands in the rain")
    assert text.endswith("near a red house.")


@pytest.mark.parametrize(
    ("text", "pruned"),
    [
        (r"saber_\(fate\), hat, my_\(thing\)", r"saber_\(fate\), my_\(thing\)"),
        (r"saber_\(fate\). hat", r"saber_\(fate\). hat"),
        (r"saber \(fate\)., hat", r"saber \(fate\)."),
        ("saber_(fate), hat", "saber_(fate)"),
        (r"(smile, hat:1.3), (saber\(x\):0.9)", r"(smile:1.3), (saber\(x\):0.9)"),
    ],
)
def test_tags_that_stay_keep_their_escapes(text: str, pruned: str) -> None:
    """Somebody whose trainer wants them wrote them; JoyTag adds none, and takes none away."""
    found = combine(text, "", how="prune", is_shown=lambda name: name != "hat", vocabulary=JOYTAG)

    assert pruned == found


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        (r"saber_\(fate\), Smile, smile", r"saber_\(fate\), Smile, tree"),
        ("smile, (smile:1.2), hat", "(smile:1.2), hat, tree"),
        ("smile, hat\nsmile, hat, hat", "smile, hat\nsmile, hat, tree"),
    ],
)
def test_merging_leaves_each_tag_of_a_line_once_and_as_written(text: str, merged: str) -> None:
    """The first place, the highest weight; lines are regions of their own."""
    assert merged == combine(text, "tree", how="merge", is_shown=lambda name: True, vocabulary=JOYTAG)


@pytest.mark.parametrize(
    ("text", "pruned"),
    [
        ("smile\nhat\ntree", "smile\ntree"),
        ("hat, cap\nsmile", "smile"),
        ("hat,\nsmile,\n", "smile,\n"),
        ("hat\n\nsmile\n\ntree", "smile\n\ntree"),
        ("smile\n\nhat\n\ntree", "smile\n\ntree"),
        ("smile, hat\n\n\ntree", "smile\n\n\ntree"),
        ("smile\r\nhat\r\ntree", "smile\ntree"),
        ("A cat sits on a mat.\nhat\nA dog sits on a hill.", "A cat sits on a mat.\nA dog sits on a hill."),
        ("hat", ""),
    ],
)
def test_a_line_of_which_nothing_stays_goes(text: str, pruned: str) -> None:
    """Trainers take an empty first line for an empty caption; blank lines that a person wrote stay."""
    gone = ("hat", "cap")
    assert pruned == combine(text, "", how="prune", is_shown=lambda name: name not in gone, vocabulary=JOYTAG)


def test_keywords_may_hold_commas() -> None:
    """A list is combined item by item."""
    found = combine_keywords(
        ["Smith, John", "smile"], ["1girl", "smile"], how="append", is_shown=lambda name: True, vocabulary=JOYTAG
    )

    assert ["Smith, John", "smile", "1girl"] == found


@pytest.mark.parametrize(
    ("text", "triggers", "separator", "expected"),
    [
        ("1girl, smile", ["ohwx woman"], "", "ohwx woman, 1girl, smile"),
        ("1girl, ohwx woman, smile", ["ohwx woman"], "", "ohwx woman, 1girl, smile"),
        ("1girl", ["Ohwx_Woman", "b"], "", "Ohwx_Woman, b, 1girl"),
        ("1girl, smile", ["ohwx"], "|||", "ohwx ||| 1girl, smile"),
        ("ohwx, hat ||| 1girl, ohwx", ["ohwx"], "|||", "ohwx, hat ||| 1girl"),
        ("(ohwx:1.3), hat ||| 1girl, ohwx", ["ohwx"], "|||", "(ohwx:1.3), hat ||| 1girl"),
        ("hat, ((Ohwx Man)) ||| 1girl", ["ohwx man"], "|||", "((ohwx man)), hat ||| 1girl"),
        ("(ohwx, hat:1.3), 1girl", ["ohwx"], "", "(ohwx:1.3), (hat:1.3), 1girl"),
        ("ohwx ||| (hat:1.3)", ["ohwx"], "|||", "ohwx ||| (hat:1.3)"),
        ("ohwx ||| hat", ["ohwx"], "", "ohwx ||| hat"),
        ("ohwx BREAK hat", ["ohwx"], "", "ohwx BREAK hat"),
        ("", ["ohwx"], "", "ohwx"),
        ("1girl", [], "|||", "1girl"),
        ("1girl", [], "", "1girl"),
    ],
)
def test_trigger_words_stand_first_and_once(text: str, triggers: list[str], separator: str, expected: str) -> None:
    """Spelled as given, at the weight they had, before the separator of kohya's trainer where one is wanted."""
    done = with_triggers(text, triggers, separator, JOYTAG)

    assert expected == done
    assert expected == with_triggers(done, triggers, separator, JOYTAG)


@pytest.mark.parametrize(("how", "middle"), [("append", "rainbow, hat"), ("prepend", "hat, rainbow"), ("prune", "")])
def test_new_tags_go_between_two_separators(how: str, middle: str) -> None:
    """What stands behind the second stays last, as it was written, as what stands before the first does."""
    scores = np.zeros(len(JOYTAG), dtype=np.float32)
    scores[[tag.index for tag in JOYTAG if tag.name == "hat"]] = 0.9
    composer = Composer(
        interrogation=Interrogation.from_settings({"target": "caption"}),
        vocabulary=JOYTAG,
        how=how,
        keep_separator="|||",
    )
    before, end = "ohwx woman |||", "|||  end_tag, rainbow"
    expected = " ".join(part for part in (before, middle, end) if part)
    assert expected == composer.caption(Path("a.png"), scores, f"{before} rainbow {end}")
