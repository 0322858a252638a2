"""Who may call our routes? The hosts guard only their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from secrets import compare_digest
from typing import Any

from fastapi import HTTPException, Request
from fastapi.security import HTTPBasic

_basic = HTTPBasic(auto_error=False)


async def require_credentials(request: Request) -> None:
    """Let a request through if no password is set, or if it carries one, or the cookie of a logged-in page.

    Those of `--api-auth` hold, and those of `--gradio-auth` and `--gradio-auth-path`.

    Raises:
        HTTPException: 401, with the header that makes a browser ask for a password.
    """
    pairs = list(credentials())
    if not pairs or _has_page_login(request.cookies, getattr(request.app, "tokens", None)):
        return
    try:
        given = await _basic(request)
    except HTTPException:  # an Authorization header that is none
        given = None
    if given is None or not any(_same(given.username, user) & _same(given.password, word) for user, word in pairs):
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


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode(), expected.encode())
