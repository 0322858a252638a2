"""What do the extension's tests share? A stand-in WebUI of each kind, with the small model in its model folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.webui.calls import client_of, encoded
from tests.webui.fake_webui import KINDS, FakeWebUI


@pytest.fixture(params=KINDS)
def any_webui(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeWebUI:
    """Return a stand-in of each family member in turn."""
    return FakeWebUI(monkeypatch, tmp_path, request.param)


@pytest.fixture
def webui(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny: Path) -> FakeWebUI:
    """Return a stand-in of A1111 whose model folder holds the small model, chosen on the settings page."""
    shutil.copytree(tiny, tmp_path / "models" / "joytag" / "tiny")
    return FakeWebUI(monkeypatch, tmp_path, joytag_model="tiny")


@pytest.fixture
def client(webui: FakeWebUI) -> TestClient:
    """Return a client of an application with our routes."""
    return client_of(webui)


@pytest.fixture
def image(picture: Image.Image) -> str:
    """Return one small picture as a client sends it."""
    return encoded(picture)
