"""In which order do chosen tags stand?"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import SettingError
from .quality import is_quality
from .scored_tag import ScoredTag
from .vocabulary import GROUPS, Tag

ORDERS = ("given", "score", "alphabetical", "vocabulary", "prompt")
"""As they came; best score first; by name; by how common in training; subject, names, then outwards."""

_GROUP_RANK = {group: rank for rank, group in enumerate(GROUPS, start=5)}
_NAME_RANK = {"character": 2, "copyright": 3, "artist": 4}
_UNKNOWN_RANK = len(GROUPS) + 5


def prompt_rank(tag: Tag | None, *, key: str = "", category: str = "") -> int:
    """Rank a tag, or an unknown name (a `tag_key`), for a prompt.

    Quality first, then subjects, characters, copyrights, artists, then `GROUPS` outwards, unknown names last.
    `category` is that of an unknown name, if it says so itself.
    """
    if is_quality(key or (tag.key if tag is not None else "")):
        return 0
    if tag is None:
        return _NAME_RANK.get(category, _UNKNOWN_RANK)
    if tag.group == "subject":
        return 1
    return _NAME_RANK.get(tag.category) or _GROUP_RANK.get(tag.group, _UNKNOWN_RANK)


def arrange(scored: Iterable[ScoredTag], order: str) -> list[ScoredTag]:
    """Sort scored tags by one of `ORDERS`; equals keep their places.

    Raises:
        SettingError: the order is not one of `ORDERS`.
    """
    if order == "given":
        return list(scored)
    if order == "score":
        return sorted(scored, key=lambda item: -item.score)
    if order == "alphabetical":
        return sorted(scored, key=lambda item: item.tag.key)
    if order == "vocabulary":
        return sorted(scored, key=lambda item: item.tag.index)
    if order == "prompt":
        return sorted(scored, key=lambda item: (prompt_rank(item.tag), -item.score))
    raise SettingError(f"order {order!r} is unknown; expected one of {', '.join(ORDERS)}")
