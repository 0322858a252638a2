"""What do the WebUI's own API routes know of JoyTag, and what do they refuse?"""

from __future__ import annotations

import base64
import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from PIL import Image

from joytag_webui import sdapi_interrogate
from tests.webui.fake_webui import FakeWebUI

PATH = "/sdapi/v1/interrogate"


@pytest.fixture
def image(picture: Image.Image) -> str:
    """Return one small picture as a client sends it."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def host_api(webui: FakeWebUI) -> Any:
    """Return the WebUI's API after the extension has joined it."""
    webui.load_scripts()
    webui.callbacks.run("on_ui_tabs")
    return sys.modules["modules.api.api"].Api()


def test_the_hosts_endpoint_knows_joytag(host_api: Any, image: str) -> None:
    """Model "joytag" is ours, every other one the WebUI's."""
    ours = host_api.interrogateapi(SimpleNamespace(image=image, model="joytag"))
    assert ours["caption"].startswith("tag 8")
    assert "the WebUI's own clip" == host_api.interrogateapi(SimpleNamespace(image=image, model="clip"))


@pytest.mark.parametrize(("sent", "status"), [("", 422), ("!", 422), (None, 422)])
def test_the_hosts_endpoint_tells_mistakes(host_api: Any, sent: str | None, status: int) -> None:
    """A picture that is none is the client's mistake."""
    with pytest.raises(HTTPException) as told:
        host_api.interrogateapi(SimpleNamespace(image=sent, model="joytag"))
    assert status == told.value.status_code


def served(webui: FakeWebUI, app: FastAPI | None = None) -> TestClient:
    """Return a client of an application to which ours has been added where it has no such route."""
    app = app or FastAPI()
    sdapi_interrogate.serve(app)
    return TestClient(app)


def test_ours_answers_where_the_host_has_none(webui: FakeWebUI, image: str) -> None:
    """The same shape, the same model; any other interrogator is not there."""
    client = served(webui)
    assert client.post(PATH, json={"image": image, "model": "joytag"}).json()["caption"].startswith("tag 8")
    assert 404 == client.post(PATH, json={"image": image, "model": "clip"}).status_code
    assert 422 == client.post(PATH, json={"model": "joytag"}).status_code
    webui.cmd_opts.api_auth = "a:1"
    assert 401 == client.post(PATH, json={"image": image}).status_code
    assert PATH in client.get("/openapi.json").json()["paths"]


def test_the_hosts_own_route_stays(webui: FakeWebUI) -> None:
    """Where the WebUI answers, we do not."""
    app = FastAPI()
    app.add_api_route(PATH, lambda: "the WebUI's", methods=["POST"])
    assert "the WebUI's" == served(webui, app).post(PATH).json()


def test_without_the_api_there_is_no_route(webui: FakeWebUI) -> None:
    """The person's switch for the API holds for this route too."""
    webui.cmd_opts.api = False
    assert 404 == served(webui).post(PATH, json={}).status_code


def call(section: Any, *, prompt: str = "", name: str = "JoyTag") -> SimpleNamespace:
    """Return a request of txt2img or img2img with the section's arguments."""
    return SimpleNamespace(prompt=prompt, alwayson_scripts={name: {"args": section}})


@pytest.mark.parametrize(
    ("section", "prompt", "status", "said"),
    [
        ([{"threshold": 2}], "", 422, "threshold is 2"),
        ([{"threshold": True}], "", 422, "threshold is True"),
        ([{"spaces": "yes"}], "", 422, "spaces"),
        ([{"treshold": 0.5}], "", 422, "'treshold'"),
        ([{"exclude": "/(/"}], "", 422, "/(/"),
        ([{"exclude": 3}], "", 422, "exclude is 3"),
        ([{"preset": "nobody"}], "", 422, "'nobody'"),
        ([{"preset": ["a"]}], "", 422, "preset is ['a']"),
        ([{"placement": "replace"}], "", 422, "placement is 'replace'"),
        ([{"placement": "nowhere"}], "", 422, "placement is 'nowhere'"),
        ([{"enabled": "no"}], "", 422, "enabled is 'no'"),
        ([{"picture": "!"}], "", 422, "not base64"),
        ([{"picture": "aGFsbG8="}], "", 422, "no picture that Pillow can read"),
        ([{"picture": 3}], "", 422, "type int"),
        ([{"model": "nobody"}], "", 404, "'nobody'"),
        ([True, "nowhere"], "", 422, "placement is 'nowhere'"),
        ([{}], "{joytag:treshold=0.5}", 422, "treshold"),
        ([{}], "{joytag:keep_only=/(/}", 422, "/(/"),
        ("args", "", 422, "type str"),
        (None, "", 422, "type NoneType"),
    ],
)
def test_a_wrong_section_is_refused_before_anything_is_made(
    host_api: Any, section: Any, prompt: str, status: int, said: str
) -> None:
    """The call is answered with the reason, and the WebUI does not even collect its arguments."""
    with pytest.raises(HTTPException) as told:
        host_api.init_script_args(call(section, prompt=prompt), [], None, None, None)
    assert (status, True) == (told.value.status_code, said in told.value.detail)


def test_a_section_nested_deep_is_refused(host_api: Any) -> None:
    """What would make Python give up is the client's mistake too."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(HTTPException) as told:
        host_api.init_script_args(call([{"threshold": deep}]), [], None, None, None)
    assert 422 == told.value.status_code
    while deep:  # Python's own clean-up of so deep a list would overflow on some versions
        deep = deep[0]


@pytest.mark.parametrize(
    "request_",
    [
        call([{}]), call([]), call([False, "nowhere"]), call([{"enabled": False, "threshold": 9}]),
        call([{"threshold": 9}], name="Another"), SimpleNamespace(prompt="{joytag:9}", alwayson_scripts=None),
        SimpleNamespace(), call([{"threshold": 0.5, "preset": "", "exclude": "*hair"}], name="joytag"),
    ],
)  # fmt: skip
def test_what_is_right_or_not_ours_passes(host_api: Any, request_: Any) -> None:
    """A right section, one that is off, and what another script is given go to the WebUI as they are."""
    assert "collected" == host_api.init_script_args(request_, [], None, None, None)
