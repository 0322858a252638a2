"""Where does a text end with a weight?"""

from __future__ import annotations

import re

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
"""A weight as the hosts write it."""

_NUMBER = re.compile(NUMBER)
_NO_DIGIT = re.compile(r"[^\d.]")
_LONGEST = 40
"""Characters of the longest weight: more digits than any host keeps."""


def number_at_end(text: str) -> int:
    """Return where the number at a text's end begins, blanks behind it apart; the text's length where there is none."""
    end = len(text.rstrip())
    start = end
    while start > 0 and end - start <= _LONGEST and not _NO_DIGIT.match(text[start - 1]):
        start -= 1
    if start > 0 and text[start - 1] in "+-":
        start -= 1
    return start if _NUMBER.fullmatch(text, start, end) else len(text)


def split_float(text: str) -> tuple[str, str]:
    """Split off what ComfyUI takes for the weight of brackets: all that Python reads as a number, as `1e2` or `1_0`."""
    before, colon, number = text.rpartition(":")
    try:
        float(number)
    except ValueError:
        return text, ""
    tag = before.rstrip()
    return (tag, text[len(tag) :]) if colon else (text, "")


def split_weight(text: str) -> tuple[str, str]:
    """Split `tag : 1.2` into the tag and the weight, its colon and the blanks around included; that may be empty."""
    start = number_at_end(text)
    before = text[:start].rstrip()
    if start == len(text) or not before.endswith(":"):
        return text, ""
    tag = before[:-1].rstrip()
    return tag, text[len(tag) :]
