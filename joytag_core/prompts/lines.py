"""Where do line ends stand in a text that keeps its lines?"""

from __future__ import annotations

from .items import Group, Item, Prompt


class Lines:
    """Count the lines of a text while it is written, from the first to the last; without a prompt all is one line."""

    def __init__(self, prompt: Prompt | None, sign: str, *, ends_all: bool) -> None:
        """Take the prompt whose lines stay, and the sign that ends those that ended with one, or all."""
        self._prompt = prompt or Prompt(())
        self._keeps = prompt is not None
        self._sign = sign
        self._ends_all = ends_all
        self._line = 0
        self._takes_sign = False

    @property
    def are_kept(self) -> bool:
        """Say whether the text keeps its lines."""
        return self._keeps

    def up_to(self, line: int) -> str:
        """Return the line ends that lead to a line; nothing where it has been reached."""
        if not self._keeps or line <= self._line:
            return ""
        ends = self.end() + "\n" * (line - self._line)
        self._line, self._takes_sign = line, False
        return ends

    def end(self) -> str:
        """Return the sign that stands at this line's end, if any."""
        return self._sign if self._takes_sign and (self._ends_all or self._line in self._prompt.open_lines) else ""

    def opened(self) -> None:
        """Know that an opening bracket has been written, which no sign follows."""
        self._takes_sign = False

    def wrote(self, item: Item, text: str) -> None:
        """Know as which text an item has been written."""
        # A comma behind a comment would be part of it; a sign that no prompt knows has been read as part of the item.
        self._takes_sign = item.role != "comment" and not (self._sign and text.endswith(self._sign))
        self._line += text.count("\n")

    def closing(self, group: Group) -> str:
        """Return a group's closing, on its own lines where these stay."""
        parts = group.closing.split("\n")
        if not self._keeps and len(parts) > 1:
            return "".join(map(str.strip, parts))
        text = "".join(self.up_to(line) + part for line, part in enumerate(parts, start=group.end_line))
        self._takes_sign = True
        return text
