"""How does one part of the extension fail without taking the others down?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger("joytag")
_told: set[str] = set()


def start_anew() -> None:
    """Forget which parts have failed: the WebUI loads its scripts again."""
    _told.clear()


def guarded(part: str, function: Callable[..., T], *, otherwise: Any = None) -> Callable[..., T]:
    """Return a function that does not fail: a missing name or a fault of one part is logged, once."""

    @wraps(function)
    def run(*values: Any, **named: Any) -> T:
        try:
            return function(*values, **named)
        except Exception as error:
            _tell(part, error)
            returned: T = otherwise
            return returned

    return run


def _tell(part: str, error: Exception) -> None:
    if part in _told:
        return
    _told.add(part)
    # What this WebUI lacks is named; anything else is a fault of ours, and its place is wanted.
    is_lack = isinstance(error, ImportError | AttributeError | LookupError)
    logger.warning("JoyTag: %s is off in this WebUI: %s", part, error or type(error).__name__, exc_info=not is_lack)
