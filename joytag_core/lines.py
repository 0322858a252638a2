"""How is a text shown on a terminal that would obey some of its characters?"""

from __future__ import annotations

_WRITTEN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters (C0, DEL, C1): colours, bells, moves of the cursor. Names in archives may hold any."""
_WRITTEN |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_WRITTEN_IN_LINES = {code: written for code, written in _WRITTEN.items() if chr(code) not in "\n\t"}


def one_line(name: object) -> str:
    """Return a name, such as a path, on one line: control characters are written out as in Python."""
    return str(name).translate(_WRITTEN)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which gets an s beside any other number than one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def harmless(text: str) -> str:
    """Return a text of lines in which no character does anything but stand there."""
    return text.translate(_WRITTEN_IN_LINES)
