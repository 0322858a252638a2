"""Does what the filter does not know stay as it was written, and in its place?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import SettingError, TagFilter

Case = tuple[dict[str, Any], str, str]

SPELLING: list[Case] = [
    # names that are words: tags, old or current; every part a word of the vocabulary; a known series in brackets
    ({}, "green_eyes, rabbit_ears, bunny_print", "green eyes, rabbit ears, bunny print"),
    ({}, "a_cat, wide_hat, green_long_skirt, RED_Hat_Girl", "a cat, wide hat, green long skirt, RED Hat Girl"),
    ({}, "some_one9_(fate), x_(touhou)", r"some one9 \(fate\), x \(touhou\)"),
    # all others are tokens
    ({}, "score_9, score_8_up, score_7_up, source_anime, rating_safe",
     "score_9, score_8_up, score_7_up, source_anime, rating_safe"),
    ({}, "my_trigger_v2, ng_deepnegative_v1_75t, sks_person", "my_trigger_v2, ng_deepnegative_v1_75t, sks_person"),
    ({}, "(my_trigger_v2:1.2), [score_9]", "(my_trigger_v2:1.2), [score_9]"),
    ({}, "_hat, red_hat_, _hat_x_, __cap, gown__", "_hat, red_hat_, _hat_x_, __cap, gown__"),
    ({}, "long__hair, blue___sky, (_hat:1.2)", "long__hair, blue___sky, (_hat:1.2)"),
    ({"target": "caption"}, "smile_, blue_sky", "smile_, blue sky"),
    ({"exclude": "hat"}, "_hat_, sky", "sky"),
    ({}, "x_(some_song9)", r"x_\(some_song9\)"),
    ({"spaces": False}, "green_eyes, wide_hat", "green_eyes, wide_hat"),
    # faces
    ({}, "^_^, o_o, green_eyes", "^_^, o_o, green eyes"),
    # as given: what is added, what replaces, what is protected
    ({"add_first": "wide_hat", "add_last": "green_long_skirt"}, "red_hat", "wide_hat, red hat, green_long_skirt"),
    ({"replace": "cat -> wide_hat"}, "cat, red_hat", "wide_hat, red hat"),
    ({"replace": "*_hair -> *_fur"}, "long_hair", "long_fur"),
    ({"replace": "* hair -> * fur"}, "long_hair", "long fur"),
    ({"protect": "long_hair"}, "long_hair, red_hat", "long_hair, red hat"),
    ({"protect": "long_hair", "names": "current"}, "bunny, long_hair", "rabbit, long_hair"),
]  # fmt: skip

FOLDING: list[Case] = [
    ({"exclude": "1boy"}, "１boy, １ｇｉｒｌ", "１ｇｉｒｌ"),
    ({"exclude": "saber (fate)"}, "saber （fate）, sky", "sky"),
    ({"exclude": "jeanne d'arc (fate)"}, "jeanne d’arc (fate), sky", "sky"),
    ({"exclude": "pokémon, café"}, "poke\u0301mon, cafe\u0301, sky", "sky"),
    ({"exclude": "hat, sky"}, "\u200bhat, s\u200cky, \u202asun\u202c", "\u202asun\u202c"),
    ({"exclude": "ha\u200bt"}, "hat, sky", "sky"),
    ({"exclude": "hat"}, "\ufeffhat, sky", "sky"),
    ({}, "\ufeffsky", "sky"),
    ({}, "ｗide_hat, café_9", "ｗide_hat, café_9"),
]

VERBATIM: list[Case] = [
    ({"exclude": "food, hat"}, "__food__, (__hat__:1.2), [__weapon__], food", "__food__, (__hat__:1.2), [__weapon__]"),
    ({}, "__hat__, hat, __hat__", "__hat__, hat, __hat__"),
    ({}, "__a/b_c__ hat_x, 2#__x__", "__a/b_c__ hat_x, 2#__x__"),
    ({"exclude": "*"}, "1.2::red_hat, sky::, sun, 0.8::blue_sky::", "1.2::red_hat, sky::, 0.8::blue_sky::"),
    ({"exclude": "hat"}, "[{red|blue} sky, hat], hat", "[{red|blue} sky, hat]"),
    ({}, "-1::long_hair::, [cat::5]", "-1::long_hair::, [cat::5]"),
    ({"exclude": "hat"}, "((hat)) ((sky)) [sun]", "((sky)) [sun]"),
    ({"exclude": "hat"}, "(sky:1.2)(hat:1.1)(sun:1.1)", "(sky:1.2)(sun:1.1)"),
    ({}, "(sky:1.2)(hat:1.1)  (sun)", "(sky:1.2)(hat:1.1)  (sun)"),
    # what follows brackets without a comma goes on doing so, and a comma that stood there stays
    ({"exclude": "hat"}, "((sky)) ((hat)) ((sun))", "((sky)) ((sun))"),
    ({"exclude": "hat"}, "((sky)) ((hat)), ((sun))", "((sky)), ((sun))"),
    ({"exclude": "hat"}, "sky (sun, hat:1.2) cat", "sky (sun:1.2) cat"),
    ({"exclude": "hat"}, "sky (hat, sun:1.2) cat", "sky (sun:1.2) cat"),
    ({"exclude": "hat"}, "sky (hat, hat:1.2) cat", "sky, cat"),
    ({"exclude": "hat"}, "sky (sun, hat), cat", "sky, (sun), cat"),  # `sky (sun)` could be a name
    ({"exclude": "hat"}, "(sky, hat)(hat, sun) cat", "(sky)(sun) cat"),
    ({"exclude": "hat"}, "(sun, hat:1.2). sky", "(sun:1.2). sky"),
    ({"exclude": "hat"}, "sky <lora:a:1> hat <lora:b:1>", "sky <lora:a:1> <lora:b:1>"),
    ({"exclude": "hat"}, "(A cat is here, with a hat.:1.2), hat, sky", "(A cat is here, with a hat.:1.2), sky"),
    ({"replace": "hat -> (cap:1.2)"}, "sky, hat <lora:a:1> hat", "sky, (cap:1.2) <lora:a:1>"),
    # blanks beside brackets are neither doubled nor moved
    ({}, "sky (a, b:1.2) AND (c)(d) BREAK sun", "sky (a, b:1.2) AND (c)(d) BREAK sun"),
    ({}, "(sky)(sun) <lora:a:1>  (cat)", "(sky)(sun) <lora:a:1>  (cat)"),
    ({}, "(sky) ( sun ), x ( (a, b) c, d ) e", "(sky) (sun), x ((a, b) c, d) e"),
    # a wildcard with parameters, and a schedule with several numbers
    (
        {"exclude": "hat"},
        "__c(x=__y__, z={a|b} hat)__, (__c(x=hat)__:1.2), hat",
        "__c(x=__y__, z={a|b} hat)__, (__c(x=hat)__:1.2)",
    ),
    ({"exclude": "hat"}, "__c(x=1, hat, sun\n)__, __c__(hat), [hat]", "__c(x=1, sun)__, __c__(hat)"),
    (
        {"exclude": "hat"},
        "[hat:sky:0.2,0.7], [hat, 0.7], [hat:sky:a:0.1,0.5,1]",
        "[hat:sky:0.2,0.7], [0.7], [hat:sky:a:0.1,0.5,1]",
    ),
    # quoted text with a comma in it
    ({"exclude": "hat", "order": "alphabetical"}, '1girl saying "hat, sky", sun, hat', '1girl saying "hat, sky", sun'),
    ({"separator": " | "}, 'x_9, "a, b", “c, d”, 「e、f」', 'x_9 | "a, b" | “c, d” | 「e、f」'),
    ({"exclude": "hat"}, '"hat, sky, 5" tall, 6" sun, hat", hat', '"hat, sky, 5" tall, 6" sun, hat"'),
    ({"exclude": "hat"}, '("a","b"), hat, "hat"', '("a", "b"), "hat"'),
    ({"exclude": "hat"}, 'A girl says "hat, sky." hat', 'A girl says "hat, sky."'),
    ({"exclude": "hat"}, 'A girl says "hat, sky." hat, sun', 'A girl says "hat, sky." sun'),
    ({"exclude": "hat"}, 'A girl says "sky, hat", hat, smile. hat', 'A girl says "sky, hat", hat, smile.'),
    # brackets that hang on a name
    ({}, "AREA(0 0.5, 0 0.5, 1) blue_sky, FEATHER(10,10)", "AREA(0 0.5, 0 0.5, 1) blue sky, FEATHER(10,10)"),
    ({"order": "alphabetical"}, "sky MASK(0 0.5, 0 1), hat", "hat, MASK(0 0.5, 0 1), sky"),
    (
        {"exclude": "b, hat"},
        '("a","b").and(), (hat, sky).blend(0.5,0.5) hat',
        '("a","b").and(), (hat, sky).blend(0.5,0.5)',
    ),
    ({"exclude": "hat"}, "NSFW(hat:1.2), photo(sky, hat), (hat).x", "NSFW(hat:1.2), photo, (sky), (hat).x"),
    ({}, r"what\is, a\_b, \(x\)", r"what\is, a\_b, \(x\)"),
    ({"target": "a1111"}, r"what\is, x:2", r"what\is, x:2"),
    ({"target": "a1111", "exclude": "hat"}, "x:2, hat", r"x:\2"),
    # what is written back as it is keeps the comma that keeps its number from being a weight
    ({"target": "a1111", "exclude": "hat"}, "{a|b}:2, hat", "{a|b}:2,"),
    ({"target": "a1111", "exclude": "hat"}, "a (very:1.3) cat:2, hat", "a (very:1.3) cat:2,"),
    ({"target": "comfyui", "exclude": "hat"}, "{a|b}:2, hat", "{a|b}:2"),
    (
        {"target": "a1111"},
        "A girl who is 12:20 tall stands in the sun at 10:30,",
        "A girl who is 12:20 tall stands in the sun at 10:30,",
    ),
    ({"target": "a1111", "exclude": "hat"}, "{a|b} :2 AND cat AND:1.5 hat", "{a|b} :2 AND cat AND:1.5"),
]

WORDS = ("AND", "BREAK", "AND_SALT", "AND_PERP", "AND_TOPK", "ADDCOL", "ADDROW", "ADDCOMM", "ADDBASE")
COMPOSITION: list[Case] = [
    *(({"exclude": "hat", "target": "a1111"}, f"sky {word} hat, sun", f"sky {word} sun") for word in WORDS),
    *(({"exclude": "hat", "target": "a1111"}, f"sky, hat {word} sun", f"sky {word} sun") for word in WORDS),
    *(({}, f"blue_sky {word} blue_sky", f"blue sky {word} blue sky") for word in WORDS),
    ({"exclude": "hat"}, "sky, BREAK, hat, BREAK, sun", "sky, BREAK, BREAK, sun"),
    ({"exclude": "hat"}, "sky BREAK hat BREAK sun", "sky BREAK BREAK sun"),
    ({"exclude": "hat"}, "hat AND sky", "AND sky"),
    ({"exclude": "hat"}, "sky\nBREAK\nhat, sun", "sky BREAK sun"),
    ({"exclude": "hat"}, "(sky BREAK hat, sun:1.2)", "(sky BREAK sun:1.2)"),
    ({"exclude": "hat"}, "(sky BREAK hat:1.2), sun", "(sky BREAK:1.2), sun"),
    ({"exclude": "hat"}, "sky, (hat BREAK sun:1.2)", "sky, (BREAK sun:1.2)"),
    ({"exclude": "hat"}, "a|||hat, sky;;;sun", "a|||sky;;;sun"),
    ({}, "a ||| b ;;; c", "a ||| b ;;; c"),
    ({"exclude": "hat"}, "cat :1.2 AND hat, dog :0.8", "cat :1.2 AND dog :0.8"),
    ({"exclude": "hat"}, "cat :1.2 AND hat :0.8", "cat :1.2 AND :0.8"),
    ({"add_last": "x_9", "target": "a1111"}, "cat :1.2 AND dog :0.8", "cat :1.2 AND dog, x_9 :0.8"),
    ({"add_last": "x_9", "target": "a1111"}, "cat :1.2", "cat, x_9 :1.2"),
    ({"add_last": "x_9"}, "cat BREAK", "cat BREAK x_9"),
    *(({"replace": f"hat -> {word}"}, "sky, hat, sky", f"sky, {word} sky") for word in WORDS),
    *(({"replace": f"hat -> x, {word}"}, "hat, sky", f"x, {word} sky") for word in WORDS),
    ({"replace": "hat -> x BREAK y"}, "hat, sky, sky", "x BREAK y, sky"),
    ({"replace": "hat -> BREAK"}, "sky, hat", "sky, BREAK"),
    ({"replace": "hat -> BREAK"}, "(sky, hat, sky:1.2), sun", "(sky:1.2), BREAK (sky:1.2), sun"),
    ({"replace": "hat -> cat"}, "sky BREAK sky, hat, sky", "sky BREAK sky, cat"),
    ({"add_first": "x_9"}, "BREAK cat", "x_9 BREAK cat"),
    ({"add_last": "x_9", "target": "a1111"}, "cat AND dog :0.8 # note", "cat AND dog, x_9 :0.8 # note"),
    ({"add_last": "x_9", "target": "a1111"}, "dog # note", "dog # note\nx_9"),
    ({"exclude": "hat", "target": "a1111"}, "hat, # hat\nsky, hat # hat", "# hat\nsky # hat"),
    ({"exclude": "hat"}, "sky # hat, hat", "sky # hat"),
    ({}, "break, and, BREAKFAST, AND_X, HANDLAND", "break, and, BREAKFAST, AND_X, HANDLAND"),
]

REGIONS: list[Case] = [
    ({"target": "a1111"}, "1girl, hat, hat BREAK 1girl, hat", "1girl, hat BREAK 1girl, hat"),
    ({"exclusive": True}, "red_hair, green_hair AND green_hair, red_hair", "red hair AND green hair"),
    ({"exclusive": True}, "2girls BREAK red_hair, green_hair", "2girls BREAK red hair"),
    ({"implications": "specific"}, "shirt, white_shirt BREAK shirt", "white shirt BREAK shirt"),
    ({"implications": "general"}, "white_shirt BREAK shirt", "white shirt BREAK shirt"),
    ({"max_tags": 1}, "hat, sky BREAK sun, moon", "hat BREAK sun"),
    ({"max_per_group": "hair 1"}, "red_hair, long_hair ADDCOL ahoge, long_hair", "red hair ADDCOL ahoge"),
    ({"order": "alphabetical"}, "sky, hat BREAK dog, cat", "hat, sky BREAK cat, dog"),
    ({}, "(hat:1.3), hat BREAK hat", "(hat:1.3) BREAK hat"),
    ({"keep_line_breaks": True}, "hat, hat\nhat", "hat\nhat"),
    ({"keep_line_breaks": False}, "hat, hat\nhat", "hat"),
    ({"keep_line_breaks": True, "exclude": "hat"}, "hat, sky\nhat, sun", "sky\nsun"),
    ({"keep_line_breaks": True, "exclude": "hat"}, "hat, sky,\n\nsun,\ncat,", "sky,\n\nsun,\ncat,"),
    ({"keep_line_breaks": True, "keep_only": "cat"}, "hat, sky,\nsun,\ncat", "\n\ncat"),
    ({"keep_line_breaks": True, "add_first": "sky"}, "sky, hat\nsky, sun", "sky, hat\nsun"),
    ({"exclude": "hat"}, "hat, sky,\nsun,\ncat", "sky, sun, cat"),
]

PROSE = "A man with short hair, sitting on a red chair, reads."
SENTENCES: list[Case] = [
    ({"exclude": "*hair, *chair, sitting, man"}, PROSE, PROSE),
    ({"exclude": "*hair"}, f"1girl, long_hair, {PROSE} long_hair, sky", f"1girl, {PROSE} sky"),
    ({"exclude": "*hair"}, f"1girl, long_hair\n{PROSE}\nlong_hair, sky", f"1girl\n{PROSE}\nsky"),
    ({"exclude": "sky"}, f"{PROSE} She is here! Is it the sky? sky", f"{PROSE} She is here! Is it the sky?"),
    ({"exclude": "*hair"}, "a woman with long hair sitting on a bench in the park",
     "a woman with long hair sitting on a bench in the park"),
    ({"exclude": "*hair"}, "1girl, solo, long hair, girl with pink hair, smile, looking at viewer, sky",
     "1girl, solo, girl with pink hair, smile, looking at viewer, sky"),
    ({"exclude": "*hair"}, "girl with pink hair, long_hair", "girl with pink hair"),
    ({"exclude": "girl with pink hair"}, "girl with pink hair, long_hair", "long hair"),
    ({"exclude": "*viewer"}, "looking at viewer, sky", "sky"),
    ({"exclude": "*hair"}, "hand in own hair, hand in my hair, a hair", "hand in my hair, a hair"),
    ({"exclude": "* with *"}, "girl with pink hair, sky", "sky"),
    ({"exclude": "*hair"}, "(A man with short hair, sitting on a red chair, reads.:1.2), long_hair",
     "(A man with short hair, sitting on a red chair, reads.:1.2)"),
    ({"exclude": "red"}, "A (red:1.3) cat is in the house, red, asleep. red",
     "A (red:1.3) cat is in the house, red, asleep."),
    ({"exclude": "hat"}, "彼女は a hat of the king。hat", "彼女は a hat of the king。"),
    ({"exclude": "sky"}, "super_smash_bros., blue_sky, sky.", "super smash bros., blue sky"),
    ({"exclude": "*hair"}, "1girl, long_hair. She has long hair. smile.", "1girl, She has long hair. smile."),
    ({}, "1girl, blue_sky. She is here. long_hair.", "1girl, blue sky. She is here. long hair."),
    ({"exclude": "sky"}, "A cat is here BREAK sky, The sky is blue.", "A cat is here BREAK The sky is blue."),
    ({"prose": "drop"}, f"1girl, {PROSE} sky", "1girl, sky"),
    ({"prose": "drop"}, "by one, x - y , z - w , sky, sun", "by one, x - y, z - w, sky, sun"),
    ({"prose": "keep", "order": "alphabetical"}, f"sky, hat\n{PROSE}", f"hat, sky\n{PROSE}"),
    ({}, "one two three four five six seven eight nine", "one two three four five six seven eight nine"),
    # a comma or a network behind the full stop
    ({"exclude": "smile"}, "A girl stands in a park, smile., hat, smile", "A girl stands in a park, smile., hat"),
    ({"exclude": "smile"}, "hat, A girl is in a park, smile.<lora:x:1>", "hat, A girl is in a park, smile.<lora:x:1>"),
    ({"prose": "drop"}, "A dog runs in a park, wet., hat", "hat"),
    # the name of a network makes no sentence, and one in a sentence is not dropped with it
    ({"exclude": "hat"}, "1girl <lora:Art of a:1>, hat, sky.", "1girl <lora:Art of a:1>, sky."),
    ({"prose": "drop"}, "<lora:the a:1> hat, embedding:the sky, k-on!", "<lora:the a:1> hat, embedding:the sky, k-on!"),
    ({"prose": "drop"}, "A dog <lora:a:1> runs in a park. hat", "<lora:a:1> hat"),
    ({}, "A dog <lora:a:1> runs in a park, hat", "A dog <lora:a:1> runs in a park, hat"),
    ({"order": "alphabetical"}, "sky, A dog is in a park, wet., hat", "hat, A dog is in a park, wet. sky"),
    ({"exclude": "hat"}, "sky., hat, super_smash_bros., girl with a cat, hat, smile",
     "sky., super smash bros., girl with a cat, smile"),
    ({"exclude": "*"}, "a girl in the rain, super_smash_bros., hat, sky.",
     "a girl in the rain, super_smash_bros., hat, sky."),
    # a list that begins with a phrase, and a sentence without a full stop
    ({"exclude": "foo bar, illustration"}, "a girl, smile, long_hair, blue_eyes, illustration, foo bar",
     "a girl, smile, long hair, blue eyes"),
    ({"exclude": "illustration, *woman"}, "portrait of a young woman, intricate, highly detailed, illustration",
     "portrait of a young woman, intricate, highly detailed"),
    ({"exclude": "smile"}, "A girl stands in a park, umbrella raised, coat soaked, smile",
     "A girl stands in a park, umbrella raised, coat soaked, smile"),
    ({"exclude": "smile"}, "a girl stands in a park, dog by her side, in a coat, smile",
     "a girl stands in a park, dog by her side, in a coat, smile"),
    # other languages
    ({"exclude": "smile"}, "一个长发女孩，坐在长椅上，smile。1girl, smile", "一个长发女孩，坐在长椅上，smile。1girl"),
    ({"order": "alphabetical"}, "女の子、ベンチに座っている、笑顔。",
     "女の子、ベンチに座っている、笑顔。"),
    ({"exclude": "smile"}, "긴 머리의 소녀, smile, 벤치에 앉아 있다.", "긴 머리의 소녀, smile, 벤치에 앉아 있다."),
    ({"exclude": "smile"}, "Ein Mädchen mit langen Haaren, smile.", "Ein Mädchen mit langen Haaren, smile."),
    ({"exclude": "smile"}, "Una chica de pelo largo, smile.", "Una chica de pelo largo, smile."),
    ({"exclude": "smile"}, "Девушка в красном платье, smile.", "Девушка в красном платье, smile."),
    ({"exclude": "微笑"}, "猫耳娘，微笑，sky", "猫耳娘, sky"),
    ({"exclude": "smile"}, "ein, una, smile.", "ein, una"),
]  # fmt: skip

ARTISTS: list[Case] = [
    ({"exclude": "category:artist"}, "1girl, artist:wlop, by kantoku, @ask, kantoku, wlop, by wlop, @_@",
     "1girl, wlop, by wlop, @_@"),
    ({"exclude": "wlop, kantoku"}, "artist:wlop, @wlop, by kantoku, Artist: Kantoku, sky", "sky"),
    ({"exclude": "artist:wlop, by kantoku"}, "@wlop, kantoku, wlop, sky", "wlop, sky"),
    ({}, "@kantoku, kantoku, by kantoku", "@kantoku"),
    ({}, "artist:wlop, @wlop, wlop", "artist:wlop, wlop"),
    ({"order": "prompt"}, "sky, @ask, touhou, by kantoku, 1girl", "1girl, touhou, @ask, by kantoku, sky"),
    ({"artist_style": "as written"}, "artist:wlop, by tony_taka", "artist:wlop, by tony taka"),
    ({"artist_style": "bare"}, "artist:wlop, by tony_taka, @ask", "wlop, tony taka, ask"),
    ({"artist_style": "@"}, "artist:wlop, tony_taka, (by kantoku:1.2)", "@wlop, @tony taka, (@kantoku:1.2)"),
    ({"artist_style": "by"}, "artist:wlop, tony_taka, sky", "by wlop, by tony taka, sky"),
    ({"artist_style": "artist:"}, "@wlop, tony_taka, @_@", "artist:wlop, artist:tony taka, @_@"),
    ({"artist_style": "@", "spaces": False}, "tony_taka, itomugi-kun", "@tony_taka, @itomugi-kun"),
]  # fmt: skip

QUALITY: list[Case] = [
    ({"order": "prompt"}, "sky, year 2023, 1girl, score_9, masterpiece, rating_safe",
     "year 2023, score_9, masterpiece, rating_safe, 1girl, sky"),
    ({"order": "prompt"}, "my words, sky, best quality, newest", "best quality, newest, sky, my words"),
    ({"max_tags": 1}, "masterpiece, hat, sky, my_words_9, <lora:x:1>", "masterpiece, hat, my_words_9, <lora:x:1>"),
    ({"max_tokens": 3}, "my words, hat, sky", "my words"),
]  # fmt: skip

TRIGGER: list[Case] = [
    ({"add_first": "my_style_v1"}, "hat, my_style_v1, sky", "my_style_v1, hat, sky"),
    ({"add_first": "my_style_v1"}, "hat, My Style V1, my_style_v1", "my_style_v1, hat"),
    ({"add_first": "a_9, b_9"}, "b_9, hat, a_9", "a_9, b_9, hat"),
    ({"add_last": "my_style_v1"}, "my_style_v1, hat, sky", "hat, sky, my_style_v1"),
    ({"add_first": "a_9"}, "hat BREAK a_9, sky", "a_9, hat BREAK sky"),
    ({"add_first": "<lora:x:1>"}, "hat, <lora:x:1>", "<lora:x:1>, hat"),
    ({"add_first": "a_9"}, "hat, (a_9:1.2)", "(a_9:1.2), hat"),
    ({"add_first": "(a_9:1.3)"}, "hat, (a_9:1.2)", "(a_9:1.3), hat"),
    ({"add_first": "a_9", "exclude": "a_9", "order": "alphabetical"}, "hat, cat", "a_9, cat, hat"),
]

ALL = [*SPELLING, *FOLDING, *VERBATIM, *COMPOSITION, *REGIONS, *SENTENCES, *ARTISTS, *QUALITY, *TRIGGER]


@pytest.mark.parametrize(("rules", "text", "expected"), ALL)
def test_only_what_a_rule_names_changes(rules: dict[str, Any], text: str, expected: str) -> None:
    """Each promise of the reference page, with what it is not about beside it."""
    assert expected == TagFilter(**rules).apply(text).text


@pytest.mark.parametrize(("rules", "text", "expected"), [case for case in ALL if "replace" not in case[0]])
def test_a_second_run_changes_nothing(rules: dict[str, Any], text: str, expected: str) -> None:
    """What came out goes through the same rules as it is."""
    assert expected == TagFilter(**rules).apply(expected).text


def test_names_of_embeddings_are_tokens() -> None:
    """A name that means something to the host as it is spelled is never respelled, and can still be dropped."""
    tokens = {"wide_hat", "Bad_Hands"}

    assert "wide_hat, bad_hands, red hat" == TagFilter().apply("wide_hat, bad_hands, red_hat", tokens=tokens).text
    assert "red hat" == TagFilter(exclude="wide hat").apply("wide_hat, red_hat", tokens=tokens).text


@pytest.mark.parametrize("text", [None, 1, 1.5, ["hat"], b"hat", object()])
def test_what_is_no_text_is_refused(text: Any) -> None:
    """Anything but text is an error that says what was expected."""
    with pytest.raises(SettingError, match="expected a prompt or tag list"):
        TagFilter().apply(text)
