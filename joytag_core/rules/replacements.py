"""Which items does a replacement rule put in an item's place?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import RuleError
from ..prompts.items import Group, Item
from ..prompts.parser import parse
from ..tags.names import NameIndex, is_face
from ..tags.vocabulary import Vocabulary
from .patterns import AnyOf, Candidate, Match, Pattern, Regex, parse_pattern

_ARROW = re.compile(r"(?<!\\)(?:->|=>)")
_SLASH_ENDS = re.compile(r"/(?=\s*(?:\||\Z))")
_BLANK = re.compile(r"\s*")
_PLAIN = re.compile(r"(?:\\.|[^|\\]|\\\Z)*")
_PLACE = re.compile(r"\\(?:\*|->|=>)|\\([1-9])|\*")
_COMMA = re.compile(r"(?<!\\)[,，、]")
_SYNTAX = re.compile(r"[()\[\]]")


@dataclass(frozen=True, slots=True)
class Replacement:
    """Hold one rule: what is replaced, and by what text; an empty text deletes."""

    old: tuple[Pattern, ...]
    new: str
    text: str

    def match(self, candidate: Candidate) -> Match:
        """Return what the stars of the first alternative that matches stood for; None where none does."""
        for pattern in self.old:
            found = pattern.match(candidate)
            if found is not None:
                return found
        return None

    def items(self, item: Item, carried: tuple[str, ...], index: NameIndex, target: str) -> list[Item]:
        """Return what stands in an item's place: in its brackets, with its score, spelled as the rule says.

        Words of composition stand in no brackets: hosts split a prompt at them before they read any.
        """
        is_carried_only = not _PLACE.sub("", self.new).strip()
        spelled_like = item.text if is_carried_only else self.new
        if "_" in spelled_like and " " not in spelled_like:
            carried = tuple(value.replace(" ", "_") for value in carried)
        parsed = parse(self._filled(carried), target, index).items
        groups = _standing_for(item, parsed)
        return [
            replace(
                new,
                groups=() if new.composes else (*item.groups, *(groups[group] for group in new.groups)),
                line=item.line,
                region=item.region,
                position=-1 if new.composes else item.position,
                gap=new.gap if number else item.gap,
                run=item.run,
                score=item.score,
                as_given=not is_carried_only,
            )
            for number, new in enumerate(parsed)
        ]

    def _filled(self, carried: tuple[str, ...]) -> str:
        stars = iter(carried)

        def fill(match: re.Match[str]) -> str:
            if not match[1] and match[0] != "*":
                return match[0][1:]
            value = carried[int(match[1]) - 1] if match[1] else next(stars)
            return _SYNTAX.sub(r"\\\g<0>", value)

        return _PLACE.sub(fill, self.new)


def _standing_for(item: Item, new: Sequence[Item]) -> dict[Group, Group]:
    """Map the brackets around new items to the same where an item stood."""
    outer = dict.fromkeys(one.groups[0] for one in new if one.groups)
    every = {group: group for one in new for group in one.groups}
    gap = item.gap if new and new[0].groups else ""
    return every | {group: replace(group, gap=gap, run=item.run) for group in outer}


def parse_replacements(
    text: str, where: str, find_list: Callable[[str], tuple[Replacement, ...]]
) -> tuple[Replacement, ...]:
    """Take replacement rules apart, one a line; `@name` stands for those of a list.

    Raises:
        RuleError: a line is malformed; the message begins with `where` and the line.
    """
    rules: list[Replacement] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        try:
            is_list = line.startswith("@") and not _ARROW.search(line)
            rules.extend(find_list(line[1:].strip()) if is_list else [_replacement(line)])
        except RuleError as error:
            raise RuleError(f"{where}, line {number}: {error}") from error
    return tuple(rules)


def _replacement(line: str) -> Replacement:
    arrow = _ARROW.search(line)
    if arrow is None:
        raise RuleError(f"{line!r} has no arrow; expected old -> new")
    old, new = line[: arrow.start()].strip(), line[arrow.end() :].strip()
    if _ARROW.search(new):
        raise RuleError(f"{line!r} has two arrows; expected old -> new, and \\-> for an arrow that is none")
    patterns = tuple(_alternatives(old, line))
    carried = min(_places(pattern) for pattern in patterns)
    wanted = [match for match in _PLACE.finditer(new) if match[1] or match[0] == "*"]
    numbered = [int(match[1]) for match in wanted if match[1]]
    stars = len(wanted) - len(numbered)
    if stars > carried or max(numbered, default=0) > carried:
        raise RuleError(f"{line!r} puts in more than the {carried} that the left side can carry over")
    lost = frozenset().union(*map(_lost, patterns)).intersection([*numbered, *range(1, stars + 1)])
    if lost:
        raise RuleError(f"{line!r} puts in group {min(lost)}, which stands in a lookahead; put the group outside of it")
    return Replacement(patterns, new, line)


def _alternatives(old: str, line: str) -> list[Pattern]:
    if not old:
        raise RuleError(f"{line!r} replaces nothing; expected old -> new")
    if "|" in old and Vocabulary.joytag().find(old) is not None:  # `|_|` and `:|`
        return [parse_pattern(old.replace("|", r"\|"))]
    parts = list(_parts(old))
    if not parts:
        raise RuleError(f"{line!r} replaces nothing; expected old -> new")
    for part in parts:
        if part[0] not in '/"' and _COMMA.search(part):
            raise RuleError(f"{old!r} holds a comma; separate several old names with |")
        if part[0] in "!@" and not is_face(part):
            raise RuleError(f"{part!r} cannot be replaced; expected a name, a glob, /regex/ or category:")
    return [parse_pattern(part.strip()) for part in parts]


def _parts(old: str) -> Iterator[str]:
    """Split at the bars outside of regular expressions and quotes; in time linear in the length."""
    position = 0
    last_slash = max((match.start() for match in _SLASH_ENDS.finditer(old)), default=-1)
    while position < len(old):
        blank = _BLANK.match(old, position)
        start = blank.end() if blank else position
        end = start
        if old[start : start + 1] == "/" and last_slash > start:
            close = _SLASH_ENDS.search(old, start + 1)
            end = close.end() if close else start
        elif old[start : start + 1] == '"' and (quote := old.find('"', start + 1)) > 0:
            end = quote + 1
        plain = _PLAIN.match(old, end)
        end = plain.end() if plain else end
        if old[start:end].strip():
            yield old[start:end].strip()
        position = end + 1


def _lost(pattern: Pattern) -> frozenset[int]:
    return pattern.pattern.lost_groups if isinstance(pattern, Regex) else frozenset()


def _places(pattern: Pattern) -> int:
    if isinstance(pattern, AnyOf):
        return len(pattern.glob.pieces) - 1
    return pattern.pattern.groups if isinstance(pattern, Regex) else 0
