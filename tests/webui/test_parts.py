"""Does each part of the extension work by itself, whatever optional name a WebUI lacks?"""

from __future__ import annotations

import ast
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from joytag_webui import parts
from joytag_webui.activation import API, AXES, CHECK, SDAPI, SETTINGS, TAB
from joytag_webui.section import PART as SECTION
from joytag_webui.tab import SENDING
from tests.webui.fake_gradio import Component, Event
from tests.webui.fake_webui import REPOSITORY, FakeWebUI
from tests.webui.test_buttons import build_page
from tests.webui.test_loading import scripts_among

IMG2IMG, TXT2IMG = "the button in img2img", "the button in txt2img"
UNLOAD = "the link that unloads the model, in the settings"

# What is off where a WebUI lacks a name; where nothing is, there is another way.
OFF: dict[str, set[str]] = {
    "modules.patches": {SDAPI, CHECK},
    "modules.api.api": {SDAPI, CHECK},
    "modules.api.api.Api": {SDAPI, CHECK},
    "modules.api.api.Api.interrogateapi": set(),
    "modules.api.api.Api.init_script_args": {CHECK},
    "modules.api.models": set(),
    "modules.initialize_util": {API},
    "modules.initialize_util.get_gradio_auth_creds": {API},
    "modules.infotext_utils": set(),
    "modules.generation_parameters_copypaste": set(),
    "modules.ui_components": {IMG2IMG, TXT2IMG, TAB, SECTION},
    "modules.ui_components.ToolButton": {IMG2IMG, TXT2IMG, TAB},
    "modules.ui_components.InputAccordion": {SECTION},
    "modules.ui_common": {TAB, SECTION},
    "modules.scripts.scripts_data": {AXES},
    "modules.scripts.Script.postprocess_image_after_composite": set(),
    "modules.options": {UNLOAD},
    "modules.options.OptionHTML": {UNLOAD},
    "modules.deepbooru": set(),
    "modules.interrogate": set(),
    "modules.lowvram": set(),
    "modules.devices": set(),
    "modules.sd_hijack": set(),
    "modules.sd_models": set(),
    "modules.sd_models.model_data": set(),
    "modules.sd_models.model_data.lock": set(),
    **{f"modules.shared.cmd_opts.{flag}": set() for flag in (
        "use_cpu", "no_half", "precision", "lowvram", "medvram", "nowebui", "api_auth", "hide_ui_dir_config",
        "no_gradio_queue",
    )},
}  # fmt: skip


NEEDED = {"modules.shared", "modules.paths", "modules.script_callbacks", "modules.scripts", "modules.call_queue"}
"""What makes a WebUI one of this family: none was ever without."""


def names_used() -> set[str]:
    """Return what our code imports of a WebUI, each with its module."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (REPOSITORY / "joytag_webui").glob("*.py")]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        f"{node.module}.{alias.name}"
        for node in imports
        for alias in node.names
        if node.module and node.module.split(".")[0] == "modules"
    }


def test_no_name_is_forgotten() -> None:
    """What is imported of a WebUI is taken away below, by itself or with its module, or makes the WebUI one."""
    assert {"modules.patches", "modules.ui_components.ToolButton"} <= names_used()
    known = OFF.keys() | NEEDED
    assert [] == [name for name in names_used() if not {name, name.rpartition(".")[0]} & known]


def start(webui: FakeWebUI) -> TestClient:
    """Do what a WebUI does from loading scripts to serving its page; return a client of its API."""
    script = scripts_among(webui.load_scripts())[0]()
    webui.callbacks.run("on_ui_settings")
    webui.callbacks.run("on_before_ui")
    build_page(webui, watchers=[lambda component, **_: webui.callbacks.run("on_after_component", component)])
    script.ui(True)
    webui.callbacks.run("on_ui_tabs")
    app = FastAPI()
    webui.callbacks.run("on_app_started", None, app)
    return TestClient(app)


def what_is_there(webui: FakeWebUI, client: TestClient) -> dict[str, bool]:
    """Say of each part whether a person or a client finds it."""
    from modules import shared

    ids = [component.elem_id for component in Component.all]
    return {
        IMG2IMG: "joytag_img2img_interrogate" in ids,
        TXT2IMG: "joytag_txt2img_interrogate" in ids,
        TAB: "joytag_interrogate" in ids,
        SECTION: "joytag_img2img_exclude" in ids,
        SETTINGS: "joytag_threshold" in webui.opts.data_labels,
        UNLOAD: "joytag_unload_note" in webui.opts.data_labels,
        API: client.get("/joytag/v1/models").status_code == 200,
        AXES: any("JoyTag" in option.label for option in webui.plot.axis_options),
        "sending": len(webui.sent) == 2 or shared is None,
    }


@pytest.mark.parametrize("name", OFF)
def test_a_missing_name_takes_nothing_else_down(webui: FakeWebUI, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """What needs the name is off, and says so once; everything else is there."""
    webui.take_away(name)
    with caplog.at_level(logging.WARNING, "joytag"):
        client = start(webui)
    off = OFF[name]
    expected = {part: part not in off for part in (IMG2IMG, TXT2IMG, TAB, SECTION, SETTINGS, UNLOAD, API, AXES)}
    there = what_is_there(webui, client)
    # A tab or a settings section that fails half-way has shown some of itself; what counts is that nothing else went.
    assert {part for part, wanted in expected.items() if wanted} <= {part for part, found in there.items() if found}
    told = [record.getMessage().partition(" is off in this WebUI: ")[0] for record in caplog.records]
    assert sorted(f"JoyTag: {part}" for part in off) == sorted(told)


def test_nothing_is_off_where_all_is_there(any_webui: FakeWebUI, caplog: pytest.LogCaptureFixture) -> None:
    """On every member of the family all parts are there, and the log says nothing."""
    with caplog.at_level(logging.WARNING, "joytag"):
        client = start(any_webui)
    assert all(what_is_there(any_webui, client).values())
    assert [] == caplog.messages


def test_sending_is_off_without_its_two_names(webui: FakeWebUI, caplog: pytest.LogCaptureFixture) -> None:
    """Where neither place has ParamBinding, the tab is there and its buttons still write the prompt."""
    webui.take_away("modules.infotext_utils")
    webui.take_away("modules.generation_parameters_copypaste")
    with caplog.at_level(logging.WARNING, "joytag"):
        there = what_is_there(webui, start(webui))
    assert (True, False) == (there[TAB], there["sending"])
    assert [SENDING in message for message in caplog.messages] == [True]


def test_a_missing_event_takes_its_part_only(webui: FakeWebUI, caplog: pytest.LogCaptureFixture) -> None:
    """A WebUI without one of the callbacks still gets the rest."""
    kind = type(webui.callbacks)
    lacking = type("Lacking", (kind,), {
        "__getattr__": lambda self, name: kind.__getattr__(self, "none" if name == "on_ui_settings" else name),
    })  # fmt: skip
    webui.callbacks.__class__ = lacking
    with caplog.at_level(logging.WARNING, "joytag"):
        there = what_is_there(webui, start(webui))
    assert {SETTINGS, UNLOAD} == {part for part, found in there.items() if not found}
    assert [SETTINGS in message for message in caplog.messages] == [True]


def test_a_part_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """However often a part fails, the log has one line; a fault that is no missing name comes with its place."""
    parts.start_anew()

    def broken() -> None:
        raise RuntimeError("a fault of ours")

    for _ in range(3):
        assert [] == parts.guarded("the part", broken, otherwise=[])()
    (record,) = caplog.records
    assert "JoyTag: the part is off in this WebUI: a fault of ours" == record.getMessage()
    assert record.exc_info is not None


def test_no_handler_is_a_public_endpoint(any_webui: FakeWebUI) -> None:
    """gradio makes a named endpoint of every event's function unless it is told not to."""
    start(any_webui)
    events: list[Any] = [event for event in Event.all if event.fn is not None]
    assert len(events) > 20
    assert [] == [event.fn for event in events if event.api_name is not False]


def test_warnings_are_heard_where_the_host_prints_errors_only(
    webui: FakeWebUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forge Neo's root logger is at ERROR; a level that somebody gave ours holds."""
    ours = logging.getLogger("joytag")
    monkeypatch.setattr(logging.getLogger(), "level", logging.ERROR)
    for level, expected in ((logging.NOTSET, logging.WARNING), (logging.CRITICAL, logging.CRITICAL)):
        ours.setLevel(level)
        try:
            webui.load_scripts()
            assert expected == ours.getEffectiveLevel()
        finally:
            ours.setLevel(logging.NOTSET)
