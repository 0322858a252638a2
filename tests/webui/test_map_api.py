"""What does the route for maps answer, and what does it refuse?"""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from joytag_webui import api, tagging
from tests.webui.calls import MAP, encoded
from tests.webui.fake_webui import FakeWebUI


def decoded(text: str) -> Image.Image:
    """Return a picture of an answer."""
    return Image.open(io.BytesIO(base64.b64decode(text)))


@pytest.fixture
def body(picture: Image.Image) -> dict[str, Any]:
    """Return a request for two tags of a picture of 31x17."""
    return {"image": encoded(picture), "tags": ["tag 8", "tag_13"]}


def test_each_tag_has_its_places_and_pictures(client: TestClient, body: dict[str, Any], picture: Image.Image) -> None:
    """In the picture's own pixels, as the core says."""
    answer = client.post(MAP, json=body | {"level": 0.2, "threshold": 0.0}).json()
    (maps,) = tagging.session().maps(picture, ["tag_8", "tag_13"], model="tiny")
    assert (31, 17) == (answer["width"], answer["height"])
    assert ["tag_8", "tag_13"] == [tag["tag"] for tag in answer["tags"]]
    assert [["tag_8"], ["tag_13"]] == [one["tags"] for one in answer["images"]]
    first = answer["tags"][0]
    assert first["score"] == pytest.approx(maps.score_of("tag_8"), abs=1e-4)
    assert [box.left for box in maps.boxes("tag_8", level=0.2)] == [box["left"] for box in first["boxes"]]
    assert {"x", "y", "strength"} == set(first["points"][0])
    overlay, mask = (decoded(answer["images"][0][kind]) for kind in ("overlay", "mask"))
    assert ((31, 17), "RGB") == (overlay.size, overlay.mode)
    assert np.array_equal(np.asarray(mask) > 0, maps.mask("tag_8", level=0.2))


def test_tags_may_be_combined(client: TestClient, body: dict[str, Any]) -> None:
    """Then there is one picture of all, and still each one's places."""
    answer = client.post(MAP, json=body | {"combine": "union"}).json()
    assert [["tag_8", "tag_13"]] == [one["tags"] for one in answer["images"]]
    assert 2 == len(answer["tags"])


def test_pictures_may_be_left_out(client: TestClient, body: dict[str, Any]) -> None:
    """For who wants places alone."""
    answer = client.post(MAP, json=body | {"images": False}).json()
    assert [] == answer["images"]
    assert 2 == len(answer["tags"])


def test_what_holds_is_said(client: TestClient, body: dict[str, Any]) -> None:
    """By the threshold of the call, else of the settings page."""
    (first, _) = client.post(MAP, json=body | {"threshold": 0.0}).json()["tags"]
    assert first["holds"] is True
    (first, _) = client.post(MAP, json=body | {"threshold": 1.0}).json()["tags"]
    assert (False, []) == (first["holds"], first["boxes"])
    (first, _) = client.post(MAP, json=body | {"threshold": 1.0, "only_held": False}).json()["tags"]
    assert first["holds"] is False
    assert first["boxes"]


def test_maps_of_a_call_are_limited(webui: FakeWebUI, client: TestClient) -> None:
    """Each tag's map is as large as the picture and counts as one: exactly the limit is taken, one more refused."""
    webui.opts.data["joytag_api_max_call_megapixels"] = 3
    body = {"image": encoded(Image.new("1", (1000, 1000))), "images": False}
    assert 200 == client.post(MAP, json=body | {"tags": ["tag_8", "tag_13"]}).status_code
    answer = client.post(MAP, json=body | {"tags": ["tag_8", "tag_13", "tag_2"]})
    assert (413, True) == (answer.status_code, "pictures and maps have more than 3 megapixels" in answer.text)


def test_one_calls_maps_are_drawn_at_a_time(
    webui: FakeWebUI, client: TestClient, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is drawn for a call is as large as its picture: it is drawn while the queue is held."""
    held: list[bool] = []

    def watching(picture: Image.Image) -> str:
        held.append(webui.queue_lock.locked())
        return encoded(picture)

    monkeypatch.setattr(api, "encoded", watching)
    assert 200 == client.post(MAP, json=body).status_code
    assert [True] * 4 == held
    assert not webui.queue_lock.locked()


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"tags": ["nonesuch"]}, 422, "no tag 'nonesuch'"),
        ({"tags": []}, 422, "expected 1 to 64"),
        ({"level": 2}, 422, "level"),
        ({"method": "half"}, 422, "method"),
        ({"levl": 0.5}, 422, "levl"),
        ({"image": "?"}, 422, "base64"),
        ({"model": "gone"}, 404, "gone"),
    ],
)
def test_what_is_wrong_is_told(
    client: TestClient, body: dict[str, Any], changes: dict[str, Any], status: int, message: str
) -> None:
    """With the status of its kind; a misspelt setting too."""
    answer = client.post(MAP, json=body | changes)
    assert status == answer.status_code
    assert message in answer.text
