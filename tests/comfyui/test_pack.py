"""Is the pack complete and consistent: what it costs to load, and all that stands around its nodes?"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import joytag_core
from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.map_parameters import MAP_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, READING_NAMES, SELECTION_NAMES
from joytag_core.settings.region_parameters import REGION_PARAMETERS
from tests.comfyui.fake_comfyui import OLDEST_SCHEMA, PACK, PACK_NAME, FakeComfy, fake_comfyui

NODES = (
    "JoyTag_Interrogate", "JoyTag_TagFilter", "JoyTag_TagInfo", "JoyTag_TagMask", "JoyTag_RegionTags",
    "JoyTag_TagSwitch", "JoyTag_PromptCheck",
)  # fmt: skip
LANGUAGES = ("en", "zh", "zh-TW", "ja", "ko")
WORKFLOWS = sorted((PACK / "example_workflows").glob("*.json"))
SETTINGS_OF_INTERROGATE = (
    "model", "threshold", "character_threshold", "max_tags", "exclude", "lists", "add_first", "categories",
    "min_tags", "min_precision", "keep_only", "protect", "replace", "min_score", "exclusive", "implications",
    "duplicates", "max_per_group", "max_tokens", "order", "add_last", "keep_line_breaks", "target", "spaces",
    "names", "weights", "weight_range", "separator", "trailing_separator", "artist_style", "prose",
    "thresholds", "base_model", "combine_frames", "frame_share",
)  # fmt: skip
SETTINGS_OF_TAG_FILTER = (
    "tags", "exclude", "keep_only", "protect", "replace", "lists", "min_score", "exclusive", "implications",
    "duplicates", "max_tags", "max_per_group", "max_tokens", "order", "add_first", "add_last", "keep_line_breaks",
    "target", "spaces", "names", "weights", "weight_range", "separator", "trailing_separator", "model", "threshold",
    "artist_style", "prose", "base_model", "combine", "other_threshold",
)  # fmt: skip
SETTINGS_OF_TAG_MASK = (
    "tags", "model", "combine", "method", "level", "smooth", "grow", "smallest", "invert", "only_held", "points",
    "strength", "threshold", "character_threshold",
)  # fmt: skip
SETTINGS_OF_REGIONS = [
    name for name in SETTINGS_OF_INTERROGATE if name not in ("model", "combine_frames", "frame_share")
]
SETTINGS = {
    "JoyTag_Interrogate": SETTINGS_OF_INTERROGATE,
    "JoyTag_TagFilter": SETTINGS_OF_TAG_FILTER,
    "JoyTag_TagInfo": ("tags",),
    "JoyTag_TagMask": SETTINGS_OF_TAG_MASK,
    "JoyTag_TagSwitch": ("pattern", "tags", "threshold", "character_threshold", "model"),
    "JoyTag_PromptCheck": ("prompt", "keep_best", "threshold", "character_threshold", "model"),
    "JoyTag_RegionTags": ("model", "tile", "overlap", "crop", *SETTINGS_OF_REGIONS),
}
SHOWN = {
    "JoyTag_Interrogate": {"model", "threshold", "character_threshold", "max_tags", "exclude", "lists", "add_first",
                           "base_model"},
    "JoyTag_TagFilter": {"base_model", "tags", "exclude", "replace", "lists", "min_score", "max_tags", "add_first"},
    "JoyTag_TagMask": {"tags", "model", "combine", "method", "level", "smooth", "grow"},
    "JoyTag_RegionTags": {"model", "tile", "overlap", "crop", "threshold", "character_threshold", "max_tags", "exclude",
                          "lists", "add_first", "base_model"},
}  # fmt: skip
PLACED = {**PARAMETERS, **REGION_PARAMETERS, **FRAME_PARAMETERS, **OTHER_PARAMETERS}
NAMED_BY_LANGUAGE = {"other_scores": "Other tagger's scores"}
SOCKETS = ("IMAGE", "MASK", "JOYTAG_SCORES", "*")


def schemas(comfy: FakeComfy) -> dict[str, Any]:
    """Return the nodes' schemas by id."""
    return {name: node.define_schema() for name, node in comfy.nodes().items()}


def read_json(*parts: str) -> Any:
    """Return a JSON file of the pack."""
    return json.loads(PACK.joinpath(*parts).read_text(encoding="utf-8"))


def test_importing_the_door_imports_nothing_else() -> None:
    """ComfyUI imports every pack at its start; ours costs it one small file until it asks for the nodes."""
    code = (
        "import importlib.util, sys; before = set(sys.modules);"
        f"spec = importlib.util.spec_from_file_location('a.pack', {str(PACK / '__init__.py')!r});"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module);"
        "print(sorted(set(sys.modules) - before - {'__future__', 'typing'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(re.findall(r"'([^']+)'", done.stdout))
    assert set() == {name for name in loaded if name.split(".")[0] in ("torch", "numpy", "PIL", "joytag_core", "a")}


def test_describing_the_nodes_imports_no_filter(comfy: FakeComfy) -> None:
    """ComfyUI describes all nodes at its start; the filter, more than half of the pack's time, waits for its use."""
    assert comfy.nodes()
    assert f"{PACK_NAME}.joytag_core.tagging.session" in sys.modules
    for late in ("filtering.tag_filter", "prompts.items", "prompts.format", "maps.showing"):
        assert f"{PACK_NAME}.joytag_core.{late}" not in sys.modules
    comfy.nodes()["JoyTag_TagInfo"].execute(tags="smile")
    assert f"{PACK_NAME}.joytag_core.filtering" in sys.modules


def test_the_door_is_a_v3_door(comfy: FakeComfy) -> None:
    """Where a pack has NODE_CLASS_MAPPINGS as well, ComfyUI ignores its V3 nodes."""
    assert comfy.pack is not None
    assert not hasattr(comfy.pack, "NODE_CLASS_MAPPINGS")
    assert (PACK / comfy.pack.WEB_DIRECTORY).is_dir()


def test_the_node_ids_never_change(comfy: FakeComfy) -> None:
    """People's workflows name nodes by these ids."""
    assert list(NODES) == list(comfy.nodes())


@pytest.mark.parametrize("node", NODES)
def test_the_order_of_settings_only_grows_at_its_end(comfy: FakeComfy, node: str) -> None:
    """ComfyUI saves settings by their place: one that comes in between would shift those of every saved workflow."""
    widgets = [one.id for one in schemas(comfy)[node].inputs if one.io_type not in SOCKETS]
    assert list(SETTINGS[node]) == widgets


@pytest.mark.parametrize("node", NODES)
def test_rare_settings_are_folded_away(comfy: FakeComfy, node: str) -> None:
    """By one rule for all nodes; those that judge have no rare ones."""
    shown = {one.id for one in schemas(comfy)[node].inputs if not one.extra_dict.get("advanced")}
    assert SHOWN.get(node, set(SETTINGS[node])) == shown - {"image", "mask", "scores", "other_scores"}


def test_no_setting_is_missing(comfy: FakeComfy) -> None:
    """Every setting of the core can be set on JoyTag Interrogate, those of the filter on both nodes."""
    found = schemas(comfy)
    assert {*SELECTION_NAMES, *FILTER_NAMES} <= {one.id for one in found["JoyTag_Interrogate"].inputs}
    assert set(FILTER_NAMES) <= {one.id for one in found["JoyTag_TagFilter"].inputs}


def test_no_node_has_a_setting_about_files(comfy: FakeComfy) -> None:
    """An IMAGE has been decoded, and has lost its colour profile."""
    for schema in schemas(comfy).values():
        assert not {one.id for one in schema.inputs} & set(READING_NAMES)


def test_defaults_and_ranges_are_the_cores(comfy: FakeComfy) -> None:
    """A setting means the same in every door."""
    for one in schemas(comfy)["JoyTag_Interrogate"].inputs:
        parameter = PARAMETERS.get(one.id)
        if parameter is None or one.id == "model":
            continue
        assert parameter.default == parameter.check(one.options["default"])
        assert parameter.minimum == one.options.get("min")
        assert parameter.maximum == one.options.get("max")
        assert None not in one.options.values()  # the page compares with what is there
        assert list(parameter.choices) == one.options.get("options", list(parameter.choices))


def test_ids_are_unique_among_inputs_and_outputs(comfy: FakeComfy) -> None:
    """ComfyUI 0.3.64 refuses a node whose output has the id of an input."""
    for schema in schemas(comfy).values():
        ids = [one.id for one in (*schema.inputs, *schema.outputs)]
        assert len(ids) == len(set(ids))


def test_every_node_is_an_output_node(comfy: FakeComfy) -> None:
    """A picture, a tagger and Run show the tags; without an output node, ComfyUI would refuse such a workflow."""
    assert all(schema.is_output_node for schema in schemas(comfy).values())


def test_fields_that_a_newer_comfyui_knows_are_used(tmp_path: Path) -> None:
    """An older one is not told of them: an unknown field would kill the pack."""
    with fake_comfyui(tmp_path, schema_fields=(*OLDEST_SCHEMA, "search_aliases")) as newer:
        words = {name: set(schema.search_aliases) for name, schema in schemas(newer).items()}
        assert {"tagger", "wd14 tagger", "caption", "interrogate", "打标"} <= words["JoyTag_Interrogate"]
        assert {"tagger", "wd14"} <= words["JoyTag_TagFilter"]
        assert {"tagger", "adherence"} <= words["JoyTag_PromptCheck"]
    with fake_comfyui(tmp_path) as older:
        assert not hasattr(schemas(older)["JoyTag_Interrogate"], "search_aliases")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_and_tooltip_is_translated(comfy: FakeComfy, language: str) -> None:
    """Each language has exactly the ids that the nodes have, none of them empty."""
    texts = read_json("locales", language, "nodeDefs.json")
    assert set(NODES) == set(texts)
    for name, schema in schemas(comfy).items():
        assert [one.id for one in schema.inputs] == list(texts[name]["inputs"])
        assert [str(place) for place in range(len(schema.outputs))] == list(texts[name]["outputs"])
        entries = [*texts[name]["inputs"].values(), *texts[name]["outputs"].values()]
        assert all(entry["name"] and entry["tooltip"] for entry in entries)


def test_the_english_texts_are_the_nodes_own(comfy: FakeComfy) -> None:
    """Where a text of the core changes, this file and its translations have to follow."""
    texts = read_json("locales", "en", "nodeDefs.json")
    for name, schema in schemas(comfy).items():
        expected = {one.id: _entry(one) for one in schema.inputs}
        assert expected == texts[name]["inputs"], f"locales/en/nodeDefs.json does not say what {name} says"
        assert [_entry(one) for one in schema.outputs] == list(texts[name]["outputs"].values())


def _entry(one: Any) -> dict[str, str]:
    # The page's message compiler gives @ a meaning of its own; in quotes it is itself.
    name = NAMED_BY_LANGUAGE.get(one.id) or one.options.get("display_name", one.id)
    return {"name": name, "tooltip": one.options["tooltip"].replace("@", "{'@'}")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_breaks_the_pages_message_compiler(language: str) -> None:
    """`{ } @ |` mean something to it, except for a quoted @."""
    for path in (PACK / "locales" / language).glob("*.json"):
        assert not re.search(r"[{}@|]", " ".join(_strings(json.loads(path.read_text("utf-8")))).replace("{'@'}", ""))


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    return [value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_page_is_there(language: str) -> None:
    """The scripts ask for messages by id, or nodes do (test_said.py); each language has all of them and no other."""
    scripts = " ".join(path.read_text("utf-8") for path in (PACK / "web" / "js").glob("*.js"))
    calls = re.findall(r"message\(((?:[^()]|\([^()]*\))*)\)", scripts)
    asked = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    there = set(read_json("locales", language, "main.json")["joytag"])
    assert asked == {name for name in there if not name.startswith("said_")}
    assert {"JoyTag_Menu_Model", "JoyTag_Menu_Threshold"} == set(read_json("locales", language, "settings.json"))
    assert {"JoyTag_TagPicture"} == set(read_json("locales", language, "commands.json"))


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_a_help_page_in_every_language(node: str) -> None:
    """English lies at docs/<id>.md, the others in docs/<id>/."""
    docs = PACK / "web" / "docs"
    for path in (docs / f"{node}.md", *(docs / node / f"{language}.md" for language in LANGUAGES[1:])):
        assert path.read_text("utf-8").startswith("# JoyTag ")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_the_settings_saved_in_a_workflow_are_valid(comfy: FakeComfy, path: Path) -> None:
    """A workflow keeps settings by place; each has to be one that its setting takes, and has an input to be wired."""
    ours = [node for node in read_json("example_workflows", path.name)["nodes"] if node["type"] in NODES]
    assert ours
    for node in ours:
        names = SETTINGS[node["type"]]
        assert names == tuple(one["name"] for one in node["inputs"] if "widget" in one)
        assert len(names) == len(node["widgets_values"])
        for name, value in zip(names, node["widgets_values"], strict=True):
            parameter = (MAP_PARAMETERS if node["type"] == "JoyTag_TagMask" else PLACED).get(name)
            if parameter is not None:
                parameter.check(value)


def test_every_workflow_has_a_thumbnail() -> None:
    """ComfyUI shows it beside the template."""
    assert 10 == len(WORKFLOWS)
    assert all(path.with_suffix(".jpg").is_file() for path in WORKFLOWS)


def test_the_registry_data_are_complete() -> None:
    """What the registry needs is there, and the version is the core's."""
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
    project = tomllib.loads((PACK / "pyproject.toml").read_text("utf-8"))
    comfy = project["tool"]["comfy"]
    assert joytag_core.__version__ == project["project"]["version"]
    assert re.fullmatch(r">=\d+\.\d+\.\d+", comfy["requires-comfyui"])
    assert all(comfy[name] for name in ("PublisherId", "DisplayName", "Icon"))
    assert "web" not in comfy, "WEB_DIRECTORY already says it; both would load every script twice"
    assert project["project"]["urls"]["Repository"] and project["project"]["license"]["file"]
