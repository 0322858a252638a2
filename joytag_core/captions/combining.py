"""What becomes of a caption that is there already when new tags come?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from ..filtering.duplicates import merged
from ..prompts.items import Item
from ..prompts.merging import merge_prompts, stressed, tag_names, without
from ..prompts.reduction import reduced
from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary

EXISTING = ("skip", "overwrite", "prepend", "append", "merge", "prune")
"""Leave it; write it anew; put new tags before it, or after it; after it and each tag once; drop what is not shown."""

TARGET = "caption"

IsShown = Callable[[str], bool]
"""Says of a tag's written name whether the picture shows it; what the model does not know counts as shown."""


def combine(existing: str, new: str, *, how: str, is_shown: IsShown, vocabulary: Vocabulary) -> str:
    """Return the caption made of an existing one and new tags by one of `EXISTING` but skip.

    Sentences stay as they are. Tags that the existing caption has already, under any of their names, are not added.
    """
    if how == "overwrite":
        return new
    if how == "prune":
        gone = [name for name in tag_names(existing, target=TARGET, vocabulary=vocabulary) if not is_shown(name)]
        return _less(existing, gone, vocabulary)
    if how == "merge":
        existing = _each_once(existing, vocabulary)
    added = without(new, existing, target=TARGET, vocabulary=vocabulary)
    return merge_prompts(existing, added, how="prepend" if how == "prepend" else "append", target=TARGET)


def combine_keywords(
    existing: Sequence[str], new: Sequence[str], *, how: str, is_shown: IsShown, vocabulary: Vocabulary
) -> list[str]:
    """Return keywords, which may hold commas, made of existing and new ones as `combine` does it."""
    if how == "overwrite":
        return list(new)
    if how == "prune":
        return [name for name in existing if is_shown(name)]
    names = [*new, *existing] if how == "prepend" else [*existing, *new]
    index = name_index(vocabulary)
    kept = {index.facts(name).model_key: name for name in reversed(names)}
    if how in ("prepend", "append"):  # the person's own doubles are theirs
        here = {index.facts(name).model_key for name in existing}
        added = [name for key, name in kept.items() if key not in here][::-1]
        return [*added, *existing] if how == "prepend" else [*existing, *added]
    return list(kept.values())[::-1]


def with_triggers(text: str, triggers: Sequence[str], separator: str, vocabulary: Vocabulary) -> str:
    """Return a caption that begins with trigger words, spelled as given, each there once, at a weight that it had.

    With a `separator`, such as kohya's `|||`, they stand before it, and what stood before it already stays there.
    """
    fixed, found, free = text.partition(separator) if separator else ("", "", text)
    if not found:
        fixed, free = "", text
    wanted = ", ".join(stressed(trigger, text, target=TARGET, vocabulary=vocabulary) for trigger in triggers)
    if wanted:
        fixed, free = (
            without(part, wanted, target=TARGET, vocabulary=vocabulary).strip(", ") for part in (fixed, free)
        )
    fixed = ", ".join(part for part in (wanted, fixed.strip()) if part)
    if not separator or not fixed:
        return merge_prompts(free, fixed, how="prepend", target=TARGET)
    return f"{fixed} {separator} {free.strip()}".rstrip()


def split_fixed(text: str, separator: str) -> tuple[str, str]:
    """Return what a caption has up to and with the separator, and the rest; all is rest where there is none."""
    fixed, found, free = text.partition(separator) if separator else ("", "", text)
    return (f"{fixed.strip()} {found} ", free.strip()) if found else ("", text)


def split_end(free: str, separator: str) -> tuple[str, str]:
    """Return what follows a first separator up to a second one, and the rest: trainers keep that at the end."""
    free, found, end = free.partition(separator)
    return (free.strip(), f" {found}{end}") if found else (free, "")


def _less(text: str, names: Sequence[str], vocabulary: Vocabulary) -> str:
    return without(text, ", ".join(names), target=TARGET, vocabulary=vocabulary) if names else text


def _each_once(text: str, vocabulary: Vocabulary) -> str:
    return reduced(text, _firsts, target=TARGET, index=name_index(vocabulary))


def _firsts(items: Sequence[Item]) -> list[Item]:
    """Return each tag of a line once, at its first place with its highest weight."""
    lines = groupby(items, key=lambda item: (item.line, item.region))
    return [item for _, of_line in lines for item in merged(list(of_line), TARGET, "model")[0]]
