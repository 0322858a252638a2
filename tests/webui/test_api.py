"""What do our routes answer?"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameters import PARAMETERS
from tests.sample_pictures import wide_picture
from tests.webui.calls import FILTER, INTERROGATE, MAP, encoded
from tests.webui.fake_webui import FakeWebUI


def test_one_and_many_pictures(client: TestClient, image: str) -> None:
    """`image` and `images` are answered in order, one result a picture, the same for the same picture."""
    answer = client.post(INTERROGATE, json={"image": image, "images": [f"data:image/png;base64,{image}"]}).json()
    one, other = answer["pictures"]
    assert one == other
    assert {"text", "tags", "dropped", "replaced", "sentences"} == set(one)
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
        ({"image": base64.b64encode(b"hello").decode()}, 422, '"this is no picture that Pillow can read'),
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


def test_whole_numbers_are_numbers(client: TestClient, image: str) -> None:
    """A threshold of 1 is one of 1.0: JSON has one kind of number."""
    assert 200 == client.post(INTERROGATE, json={"image": image, "threshold": 1}).status_code


def test_characters_of_every_kind_pass(client: TestClient) -> None:
    """Names beyond ASCII, and beyond what two bytes hold, come back as they were."""
    assert "猫, 😀" == client.post(FILTER, json={"text": "猫, 😀"}).json()["text"]


def test_no_json_is_told(client: TestClient) -> None:
    """A body that is no JSON is a client's mistake."""
    assert 422 == client.post(FILTER, content="{").status_code


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


def test_api_page_describes_every_setting(client: TestClient) -> None:
    """/openapi.json holds each setting with its help."""
    schema = client.get("/openapi.json").json()["components"]["schemas"]["JoyTagInterrogateRequest"]
    ours = {"image", "images", "other_scores", *OTHER_PARAMETERS, *FRAME_PARAMETERS}
    assert set(PARAMETERS) | ours == set(schema["properties"])
    assert PARAMETERS["threshold"].help in schema["properties"]["threshold"]["description"]


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
