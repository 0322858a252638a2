"""Do the nodes, the command line and the API give the same, of one picture as of two taggers and of many frames?"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from joytag_core import Tagger
from joytag_core.cli.main import main
from joytag_core.filtering.result import FilterResult
from joytag_core.settings.interrogation import Interrogation
from joytag_core.settings.placeholders import fill_prompt
from tests.comfyui.conftest import TAGS, write_tiny_model
from tests.comfyui.fake_comfyui import FakeComfy
from tests.webui.calls import FILTER, INTERROGATE, MAP, client_of, encoded
from tests.webui.fake_webui import FakeWebUI

Capture = pytest.CaptureFixture[str]
OTHER = {"smile": 0.95, "black_hair": 0.5, "long hair": 0.31, "hatsune_miku": 0.2, "novelty": 0.5, "trifle": 0.2}
"""`novelty` and `trifle` are no tags of JoyTag."""
TEXT = "smile, black_hair, novelty, solo, hatsune miku, masterpiece"
FORMS = {
    "lines": "\n".join(f"{name}: {score}" for name, score in OTHER.items()),
    "prompt": ", ".join(f"({name}:{score})" for name, score in OTHER.items()),
    "json": json.dumps(OTHER),
    "mapping": OTHER,
    "imgutils": [{"general": 0.9, "explicit": 0.1}, OTHER],
    "pairs": [list(pair) for pair in OTHER.items()],
}
CASES: tuple[dict[str, Any], ...] = (
    {},
    {"threshold": 0.6, "combine": "mean"},
    {"combine": "agree", "other_threshold": 0.25, "threshold": 0.3},
    {"combine": "union, character: agree", "order": "alphabetical"},
    {"combine": "max,general:mean", "max_tags": 3, "exclude": "black hair", "weights": "score"},
    {"thresholds": "smile 0.96", "min_score": 0.3, "base_model": "anima"},
)


class Doors:
    """Ask the three doors about the same picture, and give what each says as JSON."""

    def __init__(self, comfy: FakeComfy, webui: FakeWebUI, folder: Path, capture: Capture) -> None:
        self._nodes, self._client, self._capture = comfy.nodes(), client_of(webui), capture
        self.model = comfy.models_dir / "joytag" / "tiny"
        self._folder = folder
        dice = np.random.default_rng(5)
        self._pictures = [Image.fromarray(dice.integers(0, 256, (40, 48, 3), dtype=np.uint8)) for _ in range(3)]
        for place, picture in enumerate(self._pictures):
            picture.save(folder / f"{place}.png")

    def images(self, count: int) -> Tensor:
        """Return the first pictures as ComfyUI loads them."""
        made = [torch.from_numpy(np.asarray(one).copy()).float() / 255 for one in self._pictures[:count]]
        return torch.stack(made)

    def node(self, node: str, settings: dict[str, Any], **sockets: Any) -> list[dict[str, Any]]:
        """Return what the last output of a node holds."""
        inputs = {name: [value] for name, value in settings.items() if node == "JoyTag_TagFilter" or name in OURS}
        result = self._nodes[node].execute(**sockets, **inputs, model=["tiny"])
        return [json.loads(one) for one in result.args[-1]]

    def command(self, words: list[str], settings: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what a command prints, less where its pictures lie."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        model = ["--model", str(self.model), "--device", "cpu", "--dtype", "float32"]
        assert 0 == main([*words, *options, *model, "--target", "comfyui", "--json"])
        lines = [json.loads(line) for line in self._capture.readouterr().out.splitlines()]
        return [{key: value for key, value in line.items() if key not in ("path", "paths")} for line in lines]

    def paths(self, count: int) -> list[str]:
        """Return the paths of the first pictures."""
        return [str(self._folder / f"{place}.png") for place in range(count)]

    def encoded(self, count: int) -> list[str]:
        """Return the first pictures as a client sends them."""
        return [encoded(one) for one in self._pictures[:count]]

    def api(self, path: str, settings: dict[str, Any], **body: Any) -> Any:
        """Return a route's answer."""
        answer = self._client.post(path, json={**body, **settings, "target": "comfyui", "model": "tiny"})
        assert 200 == answer.status_code, answer.text
        return answer.json()


OURS = frozenset({"threshold", "character_threshold", "thresholds", "order", "max_tags", "exclude", "weights",
                  "min_score", "base_model", "combine_frames", "frame_share"})  # fmt: skip


@pytest.fixture
def doors(comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> Doors:
    """Return all doors, with the same model behind each."""
    write_tiny_model(tmp_path / "models" / "joytag" / "tiny")
    return Doors(comfy, FakeWebUI(monkeypatch, tmp_path, joytag_model="tiny"), tmp_path, capsys)


@pytest.mark.parametrize("settings", [{}, *({"threshold": 0.6, **case} for case in CASES[3:])])
def test_one_picture_gives_the_same_json(doors: Doors, settings: dict[str, Any]) -> None:
    """Text, tags with scores, and what was dropped or replaced by which rule."""
    own = {name: value for name, value in settings.items() if name in OURS}
    [expected] = doors.node("JoyTag_Interrogate", own, image=[doors.images(1)])
    assert {"text", "tags", "dropped", "replaced", "sentences"} == set(expected)
    assert [expected] == doors.node("JoyTag_TagFilter", own, image=[doors.images(1)])
    assert [expected] == doors.command(["tag", *doors.paths(1)], own)
    assert [expected] == doors.api(INTERROGATE, own, image=doors.encoded(1)[0])["pictures"]


@pytest.mark.parametrize("character_threshold", ["as threshold", "a little under", "equal", "a little over"])
@pytest.mark.parametrize("threshold", ["a little under", "equal", "a little over", "beyond all"])
def test_thresholds_mean_the_same_on_both_sides(doors: Doors, threshold: str, character_threshold: str) -> None:
    """A tag is there if its score is greater; 0 takes characters as the others, wherever it is asked."""
    [scores] = Tagger.load(doors.model, device="cpu", dtype="float32").score(doors.paths(1))
    place = {"a little under": -1e-4, "equal": 0.0, "a little over": 1e-4}
    least = 0.9999 if threshold == "beyond all" else scores["smile"] + place[threshold]
    least_of_characters = (
        0.0 if character_threshold == "as threshold" else scores["hatsune_miku"] + place[character_threshold]
    )
    settings = {"threshold": least, "character_threshold": least_of_characters}
    expected = {name for name in TAGS if scores[name] > ((name == "hatsune_miku" and least_of_characters) or least)}

    def write(changed: dict[str, Any], said: Collection[str]) -> FilterResult:
        return Interrogation.from_settings(changed).prompt(scores, said=said)

    mark = f"{{joytag:threshold={least}|character_threshold={least_of_characters}}}"
    filled = fill_prompt(mark, write, settings={"target": "comfyui"})
    assert expected == {name.replace(" ", "_") for name in filled.split(", ") if name}
    assert expected == _names(write(settings, ()).to_dict())
    assert expected == _names(doors.node("JoyTag_Interrogate", settings, image=[doors.images(1)])[0])
    assert expected == _names(doors.command(["tag", *doors.paths(1)], settings)[0])
    assert expected == _names(doors.api(INTERROGATE, settings, image=doors.encoded(1)[0])["pictures"][0])


@pytest.mark.parametrize(("above", "of_characters"), [(False, None), (True, None), (False, True), (True, False)])
def test_maps_hold_by_the_same_thresholds(
    doors: Doors, above: bool, of_characters: bool | None, tmp_path: Path, capsys: Capture
) -> None:
    """A character's map is empty where the character would not be among the tags: node, command line and API."""
    [scores] = Tagger.load(doors.model, device="cpu", dtype="float32").score(doors.paths(1))
    score = scores["hatsune_miku"]
    limits = {True: score + 1e-3, False: score - 1e-3}
    settings = {
        "threshold": limits[above], "character_threshold": 0.0 if of_characters is None else limits[of_characters],
    }  # fmt: skip
    holds = not (above if of_characters is None else of_characters)
    assert holds == ("hatsune_miku" in _names(doors.node("JoyTag_Interrogate", settings, image=[doors.images(1)])[0]))
    inputs = {name: [value] for name, value in settings.items()}
    node = doors._nodes["JoyTag_TagMask"].execute([doors.images(1)], ["hatsune miku"], **inputs, model=["tiny"])
    assert holds == bool(node.args[0][0].any())
    call = {"image": doors.encoded(1)[0], "tags": ["hatsune_miku"], "model": "tiny", **settings}
    assert holds == doors._client.post(MAP, json=call).json()["tags"][0]["holds"]
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    model = ["--model", str(doors.model), "--device", "cpu", "--dtype", "float32", "--out", str(tmp_path / "map.png")]
    assert 0 == main(["map", *doors.paths(1), "--tag", "hatsune_miku", *options, *model])
    assert holds == ("not there" not in capsys.readouterr().out)


def _names(result: dict[str, Any]) -> set[str]:
    return {tag["tag"] for tag in result["tags"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("settings", CASES)
def test_two_taggers_give_the_same(doors: Doors, settings: dict[str, Any], form: str, tmp_path: Path) -> None:
    """With tags found from the picture, in every form in which the other's scores come."""
    file = tmp_path / "other.txt"
    given = FORMS[form]
    file.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    [expected] = doors.node("JoyTag_TagFilter", settings, image=[doors.images(1)], other_scores=[given])
    assert expected != doors.node("JoyTag_TagFilter", settings, image=[doors.images(1)])[0]
    assert [expected] == doors.command(["tag", *doors.paths(1), "--scores", str(file)], settings)
    answer = doors.api(INTERROGATE, settings, image=doors.encoded(1)[0], other_scores=given)
    assert [expected] == answer["pictures"]


@pytest.mark.parametrize("with_picture", [True, False])
@pytest.mark.parametrize("settings", [{"min_score": 0.3, "order": "score", **case} for case in CASES])
def test_a_text_is_filtered_by_both_alike(
    doors: Doors, settings: dict[str, Any], with_picture: bool, tmp_path: Path
) -> None:
    """By both taggers' scores, or by the other's alone."""
    file = tmp_path / "other.json"
    file.write_text(json.dumps(OTHER), encoding="utf-8")
    settings = {name: value for name, value in settings.items() if name not in ("threshold", "thresholds")}
    image = [doors.images(1)] if with_picture else []
    [expected] = doors.node("JoyTag_TagFilter", settings, tags=[TEXT], image=image, other_scores=[OTHER])
    path = ["--image", *doors.paths(1)] if with_picture else []
    assert [expected] == doors.command(["filter", TEXT, *path, "--scores", str(file)], settings)
    body = {"image": doors.encoded(1)[0]} if with_picture else {}
    assert expected == doors.api(FILTER, settings, text=TEXT, other_scores=OTHER, **body)


@pytest.mark.parametrize(("how", "share"), [("each", 0.5), ("any", 0.5), ("share", 0.5), ("share", 1.0), ("mean", 0.5)])
def test_many_frames_give_the_same(doors: Doors, how: str, share: float) -> None:
    """Each by itself, or all as one; batches and lists are one thing."""
    settings = {"combine_frames": how, "frame_share": share, "threshold": 0.6}
    images = doors.images(3)
    expected = doors.node("JoyTag_Interrogate", settings, image=[images])
    assert (3 if how == "each" else 1) == len(expected)
    assert expected == doors.node("JoyTag_Interrogate", settings, image=[images[:1], images[1:]])
    assert expected == doors.command(["tag", *doors.paths(3)], settings)
    assert expected == doors.api(INTERROGATE, settings, images=doors.encoded(3))["pictures"]


def test_each_picture_has_its_own_scores_of_the_other(doors: Doors, tmp_path: Path) -> None:
    """A list for a batch, a file for each picture, a list in the API."""
    others = [{"smile": 0.9}, {"novelty": 0.8}]
    for place, other in enumerate(others):
        (tmp_path / f"{place}.json").write_text(json.dumps(other), encoding="utf-8")
    settings = {"threshold": 0.7}
    expected = doors.node("JoyTag_TagFilter", settings, image=[doors.images(2)], other_scores=others)
    assert [False, True] == ["novelty" in {tag["name"] for tag in one["tags"]} for one in expected]
    assert expected == doors.command(["tag", *doors.paths(2), "--scores", str(tmp_path)], settings)
    answer = doors.api(INTERROGATE, settings, images=doors.encoded(2), other_scores=others)
    assert expected == answer["pictures"]


def test_the_other_s_tags_alone_are_a_result(doors: Doors, comfy: FakeComfy) -> None:
    """Without tags and picture: what it says over its own threshold; another JoyTag node is another tagger too."""
    [alone] = doors.node("JoyTag_TagFilter", {"other_threshold": 0.4}, other_scores=[FORMS["lines"]])
    assert "smile, black hair, novelty" == alone["text"]
    vocabulary = comfy.module("joytag_core.tags.vocabulary").Vocabulary.from_names(TAGS)
    scores = comfy.module("joytag_core.tags.scores").TagScores(vocabulary, [0.9, *[0.0] * (len(TAGS) - 1)])
    assert "1girl" == doors.node("JoyTag_TagFilter", {}, other_scores=[scores])[0]["text"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"other_scores": {"smile": 95}}, "the score of 'smile' is 95; expected a number from 0 to 1"),
        ({"other_scores": 7}, "7 holds no scores"),
        ({"combine": "average"}, "combine is 'average'; expected one of max, mean, agree, union"),
        ({"other_threshold": 2}, "other_threshold is 2"),
        ({"combine_frames": "most"}, "combine_frames is 'most'"),
    ],
)
def test_what_is_wrong_is_a_sentence(doors: Doors, body: dict[str, Any], message: str) -> None:
    """And the client's to mend."""
    answer = doors._client.post(INTERROGATE, json={"image": doors.encoded(1)[0], "model": "tiny", **body})
    assert 422 == answer.status_code
    assert message in answer.json()["detail"]


def test_as_many_scores_as_pictures_are_asked_for(doors: Doors) -> None:
    """In the API and on the node."""
    answer = doors._client.post(
        INTERROGATE, json={"images": doors.encoded(2), "model": "tiny", "other_scores": [OTHER]}
    )
    assert 422 == answer.status_code
    assert "other_scores is 1 of them; expected a list, one for each of 2 pictures" == answer.json()["detail"]
    with pytest.raises(ValueError, match="3 pictures and 2 scores of another tagger; expected as many of each, or one"):
        doors.node("JoyTag_TagFilter", {}, image=[doors.images(3)], other_scores=[OTHER, OTHER])
