"""Do the chips on a node show what its next run gives?"""

from __future__ import annotations

import json
import os
import random
import struct
from base64 import b64encode
from typing import Any

import numpy as np
import pytest

from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, SELECTION_NAMES
from joytag_core.tags.scores import TagScores
from joytag_core.tags.vocabulary import CATEGORIES, Vocabulary
from tests.comfyui.fake_comfyui import FakeComfy

CASES = int(os.environ.get("JOYTAG_CHIP_CASES", "30"))  # of each of four kinds; 125 have been run
PATTERNS = (
    "*hair", "blue *", "category:character", "group:clothing", "set:hair_color", "score<0.6", "!long hair",
    "/^.irl/", "1girl", "solo", "precision<0.5", "smile",
)  # fmt: skip
TEXTS = {
    "exclude": PATTERNS, "protect": PATTERNS, "keep_only": ("", "", "*", "*hair\n1girl"),
    "replace": ("1girl -> woman", "* hair -> * hairstyle", "solo ->"), "lists": ("", "photo", "no-names"),
    "max_per_group": ("", "hair 1", "clothing 2"), "add_first": ("", "masterpiece"), "add_last": ("", "smile, best"),
    "separator": (", ", "; ", " "), "weight_range": ("0.8, 1.2", "0.7, 1.3"),
    "thresholds": ("", "*hair 0.2\ncategory:character 0.7"),
    "combine": ("max", "mean", "agree", "union", "mean, character: union", "agree, general: max"),
}  # fmt: skip


PUBLISHED, FIRST = Vocabulary.joytag(), Vocabulary.from_names(Vocabulary.joytag().names[:600])


def random_scores(seed: int, vocabulary: Vocabulary = PUBLISHED) -> TagScores:
    """Return scores of which a few are high, as pictures have."""
    return TagScores(vocabulary, np.random.default_rng(seed).beta(0.05, 2.0, size=len(vocabulary)))


def random_settings(dice: random.Random, names: tuple[str, ...]) -> dict[str, Any]:
    """Return a few settings with values that they take."""
    return {name: _random_value(dice, name) for name in dice.sample(names, dice.randint(1, 8)) if name != "model"}


def _random_value(dice: random.Random, name: str) -> Any:
    if name == "categories":
        return ", ".join(dice.sample(CATEGORIES, dice.randint(1, 5)))
    if name in TEXTS:
        return dice.choice(TEXTS[name])
    parameter = {**PARAMETERS, **OTHER_PARAMETERS}[name]
    numbers = {bool: (False, True), int: (0, 1, 5, 40), float: (0.02, 0.1, 0.4, 0.41, 0.77, 1.0)}
    return dice.choice(numbers.get(parameter.kind, parameter.choices or (parameter.default,)))


def random_other(dice: random.Random, texts: list[str]) -> dict[str, float]:
    """Return another tagger's scores: of many tags, of some that a prompt names, and of one that JoyTag lacks."""
    named = [name.strip() for text in texts for name in text.split(",")][:25]
    names = {*dice.sample(PUBLISHED.names, 400), *dice.sample(named, len(named) // 2), "novelty"}
    return {name: round(dice.random() ** 4, dice.randint(2, 7)) for name in sorted(names)}


def run(comfy: FakeComfy, scores: list[TagScores], tags: list[str], settings: dict[str, Any], other: Any = None) -> Any:
    """Run the Tag Filter on scores: without tags it does what JoyTag Interrogate does with a picture."""
    inputs = {name: [value] for name, value in settings.items()}
    others = [] if other is None else [other]
    return comfy.nodes()["JoyTag_TagFilter"].execute(tags=tags, scores=scores, other_scores=others, **inputs)


def previewed(comfy: FakeComfy, sent: dict[str, Any], settings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ask as the page does, with what came through JSON."""
    asked = json.loads(json.dumps({"settings": settings, "picture": sent, **more}))
    return comfy.module("nodes.chips").preview(asked)


def clicked(comfy: FakeComfy, dice: random.Random, sent: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Ask after up to three clicks on chips, which change the settings as the page would."""
    answer = previewed(comfy, sent, settings)
    for _ in range(dice.randint(0, 3) if answer["chips"] else 0):
        chip = dice.choice(answer["chips"])
        answer = previewed(comfy, sent, settings, click={"tag": chip["tag"], "action": chip["action"]})
        settings.update(answer["settings"])
    return answer


@pytest.mark.parametrize("with_other", [False, True], ids=["alone", "two taggers"])
@pytest.mark.parametrize("with_tags", [False, True], ids=["interrogated", "filtered"])
def test_the_chips_and_the_next_run_are_equal(comfy: FakeComfy, with_tags: bool, with_other: bool) -> None:
    """Whatever the settings and clicks: text, what is kept with which score, what is dropped by which rule."""
    dice = random.Random(17)
    names = FILTER_NAMES if with_tags else (*SELECTION_NAMES, *FILTER_NAMES)
    names = (*names, *OTHER_PARAMETERS) if with_other else names
    vocabulary = FIRST if with_tags else PUBLISHED  # every tag of it is looked up for a tag list, which takes its time
    for case in range(CASES):
        scores = random_scores(case % 20, vocabulary)
        tags = [", ".join(dice.sample(PUBLISHED.names, 25)) + ", masterpiece, (smile:1.2)"] if with_tags else []
        other = random_other(dice, tags) if with_other else None
        (sent,) = run(comfy, [scores], tags, {}, other).ui["joytag"][0]["pictures"]
        assert len(json.dumps(sent)) <= 20_000
        settings = random_settings(dice, names)
        answer = clicked(comfy, dice, sent, settings)
        result = run(comfy, [scores], tags, settings, other)
        assert (result.args[0][0], result.args[1][0]) == (answer["text"], answer["dropped"]), settings
        found, chips = json.loads(result.args[3][0]), answer["chips"]
        kept = [(chip["name"], chip["score"], chip["category"]) for chip in chips if chip["state"] == "kept"]
        gone = [(chip["name"], chip["rule"]) for chip in chips if chip["state"] == "dropped"]
        expected = [(tag["name"], tag["score"], tag["category"]) for tag in found["tags"]]
        known = {tag for tag in expected if tag[1] is not None}
        assert expected == [one if one in known else (one[0], None, one[2]) for one in kept], settings
        assert [(one["tag"], one["rule"]) for one in found["dropped"]] == gone, settings


def test_interrogate_sends_the_same(comfy: FakeComfy) -> None:
    """One entry a picture, which previews to the text that the run gave."""
    import torch

    image = torch.rand(2, 40, 48, 3, generator=torch.Generator().manual_seed(4))
    settings = {"model": ["tiny"], "threshold": [0.5], "order": ["prompt"]}
    result = comfy.nodes()["JoyTag_Interrogate"].execute(image=[image], **settings)
    (run_of,) = result.ui["joytag"]
    assert {"model": "tiny", "threshold": 0.5, "order": "prompt"} == run_of["settings"]
    assert result.args[0] == [previewed(comfy, one, run_of["settings"])["text"] for one in run_of["pictures"]]


def test_a_picture_takes_at_most_20_kilobytes(comfy: FakeComfy) -> None:
    """Also where no score is short to write."""
    even = TagScores(Vocabulary.joytag(), np.random.default_rng(1).uniform(1e-7, 1e-5, 5813))
    for scores in (random_scores(3), even):
        (sent,) = run(comfy, [scores], [], {}).ui["joytag"][0]["pictures"]
        assert len(json.dumps(sent)) <= 20_000


def test_the_tags_of_a_prompt_keep_their_scores_however_low(comfy: FakeComfy) -> None:
    """A rule on scores has to know them."""
    lowest = Vocabulary.joytag()[5000].name
    values = np.linspace(1, 0.001, 5813)
    scores = TagScores(Vocabulary.joytag(), values)
    (sent,) = run(comfy, [scores], [lowest], {}).ui["joytag"][0]["pictures"]
    assert np.float32(values[5000]) == comfy.module("nodes.sent_scores").unpack_scores(sent["scores"])[lowest]


def test_a_click_changes_the_settings_that_a_workflow_saves(comfy: FakeComfy) -> None:
    """Banned, it is dropped by the rule; a second click brings it back; one that was missed comes in."""
    values = np.zeros(5813)
    names = Vocabulary.joytag()
    for name, score in {"1girl": 0.9, "smile": 0.8, "hat": 0.3}.items():
        values[names.find(name).index] = score  # type: ignore[union-attr]
    (sent,) = run(comfy, [TagScores(names, values)], [], {}).ui["joytag"][0]["pictures"]
    states = {chip["tag"]: (chip["state"], chip["action"]) for chip in previewed(comfy, sent, {})["chips"]}
    assert {"1girl": ("kept", "ban"), "smile": ("kept", "ban"), "hat": ("near", "add")} == states
    banned = previewed(comfy, sent, {}, click={"tag": "smile", "action": "ban"})
    assert ("1girl", '"smile"') == (banned["text"], banned["settings"]["exclude"])
    chip = next(chip for chip in banned["chips"] if chip["tag"] == "smile")
    assert ("dropped", "ban", 0.8) == (chip["state"], chip["action"], chip["score"])
    added = previewed(comfy, sent, banned["settings"], click={"tag": "hat", "action": "add"})
    assert "1girl, hat" == added["text"]
    assert "1girl, hat" == run(comfy, [TagScores(names, values)], [], added["settings"]).args[0][0]


def test_tags_without_scores_are_chips_as_well(comfy: FakeComfy) -> None:
    """A prompt that no picture stands behind: no score, no near misses."""
    (sent,) = run(comfy, [], ["smile, masterpiece"], {}).ui["joytag"][0]["pictures"]
    chips = previewed(comfy, sent, {"exclude": "smile"})["chips"]
    assert [("masterpiece", None, None, "kept"), ("smile", None, "general", "dropped")] == [
        (chip["name"], chip["score"], chip["category"], chip["state"]) for chip in chips
    ]


def test_a_server_that_was_started_anew_still_knows_installed_models(comfy: FakeComfy) -> None:
    """What was seen in the process before is found among what is installed."""
    (sent,) = run(comfy, [random_scores(1)], [], {}).ui["joytag"][0]["pictures"]
    text = previewed(comfy, sent, {})["text"]
    comfy.module("nodes.sent_scores")._seen.clear()
    assert text == previewed(comfy, sent, {})["text"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": None}, "settings is None; expected an object"),
        ({"settings": {"threshold": 2}}, "threshold is 2"),
        ({"settings": {"exclude": "/(/"}}, "/(/"),
        ({"picture": []}, "picture is []; expected an object"),
        ({"picture": {"tags": 3}}, "the picture's tags are 3; expected text"),
        ({"picture": {"tags": None}}, "the picture's tags are None; expected text"),
        ({"picture": {"scores": {"vocabulary": "?"}}}, "not installed"),
        ({"picture": {"scores": {"vocabulary": ["?"]}}}, "not installed"),
        ({"click": {"tag": "hat", "action": "burn"}}, "expected a tag, and an action of ban, keep, add"),
        ({"click": "hat"}, "the click is 'hat'"),
    ],
)
def test_what_no_page_would_ask_is_refused_in_a_sentence(
    comfy: FakeComfy, changes: dict[str, Any], message: str
) -> None:
    """The route answers it; nothing else happens."""
    (sent,) = run(comfy, [random_scores(1)], [], {}).ui["joytag"][0]["pictures"]
    asked = {"settings": {}, "picture": sent} | changes
    with pytest.raises(comfy.module("joytag_core.errors").SettingError) as error:
        comfy.module("nodes.chips").preview(asked)
    assert message in str(error.value)


def encoded(*pairs: tuple[int, float]) -> str:
    """Return places and scores as they travel."""
    return b64encode(b"".join(struct.pack("<Hf", *pair) for pair in pairs)).decode()


@pytest.mark.parametrize(
    "pairs",
    [
        encoded((0, 0.5), (9999, 0.5)), encoded((0, float("nan"))), encoded((0, 2.0)), encoded((1, -0.1)),
        encoded((0, 0.5))[:-4], "?", 3, None,
    ],
)  # fmt: skip
def test_malformed_scores_are_refused(comfy: FakeComfy, pairs: Any) -> None:
    """They come from the network."""
    unpack = comfy.module("nodes.sent_scores")
    packed = unpack.pack_scores(random_scores(1))
    assert unpack.unpack_scores(packed | {"pairs": encoded((0, 0.5))}).values[0] == 0.5
    with pytest.raises(Exception, match="run the node again"):
        unpack.unpack_scores(packed | {"pairs": pairs})


def test_malformed_scores_of_another_tagger_are_refused(comfy: FakeComfy) -> None:
    """As everywhere."""
    with pytest.raises(Exception, match="the score of 'hat' is 7"):
        previewed(comfy, {"tags": "hat", "scores": None, "other": {"hat": 7}}, {})
