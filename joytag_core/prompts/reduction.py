"""How are some items taken out of a text, so that all others stay as they were written?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..tags.names import NameIndex
from .format import PromptFormat
from .items import Item, Prompt
from .parser import parse
from .writer import Writer


def reduced(text: str, choose: Callable[[Sequence[Item]], Sequence[Item]], *, target: str, index: NameIndex) -> str:
    """Return a text with those of its items that `choose` returns, in its lines; a line that loses all of them goes.

    A caption keeps the escapes that a person wrote: nothing reads it that would need them, and nothing may lose them.
    """
    prompt = parse(text, target, index, keeps_escapes=True)
    kept = tuple(choose(prompt.items))
    if len(kept) == len(prompt.items):
        return text
    if target == "caption":
        kept = tuple(map(_as_written, kept))
    writer = Writer(PromptFormat(target=target, spaces=False), threshold=1.0, keep_lines=prompt.lines > 1)
    return _without_emptied_lines(writer.text(Prompt(kept, prompt.lines, prompt.open_lines)), text)


def _as_written(item: Item) -> Item:
    return item if item.raw is None else replace(item, source=item.raw + item.stop)


def _without_emptied_lines(text: str, before: str) -> str:
    """Take lines out that held something before, and the blank lines behind them that would then stand in a row."""
    lines, lines_before = text.split("\n"), before.split("\n")
    if len(lines) != len(lines_before):  # ends of lines that are not all alike
        return text
    kept: list[str] = []
    is_after_gone = False
    for line, old in zip(lines, lines_before, strict=True):
        if line.strip(" ,"):
            kept.append(line)
            is_after_gone = False
        elif old.strip():
            is_after_gone = True
        elif not is_after_gone or (kept and kept[-1].strip()):
            kept.append(line)
    return "\n".join(kept)
