"""What does each rule of the Tag Filter do, on both sides of it?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import RuleError, SettingError, TagFilter, Vocabulary
from joytag_core.filtering.result import Dropped

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


SCORES = {"1girl": 0.99, "long_hair": 0.8, "smile": 0.5, "sky": 0.3, "blonde_hair": 0.9, "brown_hair": 0.5}

SCORED = [
    ({"exclude": "score<0.5"}, "smile, sky, unknown", "smile, unknown"),
    ({"exclude": "score<=0.5"}, "smile, sky, 1girl", "1girl"),
    ({"exclude": "score > 0.5, score = 0.3"}, "smile, sky, 1girl", "smile"),
    ({"keep_only": "score>=0.5"}, "smile, sky, unknown", "smile"),
    ({"exclude": "precision<0.4"}, "1girl, bad_hands, unknown", "1girl, unknown"),
    ({"min_score": 0.5}, "smile, sky, unknown, <lora:x:1>", "smile, unknown, <lora:x:1>"),
    ({"min_score": 0.51}, "smile, 1girl", "1girl"),
    ({"max_tags": 2}, "sky, 1girl, smile, long_hair", "1girl, long hair"),
    ({"max_tags": 1}, "sky, unknown, 1girl", "unknown, 1girl"),
    ({"max_tags": 9}, "sky, smile", "sky, smile"),
    ({"max_tags": 1, "protect": "sky, smile"}, "sky, 1girl, smile", "sky, smile"),
    ({"order": "score"}, "sky, unknown, 1girl, smile", "1girl, smile, sky, unknown"),
    ({"order": "prompt"}, "sky, long_hair, touhou, 1girl, saber_(fate)",
     r"1girl, saber \(fate\), touhou, long hair, sky"),
    ({"weights": "mapped"}, "1girl, smile, sky", "(1girl:1.19), (smile:0.87), (sky:0.8)"),
    ({"weights": "mapped", "min_score": 0.5}, "smile, 1girl", "(smile:0.8), (1girl:1.19)"),
    ({"weights": "score"}, "(1girl:1.3), smile, unknown", "(1girl:1.3), (smile:0.5), unknown"),
    ({"exclusive": True}, "brown_hair, blonde_hair, 1girl", "blonde hair, 1girl"),
    ({"exclusive": True, "protect": "brown hair"}, "brown_hair, blonde_hair", "brown_hair"),
    ({"max_per_group": "hair 1"}, "brown_hair, long_hair, blonde_hair, smile", "blonde hair, smile"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "text", "expected"), SCORED)
def test_rules_with_scores(rules: dict[str, Any], text: str, expected: str) -> None:
    """Scores decide; a tag without one passes score rules untouched."""
    assert expected == TagFilter(**rules).apply(text, scores=SCORES).text


RULES = [
    # replace
    ({"replace": "1girl -> woman"}, "1girl, 2girls", "woman, 2girls"),
    ({"replace": "1girl => woman"}, "(1girl:1.2)", "(woman:1.2)"),
    ({"replace": "1girl|1boy -> person"}, "1girl, 1boy", "person"),
    ({"replace": "solo ->"}, "1girl, solo", "1girl"),
    ({"replace": "* hair -> * hairstyle"}, "long_hair, hair", "long hairstyle, hair"),
    ({"replace": "* and * -> * with *"}, "cat and dog", "cat with dog"),
    ({"replace": "smile -> happy, grin"}, "(smile:1.2), sky", "(happy, grin:1.2), sky"),
    ({"replace": "a -> b\nb -> a"}, "a, b", "b, a"),
    ({"replace": "a -> b\na -> c"}, "a", "b"),
    ({"replace": r"/(.*) hair/ -> \1 fur"}, "black_hair, hair", "black fur, hair"),
    ({"replace": "category:character -> somebody"}, "saber_(fate), sky", "somebody, sky"),
    ({"replace": ":d -> grin\n|_| -> blank"}, ":d, |_|", "grin, blank"),
    ({"replace": ":p|;q|@_@ -> x\n:| -> y"}, ";q, @_@, :p, :|, sky", "x, y, sky"),
    ({"replace": "bunny -> hare"}, "rabbit, bunny_ears", "hare, bunny ears"),
    ({"replace": "smile -> (grin:1.2)"}, "smile", "(grin:1.2)"),
    ({"replace": r"smile -> a \-> b"}, "smile", "a -> b"),
    ({"replace": "smile -> <lora:x:1>"}, "smile, sky", "<lora:x:1>, sky"),
    ({"replace": "# a note\n\na -> b"}, "a", "b"),
    ({"replace": "a -> b", "protect": "a"}, "a", "a"),
    ({"replace": "a ->", "protect": "a"}, "a", "a"),
    ({"replace": "a -> b", "exclude": "b"}, "a, c", "c"),
    ({"replace": "a -> b", "exclude": "a"}, "a, c", "b, c"),
    ({"replace": "*_hair -> *_fur", "spaces": False}, "long_blue_hair", "long_blue_fur"),
    ({"replace": "@photo"}, "1girl, twintails, sky", "woman, pigtails, sky"),
    ({"replace": "1girl -> girl\n@photo"}, "1girl, twintails", "girl, pigtails"),
    # keep only, exclude, protect
    ({"keep_only": "*hair, smile"}, "long_hair, sky, smile, <lora:x:1>", "long hair, smile, <lora:x:1>"),
    ({"keep_only": "*hair", "exclude": "long hair"}, "long_hair, red_hair", "red hair"),
    ({"exclude": "*hair", "protect": "long hair"}, "long_hair, red_hair", "long_hair"),
    ({"keep_only": "smile", "protect": "*hair, !red hair"}, "long_hair, red_hair, smile", "long_hair, smile"),
    ({"exclude": "dog"}, "(a_cat, dog:1.3), BREAK, dog", "(a cat:1.3), BREAK"),
    ({"exclude": "dog"}, "(dog:1.3), [dog], ((dog)), (dog, <lora:x:1>:1.1)", "(<lora:x:1>:1.1)"),
    ({"exclude": "dog"}, "((dog, cat), bird:1.2)", "((cat), bird:1.2)"),
    ({"exclude": "big cat"}, "a (big:1.3) cat, (big) cat", "a (big:1.3) cat"),
    ({"exclude": "cat"}, "cat <lora:x:1>, dog", "<lora:x:1>, dog"),
    ({"exclude": "dog"}, "cat :1.2 AND dog :0.8", "cat :1.2 AND :0.8"),
    ({"exclude": "she"}, "A girl is here. She smiles, she", "A girl is here. She smiles"),
    # exclusive sets
    ({"exclusive": True}, "black_hair, red_hair, blue_eyes, red_eyes", "black hair, blue eyes"),
    ({"exclusive": True}, "short_hair, long_hair, very_long_hair", "short hair"),
    ({"exclusive": True}, "long_hair, very_long_hair, short_hair", "long hair, very long hair"),
    ({"exclusive": True}, "2girls, black_hair, red_hair", "2girls, black hair, red hair"),
    ({"exclusive": True}, "1girl, 1boy, black_hair, red_hair", "1girl, 1boy, black hair, red hair"),
    ({"exclusive": True}, "1girl, black_hair, red_hair", "1girl, black hair"),
    ({"exclusive": True}, "multicolored_hair, black_hair, red_hair", "multicolored hair, black hair, red hair"),
    ({"exclusive": True}, "multicolored_hair, blue_eyes, red_eyes", "multicolored hair, blue eyes"),
    ({"exclusive": True}, "heterochromia, blue_eyes, red_eyes", "heterochromia, blue eyes, red eyes"),
    ({"exclusive": True}, "2girls, day, night, upper_body, full_body", "2girls, day, upper body"),
    ({"exclusive": True}, "multiple_views, upper_body, full_body", "multiple views, upper body, full body"),
    ({"exclusive": True}, "comic, black_hair, red_hair, day, night", "comic, black hair, red hair, day, night"),
    ({"exclusive": True}, "two-tone_background, red_background, white_background",
     "two-tone background, red background, white background"),
    ({"exclusive": True}, "unknown_hair, black_hair", "unknown_hair, black hair"),
    # implications
    ({"implications": "specific"}, "black_skirt, skirt, pleated_skirt", "black skirt, pleated skirt"),
    ({"implications": "general"}, "black_skirt, skirt, pleated_skirt", "skirt"),
    ({"implications": "off"}, "black_skirt, skirt", "black skirt, skirt"),
    ({"implications": "specific"}, "no_bra, bra", "no bra, bra"),
    ({"implications": "specific"}, "shirt, white shirt, t-shirt", "white shirt, t-shirt"),
    ({"implications": "specific"}, "swimsuit, side-tie_bikini", "side-tie bikini"),
    ({"implications": "general"}, "side-tie_bikini, bikini, swimsuit", "swimsuit"),
    ({"implications": "specific", "protect": "skirt"}, "black_skirt, skirt", "black skirt, skirt"),
    ({"implications": "specific"}, "(skirt:1.3), black_skirt", "black skirt"),
    # duplicates
    ({"duplicates": "keep"}, "smile, smile, (smile:1.2)", "smile, smile, (smile:1.2)"),
    ({"names": "current"}, "blue_blouse, blue_shirt", "blue shirt"),
    ({"names": "model"}, "blue_blouse, blue_shirt", "blue blouse, blue shirt"),
    # limits
    ({"max_tags": 2}, "hat, sky, sun, my words", "hat, sky, my words"),
    ({"max_tags": 2, "order": "alphabetical"}, "sun, sky, hat", "hat, sky"),
    ({"max_tags": 1}, "(hat, sky:1.2), <lora:x:1>", "(hat:1.2), <lora:x:1>"),
    ({"max_tags": 0}, "hat, sky", "hat, sky"),
    ({"max_per_group": "hair 1, clothing: 2"}, "long_hair, ahoge, shirt, skirt, hat, vest",
     "long hair, shirt, skirt, hat"),
    ({"max_per_group": "character=0"}, "saber_(fate), smile", "smile"),
    ({"max_tokens": 5}, "smile, sky, solo, sun", "smile, sky, solo"),
    ({"max_tokens": 4}, "smile, sky, solo", "smile, sky"),
    ({"max_tokens": 1}, "<lora:x:1>, smile, sky", "<lora:x:1>, smile"),
    ({"max_tokens": 4, "add_first": "cat", "add_last": "<lora:x:1>"}, "smile, sky, solo", "cat, smile, <lora:x:1>"),
    ({"max_tokens": 4, "add_first": "cat"}, "cat, smile, sky", "cat, smile"),
    # order
    ({"order": "alphabetical"}, "c, <lora:x:1>, b, a", "a, <lora:x:1>, b, c"),
    ({"order": "alphabetical"}, "b, a, BREAK, d, c", "a, b, BREAK, c, d"),
    ({"order": "alphabetical"}, "(c, a:1.2), b", "(a:1.2), b, (c:1.2)"),
    ({"order": "alphabetical", "keep_line_breaks": True}, "c, a\nb, a2", "a, c\na2, b"),
    ({"order": "alphabetical"}, "c, a\nb", "a, b, c"),
    ({"order": "vocabulary"}, "unknown, smile, 1girl, long_hair", "1girl, long hair, smile, unknown"),
    ({"order": "given"}, "b, a", "b, a"),
    # adding
    ({"add_first": "x, y"}, "a", "x, y, a"),
    ({"add_last": "x, <lora:z:1>"}, "a", "a, x, <lora:z:1>"),
    ({"add_first": "x"}, "", "x"),
    ({"add_first": "a"}, "b, a", "a, b"),
    ({"add_first": "smile"}, "(Smile:1.2), b", "(smile:1.2), b"),
    ({"add_first": "x", "exclude": "x"}, "x, a, x", "x, a"),
    ({"add_first": "x", "exclude": "x"}, "a, x", "x, a"),
    ({"add_first": "z", "order": "alphabetical"}, "b, a", "z, a, b"),
    ({"add_first": "z", "max_tags": 1}, "hat, sky", "z, hat"),
    ({"add_last": "x, y"}, "a, y", "a, x, y"),
    ({"add_first": "x, x, y", "add_last": "y, z"}, "a", "x, y, a, z"),
    ({"add_first": "my_character, (sky:1.2)"}, "long_hair", "my_character, (sky:1.2), long hair"),
    ({"add_first": "my_character"}, "my_character, long_hair", "my_character, long hair"),
    ({"add_first": "my_character"}, "(my character:1.2), long_hair", "(my_character:1.2), long hair"),
    ({"add_last": "my_(thing), :3", "target": "a1111"}, "a", r"a, my_\(thing\), :\3"),
    # names and rendering
    ({"names": "current"}, "bunny, bangs, Long_Hair, unknown", "rabbit, bangs, Long Hair, unknown"),
    ({"names": "model"}, "rabbit", "rabbit"),
    ({"spaces": False}, "long_hair, long hair_x", "long_hair, long hair_x"),
    ({"separator": "\n"}, "a, b", "a\nb"),
    ({"trailing_separator": True}, "a, b", "a, b,"),
    # lists, each in its own role
    ({"lists": "no-names, prompt"}, "saber_(fate), signature, smile", "smile"),
    ({"lists": "@background"}, "1girl, sky, smile", "sky"),
    ({"lists": "background, pose"}, "1girl, sky, standing", "sky, standing"),
    ({"lists": "no-names", "exclude": "!touhou"}, "saber_(fate), touhou", "touhou"),
    ({"lists": "photo", "replace": "1girl -> lady"}, "1girl, signature", "lady"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "text", "expected"), RULES)
def test_rules(rules: dict[str, Any], text: str, expected: str) -> None:
    """Each rule does what the reference page says, and nothing else."""
    assert expected == TagFilter(**rules).apply(text).text


WRONG = [
    ({"exclude": "a, b\n/(/"}, "exclude, line 2: /(/"),
    ({"exclude": r"/(a)\1/"}, "refers back"),
    ({"exclude": "/abc"}, "no closing slash"),
    ({"exclude": '"abc'}, "no closing quotation mark"),
    ({"exclude": "category:people"}, "category:people is unknown; expected one of general"),
    ({"keep_only": "a\n\ngroup:hairs"}, "keep only, line 3: group:hairs"),
    ({"protect": "set:hair"}, "protect, line 1: set:hair"),
    ({"exclude": "implies:"}, "implies: says nothing"),
    ({"exclude": "score<high"}, "expected a number from 0 to 1"),
    ({"exclude": "precision>1.5"}, "expected a number from 0 to 1"),
    ({"exclude": "@photo, /(/"}, "exclude, line 1: /(/"),
    ({"exclude": "@nowhere"}, "list 'nowhere' is unknown; there is anima"),
    ({"exclude": "@../secret"}, "without folders"),
    ({"exclude": "@/etc/passwd"}, "without folders"),
    ({"exclude": "@a/b"}, "without folders"),
    ({"lists": "nowhere"}, "list 'nowhere' is unknown"),
    ({"exclude": "a, score<0,5"}, "compares with '0,5'; expected a number from 0 to 1"),
    ({"exclude": "score 0.5"}, "score 0.5 compares nothing"),
    ({"exclude": "/hair/i"}, "/hair/i has letters behind it"),
    ({"exclude": "//"}, "// is empty"),
    ({"replace": "a -> b -> c"}, "has two arrows"),
    ({"replace": "a b"}, "replace, line 1: 'a b' has no arrow"),
    ({"replace": "-> b"}, "replaces nothing"),
    ({"replace": "a -> *"}, "more than the 0"),
    ({"replace": "* hair -> * and *"}, "more than the 1"),
    ({"replace": r"/(a)/ -> \2"}, "more than the 1"),
    ({"replace": "a, b -> c"}, "separate several old names with |"),
    ({"replace": "| -> x"}, "'| -> x' replaces nothing"),
    ({"replace": "# a\n|| -> x"}, "replace, line 2: '|| -> x' replaces nothing"),
    ({"max_per_group": "hair"}, "'hair' is no limit"),
    ({"max_per_group": "hair " + "1" * 5000}, "a number of 5000 digits; expected at most 9"),
    ({"max_per_group": "hairs 3"}, "'hairs' is no group"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "message"), WRONG)
def test_malformed_rules_are_named(rules: dict[str, Any], message: str) -> None:
    """A bad rule is an error with its line and the reason, as soon as the filter is made."""
    with pytest.raises(RuleError) as caught:
        TagFilter(**rules)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"implications": "on"}, "implications is 'on'; expected one of"),
        ({"order": "random"}, "order is 'random'; expected one of"),
        ({"target": "dalle"}, "target is 'dalle'; expected one of"),
        ({"names": "old"}, "names is 'old'; expected one of"),
        ({"weights": "on"}, "weights is 'on'; expected one of"),
        ({"duplicates": "drop"}, "duplicates is 'drop'; expected one of"),
        ({"min_score": 1.01}, "min_score is 1.01; expected a number from 0 to 1"),
        ({"min_score": float("nan")}, "min_score is nan"),
        ({"max_tags": -1}, "max_tags is -1; expected 0 or more"),
        ({"max_tokens": -1}, "max_tokens is -1"),
        ({"exclude": [1]}, "exclude [1] is no text"),
        ({"exclude": None}, "exclude None is no text"),
        ({"replace": 5}, "replace 5 is no text"),
        ({"add_first": None}, "add_first None is no text"),
        ({"add_last": ["a"]}, "add_last ['a'] is no text"),
        ({"separator": 5}, "separator 5 is no text"),
        ({"spaces": "yes"}, "spaces is 'yes'; expected true or false"),
        ({"exclusive": 1}, "exclusive is 1"),
        ({"weight_range": 5}, "weight_range is 5"),
        ({"weight_range": [0.8]}, "weight_range is (0.8,)"),
        ({"prose": "maybe"}, "prose is 'maybe'; expected one of keep, drop"),
        ({"artist_style": "#"}, "artist_style is '#'"),
    ],
)
def test_settings_out_of_their_range_are_refused(rules: dict[str, Any], message: str) -> None:
    """A wrong setting is an error that names it and its value."""
    with pytest.raises(SettingError) as caught:
        TagFilter(**rules)
    assert message in str(caught.value)


DROPPED = [
    ({"exclude": "*hair"}, "long_hair", ("long hair", "exclude *hair")),
    ({"exclude": "@no-names"}, "touhou", ("touhou", "exclude @no-names: category:copyright")),
    ({"lists": "no-names"}, "touhou", ("touhou", "exclude @no-names: category:copyright")),
    ({"keep_only": "sky"}, "smile", ("smile", "keep only: no pattern matches")),
    ({"replace": "solo ->"}, "(solo:1.2)", ("solo", "replace solo ->")),
    ({"min_score": 0.5}, "sky", ("sky", "minimum score 0.5: has 0.3")),
    ({"exclusive": True}, "blonde_hair, brown_hair", ("brown hair", "exclusive hair_color: blonde hair stays")),
    ({"implications": "specific"}, "skirt, black_skirt", ("skirt", "implied by black skirt")),
    ({"implications": "general"}, "skirt, black_skirt", ("black skirt", "implies skirt")),
    ({}, "smile, smile", ("smile", "duplicate")),
    ({"max_tags": 1}, "smile, sky", ("sky", "at most 1 tags")),
    ({"max_per_group": "hair 0"}, "long_hair", ("long hair", "at most 0 of hair")),
    ({"max_tokens": 1}, "smile, sky", ("sky", "at most 1 tokens")),
]


@pytest.mark.parametrize(("rules", "text", "expected"), DROPPED)
def test_what_was_dropped_is_told_with_its_rule(rules: dict[str, Any], text: str, expected: tuple[str, str]) -> None:
    """Every item that goes is reported once, with the rule that did it."""
    assert (Dropped(*expected),) == TagFilter(**rules).apply(text, scores=SCORES).dropped


def test_scores_are_found_however_their_names_are_written() -> None:
    """Old and current names, blanks and underscores are alike on both sides."""
    tag_filter = TagFilter(order="score")

    for name in ("rabbit", "bunny", "Bunny"):
        assert ("bunny", "sky") == tag_filter.apply("sky, bunny", scores={name: 0.9, "sky": 0.5}).tags
    assert ("smile",) == TagFilter(min_score=1.0).apply("smile, sky", scores={"smile": 1.0, "sky": 0}).tags
    assert ("my tag", "sky") == tag_filter.apply("sky, my_tag", scores={"My Tag": 0.9, "sky": 0.5}).tags


@pytest.mark.parametrize(
    "scores",
    [5, ["smile"], {"smile": "high"}, {"smile": None}, {5: 0.5}, {"smile": True},
     {"smile": 1.001}, {"smile": -0.001}, {"smile": float("nan")}],
)  # fmt: skip
def test_what_are_no_scores_is_refused(scores: Any) -> None:
    """Scores are numbers by name; anything else is an error that says so."""
    with pytest.raises(SettingError, match="expected numbers from 0 to 1"):
        TagFilter().apply("smile", scores=scores)


def test_slashes_bars_and_backslashes_are_no_crash() -> None:
    """A sign by itself on the left side is a name."""
    assert "x, x, x" == TagFilter(replace=r"\ -> x" + "\n/ -> x", duplicates="keep").apply("\\, /, x").text
    assert "x, x, x" == TagFilter(replace='"a|b"|/c|d/|e -> x', duplicates="keep").apply("a|b, d, e").text


def test_another_vocabulary_brings_its_own_facts() -> None:
    """What a tag is depends on the model's vocabulary, not on JoyTag's."""
    other = Vocabulary.from_names(["smile", "blob"])

    assert ("smile", "blob") == TagFilter(exclude="category:character").apply("smile, blob", vocabulary=other).tags
    assert ("saber (fate)",) == TagFilter(exclude="*character").apply("saber_(fate)", vocabulary=other).tags


def test_a_token_counter_is_asked_where_there_is_one() -> None:
    """The host's tokenizer decides how many tags fit."""
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return 10

    result = TagFilter(max_tokens=22).apply("smile, sky, sun", count_tokens=count)

    assert ("smile", "sky") == result.tags
    assert {"smile", "sky", "sun"} == set(counted)


def test_filters_are_values() -> None:
    """Equal rules make equal filters that can be keys; nothing in them can change."""
    rules = TagFilter(exclude=["a", "b"], target="caption")

    assert rules == TagFilter(exclude="a\nb", target="caption")
    assert hash(rules) == hash(TagFilter(exclude="a\nb", target="caption"))
    with pytest.raises(AttributeError):
        rules.exclude = "c"  # type: ignore[misc]


def test_explanations_name_each_item_and_its_rule() -> None:
    """`explain` lines up what was dropped and why."""
    result = TagFilter(exclude="*hair, sky").apply("long_hair, sky")

    assert "long hair  exclude *hair\nsky        exclude sky" == result.explain()


def test_what_remains_is_told_with_tag_and_score() -> None:
    """Each name that remains comes with the tag it means and its score; a dropped tag's score is in neither."""
    result = TagFilter(exclude="sky").apply("Long_Hair, sky, my idea, <lora:x:1>", scores=SCORES)

    assert [("Long Hair", "long_hair", 0.8), ("my idea", None, None)] == [
        (kept.name, kept.tag and kept.tag.name, kept.score) for kept in result.kept
    ]
    assert {
        "text": "Long Hair, my idea, <lora:x:1>",
        "tags": [
            {"tag": "long_hair", "name": "Long Hair", "score": 0.8, "category": "general"},
            {"tag": None, "name": "my idea", "score": None, "category": None},
        ],
        "dropped": [{"tag": "sky", "rule": "exclude sky"}],
        "replaced": [],
    } == result.to_dict()


def test_what_a_prompt_says_already_is_not_said_again() -> None:
    """Names that are handed over are dropped, by whatever name; what is to be added is not added."""
    tag_filter = TagFilter(separator="; ", add_first="my_word, hat", max_tags=2)
    result = tag_filter.apply("rabbit, sky, (smile:1.2), <lora:x:1>", said={"bunny", "hat", "smile"})

    assert "my_word; sky; <lora:x:1>" == result.text
    assert {"my word", "sky"} == result.said


@pytest.mark.parametrize("lines", [False, True])
def test_a_trailing_separator_never_joins_a_comment(lines: bool) -> None:
    """A comma behind a comment would be a part of it, and one more at each run."""
    tag_filter = TagFilter(trailing_separator=True, keep_line_breaks=lines)
    once = tag_filter.apply("smile\n# a note").text

    assert once.endswith("# a note")
    assert once == tag_filter.apply(once).text
