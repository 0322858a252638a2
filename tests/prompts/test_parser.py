"""How is a prompt taken apart and put together again, with no rule or one?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from joytag_core import TagFilter

PLAIN = [
    # separators and empty items
    ("a, b,c ,d", "a, b, c, d"),
    ("a,,b, ,c,", "a, b, c"),
    ("", ""),
    (" , ,\n", ""),
    ("a，b、c", "a, b, c"),
    ("a\nb\r\nc\rd", "a, b, c, d"),
    ("long_hair, LONG_Skirt", "long hair, LONG Skirt"),
    ("  long   hair  ", "long   hair"),
    # one tag, three ways to write it
    (r"saber_\(fate\)", r"saber \(fate\)"),
    ("saber (fate)", r"saber \(fate\)"),
    ("Saber_(Fate)", r"Saber \(Fate\)"),
    ("saber_(fate), saber (fate), Saber_(Fate)", r"saber \(fate\)"),
    ("unknown_girl_(some_series)", r"unknown_girl_\(some_series\)"),
    ("any_name9_(fate)", r"any name9 \(fate\)"),
    ("girl (genshin impact)", r"girl \(genshin impact\)"),
    ("jeanne_d'arc_(alter)_(fate)", r"jeanne d'arc \(alter\) \(fate\)"),
    ("evangelion:_3.0_you_can_(not)_redo", r"evangelion: 3.0 you can \(not\) redo"),
    ("re:zero_kara_hajimeru_isekai_seikatsu", "re:zero kara hajimeru isekai seikatsu"),
    # faces
    (":d, :3, ;), >:(, ^_^, |_|, =_=, 0_0", r":d, :3, ;\), >:\(, ^_^, |_|, =_=, 0_0"),
    (">:(, smile, ;)", r">:\(, smile, ;\)"),
    (":), :(", r":\), :\("),
    (r"\m/, \\m/", r"\m/"),
    ("u_u, ;_;, t_t", "u_u, ;_;, t_t"),
    ("(9), !, !?, ..., @_@", r"\(9\), !, !?, ..., @_@"),
    # round brackets
    ("(smile)", "(smile)"),
    ("((long_hair))", "((long hair))"),
    ("(long_hair:1.2)", "(long hair:1.2)"),
    ("( long_hair : 1.2 )", "(long hair : 1.2 )"),
    ("(smile:.5), (sky:2), (sun:-1), (moon:+1.5)", "(smile:.5), (sky:2), (sun:-1), (moon:+1.5)"),
    ("(a, b:1.1)", "(a, b:1.1)"),
    ("(a, (b:1.2), c:1.1)", "(a, (b:1.2), c:1.1)"),
    ("(a,\nb:1.1)", "(a, b:1.1)"),
    ("(a, b:1.1\n), c", "(a, b:1.1), c"),
    ("(\na,\nb\n:1.1\n), c", "(a, b:1.1), c"),
    ("(a, b:\n1.1), c", "(a, b:1.1), c"),
    ("(a, b :\n 1.1 \n ), c", "(a, b:1.1), c"),
    ("a (very:1.3\n) cat", "a (very:1.3\n) cat"),
    ("(smile\n:3\n), (:\n)", "(smile, :3:1.1), (:)"),
    ("(a\nb: c\n)", "(a, b: c)"),
    ("(a,, b,:1.1)", "(a, b:1.1)"),
    ("(saber_(fate):1.2)", r"(saber \(fate\):1.2)"),
    (r"(saber_\(fate\):1.2)", r"(saber \(fate\):1.2)"),
    ("(saber (fate), smile:1.2)", r"(saber \(fate\), smile:1.2)"),
    ("(), ( ), (:1.2)", ""),
    # colons
    ("(:d:1.2)", "(:d:1.2)"),
    ("(:3:1.2)", "(:3:1.2)"),
    ("(:3)", "(:3)"),
    ("(3::1.2)", "(3::1.2)"),
    ("(d:)", "(d:)"),
    ("(rem (re:zero):1.2)", r"(rem \(re:zero\):1.2)"),
    ("(smile, :3)", "(smile, :3:1.1)"),
    ("((smile, :3))", "((smile, :3:1.21))"),
    ("((smile, :3):1.5)", "((smile, :3:1.65):1.5)"),
    ("(smile, :1.3)", "(smile :1.3)"),
    # what ComfyUI takes for a weight
    ("(a:1e2), (b:1_0), (c:inf), (d: nan )", "(a:1e2), (b:1_0), (c:inf), (d: nan )"),
    ("(a:1e2, b), (c:e2), [d:1e2]", "(a:1e2, b), (c:e2), [d:1e2]"),
    ("((smile, :3):inf)", "((smile, :3:1.21):inf)"),
    ("(sky AND:1.2), a AND:1.5 b", "(sky AND:1.2), a AND:1.5 b"),
    ("(smile:3)", "(smile:3)"),
    ("a:1.2, b:c", "a:1.2, b:c"),
    ("(a:b)", "(a:b)"),
    ("(a:1.2.3)", "(a:1.2.3)"),
    # square and curly brackets
    ("[smile]", "[smile]"),
    ("[[long_hair], sky]", "[[long hair], sky]"),
    ("[|_|]", "[|_|]"),
    ("{smile}, {{long_hair}}", "{smile}, {{long hair}}"),
    # unbalanced brackets are text
    ("(smile", r"\(smile"),
    ("smile)", r"smile\)"),
    ("((smile)", r"\((smile)"),
    ("(a, b", r"\(a, b"),
    ("a), (b:1.2)", r"a\), (b:1.2)"),
    ("[smile", "[smile"),
    ("smile]", "smile]"),
    ("{smile", "{smile"),
    ("(a [b) c]", "(a [b) c]"),
    (")(", r"\)\("),
    # a face in brackets, or the end of brackets: what leaves each bracket its partner
    ("((;))", "((;))"),
    ("(((;))), (a)", "(((;))), (a)"),
    ("((;)))", r"((;\)))"),
    ("(;))", r"(;\))"),
    ("(;), (a), b)", r"(;\), (a), b)"),
    ("(;), (a), b", "(;), (a), b"),
    ("((>:())", r"((>:\())"),
    ("((>:()))", "((>:()))"),
    # phrases with stressed words, and groups without a comma beside them
    ("a (very:1.3) big_cat", "a (very:1.3) big_cat"),
    ("girl with (blue eyes)", "girl with (blue eyes)"),
    ("(a, b:1.2) c", "(a, b:1.2) c"),
    ("a (b, c)", "a (b, c)"),
    # verbatim pieces
    ("<lora:a_b:0.8>", "<lora:a_b:0.8>"),
    ("<lora:a,b:1:lbw=1,0,0>, ab_cd", "<lora:a,b:1:lbw=1,0,0>, ab_cd"),
    ("smile <lora:a_b:1>", "smile <lora:a_b:1>"),
    ("<lora:x:1><hypernet:y_z:1>", "<lora:x:1><hypernet:y_z:1>"),
    ("<lora:x:1>, <lora:x:1>", "<lora:x:1>, <lora:x:1>"),
    ("(<lora:x:1>, ab_cd:1.1)", "(<lora:x:1>, ab_cd:1.1)"),
    ("a BREAK b", "a BREAK b"),
    ("a, BREAK, b", "a, BREAK, b"),
    ("break, BREAKfast", "break, BREAKfast"),
    ("cat AND dog", "cat AND dog"),
    ("cat :1.2 AND dog :0.8", "cat :1.2 AND dog :0.8"),
    ("cat AND:1.5 dog", "cat AND:1.5 dog"),
    ("smile, :3 AND dog", "smile, :3 AND dog"),
    ("and, band, AND_x", "and, band, AND_x"),
    ("embedding:a_b, (embedding:c_d:1.2)", "embedding:a_b, (embedding:c_d:1.2)"),
    ("embedding:a_b smile", "embedding:a_b smile"),
    ("__hair_color__, __a/b_c__ hair_x", "__hair_color__, __a/b_c__ hair_x"),
    ("long__hair", "long__hair"),
    ("a_b", "a_b"),
    ("{red_x|blue} hair_x", "{red_x|blue} hair_x"),
    ("{a, b|{c_d|e}}", "{a, b|{c_d|e}}"),
    ("{2$$a_b, c}", "{2$$a_b, c}"),
    ("[cat_x:dog:0.5]", "[cat_x:dog:0.5]"),
    ("[cat_x::5], [:dog_x:0.5], [dog_x:3]", "[cat_x::5], [:dog_x:0.5], [dog_x:3]"),
    ("[a, b_c:0.5]", "[a, b_c:0.5]"),
    ("[cat_x:dog:\n0.5], a", "[cat_x:dog:\n0.5], a"),
    ("[\n cat_x\n :\n dog\n :\n 5\n]", "[\n cat_x\n :\n dog\n :\n 5\n]"),
    ("[cat_x\n:\n10]", "[cat_x\n:\n10]"),
    ("[long_hair\nsky]", "[long hair, sky]"),
    ("[cat_x|dog]", "[cat_x|dog]"),
    ("[(a_b:1.2):c:0.5]", "[(a_b:1.2):c:0.5]"),
    ("# a note, bc_de\nab_cd", "# a note, bc_de\nab_cd"),
    ("ab_cd\n  # note, xy_zz\nc", "ab_cd\n# note, xy_zz\nc"),
    ("aa # bb_c", "aa # bb_c"),
    # sentences
    ("A girl_x is here. She smiles", "A girl_x is here. She smiles"),
    ("one two three four five six seven eight_x nine", "one two three four five six seven eight_x nine"),
    ("one two three four five six seven eight_x", "one two three four five six seven eight_x"),
    ("super_smash_bros., d.va_(overwatch)", r"super smash bros., d.va \(overwatch\)"),
    ("a very (long:1.2) text_x of (more) than eight words here",
     "a very (long:1.2) text_x of (more) than eight words here"),
    # duplicates
    ("smile, Smile, smile", "smile"),
    ("long_hair, long hair", "long hair"),
    ("bunny, rabbit", "bunny"),
    ("smile, (smile:1.2)", "(smile:1.2)"),
    ("(smile:1.2), smile", "(smile:1.2)"),
    ("(smile:1.2), (smile:1.3)", "(smile:1.3)"),
    ("(smile), (smile)", "(smile)"),
    ("((smile)), (smile)", "((smile))"),
    ("[smile], smile", "[smile]"),
    ("(smile, sky:1.1), (sky:1.3)", "(smile:1.1), (sky:1.3)"),
    ("(a, sky, b:1.1), (sky:1.3)", "(a:1.1), (sky:1.3), (b:1.1)"),
    ("sky, (sky, smile:1.2)", "(sky, smile:1.2)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_prompts_are_read_and_written_again(text: str, expected: str) -> None:
    """Without rules, what is syntax stays, what is a tag is written for ComfyUI, and each tag once."""
    assert expected == TagFilter().apply(text).text


A1111 = [
    (r"\m/, |_|", r"\\m/, \|_\|"),
    (r"\\m/, \|_\|", r"\\m/, \|_\|"),
    ("smile, :3", r"smile, :\3"),
    (":3, smile", ":3, smile"),
    (r"smile, :\3", r"smile, :\3"),
    ("(smile, :3)", r"(smile, :\3)"),
    ("(smile, :3:1.2)", "(smile, :3:1.2)"),
    ("[smile, :3]", r"[smile, :\3]"),
    ("smile, :3 AND dog", r"smile, :\3 AND dog"),
    ("saber_(fate)", r"saber \(fate\)"),
    ("(smile", r"\(smile"),
    ("[smile", r"\[smile"),
    ("a\\b", r"a\b"),
    (r"a\\b", r"a\\b"),
    ("foo:2", "foo:2"),
    ("foo:2, BREAK", "foo:2, BREAK"),
    ("cat :1.2 AND dog :0.8", "cat :1.2 AND dog :0.8"),
    ("embedding:1", "embedding:1"),
    ("(smile, embedding:1)", "(smile, embedding:1)"),
    ("foo:2, smile", "foo:2, smile"),
    ("[hat, sky,] :0.8", "[hat, sky] :0.8"),
    # comments, from any # to the line's end
    ("sky, # dog, long_hair\n1girl, hat", "sky, # dog, long_hair\n1girl, hat"),
    ("sky# a\n# b, long_hair\nhat", "sky# a\n# b, long_hair\nhat"),
    ("sky,\n# a\nhat", "sky\n# a\nhat"),
    ("(sky, # a\nhat:1.2), sun", "(sky, # a\nhat:1.2), sun"),
    ("(sky # a\n), (hat # b\n:1.2)", "(sky # a\n), (hat # b\n:1.2)"),
    ("smile, :3 # a\n# b", "smile, :\\3 # a\n# b"),
    ("cat :1.2 # a AND b\nAND dog :0.8 # c", "cat :1.2 # a AND b\nAND dog :0.8 # c"),
    ("<lora:a#b:1>\nembedding:c#d, e\nhat", "<lora:a#b:1>\nembedding:c#d, e\nhat"),
]


@pytest.mark.parametrize(("text", "expected"), A1111)
def test_a1111_gets_its_own_escapes(text: str, expected: str) -> None:
    """For A1111, brackets, backslashes and bars are escaped, and no face at an end becomes a weight."""
    assert expected == TagFilter(target="a1111").apply(text).text


CAPTION = [
    (r"saber_\(fate\)", "saber (fate)"),
    ("saber_(fate), :3, ;)", "saber (fate), :3, ;)"),
    (r"\\m/, a\[b\]", r"\m/, a[b]"),
    ("(smile", "(smile"),
]


@pytest.mark.parametrize(("text", "expected"), CAPTION)
def test_captions_have_no_escapes(text: str, expected: str) -> None:
    """What trains a model is plain text."""
    assert expected == TagFilter(target="caption").apply(text).text


LINES = [
    ("a, b\nc", "a, b\nc"),
    ("a, b,\nc", "a, b,\nc"),
    ("a\n\nb\n", "a\n\nb\n"),
    ("dog\nb, dog\nc", "\nb\nc"),
    ("a\n# dog\nb", "a\n# dog\nb"),
    # brackets over lines
    ("(a\nb:1.2)", "(a\nb:1.2)"),
    ("[a,\nb], c", "[a,\nb], c"),
    ("(\na,\ndog,\nb\n:1.2\n), c", "(\na,\n\nb\n:1.2\n), c"),
    ("x, (\na,), dog,\nb", "x, (\na),\nb"),
    ("x, (\ndog,), b", "x\nb"),
    ("a, (b, dog:1.2\n),\nc", "a, (b:1.2\n),\nc"),
    ("{a|\nb},\n[c,\nd],\ne", "{a|\nb},\n[c,\nd],\ne"),
    ("(a, b:\n1.2)\nc", "(a, b:\n1.2)\nc"),
    ("((a\nb:1.2)\nc)", "((a\nb:1.2)\nc)"),
    ("a, b, (a:1.2\n), c", "(a:1.2\n), b, c"),
    # what is verbatim over lines, and a name over lines
    ("{a|\nb}\nc", "{a|\nb}\nc"),
    ("[a:b:\n0.5]\nc", "[a:b:\n0.5]\nc"),
    ("A (red\n:1.3) cat is in the house.\nc", "A (red\n:1.3) cat is in the house.\nc"),
    ("saber (\nfate\n)\nc", "saber \\(\nfate\n\\)\nc"),
    ("a\r\nb", "a\nb"),
    ("a, dog,\nb", "a,\nb"),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_line_breaks_are_kept_on_request(text: str, expected: str) -> None:
    """One line in, one line out; a comma at a line's end stays while anything is left before it."""
    assert expected == TagFilter(keep_line_breaks=True, exclude="dog").apply(text).text


def test_a_tag_that_begins_with_a_hash_never_becomes_a_comment() -> None:
    """Where such a tag would begin a line, an empty item before it keeps the line from being a comment."""
    result = TagFilter(exclude="dog").apply("dog, #1, smile")

    assert ", #1, smile" == result.text
    assert ("#1", "smile") == TagFilter().apply(result.text).tags


def test_underscores_that_would_become_syntax_stay() -> None:
    """`a_BREAK_b` is one tag, and stays one."""
    assert "a_BREAK_b, x" == TagFilter().apply("a_BREAK_b, x").text


def test_deep_nesting_is_text_beyond_a_limit() -> None:
    """Thousands of brackets are no error, and nothing is lost."""
    result = TagFilter().apply("(" * 5000 + "smile" + ")" * 5000)

    assert 10_000 == result.text.count("(") + result.text.count(")")
    assert "smile" in result.text


def test_tags_are_given_without_escapes_and_weights() -> None:
    """The result's tags are plain names in the order of the text; what is verbatim is none."""
    result = TagFilter().apply(r"(saber_\(fate\):1.2), <lora:x:1>, long_hair")

    assert ("saber (fate)", "long hair") == result.tags


def test_threads_may_share_a_filter() -> None:
    """Texts that are written at the same time count their lines apart."""
    tag_filter = TagFilter(keep_line_breaks=True)
    texts = ["(" + "a\n" * lines + "b:1.2\n), c" for lines in range(1, 60)] * 20

    with ThreadPoolExecutor(8) as pool:
        assert texts == [result.text for result in pool.map(tag_filter.apply, texts)]
