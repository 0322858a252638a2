"""How do tests call our routes?"""

from __future__ import annotations

import base64
import io
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from joytag_webui import api
from tests.webui.fake_webui import FakeWebUI

INTERROGATE, FILTER, MAP = "/joytag/v1/interrogate", "/joytag/v1/filter", "/joytag/v1/map"


def client_of(webui: FakeWebUI, *, before: Any = None, after: Any = None) -> TestClient:
    """Return a client of an application with our routes, and perhaps another extension's, added before or after."""
    app = FastAPI()
    if before:
        before(app)
    api.add_routes(app)
    if after:
        after(app)
    return TestClient(app)


def encoded(picture: Image.Image, kind: str = "PNG") -> str:
    """Return a picture as a client sends it."""
    file = io.BytesIO()
    picture.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()
