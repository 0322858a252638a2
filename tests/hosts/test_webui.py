"""Does the extension work in a real WebUI? Run where WEBUI_PATH names a checkout of A1111, Forge or reForge.

WEBUI_PYTHON is its interpreter, WEBUI_CHECKPOINT a Stable Diffusion 1 checkpoint (its weights may be random) for the
tests that make pictures; what the WebUI wants of the Hub (CLIP's tokenizer) is to be in HF_HOME.
"""

from __future__ import annotations

import base64
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from joytag_core import Tagger
from tests.hosts.webui_server import API_LOGIN, MODEL, PAGE_LOGIN, THRESHOLD, WebUIServer, encoded

WEBUI = os.environ.get("WEBUI_PATH")

pytestmark = pytest.mark.skipif(not WEBUI, reason="WEBUI_PATH names no WebUI")
makes_pictures = pytest.mark.skipif(not os.environ.get("WEBUI_CHECKPOINT"), reason="WEBUI_CHECKPOINT names no file")

ROUTES = {
    "/joytag/v1/interrogate": {}, "/joytag/v1/filter": {}, "/joytag/v1/map": {}, "/joytag/v1/models": None,
    "/joytag/v1/unload": {},
}  # fmt: skip


def test_loads_without_a_word(webui: WebUIServer) -> None:
    """Beside ComfyUI's files in the same folder, the extension loads without an error or a warning."""
    assert [] == [line for line in webui.log.splitlines() if "joytag" in line.lower() and "/joytag/v1" not in line]


def test_models_are_listed(webui: WebUIServer) -> None:
    """GET /joytag/v1/models names the published model, installed or not, and those that are installed."""
    _, answer = webui.call("/joytag/v1/models")
    assert {"joytag": False, MODEL: True} == {model["name"]: model["installed"] for model in answer["models"]}


@pytest.mark.parametrize("route", ROUTES)
def test_routes_need_a_password(webui: WebUIServer, route: str) -> None:
    """Without the password of --api-auth or --gradio-auth every route answers 401."""
    logins = [None, ("api-user", "wrong"), ("page-user", "api-word"), API_LOGIN, PAGE_LOGIN]
    statuses = [webui.status(route, ROUTES[route], login=login) for login in logins]
    assert [401, 401, 401] == statuses[:3]
    assert 401 not in statuses[3:]


def test_interrogates_as_the_core_does(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """Many pictures in one call give what the core gives, in order."""
    status, answer = webui.call("/joytag/v1/interrogate", {"images": [encoded(path) for path in pictures]})
    assert (200, expected) == (status, [one["text"] for one in answer["pictures"]])


def test_one_picture_as_data_uri(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """A data URI is a picture too, and every chosen tag comes with its score."""
    _, answer = webui.call("/joytag/v1/interrogate", {"image": f"data:image/png;base64,{encoded(pictures[0])}"})
    (one,) = answer["pictures"]
    assert expected[0] == one["text"]
    assert min(tag["score"] for tag in one["tags"]) > THRESHOLD


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"image": "http://127.0.0.1/cat.png"}, 422, "not base64"),
        ({"image": "aGFsbG8="}, 422, "no picture that Pillow can read"),
        ({"image": None}, 422, "0 pictures were sent"),
        ({"threshold": 1.5}, 422, "threshold is 1.5"),
        ({"exclude": "/(/"}, 422, "/(/"),
        ({"treshold": 0.5}, 422, "treshold"),
        ({"model": "../demo"}, 404, "'../demo'"),
        ({"image": None, "images": []}, 422, "0 pictures were sent"),
        ({"image": {"url": "x"}}, 422, "image"),
        ({"images": "abc"}, 422, "images"),
        ({"images": ["aGFsbG8="] * 65}, 422, "66 pictures were sent"),
        ({"threshold": "0.5"}, 422, "threshold"),
        ({"max_tags": True}, 422, "max_tags"),
        ({"image": "A" * 43_000_000}, 413, "32 megabytes"),
        ({"threshold": "high"}, 422, "threshold"),
        ({"categories": ["genral"]}, 422, "genral"),
        ({"target": "midjourney"}, 422, "midjourney"),
    ],
)
def test_mistakes_are_told(
    webui: WebUIServer, pictures: list[Path], changes: dict[str, Any], status: int, said: str
) -> None:
    """A client's mistake is answered with 4xx and a sentence that names it."""
    answer = webui.call("/joytag/v1/interrogate", {"image": encoded(pictures[0]), **changes})
    assert status == answer[0]
    assert said in json.dumps(answer[1], ensure_ascii=False)


def test_huge_pictures_are_refused_before_they_are_decoded(webui: WebUIServer) -> None:
    """A small file that would fill the memory with pixels is refused by its size."""
    file = BytesIO()
    Image.new("1", (12_000, 12_000)).save(file, "PNG")
    body = {"image": base64.b64encode(file.getvalue()).decode()}
    for route in ("/joytag/v1/interrogate", "/sdapi/v1/interrogate", "/tagger/v1/interrogate"):
        status, answer = webui.call(route, {**body, "model": "joytag" if "sdapi" in route else MODEL})
        assert (413, True) == (status, "12000x12000" in str(answer))


@pytest.mark.parametrize(
    ("route", "body", "status", "said"),
    [
        ("interrogate", '{"exclude":' + "[" * 5000 + "]" * 5000 + "}", 422, "nested deeper than 8 levels"),
        (
            "filter",
            json.dumps({"text": "a" * 100_001}),
            413,
            "the limit in the settings is 100,000",
        ),
        ("filter", '{"text": "a", "spaces": "yes"}', 422, "spaces"),
    ],
    ids=["depth", "characters", "strict"],
)
def test_calls_are_bounded(webui: WebUIServer, route: str, body: str, status: int, said: str) -> None:
    """What is too deep, too long or too large is refused with the name of the limit."""
    answer = webui.call(f"/joytag/v1/{route}", body.encode())
    assert (status, True) == (answer[0], said in str(answer[1]))


def test_many_large_pictures_take_one_pictures_memory(webui: WebUIServer) -> None:
    """A call of many pictures of 48 megapixels needs no more at its peak than one of them, and answers for progress."""
    file = BytesIO()
    Image.new("RGB", (8000, 6000), "red").save(file, "PNG")
    large = base64.b64encode(file.getvalue()).decode()
    webui.call("/joytag/v1/interrogate", {"image": large})
    before = webui.peak_megabytes()
    with ThreadPoolExecutor(1) as client:
        asked = client.submit(webui.call, "/joytag/v1/interrogate", {"images": [large] * 21})
        states = []
        while not asked.done():
            status, answer = webui.call("/sdapi/v1/progress")
            states.append((status, answer["state"]["job"]))
            time.sleep(0.2)
    assert (200, 21) == (asked.result()[0], len(asked.result()[1]["pictures"]))
    assert (200, "joytag") in states
    assert {200} == {status for status, _ in states}
    assert webui.peak_megabytes() - before < 8000 * 6000 * 3 / 1_000_000
    assert 413 == webui.status("/joytag/v1/interrogate", {"images": [large] * 22})


def test_filter_says_what_it_dropped(webui: WebUIServer) -> None:
    """POST /joytag/v1/filter gives back the text and what was dropped by which rule."""
    _, answer = webui.call("/joytag/v1/filter", {"text": "1girl, long_hair, saber_(fate)", "exclude": "*hair"})
    assert "1girl, saber \\(fate\\)" == answer["text"]
    assert ["long hair"] == [dropped["tag"] for dropped in answer["dropped"]]


def test_maps_as_the_core_does(webui: WebUIServer, pictures: list[Path]) -> None:
    """POST /joytag/v1/map gives the core's boxes, overlay and mask of each tag, one that is not there told apart."""
    tags = ["circle", "star_(symbol)"]
    (maps,) = Tagger.load(webui.model_folder).maps(pictures[0], tags)
    status, answer = webui.call("/joytag/v1/map", {"image": encoded(pictures[0]), "tags": tags, "level": 0.4})
    assert (200, 96, 96) == (status, answer["width"], answer["height"])
    assert [(tag, maps.holds(tag, threshold=THRESHOLD)) for tag in tags] == [
        (one["tag"], one["holds"]) for one in answer["tags"]
    ]
    assert {True, False} == {one["holds"] for one in answer["tags"]}
    boxes = [[box["left"], box["top"], box["right"], box["bottom"]] for box in answer["tags"][0]["boxes"]]
    assert [[box.left, box.top, box.right, box.bottom] for box in maps.boxes("circle", level=0.4)] == boxes
    overlay, mask = (opened(answer["images"][0][kind]) for kind in ("overlay", "mask"))
    assert ((96, 96), "RGB", (96, 96), "L") == (overlay.size, overlay.mode, mask.size, mask.mode)
    # Another torch may put a pixel of the edge on its other side.
    assert np.mean(maps.mask("circle", level=0.4) != (np.asarray(mask) > 0)) < 0.01
    assert not np.asarray(opened(answer["images"][1]["mask"])).any()


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"tags": ["nonesuch"]}, 422, "no tag 'nonesuch'"),
        ({"tags": []}, 422, "expected 1 to 64"),
        ({"level": 1.5}, 422, "level is 1.5"),
        ({"level": "0.5"}, 422, "level"),
        ({"image": "aGFsbG8="}, 422, "no picture that Pillow can read"),
        ({"model": "../demo"}, 404, "'../demo'"),
    ],
)
def test_a_maps_mistakes_are_told(
    webui: WebUIServer, pictures: list[Path], changes: dict[str, Any], status: int, said: str
) -> None:
    """A client's mistake is answered with 4xx and a sentence that names it."""
    answer = webui.call("/joytag/v1/map", {"image": encoded(pictures[0]), "tags": ["circle"], **changes})
    assert (status, True) == (answer[0], said in json.dumps(answer[1], ensure_ascii=False))


def opened(text: str) -> Image.Image:
    """Return a picture of an answer."""
    return Image.open(BytesIO(base64.b64decode(text)))


def test_cores_interrogate_knows_joytag(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """The WebUI's own route takes model "joytag", and still refuses models that it does not know."""
    route, body = "/sdapi/v1/interrogate", {"image": encoded(pictures[0])}
    assert (200, {"caption": expected[0]}) == webui.call(route, {**body, "model": "joytag"})
    assert 404 == webui.status(route, {**body, "model": "unknown"})


def test_another_extension_keeps_its_tagger_route(webui: WebUIServer, pictures: list[Path]) -> None:
    """Where a second extension answers on a route of the tagger's API it goes on to; on the others we do."""
    assert (200, {"models": ["of another extension"]}) == webui.call("/tagger/v1/interrogators")
    body = {"image": encoded(pictures[0]), "model": MODEL, "threshold": THRESHOLD}
    status, answer = webui.call("/tagger/v1/interrogate", body)
    assert 200 == status
    assert answer["caption"]["tag"]
    assert 401 == webui.status("/tagger/v1/interrogate", body, login=None)


def test_api_page_is_whole(webui: WebUIServer) -> None:
    """/openapi.json holds the WebUI's routes and ours, and the WebUI's options hold our settings."""
    _, page = webui.call("/openapi.json")
    assert {*ROUTES, "/sdapi/v1/txt2img", "/sdapi/v1/interrogate"} <= set(page["paths"])
    if webui.kind == "a1111":  # Forge and reForge fix their options' list before extensions add theirs
        assert webui.call("/sdapi/v1/options")[1]["joytag_threshold"] == THRESHOLD


def test_unload_gives_the_model_back(webui: WebUIServer, pictures: list[Path]) -> None:
    """After unload no model is loaded, and the next call loads it again."""
    webui.call("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
    assert (200, {"unloaded": MODEL}) == webui.call("/joytag/v1/unload", {})
    assert not any(model["loaded"] for model in webui.call("/joytag/v1/models")[1]["models"])
    assert 200 == webui.status("/joytag/v1/interrogate", {"image": encoded(pictures[0])})
