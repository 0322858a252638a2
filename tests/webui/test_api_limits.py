"""What do our routes refuse because it is too much, and how little do they hold at a time?"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from joytag_core.pictures.squares import Square
from joytag_webui import api, tagging
from tests.webui.calls import FILTER, INTERROGATE, encoded
from tests.webui.fake_webui import FakeWebUI


def test_pictures_of_a_call_are_limited(webui: FakeWebUI, client: TestClient, image: str) -> None:
    """As many pictures as the settings say are taken, one more is refused."""
    webui.opts.data["joytag_api_max_pictures"] = 2
    assert 200 == client.post(INTERROGATE, json={"images": [image] * 2}).status_code
    assert 422 == client.post(INTERROGATE, json={"images": [image] * 3}).status_code


def test_pixels_are_limited_before_decoding(webui: FakeWebUI, client: TestClient) -> None:
    """A picture of exactly the limit is taken; one column more is refused with 413."""
    webui.opts.data["joytag_api_max_megapixels"] = 1
    for width, status in ((1000, 200), (1001, 413)):
        body = {"image": encoded(Image.new("1", (width, 1000)))}
        assert status == client.post(INTERROGATE, json=body).status_code


def test_bytes_are_limited(webui: FakeWebUI, client: TestClient) -> None:
    """More megabytes than the settings say are refused without being decoded."""
    webui.opts.data["joytag_api_max_megabytes"] = 1
    statuses = [
        client.post(INTERROGATE, json={"image": base64.b64encode(bytes(size)).decode()}).status_code
        for size in (1_000_000, 1_000_010)
    ]
    assert [422, 413] == statuses


def test_pixels_of_a_call_are_limited(webui: FakeWebUI, client: TestClient) -> None:
    """Pictures that have more pixels together than a call may have are refused with the limit's name."""
    webui.opts.data["joytag_api_max_call_megapixels"] = 2
    one = encoded(Image.new("1", (1000, 1000)))
    assert 200 == client.post(INTERROGATE, json={"images": [one] * 2}).status_code
    answer = client.post(INTERROGATE, json={"images": [one] * 3})
    assert (413, True) == (answer.status_code, "2 megapixels together" in answer.text)


def test_a_wrong_picture_is_told_before_any_is_looked_at(
    client: TestClient, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of many that is none, or too many pixels, costs nobody the time of those before it; it is named."""
    looked: list[Any] = []
    monkeypatch.setattr(tagging, "read_square", lambda *values, **_: looked.append(values))
    answer = client.post(INTERROGATE, json={"images": [image, image, "nothing"]})
    assert (422, True) == (answer.status_code, "picture 3 of 3: the picture is not base64" in answer.text)
    assert "of 1" not in client.post(INTERROGATE, json={"images": ["nothing"]}).text
    assert [] == looked


def test_a_broken_picture_among_many_is_named(client: TestClient, image: str) -> None:
    """That it is cut off is seen only where it is read."""
    answer = client.post(INTERROGATE, json={"images": [image, image[: len(image) // 8 * 4]]})
    assert (422, True) == (answer.status_code, "picture 2 of 2: the picture is cut off" in answer.text)


def chunks(text: str) -> Iterator[bytes]:
    """Yield a body in pieces, so that no header says how long it is."""
    for start in range(0, len(text), 100_000):
        yield text[start : start + 100_000].encode()


def test_bytes_of_a_call_are_limited(webui: FakeWebUI, client: TestClient) -> None:
    """A request that is larger than the settings allow is refused, whether its header says so or its body shows it."""
    webui.opts.data["joytag_api_max_call_megabytes"] = 1
    body = json.dumps({"text": "a" * 1_000_100})
    for answer in (
        client.post(FILTER, content=body), client.post(FILTER, content=chunks(body)),
        client.post(FILTER, content="x", headers={"content-length": "1000001"}),
    ):  # fmt: skip
        assert (413, True) == (answer.status_code, "more than 1 megabytes" in answer.text)


@pytest.mark.parametrize("field", ["text", "exclude"])
def test_texts_are_limited(webui: FakeWebUI, client: TestClient, field: str) -> None:
    """A prompt or rule of exactly the limit is taken; one letter more is refused with the limit's name."""
    webui.opts.data["joytag_api_max_characters"] = 100
    for length, status in ((100, 200), (101, 413)):
        answer = client.post(FILTER, json={"text": "a", field: "b" * length})
        assert status == answer.status_code
        assert status == 200 or f"{field} has 101 characters; the limit in the settings is 100" in answer.text


@pytest.mark.parametrize("depth", [9, 100_000])
@pytest.mark.parametrize("route", [INTERROGATE, FILTER])
def test_depth_is_limited(client: TestClient, route: str, depth: int) -> None:
    """JSON nested deeper than any request of ours is refused, before anything of it is looked at."""
    answer = client.post(route, content='{"exclude":' + "[" * depth + "]" * depth + "}")
    assert (422, True) == (answer.status_code, "nested deeper than 8 levels" in answer.text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"text": "\\ud800"}', "half a character"),
        ('{"text": "a", "exclude": "/\\udfff(/"}', "half a character"),
        ('{"text": "a", "\\ud800": 1}', "half a character"),
        ('{"text": "a", "min_score": NaN}', "the number nan"),
        ('{"text": "a", "unknown": [[-1e999]]}', "the number -inf"),
    ],
)
def test_what_no_answer_could_repeat_is_refused(client: TestClient, body: str, said: str) -> None:
    """Half a character and a number that is none are a client's mistake, not an error of the server."""
    answer = client.post(FILTER, content=body, headers={"Content-Type": "application/json"})
    assert (422, True) == (answer.status_code, said in answer.text)


def test_pictures_of_a_call_are_decoded_one_at_a_time_in_the_queue(
    webui: FakeWebUI, client: TestClient, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two large pictures never both are there, and none while others hold the WebUI."""
    events: list[str] = []
    content, square = api.picture_content, tagging.read_square

    def taking(*values: Any) -> bytes:
        events.append("taken" if webui.queue_lock.locked() else "taken outside the queue")
        return content(*values)

    def reading(*values: Any, **named: Any) -> Square:
        events.append("made small")
        return square(*values, **named)

    monkeypatch.setattr(api, "picture_content", taking)
    monkeypatch.setattr(tagging, "read_square", reading)
    assert 200 == client.post(INTERROGATE, json={"images": [image] * 3}).status_code
    assert ["taken", "made small"] * 3 == events


def test_what_was_sent_is_not_sent_back(client: TestClient) -> None:
    """A misspelt field is named with what it held, if that is short: nobody wants a picture's base64 in an error."""
    for length, is_repeated in ((150, True), (250, False)):
        answer = client.post(INTERROGATE, json={"imgae": "x" * length})
        assert (422, True) == (answer.status_code, "imgae" in answer.text)
        assert "xxx" not in client.post(INTERROGATE, content='{"image": "' + "x" * 250).text
        assert (is_repeated and not pydantic.VERSION.startswith("1")) == ("x" * length in answer.text)


def test_progress_is_told(webui: FakeWebUI, client: TestClient, image: str) -> None:
    """`/sdapi/v1/progress` divides one number by the other: each picture is read, then looked at."""
    seen: list[tuple[int, int]] = []

    class State(type(webui.state)):  # type: ignore[misc]
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "job_count":
                seen.append((self.job_no, value))

    webui.state.__class__ = State
    assert 200 == client.post(INTERROGATE, json={"images": [image, image]}).status_code
    assert [(1, 4), (2, 4)] == seen[:2]
    assert (4, 4) == seen[-1]
