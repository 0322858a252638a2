"""Who may call our routes? The hosts guard only their own."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping
from secrets import compare_digest
from typing import Any

from fastapi import HTTPException, Request

_ENCODINGS = ("utf-8", "latin-1")
"""What clients send a password in: the standard's, and that of older ones."""


async def require_credentials(request: Request) -> None:
    """Let a request through if no password is set, or if it carries one, or the cookie of a logged-in page.

    Those of `--api-auth` hold, and those of `--gradio-auth` and `--gradio-auth-path`.

    Raises:
        HTTPException: 401, with the header that makes a browser ask for a password.
    """
    pairs = list(credentials())
    if not pairs or _has_page_login(request.cookies, getattr(request.app, "tokens", None)):
        return
    given = _given(request.headers.get("authorization", ""))
    if given is None or not any(_same(given, pair) for pair in pairs):
        raise HTTPException(401, "Incorrect username or password", headers={"WWW-Authenticate": "Basic"})


def credentials() -> Iterable[tuple[str, str]]:
    """Yield the user names and passwords that the WebUI was started with."""
    from modules import shared
    from modules.initialize_util import get_gradio_auth_creds

    for pair in (getattr(shared.cmd_opts, "api_auth", None) or "").split(","):
        user, colon, password = pair.partition(":")
        if colon:
            yield user, password
    for user, *password in get_gradio_auth_creds():
        yield user, "".join(password)


def _has_page_login(cookies: Mapping[str, str], tokens: Any) -> bool:
    """Say whether a cookie holds a token of gradio's login; the 4 line adds the page's own id to the cookie's name."""
    held = (token for name, token in cookies.items() if name.startswith("access-token"))
    return bool(tokens) and any(token in tokens for token in held)


def _given(header: str) -> bytes | None:
    """Return `user:password` as sent; FastAPI's own reader takes ASCII only."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None


def _same(given: bytes, pair: tuple[str, str]) -> bool:
    # Both are compared, so that the time taken does not tell which was right. A name or password with a byte that
    # the command line could not decode is that byte again.
    wanted = [":".join(pair).encode(name, "surrogateescape") for name in _ENCODINGS if _fits(pair, name)]
    return sum(compare_digest(given, one) for one in wanted) > 0


def _fits(pair: tuple[str, str], encoding: str) -> bool:
    try:
        ":".join(pair).encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
