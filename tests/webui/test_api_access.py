"""Whom do our routes answer, and where are they?"""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from tests.webui.calls import FILTER, client_of
from tests.webui.fake_webui import FakeWebUI


def test_a_stranger_is_refused_before_anything_is_read(webui: FakeWebUI) -> None:
    """Without the password not even the size of a request matters."""
    webui.cmd_opts.api_auth = "a:1"
    webui.opts.data["joytag_api_max_call_megabytes"] = 1
    assert 401 == client_of(webui).post(FILTER, content="a" * 1_000_001).status_code


@pytest.mark.parametrize(
    ("api_auth", "page_logins", "given", "status"),
    [
        (None, [], None, 200),
        ("a:1,b:2", [], None, 401),
        ("a:1,b:2", [], ("b", "2"), 200),
        ("a:1,b:2", [], ("a", "2"), 401),
        ("a:1", [], ("a", ""), 401),
        (None, [("p", "w:x")], None, 401),
        (None, [("p", "w:x")], ("p", "w:x"), 200),
        ("a:1", [("p", "w")], ("p", "w"), 200),
        ("ä:ж€", [], ("ä".encode(), "ж€".encode()), 200),
        ("ä:ö", [], ("ä".encode("latin-1"), "ö".encode("latin-1")), 200),
        ("ä:ж€", [], ("ä".encode(), "ж".encode()), 401),
        ("a:\udcff", [], (b"a", b"\xff"), 200),
        (None, [("用户", "密码")], ("用户".encode(), "密码".encode()), 200),
    ],
)
def test_passwords(
    webui: FakeWebUI, api_auth: str | None, page_logins: list[tuple[str, str]], given: Any, status: int
) -> None:
    """The passwords of --api-auth and of --gradio-auth hold; without either the routes are open, as the WebUI's are."""
    webui.cmd_opts.api_auth = api_auth
    webui.page_logins.extend(page_logins)
    answer = client_of(webui).get("/joytag/v1/models", auth=given)
    assert status == answer.status_code
    assert status == 200 or answer.headers["WWW-Authenticate"] == "Basic"


@pytest.mark.parametrize("name", ["access-token", "access-token-unsecure", "access-token-f00"])
def test_page_login_is_enough(webui: FakeWebUI, name: str) -> None:
    """The cookie of gradio's login holds, under the names of both lines; a token that nobody was given does not."""
    webui.page_logins.append(("p", "w"))
    client = client_of(webui)
    client.app.tokens = {"secret": "p"}  # type: ignore[attr-defined]
    client.cookies.set(name, "secret")
    assert 200 == client.get("/joytag/v1/models").status_code
    client.cookies.set(name, "guess")
    assert 401 == client.get("/joytag/v1/models").status_code


def test_broken_credentials_are_refused(webui: FakeWebUI) -> None:
    """An Authorization header that is none is 401, not an error of the server."""
    webui.cmd_opts.api_auth = "a:1"
    answer = client_of(webui).get("/joytag/v1/models", headers={"Authorization": "Basic !!!"})
    assert 401 == answer.status_code


def test_routes_follow_the_hosts_own_switch(webui: FakeWebUI) -> None:
    """Without --api and without --nowebui there are no routes, as the WebUI has none."""
    webui.cmd_opts.api = False
    assert 404 == client_of(webui).get("/joytag/v1/models").status_code
    webui.cmd_opts.nowebui = True
    assert 200 == client_of(webui).get("/joytag/v1/models").status_code


def other_extension(app: FastAPI) -> None:
    """Add what another tagger extension may serve."""
    app.add_api_route("/tagger/v1/interrogators", lambda: {"models": ["its own"]}, methods=["GET"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_another_taggers_routes_stay_its_own(webui: FakeWebUI, image: str, when: str) -> None:
    """Whichever was added first, another extension keeps its routes; we answer on those that it does not serve."""
    webui.opts.data["joytag_tagger_routes"] = True
    client = client_of(webui, **{when: other_extension})
    assert {"models": ["its own"]} == client.get("/tagger/v1/interrogators").json()
    body = {"image": image, "model": "tiny", "threshold": 0.5}
    caption = client.post("/tagger/v1/interrogate", json=body).json()["caption"]
    assert {} == caption["rating"]
    assert min(caption["tag"].values()) > 0.5


def test_tagger_routes_are_an_option(webui: FakeWebUI) -> None:
    """Off, they are not there; on, they list our models, with a password as all our routes."""
    assert 404 == client_of(webui).get("/tagger/v1/interrogators").status_code
    webui.opts.data["joytag_tagger_routes"] = True
    client = client_of(webui)
    assert "tiny" in client.get("/tagger/v1/interrogators").json()["models"]
    assert 200 == client.post("/tagger/v1/unload-interrogators").status_code
    webui.cmd_opts.api_auth = "a:1"
    assert 401 == client.get("/tagger/v1/interrogators").status_code
