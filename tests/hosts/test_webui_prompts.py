"""Does every picture that a real WebUI makes get its own tags? Run as test_webui.py, with WEBUI_CHECKPOINT."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from joytag_core import PromptCheck, Tagger
from joytag_core.prompts.merging import merge_prompts
from joytag_webui.prompt_line import line_of
from tests.hosts.test_webui import WEBUI, makes_pictures
from tests.hosts.webui_server import MODEL, THRESHOLD, WebUIServer, encoded

pytestmark = [pytest.mark.skipif(not WEBUI, reason="WEBUI_PATH names no WebUI"), makes_pictures]


def img2img(webui: WebUIServer, pictures: list[Path], prompt: str, section: Any, **more: Any) -> list[str]:
    """Make pictures over the API with the JoyTag section's values; return their infotexts."""
    return infotexts_of(webui, "img2img", body_of(pictures, prompt, section, **more))


def body_of(pictures: list[Path], prompt: str, section: Any, **more: Any) -> dict[str, Any]:
    """Return what img2img is sent to make pictures quickly."""
    return {
        "init_images": [encoded(path) for path in pictures], "prompt": prompt, "batch_size": len(pictures),
        "width": 64, "height": 64, "steps": 1, "denoising_strength": 0.5, "sampler_name": "Euler", "seed": 1,
        "alwayson_scripts": {"JoyTag": {"args": [section]}}, **more,
    }  # fmt: skip


def infotexts_of(webui: WebUIServer, route: str, body: dict[str, Any]) -> list[str]:
    """Make pictures over the API; return the infotexts that are in them, without a grid's."""
    status, answer = webui.call(f"/sdapi/v1/{route}", body)
    assert 200 == status, answer
    files = answer["images"][json.loads(answer["info"])["index_of_first_image"] :]
    made = [Image.open(BytesIO(b64decode(file))).info for file in files]
    return [info["parameters"] for info in made if info]  # Loopback of A1111 1.9 counts its grid among the pictures


def prompt_in(infotext: str) -> str:
    """Return the prompt of an infotext."""
    return infotext.partition("\nSteps: ")[0].partition("\nNegative prompt: ")[0]


def after(prompt: str, tags: str) -> str:
    """Return a prompt with tags at its end, less those that it has."""
    return merge_prompts(prompt, tags, how="missing", target="a1111")


def test_each_slot_has_its_own_tags(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """Of several pictures in one API call, each gets its own tags, after the prompt."""
    infotexts = img2img(webui, pictures[:2], "a photo", {})
    assert [merge_prompts("a photo", tags, how="append") for tags in expected[:2]] == [
        prompt_in(text) for text in infotexts
    ]


def test_failed_tagging_is_said_and_the_picture_made(webui: WebUIServer, pictures: list[Path]) -> None:
    """With a picture that turns out to be broken the picture is made without tags and placeholder, and says why."""
    cut_off = b64encode(pictures[0].read_bytes()[:-200]).decode()
    (infotext,) = img2img(webui, pictures[:1], "a photo, {joytag}", {"picture": cut_off})
    assert "a photo" == prompt_in(infotext)
    assert re.search(r'JoyTag: "?no tags \(the picture is cut off or broken: ', infotext)


@pytest.mark.parametrize(
    ("section", "prompt", "said"),
    [
        ({"exclude": "/(/"}, "a photo", "/(/"),
        ({"threshold": "0.5"}, "a photo", "threshold"),
        ({"treshold": 0.5}, "a photo", "treshold"),
        ({"preset": "nobody"}, "a photo", "nobody"),
        ({"placement": "nowhere"}, "a photo", "nowhere"),
        ({"picture": "aGFsbG8="}, "a photo", "no picture that Pillow can read"),
        ({}, "a photo, {joytag:treshold=0.5}", "treshold"),
    ],
)
def test_a_wrong_section_is_refused_before_anything_is_made(
    webui: WebUIServer, pictures: list[Path], section: dict[str, Any], prompt: str, said: str
) -> None:
    """A wrong setting in `alwayson_scripts`, or in the prompt, is a 422 with the reason."""
    status, answer = webui.call("/sdapi/v1/img2img", body_of(pictures[:1], prompt, section))
    assert (422, True) == (status, said in str(answer))


def test_section_that_is_off_changes_nothing(webui: WebUIServer, pictures: list[Path]) -> None:
    """Where the section is not ticked, prompts stay as they are."""
    (infotext,) = img2img(webui, pictures[:1], "a photo", False)
    assert "a photo" == prompt_in(infotext)
    assert "JoyTag" not in infotext


def test_slots_of_every_batch_have_their_picture(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """Two batches of two pictures: slot i of each batch is made from, and tagged by, picture i."""
    infotexts = img2img(webui, pictures[:2], "a photo", {}, n_iter=2)
    wanted = [after("a photo", tags) for tags in expected[:2]] * 2
    assert wanted == [prompt_in(text) for text in infotexts]


def test_one_picture_in_all_slots(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """Two batches of four from one picture: all eight have its tags."""
    infotexts = img2img(webui, pictures[2:3], "a photo", {}, batch_size=4, n_iter=2)
    assert [after("a photo", expected[2])] * 8 == [prompt_in(text) for text in infotexts]


def test_options_stand_in_styles_and_beside_loras(
    webui: WebUIServer, pictures: list[Path], expected: list[str]
) -> None:
    """A style around the prompt stays around it; options in the brackets hold; what is no tag stays as it is."""
    (infotext,) = img2img(
        webui, pictures[:1], "{joytag:max_tags=2|-no_humans} <lora:absent:0.5>", {}, styles=["of a test"]
    )
    two = ", ".join(tag for tag in expected[0].split(", ") if tag != "no humans").split(", ")[:2]
    assert f"before, {', '.join(two)} <lora:absent:0.5>, behind" == prompt_in(infotext)


def test_negative_prompt_is_not_contradicted(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """What the negative prompt names, weighted or not, is not added."""
    first, second, *others = expected[0].split(", ")
    negative = f"({first.replace(' ', '_')}:1.2), {second}"
    (infotext,) = img2img(webui, pictures[:1], "a photo", {}, negative_prompt=negative)
    assert ", ".join(["a photo", *others]) == prompt_in(infotext)


def test_txt2img_takes_tags_from_the_given_picture(
    webui: WebUIServer, pictures: list[Path], expected: list[str]
) -> None:
    """In txt2img the section's own picture gives the tags, for the high resolution pass too."""
    body = {
        "prompt": "a photo, {joytag}", "width": 64, "height": 64, "steps": 1, "sampler_name": "Euler", "seed": 1,
        "enable_hr": True, "hr_scale": 2, "hr_upscaler": "Latent", "hr_second_pass_steps": 1,
        "denoising_strength": 0.5,
        "alwayson_scripts": {"JoyTag": {"args": [{"picture": encoded(pictures[3])}]}},
    }  # fmt: skip
    if webui.kind == "neo":
        body["hr_upscaler"] = "None"  # it has neither Latent nor Lanczos
    if webui.kind in ("forge", "neo"):  # their API fails with hires and without this (Forge of June 2025)
        body["hr_additional_modules"] = ["Use same choices"]
    (infotext,) = infotexts_of(webui, "txt2img", body)
    assert after("a photo", expected[3]) == prompt_in(infotext)
    assert "Hires upscale: 2" in infotext
    assert "joytag}" not in infotext


def test_made_pictures_are_checked_where_asked(webui: WebUIServer, pictures: list[Path]) -> None:
    """Each infotext says what the core says of that very picture and its prompt, and the grid's says nothing."""
    prompt = "a photo, circle, (no humans:1.2), monochrome"
    body = body_of(pictures[:2], prompt, False, override_settings={"joytag_check_made": True})
    status, answer = webui.call("/sdapi/v1/img2img", body)
    assert 200 == status, answer
    made = [Image.open(BytesIO(b64decode(file))) for file in answer["images"]]
    scores = Tagger.load(webui.model_folder).score(made)
    check = PromptCheck(threshold=THRESHOLD, target="a1111")
    wanted = [line_of(check.check(prompt, one)) for one in scores]
    lines = [re.search(r'JoyTag check: "(.*?)"', picture.info["parameters"]) for picture in made]
    assert wanted == [line[1] if line else None for line in lines]
    assert all("not known: a photo" in line for line in wanted)
    assert "JoyTag check" not in img2img(webui, pictures[:1], prompt, False)[0]


def test_plot_has_our_axes(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """X/Y/Z plot: each picture is made with the tags of its own threshold, and says which it was."""
    (plot,) = [
        one for one in webui.call("/sdapi/v1/script-info")[1] if one["name"] == "x/y/z plot" and one["is_img2img"]
    ]
    labels = [argument["label"] for argument in plot["args"]]
    values = [argument.get("value") for argument in plot["args"]]
    values[:9] = [plot["args"][0]["choices"].index("[JoyTag] Threshold"), "0.95, 0.3", [], 0, "", [], 0, "", []]
    values[labels.index("Include Sub Images")] = True
    infotexts = img2img(
        webui, pictures[:1], "a photo", {}, script_name="X/Y/Z plot", script_args=values, send_images=True
    )
    by_threshold = {text.partition("JoyTag threshold: ")[2].partition(",")[0]: prompt_in(text) for text in infotexts}
    assert {"0.95", "0.3"} == set(by_threshold)
    assert after("a photo", expected[0]) == by_threshold["0.3"] != by_threshold["0.95"]


def test_loopback_tags_each_picture_anew(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """A script that runs one processing object over and over starts from the person's prompt each time."""
    more = {"script_name": "Loopback", "script_args": [2, 0.5, "Linear", "None"]}
    prompts = [prompt_in(text) for text in img2img(webui, pictures[:1], "a photo, {joytag:max_tags=1}", {}, **more)]
    assert f"a photo, {expected[0].split(', ')[0]}" == prompts[0]
    assert len(prompts) >= 2
    assert all(prompt.count(", ") <= 1 for prompt in prompts)


def test_calls_during_a_generation_wait_their_turn(
    webui: WebUIServer, pictures: list[Path], expected: list[str]
) -> None:
    """Interrogations sent while pictures are made are all answered, each with its own tags."""
    with ThreadPoolExecutor(5) as clients:
        making = clients.submit(img2img, webui, pictures[:1], "a photo", {}, steps=4)
        asked = list(clients.map(lambda path: webui.call("/joytag/v1/interrogate", {"image": encoded(path)}), pictures))
    assert [after("a photo", expected[0])] == [prompt_in(text) for text in making.result()]
    assert [(200, tags) for tags in expected] == [(status, answer["pictures"][0]["text"]) for status, answer in asked]


def test_model_survives_the_hosts_own_unloading(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """After the WebUI has given all its memory back, ours is loaded again when it is needed."""
    body = {"image": encoded(pictures[0])}
    webui.call("/joytag/v1/interrogate", body)
    assert 200 == webui.status("/sdapi/v1/unload-checkpoint", {})
    _, answer = webui.call("/joytag/v1/interrogate", body)
    assert expected[0] == answer["pictures"][0]["text"]
    if webui.kind != "neo":  # it loads the checkpoint again when it generates
        assert 200 == webui.status("/sdapi/v1/reload-checkpoint", {})
    (infotext,) = img2img(webui, pictures[:1], "a photo", {})
    assert after("a photo", expected[0]) == prompt_in(infotext)


def test_model_that_was_evicted_comes_back(webui: WebUIServer, pictures: list[Path], expected: list[str]) -> None:
    """Where another model needs all of the memory, ours leaves, and is loaded again for its next picture."""
    body = {"image": encoded(pictures[1])}
    prompts = []
    for _ in range(2):
        prompts.append(webui.call("/joytag/v1/interrogate", body)[1]["pictures"][0]["text"])
        assert 200 == webui.status("/test/free_memory", {})
    assert [expected[1]] * 2 == prompts


def test_copies_of_the_processing_object_disturb_nothing(
    webui: WebUIServer, pictures: list[Path], expected: list[str]
) -> None:
    """A detailer runs copies, our section included, between the slots; each picture's infotext stays its own."""
    sections = {"JoyTag": {"args": [{}]}, "Detailer of a test": {"args": [True]}}
    infotexts = img2img(webui, pictures[:2], "a photo, {joytag}", {}, alwayson_scripts=sections)
    assert [after("a photo", tags) for tags in expected[:2]] == [prompt_in(text) for text in infotexts]
    for slot, infotext in enumerate(infotexts):
        assert f"JoyTag model: {MODEL}" in infotext
        assert f"Detailed: {slot}" in infotext
