"""Which lists of rules are there, and what do they say?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import RuleError
from ..texts import decoded
from .pattern_lists import PatternList, parse_patterns

SHIPPED = Path(__file__).with_name("lists")
"""The folder of the lists that come with the filter."""

PATTERN_SECTIONS = ("exclude", "keep only", "protect")
SECTIONS = (*PATTERN_SECTIONS, "replace")
_HEADERS = (*SECTIONS, "settings")

_HEADER = re.compile(r"\s*\[([^\[\]]*)\]\s*")
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class RuleList:
    """Hold a list's text; rules before the first section's `[header]` are to be excluded.

    `kind` is what error messages call it.
    """

    name: str
    text: str
    kind: str = "list"

    @property
    def where(self) -> str:
        """Return how error messages name the list."""
        return f"{self.kind} {self.name!r}"

    def section(self, *names: str) -> str:
        """Return the lines of some sections, all others blank, so that line numbers stay.

        Raises:
            RuleError: a header names no section.
        """
        current, lines = "exclude", []
        for number, line in enumerate(self.text.splitlines(), start=1):
            header = _HEADER.fullmatch(line)
            if header:
                current = _section_name(header[1])
                if current not in _HEADERS:
                    raise RuleError(
                        f"{self.where}, line {number}: section [{header[1]}] is unknown; "
                        f"expected one of {', '.join(f'[{section}]' for section in _HEADERS)}"
                    )
            elif line.lstrip().startswith("[") and _section_name(line.strip()[1:]) in _HEADERS:
                raise RuleError(f"{self.where}, line {number}: {line.strip()} has no closing bracket")
            lines.append(line if header is None and current in names else "")
        return "\n".join(lines)

    def settings(self) -> Iterator[tuple[str, str]]:
        """Yield the lines of the settings, each with how messages name its place."""
        for number, line in enumerate(self.section("settings").splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield f"{self.where}, line {number}", line.strip()


class Library:
    """Find lists by name: a person's own in `folder` before the shipped ones."""

    def __init__(self, folder: str | Path | None = None) -> None:
        """Take the folder of a person's own lists, files `<name>.txt`; it need not exist."""
        self._folders = [Path(folder), SHIPPED] if folder else [SHIPPED]
        self._open: list[str] = []

    def names(self) -> tuple[str, ...]:
        """Return the names of all lists."""
        return tuple(sorted({path.stem for folder in self._folders for path in list_files(folder)}))

    def find(self, name: str) -> RuleList:
        """Return a list, its name's case, blanks and hyphens apart.

        Raises:
            RuleError: there is none, or its file cannot be read.
        """
        wanted = _plain(name)
        for path in (path for folder in self._folders for path in list_files(folder)):
            if _plain(path.stem) == wanted:
                return RuleList(path.stem, read_text(path, f"list {path.stem!r}"))
        raise RuleError(f"list {name!r} is unknown; there is {', '.join(self.names())}")

    def patterns(self, name: str) -> PatternList:
        """Return all patterns of a list, for `@name`.

        Raises:
            RuleError: there is no such list, it holds no patterns, or it contains itself.
        """
        with self.reading(name) as found:
            patterns = parse_patterns(found.section(*PATTERN_SECTIONS), found.where, self.patterns)
        if not patterns.rules and found.section("replace").strip():
            raise RuleError(f"{found.where} holds replacements and no patterns; name it in the replace rules")
        if not patterns.rules and found.section("settings").strip():
            raise RuleError(f"{found.where} holds settings and no patterns; name it in the lists")
        return patterns

    @contextmanager
    def reading(self, name: str) -> Iterator[RuleList]:
        """Give a list, and refuse to read it again before the block ends.

        Raises:
            RuleError: there is no such list, or it contains itself.
        """
        found = self.find(name)
        if found.name in self._open:
            raise RuleError(f"list {' > '.join([*self._open, found.name])} contains itself")
        self._open.append(found.name)
        try:
            yield found
        finally:
            self._open.pop()


def list_files(folder: Path) -> list[Path]:
    """Return the lists' files: no folder, device, pipe or link to nothing, and none with a name that is no text."""
    try:
        return [path for path in sorted(folder.glob("*.txt")) if path.name.isprintable() and _is_file(path)]
    except OSError:  # a folder that is none, on some versions of Python
        return []


def _section_name(header: str) -> str:
    return " ".join(header.lower().replace("_", " ").split())


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def read_text(path: Path, where: str) -> str:
    """Read a file of rules, which error messages name as `where`: UTF-8 or UTF-16.

    Raises:
        RuleError: it cannot be read, is no such text, or is too large.
    """
    try:
        with path.open("rb") as file:  # no more than is wanted: what calls itself a file may have no end
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise RuleError(f"{where} is larger than {_LARGEST:,} bytes")
        return decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:  # its text would hold the path, which is nobody's business at the other end of an API
        raise RuleError(f"{where} cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise RuleError(
            f"{where} cannot be read: it is no text in UTF-8 or UTF-16 ({error.reason} at byte {error.start}); "
            "save it as UTF-8"
        ) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a link that leads to itself, on some versions of Python
        return False
