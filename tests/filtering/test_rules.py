"""What does each rule of the Tag Filter do, on both sides of it?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import TagFilter

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
    ({"replace": r"/(?=\w+ hair)(\w+) .*/ -> \1 fur"}, "black_hair, hair", "black fur, hair"),
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


def test_scores_are_found_however_their_names_are_written() -> None:
    """Old and current names, blanks and underscores are alike on both sides."""
    tag_filter = TagFilter(order="score")

    for name in ("rabbit", "bunny", "Bunny"):
        assert ("bunny", "sky") == tag_filter.apply("sky, bunny", scores={name: 0.9, "sky": 0.5}).tags
    assert ("smile",) == TagFilter(min_score=1.0).apply("smile, sky", scores={"smile": 1.0, "sky": 0}).tags
    assert ("my tag", "sky") == tag_filter.apply("sky, my_tag", scores={"My Tag": 0.9, "sky": 0.5}).tags


def test_a_whole_number_may_come_as_a_float() -> None:
    """As JSON of another language has it."""
    tag_filter = TagFilter(max_tags=1.0, max_tokens=9.0)  # type: ignore[arg-type]

    assert tag_filter == TagFilter(max_tags=1, max_tokens=9)
    assert ("hat",) == tag_filter.apply("hat, sky").tags


def test_slashes_bars_and_backslashes_are_no_crash() -> None:
    """A sign by itself on the left side is a name."""
    assert "x, x, x" == TagFilter(replace=r"\ -> x" + "\n/ -> x", duplicates="keep").apply("\\, /, x").text
    assert "x, x, x" == TagFilter(replace='"a|b"|/c|d/|e -> x', duplicates="keep").apply("a|b, d, e").text


def test_a_token_counter_is_asked_where_there_is_one() -> None:
    """The host's tokenizer decides how many tags fit."""
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return 10

    result = TagFilter(max_tokens=22).apply("smile, sky, sun", count_tokens=count)

    assert ("smile", "sky") == result.tags
    assert {"smile", "sky", "sun"} == set(counted)


@pytest.mark.parametrize("lines", [False, True])
def test_a_trailing_separator_never_joins_a_comment(lines: bool) -> None:
    """A comma behind a comment would be a part of it, and one more at each run."""
    tag_filter = TagFilter(trailing_separator=True, keep_line_breaks=lines)
    once = tag_filter.apply("smile\n# a note").text

    assert once.endswith("# a note")
    assert once == tag_filter.apply(once).text
