"""What do our routes answer, whom do they answer, and what do they refuse?"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from joytag_core.pictures.squares import Square
from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameters import PARAMETERS
from joytag_webui import api, tagging
from tests.sample_pictures import wide_picture
from tests.webui.fake_webui import FakeWebUI

INTERROGATE, FILTER, MAP = "/joytag/v1/interrogate", "/joytag/v1/filter", "/joytag/v1/map"


@pytest.fixture
def client(webui: FakeWebUI) -> TestClient:
    """Return a client of an application with our routes."""
    return client_of(webui)


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


@pytest.fixture
def image(picture: Image.Image) -> str:
    """Return one small picture as a client sends it."""
    return encoded(picture)


def test_one_and_many_pictures(client: TestClient, image: str) -> None:
    """`image` and `images` are answered in order, one result a picture, the same for the same picture."""
    answer = client.post(INTERROGATE, json={"image": image, "images": [f"data:image/png;base64,{image}"]}).json()
    one, other = answer["pictures"]
    assert one == other
    assert {"text", "tags", "dropped", "replaced"} == set(one)
    best = one["tags"][0]
    assert ("tag_8", "tag 8", "general") == (best["tag"], best["name"], best["category"])
    assert 0.0 < best["score"] <= 1.0


def test_settings_of_the_call_hold_over_the_page(webui: FakeWebUI, client: TestClient, image: str) -> None:
    """What a call does not set is as on the settings page."""
    webui.opts.data["joytag_max_tags"] = 2
    assert 2 == len(client.post(INTERROGATE, json={"image": image}).json()["pictures"][0]["tags"])
    assert 1 == len(client.post(INTERROGATE, json={"image": image, "max_tags": 1}).json()["pictures"][0]["tags"])


def test_put_in_tag_has_no_score(client: TestClient, image: str) -> None:
    """A tag that a rule put in, and that the model does not know, has the score null."""
    body = {"image": image, "max_tags": 1, "replace": "tag_8 -> masterpiece"}
    (one,) = client.post(INTERROGATE, json=body).json()["pictures"]
    assert ("masterpiece", None, None) in [(tag["name"], tag["tag"], tag["category"]) for tag in one["tags"]]
    assert ["tag 8"] == [replaced["tag"] for replaced in one["replaced"]]


def test_dropped_tags_come_with_their_rules(client: TestClient) -> None:
    """The filter says what it dropped, and by which rule."""
    answer = client.post(FILTER, json={"text": "1girl, long_hair", "exclude": "*hair"}).json()
    assert "1girl" == answer["text"]
    (dropped,) = answer["dropped"]
    assert "*hair" in dropped["rule"]


def test_filter_scores_by_the_picture(client: TestClient, image: str) -> None:
    """With a picture, tags that the model knows have its score; words that it does not know pass."""
    body = {"text": "tag_8, tag_3, my word", "image": image, "min_score": 0.5}
    assert "tag 8, my word" == client.post(FILTER, json=body).json()["text"]


def test_names_of_embeddings_stay_as_they_are_spelled(webui: FakeWebUI, client: TestClient, tmp_path: Path) -> None:
    """The files in the WebUI's folder of embeddings, and in those below it, name what is never respelled."""
    webui.cmd_opts.embeddings_dir = tmp_path / "embeddings"
    (tmp_path / "embeddings" / "more").mkdir(parents=True)
    for name in ("wide_hat.pt", "more/red_hat.safetensors", "long_hair.txt"):
        (tmp_path / "embeddings" / name).touch()
    body = {"text": "wide_hat, (Red_Hat:1.2), long_hair"}
    assert "wide_hat, (Red_Hat:1.2), long hair" == client.post(FILTER, json=body).json()["text"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "0 pictures"),
        ({"image": "!"}, 422, "not base64"),
        ({"image": base64.b64encode(b"hello").decode()}, 422, "cannot be read"),
        ({"threshold": 1.01}, 422, "threshold is 1.01"),
        ({"order": "random"}, 422, "order is 'random'"),
        ({"exclude": "/(/"}, 422, "/(/"),
        ({"model": "nobody"}, 404, "'nobody'"),
        ({"model": "/etc"}, 404, "'/etc'"),
        ({"unknown": 1}, 422, "unknown"),
        ({"threshold": "0.5"}, 422, "threshold"),
        ({"threshold": True}, 422, "threshold"),
        ({"max_tags": "3"}, 422, "max_tags"),
        ({"max_tags": 2.5}, 422, "max_tags"),
        ({"max_tags": False}, 422, "max_tags"),
        ({"spaces": "yes"}, 422, "spaces"),
        ({"spaces": 1}, 422, "spaces"),
        ({"exclude": 1}, 422, "exclude"),
        ({"categories": ["general", 1]}, 422, "categories"),
    ],
)
def test_mistakes_are_told(client: TestClient, image: str, body: dict[str, Any], status: int, said: str) -> None:
    """A mistake is answered with 4xx and a sentence that names it."""
    answer = client.post(INTERROGATE, json=body if body.keys() <= {"image"} else {"image": image, **body})
    assert status == answer.status_code
    assert said in answer.text


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


def test_whole_numbers_are_numbers(client: TestClient, image: str) -> None:
    """A threshold of 1 is one of 1.0: JSON has one kind of number."""
    assert 200 == client.post(INTERROGATE, json={"image": image, "threshold": 1}).status_code


def test_pixels_of_a_call_are_limited(webui: FakeWebUI, client: TestClient) -> None:
    """Pictures that have more pixels together than a call may have are refused with the limit's name."""
    webui.opts.data["joytag_api_max_call_megapixels"] = 2
    one = encoded(Image.new("1", (1000, 1000)))
    assert 200 == client.post(INTERROGATE, json={"images": [one] * 2}).status_code
    answer = client.post(INTERROGATE, json={"images": [one] * 3})
    assert (413, True) == (answer.status_code, "2 megapixels together" in answer.text)


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


def test_characters_of_every_kind_pass(client: TestClient) -> None:
    """Names beyond ASCII, and beyond what two bytes hold, come back as they were."""
    assert "猫, 😀" == client.post(FILTER, json={"text": "猫, 😀"}).json()["text"]


def test_no_json_is_told(client: TestClient) -> None:
    """A body that is no JSON is a client's mistake."""
    assert 422 == client.post(FILTER, content="{").status_code


def test_a_stranger_is_refused_before_anything_is_read(webui: FakeWebUI) -> None:
    """Without the password not even the size of a request matters."""
    webui.cmd_opts.api_auth = "a:1"
    webui.opts.data["joytag_api_max_call_megabytes"] = 1
    assert 401 == client_of(webui).post(FILTER, content="a" * 1_000_001).status_code


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


@pytest.mark.parametrize("path", [INTERROGATE, MAP])
def test_colours_are_as_the_page_or_the_call_says(webui: FakeWebUI, client: TestClient, path: str) -> None:
    """A picture with the profile of a wide gamut is another one by its bare numbers."""
    body = {"image": base64.b64encode(wide_picture()).decode()}
    body |= {"tags": ["tag_8"], "images": False} if path == MAP else {"max_tags": 1}

    def score(**more: str) -> float:
        answer = client.post(path, json=body | more).json()
        tags = answer["tags"] if path == MAP else answer["pictures"][0]["tags"]
        return float(tags[0]["score"])

    usual, stored = score(), score(colours="stored")
    assert abs(usual - stored) > 1e-3
    webui.opts.data["joytag_colours"] = "stored"
    assert [stored, usual] == [pytest.approx(score()), pytest.approx(score(colours="srgb"))]
    assert 422 == client.post(path, json=body | {"colours": "cmyk"}).status_code


def test_models_and_unload(client: TestClient, image: str) -> None:
    """A model is loaded by its first use and given back by unload; unload without a model is no error."""
    client.post(INTERROGATE, json={"image": image})
    models = {model["name"]: model for model in client.get("/joytag/v1/models").json()["models"]}
    assert (True, False) == (models["tiny"]["loaded"], models["joytag"]["installed"])
    assert {"unloaded": "tiny"} == client.post("/joytag/v1/unload").json()
    assert {"unloaded": None} == client.post("/joytag/v1/unload").json()


def test_queue_is_free_after_a_call(webui: FakeWebUI, client: TestClient, image: str) -> None:
    """A call gives the WebUI's queue back, also after an error."""
    client.post(INTERROGATE, json={"image": image})
    client.post(INTERROGATE, json={"image": image, "model": "nobody"})
    assert not webui.queue_lock.locked()


def test_an_old_interrupt_does_not_stop_a_new_call(webui: FakeWebUI, client: TestClient, image: str) -> None:
    """Interrupt pressed while nothing ran is forgotten when a call begins."""
    webui.state.interrupt()
    assert 200 == client.post(INTERROGATE, json={"image": image}).status_code


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


def test_api_page_describes_every_setting(client: TestClient) -> None:
    """/openapi.json holds each setting with its help."""
    schema = client.get("/openapi.json").json()["components"]["schemas"]["JoyTagInterrogateRequest"]
    ours = {"image", "images", "other_scores", *OTHER_PARAMETERS, *FRAME_PARAMETERS}
    assert set(PARAMETERS) | ours == set(schema["properties"])
    assert PARAMETERS["threshold"].help in schema["properties"]["threshold"]["description"]


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


def test_hidden_colours_of_transparent_pictures_are_not_tagged(client: TestClient, picture: Image.Image) -> None:
    """A wholly transparent picture is white, whatever colours it hides."""
    hidden = picture.convert("RGBA")
    hidden.putalpha(0)
    white = Image.new("RGB", picture.size, "white")
    scores = [
        client.post(INTERROGATE, json={"image": encoded(one)}).json()["pictures"] for one in (hidden, white, picture)
    ]
    assert scores[0] == scores[1] != scores[2]


def test_turned_pictures_are_turned_back(client: TestClient, picture_paths: list[Path]) -> None:
    """A photo that its EXIF turns is tagged upright."""
    with Image.open(picture_paths[-1]) as opened:
        upright = opened.convert("RGB")
    exif = Image.Exif()
    exif[274] = 3
    file = io.BytesIO()
    upright.rotate(180).save(file, "PNG", exif=exif)
    turned = base64.b64encode(file.getvalue()).decode()
    answers = [client.post(INTERROGATE, json={"image": one}).json() for one in (encoded(upright), turned)]
    assert answers[0] == answers[1]
