"""Who may call the routes of a real WebUI with one kind of password, or with none? Run as test_webui.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hosts.test_webui import ROUTES, WEBUI
from tests.hosts.webui_server import API_LOGIN, MODEL, PAGE_LOGIN, WebUIServer

pytestmark = pytest.mark.skipif(not WEBUI, reason="WEBUI_PATH names no WebUI")

FOREIGN_LOGIN = ("用户", "пароль€")
_ALL = {None, API_LOGIN, PAGE_LOGIN, FOREIGN_LOGIN}


@pytest.mark.parametrize(
    ("flag", "may"),
    [("--api-auth", {API_LOGIN}), ("--gradio-auth", {PAGE_LOGIN}), (None, _ALL), ("--api-auth", {FOREIGN_LOGIN})],
    ids=["api", "page", "none", "beyond ASCII"],
)
def test_one_password_guards_every_route(tmp_path: Path, flag: str | None, may: set[tuple[str, str] | None]) -> None:
    """The password that is set opens every route, of which none is open without it; without any, all are."""
    logins = {flag: next(iter(may))} if flag else {}
    with WebUIServer(
        Path(os.environ["WEBUI_PATH"]), tmp_path, settings={"joytag_model": MODEL}, logins=logins
    ) as webui:
        for route, body in ROUTES.items():
            refused = {login for login in _ALL if webui.status(route, body, login=login) == 401}
            assert _ALL - may == refused
        assert set(ROUTES) <= set(webui.call("/openapi.json", login=next(iter(may)))[1]["paths"])
