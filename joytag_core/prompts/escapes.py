"""Which text does a piece of a prompt mean, once its escapes are read as the target reads them?"""

from __future__ import annotations

import re

ESCAPED = {
    # A1111 takes backslashes in pairs; ComfyUI knows them only directly before a bracket, whatever stands in front.
    "a1111": r"\\[()\[\]\\|]",
    "comfyui": r"\\[()\[\]]",
    "caption": r"\\+[()\[\]]",
}
"""By target, the pattern of an escaped character in a prompt."""

_READ = {
    "a1111": re.compile(r"\\([()\[\]\\|])|(?:(?<=:)|^)\\(?=\s*[+-]?[.\d]+\s*$)"),
    # ComfyUI leaves every other backslash in the text, so a text that no vocabulary knows keeps it too.
    "comfyui": re.compile(r"\\([()])"),
    "caption": re.compile(r"\\+([()\[\]])"),
}


def read(source: str, target: str) -> str:
    r"""Take the escapes of the target's syntax off: `saber \(fate\)` means `saber (fate)`."""
    return _READ[target].sub(lambda match: match[1] or "", source) if "\\" in source else source
