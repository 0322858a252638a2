"""What is known of a tag, in one line for people who tune?"""

from __future__ import annotations

from .vocabulary import Tag


def describe(name: str, tag: Tag | None, *, score: float | None = None) -> str:
    """Return one line of a tag as it was written: score, category, group, set, current name, reliability.

    `tag` is None where the model does not know it. Parts that are unknown are left out.
    """
    if tag is None:
        return f"{name}: not a tag of the model"
    parts = [
        f"score {score:.3f}" if score is not None else "",
        tag.category,
        f"group {tag.group}" if tag.group else "",
        f"set {tag.exclusive_set}" if tag.exclusive_set else "",
        f"now named {tag.current_name}" if tag.current_name not in ("", tag.name) else "",
        _reliability(tag),
        f"{tag.train_count:,} training pictures" if tag.train_count is not None else "",
    ]
    return f"{tag.name}: {', '.join(part for part in parts if part)}"


def _reliability(tag: Tag) -> str:
    if tag.precision is None or tag.recall is None:
        return ""
    return f"right {tag.precision:.0%} of the times it is said, found {tag.recall:.0%} of the times it is there"
