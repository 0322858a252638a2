"""Does the extension work in a real WebUI that has no page (--nowebui)? Run as test_webui.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from joytag_core import Tagger
from joytag_core.settings.interrogation import Interrogation
from tests.hosts.test_webui import ROUTES, WEBUI, makes_pictures
from tests.hosts.test_webui_prompts import after, img2img, prompt_in
from tests.hosts.webui_server import MODEL, THRESHOLD, WebUIServer, encoded

pytestmark = pytest.mark.skipif(not WEBUI, reason="WEBUI_PATH names no WebUI")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUIServer]:
    """Run a WebUI as an API server whose interrogators are to use the CPU."""
    settings = {"joytag_model": MODEL, "joytag_threshold": THRESHOLD}
    flags = ("--nowebui", "--skip-load-model-at-start", "--use-cpu", "interrogate")
    folder = tmp_path_factory.mktemp("server")
    with WebUIServer(Path(os.environ["WEBUI_PATH"]), folder, settings=settings, flags=flags) as server:
        yield server


@pytest.fixture(scope="module")
def prompt(server: WebUIServer, pictures: list[Path]) -> str:
    """Return the first picture's prompt as the core makes it."""
    (scores,) = Tagger.load(server.model_folder).score(pictures[0])
    return Interrogation.from_settings({"threshold": THRESHOLD, "target": "a1111"}).prompt(scores).text


def test_routes_are_there_and_guarded(server: WebUIServer) -> None:
    """Every route answers, and only to who knows the password."""
    assert {401} == {server.status(route, body, login=None) for route, body in ROUTES.items()}
    assert set(ROUTES) <= set(server.call("/openapi.json")[1]["paths"])


def test_stored_settings_hold(server: WebUIServer, pictures: list[Path], prompt: str) -> None:
    """What the settings page has stored holds where no page was ever built."""
    _, answer = server.call("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
    assert prompt == answer["pictures"][0]["text"]


def test_cores_interrogate_knows_joytag(server: WebUIServer, pictures: list[Path], prompt: str) -> None:
    """The WebUI's own route takes model "joytag" here too."""
    body = {"image": encoded(pictures[0]), "model": "joytag"}
    assert (200, {"caption": prompt}) == server.call("/sdapi/v1/interrogate", body)


@makes_pictures
def test_automatic_prompts_work(server: WebUIServer, pictures: list[Path], prompt: str) -> None:
    """The section is there for API calls although it is shown nowhere."""
    (infotext,) = img2img(server, pictures[:1], "a photo", {})
    assert after("a photo", prompt) == prompt_in(infotext)
