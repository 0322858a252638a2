"""Which text does a piece of a prompt mean, once its escapes are read as the target reads them?"""

from __future__ import annotations

import re

from .numbers import number_at_end

ESCAPED = {
    # A1111 takes backslashes in pairs; ComfyUI knows them only directly before a bracket, whatever stands in front.
    "a1111": r"\\[()\[\]\\|]",
    "comfyui": r"\\[()\[\]]",
    "caption": r"(?<!\\)\\+[()\[\]]",
}
"""By target, the pattern of an escaped character in a prompt."""

_READ = {
    "a1111": re.compile(r"\\([()\[\]\\|])"),
    # ComfyUI leaves every other backslash in the text, so a text that no vocabulary knows keeps it too.
    "comfyui": re.compile(r"\\([()])"),
    "caption": re.compile(r"(?<!\\)\\+([()\[\]])"),
}


def read(source: str, target: str) -> str:
    r"""Take the escapes of the target's syntax off: `saber \(fate\)` means `saber (fate)`."""
    if "\\" not in source:
        return source
    if target == "a1111":
        source = _without_guard(source)
    return _READ[target].sub(lambda match: match[1] or "", source)


def _without_guard(source: str) -> str:
    r"""Take off the backslash that keeps a number at the end from being a weight: `:\3`, or `\2015` by itself."""
    start = number_at_end(source)
    before = source[:start].rstrip()
    if start < len(source) and before.endswith(":\\"):
        return before[:-1] + source[len(before) :]
    return source[start:] if before == "\\" and start < len(source) else source
