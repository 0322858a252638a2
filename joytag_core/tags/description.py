"""What is known of a tag, in one line for people who tune?"""

from __future__ import annotations

from .vocabulary import Tag

_PARTS = {
    "no_tag": "{}: not a tag of the model",
    "tag_score": "score {}",
    "category": "{}",
    "group": "group {}",
    "set": "set {}",
    "now_named": "now named {}",
    "precision": "right {} of the times it is said",
    "recall": "found {} of the times it is there",
    "train_count": "{} training pictures",
}


def describe(name: str, tag: Tag | None, *, score: float | None = None) -> str:
    """Return one line of a tag as it was written: score, category, group, set, current name, reliability.

    `tag` is None where the model does not know it. Parts that are unknown are left out.
    """
    said = ", ".join(_PARTS[kind].format(text) for kind, text in describe_parts(name, tag, score=score))
    return said if tag is None else f"{tag.name}: {said}"


def describe_parts(name: str, tag: Tag | None, *, score: float | None = None) -> list[tuple[str, str]]:
    """Return what `describe` says of a tag, for doors that speak other languages: the kind of each part, and its text.

    The kinds are `no_tag` alone, or those of `tag_score`, `category`, `group`, `set`, `now_named`, `precision`,
    `recall` and `train_count` that are known.
    """
    if tag is None:
        return [("no_tag", name)]
    is_measured = tag.precision is not None and tag.recall is not None
    parts = {
        "tag_score": f"{score:.3f}" if score is not None else "",
        "category": tag.category,
        "group": tag.group,
        "set": tag.exclusive_set,
        "now_named": tag.current_name if tag.current_name != tag.name else "",
        "precision": f"{tag.precision:.0%}" if is_measured else "",
        "recall": f"{tag.recall:.0%}" if is_measured else "",
        "train_count": f"{tag.train_count:,}" if tag.train_count is not None else "",
    }
    return [(kind, text) for kind, text in parts.items() if text]
