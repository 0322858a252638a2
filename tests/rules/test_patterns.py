"""Which tags does a pattern mean, and which beside them not?"""

from __future__ import annotations

import pytest

from joytag_core import TagFilter, Vocabulary

PATTERNS = [
    # names
    ("long hair", "long_hair, Long Hair, very_long_hair, hair", "very long hair, hair"),
    ("LONG_HAIR", "long hair, hair", "hair"),
    ("ass", "ass, glasses, grass", "glasses, grass"),
    ("rabbit ears", "bunny_ears, glasses", "glasses"),
    ("bunny ears", "rabbit_ears, glasses", "glasses"),
    ("bunny", "rabbit, bunny_print", "bunny print"),
    ("rabbit", "bunny, playboy_bunny", "playboy bunny"),
    ("blue shirt", "blue_blouse, blue_shirt, red_shirt", "red shirt"),
    ("blue blouse", "blue_blouse, blue_shirt", "blue shirt"),
    ("saber (fate)", "saber, saber_(fate), excalibur", "excalibur"),
    (r"saber \(fate\)", r"saber \(fate\), smile", "smile"),
    (":3, \\m/", r":3, \m/, :d", ":d"),
    ("!, ?", "!, ?, !!", "!!"),
    ("my tag", "my_tag, my tag 2", "my tag 2"),
    ("nothing such", "smile", "smile"),
    ("", "smile", "smile"),
    ("a\n# b\nc", "a, b, c", "b"),
    ("a，b、c", "a, b, c, d", "d"),
    # globs
    ("*hair", "hair, black_hair, chair, hair_bow, blonde-hair", "chair, hair bow"),
    ("* hair", "hair, black_hair", "hair"),
    ("*_eyes", "eyes, blue_eyes, eyes_visible_through_hair", "eyes, eyes visible through hair"),
    ("blue *", "blue, blue_eyes, light_blue_hair, blueberry", "blue, light blue hair, blueberry"),
    ("hair*", "hair, hair_bow, hairband, long_hair", "hairband, long hair"),
    ("*hair*", "hair_bow, long_hair, chair, hairband, hair", "chair, hairband"),
    ("hand*hip", "hand_on_hip, hands_on_hips, hand_hip", "hands on hips"),
    ("*shirt", "t-shirt, shirt, undershirt", "undershirt"),
    ("*girl", "1girl, cat_girl, girl", "1girl"),
    ("*(fate)", "saber_(fate), fate/zero", "fate/zero"),
    ("fate/*", "fate/zero, fate_(series)", r"fate \(series\)"),
    ("*!", "k-on!, new_game!, smile", "smile"),
    ("* on *", "hand_on_hip, on_bed, lying_on", "on bed, lying on"),
    ("*", "smile, <lora:x:1>, anything", "<lora:x:1>"),
    (r"a\*b", "a*b, a b", "a b"),
    # regular expressions
    ("/.*hair/", "black_hair, chair, hair_bow", "hair bow"),
    ("/.* HAIR/", "black_hair, chair", "chair"),
    ("/black/", "black, black_hair", "black hair"),
    (r"/\d+girls?/", "1girl, 2girls, girls", "girls"),
    (r"/a{1,2}b/", "ab, aab, aaab", "aaab"),
    (r"/fate/zero/, smile", "fate/zero, smile, sky", "sky"),
    (r"/saber \(fate\)/", "saber_(fate), sky", "sky"),
    # facts
    ("category:character", "saber_(fate), smile, unknown", "smile, unknown"),
    ("category:copyright, category:artist", "touhou, smile", "smile"),
    ("Category: Meta", "photoshop_(medium), smile", "smile"),
    ("group:hair", "long_hair, hair_bow, smile", "hair bow, smile"),
    ("group:garment state", "open_clothes, smile", "smile"),
    ("set:hair_color", "black_hair, long_hair, dark_blue_hair", "long hair, dark blue hair"),
    ("implies:swimsuit", "bikini, swimsuit, side-tie_bikini, dress", "swimsuit, dress"),
    ("implies:bra", "no_bra, black_bra, bra", "no bra, bra"),
    ("implies:nothing", "smile", "smile"),
    # taking back
    ("*hair, !black hair", "black_hair, red_hair", "black hair"),
    ("!black hair, *hair", "black_hair, red_hair", ""),
    ("*hair, !* hair, red hair", "black_hair, red_hair, hair", "black hair"),
    ("group:hair, !*hair, !/.*bangs/", "long_hair, bangs, ahoge", "long hair, bangs"),
    ("!group:hair", "long_hair", "long hair"),
    # literal
    (r"a\, b", "smile, a", "smile, a"),
    ('"*hair"', "*hair, long_hair", "long hair"),
    ('"category:meta"', "category:meta, photoshop_(medium)", r"photoshop \(medium\)"),
    (r"\#1", "smile, #1", "smile"),
    (r"\!x, \@y", "!x, @y, smile", "smile"),
    # lists
    ("@no-names", "saber_(fate), touhou, smile", "smile"),
    ("@No_Names, !touhou", "saber_(fate), touhou, smile", "touhou, smile"),
    ("smile, *hair, !@character-lora", "smile, long_hair", "long hair"),
    ("@_@", "@_@, smile", "smile"),
    ("score 9, score_8", "score_9, score_8, score_7", "score_7"),
]  # fmt: skip


@pytest.mark.parametrize(("patterns", "text", "expected"), PATTERNS)
def test_patterns_mean_what_they_say(patterns: str, text: str, expected: str) -> None:
    """What matches is excluded, what does not stays."""
    assert expected == TagFilter(exclude=patterns).apply(text).text


@pytest.mark.parametrize(("patterns", "text", "expected"), [case for case in PATTERNS if case[0]])
def test_keep_only_is_the_opposite_of_exclude(patterns: str, text: str, expected: str) -> None:
    """The two split the tags of a text between them."""
    everything = TagFilter(duplicates="keep").apply(text).tags
    kept = TagFilter(duplicates="keep", keep_only=patterns).apply(text).tags
    left = TagFilter(duplicates="keep", exclude=patterns).apply(text).tags

    assert sorted(everything) == sorted([*kept, *left])


def test_another_vocabulary_brings_its_own_facts() -> None:
    """What a tag is depends on the model's vocabulary, not on JoyTag's."""
    other = Vocabulary.from_names(["smile", "blob"])

    assert ("smile", "blob") == TagFilter(exclude="category:character").apply("smile, blob", vocabulary=other).tags
    assert ("saber (fate)",) == TagFilter(exclude="*character").apply("saber_(fate)", vocabulary=other).tags
