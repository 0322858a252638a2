"""What must a request be before one of our endpoints sees it: whose, how large, how deep?"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from .authentication import require_credentials
from .settings import option

MOST_DEPTH = 8
"""Our requests are an object with lists at most: what is deeper only costs time, here and in the answer."""
_MEGABYTE = 1_000_000
_MOST_REPEATED = 200
"""Characters of a request that pydantic may repeat in an error: more is a picture, which tells nobody a thing."""


class GuardedRoute(APIRoute):
    """Ask for the password first, then read no more of the body than the settings allow."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Any]]:
        """Return the endpoint behind its guards."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Any:
            await require_credentials(request)
            try:
                return await answer(await _bounded(request))
            except RequestValidationError as error:
                _shorten(error)
                raise

        return guarded


def _shorten(error: RequestValidationError) -> None:
    for told in error.errors():
        for place, name in ((told, "input"), (told.get("ctx", {}), "doc")):  # of pydantic 2, and of 1 for broken JSON
            if len(repr(place.get(name))) > _MOST_REPEATED:
                place.pop(name)


async def _bounded(request: Request) -> Request:
    """Return the request with its body read and found to be within the limits.

    Raises:
        HTTPException: 413, it is too large; 422, it is nested too deep, or holds what no answer could repeat.
    """
    most = int(option("api_max_call_megabytes"))
    length = request.headers.get("content-length", "")
    received = int(length) if length.isdigit() else 0
    _check_size(received, most)
    received = 0

    async def receive() -> Any:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        _check_size(received, most)
        return message

    limited = Request(request.scope, receive)
    if await limited.body() and await _is_checked_json(limited):
        return _ReadRequest(request.scope, await limited.json())
    return limited


class _ReadRequest(Request):
    """Be a request whose JSON has been read: FastAPI would keep its bytes beside it until the call is answered."""

    def __init__(self, scope: Any, content: Any) -> None:
        super().__init__(scope)
        self._content = content

    async def body(self) -> bytes:
        return b"{}"

    async def json(self) -> Any:
        return self._content


def _check_size(received: int, most: int) -> None:
    if received > most * _MEGABYTE:
        raise HTTPException(413, f"the request has more than {most} megabytes, the limit of one call in the settings")


async def _is_checked_json(request: Request) -> bool:
    """Look at a request's JSON; return whether it is JSON, and said to be: FastAPI tells what is not, with the place.

    Raises:
        HTTPException: as `_bounded`.
    """
    try:
        level: list[Any] = [await request.json()]
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError:
        return False
    for _ in range(MOST_DEPTH + 1):
        for value in level:
            _check_value(value)
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise _too_deep()
    return "json" in request.headers.get("content-type", "json")


def _check_value(value: Any) -> None:
    """Refuse what Python reads in JSON and cannot write: an answer that repeats it would be an error of the server."""
    if isinstance(value, float) and not math.isfinite(value):
        raise HTTPException(422, f"the request holds the number {value}; expected one that is finite")
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise HTTPException(422, f"the request holds half a character, {error.object[error.start]!a}") from error


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()


def _too_deep() -> HTTPException:
    return HTTPException(422, f"the request is nested deeper than {MOST_DEPTH} levels, the limit")
