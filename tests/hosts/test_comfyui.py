"""Does the pack work in a real ComfyUI? Run where COMFYUI_PATH names a checkout; COMFYUI_PYTHON is its interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.comfyui_prompts import COMFYUI, SHOW, TAGGER, batch_of_two, draw_pictures, node, tagging, tags_of
from tests.hosts.comfyui_server import REPOSITORY, ComfyServer

pytestmark = pytest.mark.skipif(not COMFYUI, reason="COMFYUI_PATH names no ComfyUI")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyServer]:
    """Run one ComfyUI for all tests of this file, with drawn pictures in its input folder."""
    assert COMFYUI is not None
    server = ComfyServer(Path(COMFYUI), tmp_path_factory.mktemp("comfyui"))
    draw_pictures(server.base / "input")
    server.start()
    yield server
    server.stop()


def test_every_node_is_there_with_a_help_for_every_input_and_output(server: ComfyServer) -> None:
    """ComfyUI lists the nodes; everything on them has a tooltip."""
    nodes = server.get("/object_info")
    ours = [name for name in nodes if name.startswith("JoyTag_")]
    assert 7 == len(ours)
    for name in ours:
        inputs = {**nodes[name]["input"].get("required", {}), **nodes[name]["input"].get("optional", {})}
        assert [] == [key for key, (_, options) in inputs.items() if not options.get("tooltip")]
        assert all(nodes[name]["output_tooltips"])
        assert "custom_nodes.joytag-pack" == nodes[name]["python_module"]
    assert ["tags", "tags_joined", "scores", "json"] == nodes["JoyTag_Interrogate"]["output_name"]
    assert {"joytag", "demo"} <= set(nodes["JoyTag_Interrogate"]["input"]["optional"]["model"][1]["options"])


def test_the_page_finds_scripts_help_translations_and_templates(server: ComfyServer) -> None:
    """What the page loads is served where it looks for it."""
    assert any(path.endswith("/joytag-pack/js/joytag.js") for path in server.get("/extensions"))
    assert {"en", "zh", "zh-TW", "ja", "ko"} <= set(server.get("/i18n"))
    names = {path.stem for path in (REPOSITORY / "example_workflows").glob("*.json")}
    assert names == set(server.get("/workflow_templates")["joytag-pack"])
    for page in ("JoyTag_Interrogate.md", "JoyTag_TagFilter/zh.md"):
        assert 200 == server.status(f"/extensions/joytag-pack/docs/{page}")


def test_a_picture_gets_the_right_tags_on_the_node(server: ComfyServer) -> None:
    """The demo model sees the circle and the colour behind it; the tagger's node shows what its output says."""
    run = server.run(tagging())
    tags = tags_of(run)
    assert {"circle", "blue background"} <= set(tags)
    assert "triangle" not in tags
    assert [", ".join(tags)] == run.shown(TAGGER)


def test_a_node_that_nothing_follows_runs_and_shows_its_text(server: ComfyServer) -> None:
    """A picture, a node and Run: what people who come from other taggers do first."""
    prompt = tagging(threshold=0.405)
    del prompt[SHOW]
    run = server.run(prompt | {"info": node("JoyTag_TagInfo", tags=[TAGGER, 1], scores=[TAGGER, 2])})
    assert "blue background" in run.shown(TAGGER)[0]
    assert "blue_background: score" in run.shown("info")[0]


def test_the_text_shown_is_the_runs_own_where_many_results_are_cached(tmp_path: Path) -> None:
    """Under --cache-lru, a setting that goes back shows what it gave before, not what the last run gave."""
    assert COMFYUI is not None
    server = ComfyServer(Path(COMFYUI), tmp_path, flags=("--cache-lru", "20"))
    draw_pictures(server.base / "input")
    server.start()
    try:
        few, many, again = (server.run(tagging(threshold=threshold)).shown(TAGGER) for threshold in (0.9, 0.05, 0.9))
    finally:
        server.stop()
    assert few == again
    assert few != many


def test_free_gives_the_networks_memory_back(server: ComfyServer) -> None:
    """Unloading models leaves it in the computer's memory, freeing memory does not; then it is read again."""
    reads: list[int] = []
    for threshold, body in ((0.31, {}), (0.32, {"unload_models": True}), (0.33, {"free_memory": True})):
        server.post("/free", body)
        tags_of(server.run(tagging(threshold=threshold)))  # ComfyUI acts on what was asked for after a run
        tags_of(server.run(tagging(threshold=threshold + 0.005)))
        reads.append(_lines(server, "loaded ", "demo for cpu"))
    assert [0, 0, 1] == [count - reads[0] for count in reads]
    assert _lines(server, "Requested to load JoyTag") > 0


def _lines(server: ComfyServer, *words: str) -> int:
    lines = server.log.read_text(encoding="utf-8").splitlines()
    return sum(all(word in line for word in words) for line in lines)


def test_every_picture_of_a_batch_has_its_own_tags(server: ComfyServer) -> None:
    """Nothing leaks from one picture of a batch to the next."""
    prompt = batch_of_two() | tagging(image=["batch", 0])
    circle, triangle = server.run(prompt).shown(TAGGER)
    assert "blue background" in circle and "red background" not in circle
    assert "red background" in triangle and "blue background" not in triangle


def test_a_list_of_pictures_gives_a_list_of_prompts(server: ComfyServer) -> None:
    """Downstream nodes run once for each picture's prompt, in order."""
    prompt = batch_of_two() | tagging(image=["list", 0])
    prompt |= {
        "list": node("RebatchImages", images=["batch", 0], batch_size=1),
        SHOW: node("PreviewAny", source=[TAGGER, 0]),
    }
    shown = server.run(prompt).shown(SHOW)
    assert 2 == len(shown)
    assert "blue background" in shown[0] and "red background" in shown[1]


def test_a_transparent_picture_is_laid_over_white(server: ComfyServer) -> None:
    """With its alpha joined, as the menu entry does, hidden colours are not tagged."""
    prompt = tagging("hidden.png", image=["joined", 0])
    prompt["joined"] = node("JoinImageWithAlpha", image=["picture", 0], alpha=["picture", 1])
    tags = tags_of(server.run(prompt))
    assert "white background" in tags
    assert not {"circle", "blue background"} & set(tags)


def test_progress_is_shown_on_the_node_up_to_the_end(server: ComfyServer) -> None:
    """The bar of the tagger's node rises to its end; how many of the steps are sent is ComfyUI's to say."""
    prompt = tagging(image=["many", 0])
    prompt["many"] = node("RepeatImageBatch", image=["picture", 0], amount=5)
    steps = [message["data"] for message in server.run(prompt).of("progress")]
    assert {TAGGER} == {step["node"] for step in steps}
    assert {5} == {step["max"] for step in steps}
    done = [step["value"] for step in steps]
    assert sorted(done) == done
    assert 5 == done[-1]


def test_cancel_stops_a_long_run_and_the_next_one_works(server: ComfyServer) -> None:
    """Cancel is heard between two batches; nothing of the cancelled run is left in the way."""
    prompt = tagging(image=["many", 0])
    prompt["many"] = node("RepeatImageBatch", image=["picture", 0], amount=2000)
    asked: list[int] = []

    def cancel_at_first_progress(message: dict[str, Any]) -> None:
        if message["type"] == "progress" and not asked:
            asked.append(server.post("/interrupt", {})[0])

    cancelled = server.run(prompt, meanwhile=cancel_at_first_progress)
    assert [200] == asked
    assert "execution_interrupted" == cancelled.ending
    assert cancelled.of("progress")[-1]["data"]["value"] < 2000
    assert "red background" in tags_of(server.run(tagging("triangle.png")))


def test_a_second_run_comes_from_the_cache(server: ComfyServer) -> None:
    """What has not changed is not computed again; another threshold is."""
    prompt = tagging(threshold=0.41)
    first = server.run(prompt)
    again = server.run(prompt)
    changed = server.run(tagging(threshold=0.42))
    assert tags_of(first) == tags_of(again)
    assert TAGGER in again.of("execution_cached")[0]["data"]["nodes"]
    assert TAGGER not in changed.of("execution_cached")[0]["data"]["nodes"]
    assert "picture" in changed.of("execution_cached")[0]["data"]["nodes"]


def test_two_prompts_in_the_queue_do_not_mix(server: ComfyServer) -> None:
    """Each gets its own picture's tags, with one model loaded for both."""
    circle, triangle = server.run_all([tagging(threshold=0.43), tagging("triangle.png", threshold=0.43)])
    assert "blue background" in tags_of(circle) and "red background" not in tags_of(circle)
    assert "red background" in tags_of(triangle) and "blue background" not in tags_of(triangle)


def test_tags_are_filtered_by_what_is_in_the_picture(server: ComfyServer) -> None:
    """Two taggers' tags, one of them wrong: what the picture does not show goes, what JoyTag does not know stays."""
    prompt = {
        "picture": node("LoadImage", image="circle.png"),
        "filter": node(
            "JoyTag_TagFilter", tags="red_background, blue_background, masterpiece", image=["picture", 0],
            model="demo", min_score=0.4,
        ),
        SHOW: node("PreviewAny", source=["filter", 0]),
        "why": node("PreviewAny", source=["filter", 1]),
    }  # fmt: skip
    run = server.run(prompt)
    assert ["blue background", "masterpiece"] == tags_of(run)
    assert "red background" in run.shown("why")[0].replace("_", " ")


def test_tag_info_says_what_is_known(server: ComfyServer) -> None:
    """One line a tag, shown on the node."""
    prompt = {"info": node("JoyTag_TagInfo", tags="bunny, xyz"), SHOW: node("PreviewAny", source=["info", 0])}
    lines = server.run(prompt).shown("info")[0].splitlines()
    assert "now named rabbit" in lines[0]
    assert "xyz: not a tag of the model" == lines[1]


def test_a_broken_rule_is_named_in_the_dialog(server: ComfyServer) -> None:
    """The message alone tells which rule is wrong."""
    run = server.run(tagging(exclude="blue*\n/(/"))
    assert "execution_error" == run.ending
    assert "/(/" in run.error


def test_a_model_that_is_not_there_is_refused_with_what_there_is(server: ComfyServer) -> None:
    """Either ComfyUI's own check or the node's says so; a path is no model's name."""
    for name in ("no-such-model", "/etc", "../joytag"):
        status, answer = server.post("/prompt", {"prompt": tagging(model=name), "client_id": server.client_id})
        if status == 400:
            assert "value_not_in_list" == answer["node_errors"][TAGGER]["errors"][0]["type"]
        else:
            run = server.run(tagging(model=name))
            assert "execution_error" == run.ending
            assert f"There is no model {name!r}; there is: joytag, demo" in run.error


def test_without_a_network_joytag_says_how_to_get_it(server: ComfyServer) -> None:
    """The dialog tells where to put which files."""
    run = server.run(tagging(model="joytag"))
    assert "execution_error" == run.ending
    assert str(server.base / "models" / "joytag" / "joytag") in run.error
    assert "model.safetensors" in run.error


def test_a_broken_model_file_is_named_and_can_be_mended(server: ComfyServer) -> None:
    """A cut-off file says so; once it is whole, the same server uses it."""
    demo = Path(__file__).parents[2] / "joytag_core" / "demo"
    folder = server.base / "models" / "joytag" / "copied"
    folder.mkdir()
    weights = (demo / "model.safetensors").read_bytes()
    for name in ("config.json", "top_tags.txt"):
        (folder / name).write_bytes((demo / name).read_bytes())
    (folder / "model.safetensors").write_bytes(weights[:-1000])
    run = server.run(tagging(model="copied"))
    assert "execution_error" == run.ending
    assert str(folder / "model.safetensors") in run.error
    assert "cut off" in run.error
    (folder / "model.safetensors").write_bytes(weights)
    assert "blue background" in tags_of(server.run(tagging(model="copied")))


def test_a_model_loaded_in_part_gives_the_same_scores_under_comfyuis_own_patcher() -> None:
    """ComfyUI's own ModelPatcher, told to load only a little (--lowvram, --novram), changes no score."""
    assert COMFYUI is not None
    probe = Path(__file__).with_name("comfyui_memory_probe.py")
    python = os.environ.get("COMFYUI_PYTHON", sys.executable)
    done = subprocess.run([python, str(probe)], cwd=COMFYUI, capture_output=True, text=True, timeout=300, check=False)
    assert 0 == done.returncode, done.stderr[-3000:]
    assert "same scores: whole, in part, reloaded, after eviction" == done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("flag", "state", "is_split"),
    [
        ("--novram", "NO_VRAM", True),
        ("--lowvram", "LOW_VRAM", None),  # ComfyUI 0.3.64 loads small models whole even so
        ("--normalvram", "NORMAL_VRAM", None),
        ("--gpu-only", "HIGH_VRAM", False),
    ],
)
def test_every_memory_flag_gives_the_same_tags(
    server: ComfyServer, tmp_path: Path, flag: str, state: str, is_split: bool | None
) -> None:
    """Started with the flag, ComfyUI leaves out of a nearly full device what it wants to, and the tags are the same."""
    assert COMFYUI is not None
    if f'"{flag}"' not in Path(COMFYUI, "comfy", "cli_args.py").read_text(encoding="utf-8"):
        pytest.skip(f"this ComfyUI has no {flag}")
    other = ComfyServer(Path(COMFYUI), tmp_path, memory=flag)
    draw_pictures(other.base / "input")
    other.start()
    try:
        tags = [tags_of(other.run(tagging(threshold=threshold))) for threshold in (0.1, 0.4)]
    finally:
        other.stop()
    assert [tags_of(server.run(tagging(threshold=threshold))) for threshold in (0.1, 0.4)] == tags
    log = other.log.read_text(encoding="utf-8")
    assert f"memory state: {state}" in log
    assert is_split in (None, "loaded partially" in log)


def test_a_restart_changes_nothing(server: ComfyServer) -> None:
    """The tags are the same in a new process."""
    before = tags_of(server.run(tagging()))
    server.stop()
    server.start()
    assert before == tags_of(server.run(tagging()))


def test_the_log_holds_no_failure_of_the_pack(server: ComfyServer) -> None:
    """ComfyUI only logs a pack that fails to import, and goes on."""
    lines = server.log.read_text(encoding="utf-8").splitlines()
    failures = ("IMPORT FAILED", "Error while calling comfy_entrypoint", "Cannot import")
    assert [] == [line for line in lines if "joytag" in line and any(failure in line for failure in failures)]
