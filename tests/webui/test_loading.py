"""Do the hosts' ways of loading scripts/ work: under a file's name, without our folder on the path, and again?"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

from tests.webui.fake_gradio import Component
from tests.webui.fake_webui import REPOSITORY, SCRIPT, FakeWebUI, Script


def scripts_among(module: object) -> list[type]:
    """Return what a host registers: every subclass of Script among a script's names."""
    return [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Script)]


def test_loads_as_one_script(any_webui: FakeWebUI) -> None:
    """The host finds one script class, always visible, and the module stays out of sys.modules."""
    module = any_webui.load_scripts()
    (script,) = scripts_among(module)
    assert "JoyTag" == script().title()
    assert sys.modules["modules.scripts"].AlwaysVisible is script().show(True)
    assert "joytag.py" not in sys.modules


def test_loading_again_registers_everything_once(any_webui: FakeWebUI) -> None:
    """ "Reload UI" clears the callbacks and loads again: each is there once, as after the first time."""
    any_webui.load_scripts()
    first = {name: len(callbacks) for name, callbacks in any_webui.callbacks.registered.items()}
    any_webui.callbacks.run("on_ui_tabs")
    any_webui.callbacks.run("on_script_unloaded")
    any_webui.load_scripts()
    any_webui.callbacks.run("on_ui_tabs")
    assert first == {name: len(callbacks) for name, callbacks in any_webui.callbacks.registered.items()}
    assert {1} == set(first.values())


def methods(webui: FakeWebUI) -> dict[str, object]:
    """Return the methods of the WebUI's API that we put ours around: Forge Neo has no interrogateapi."""
    names = ("interrogateapi", "init_script_args")
    there = vars(sys.modules["modules.api.api"].Api)
    assert ("interrogateapi" in there) == (webui.kind != "neo")
    return {name: there[name] for name in names if name in there}


def test_unloading_gives_the_endpoints_back(any_webui: FakeWebUI) -> None:
    """on_script_unloaded takes our wrappers off the WebUI's API."""
    originals = methods(any_webui)
    any_webui.load_scripts()
    assert originals == methods(any_webui), "importing modules.api at script load would freeze the API's options"
    any_webui.callbacks.run("on_ui_tabs")
    assert not set(originals.values()) & set(methods(any_webui).values())
    any_webui.callbacks.run("on_script_unloaded")
    assert originals == methods(any_webui)


def test_without_a_page_the_endpoints_are_ours_at_once(any_webui: FakeWebUI) -> None:
    """With --nowebui the API is built right after the scripts are loaded."""
    any_webui.cmd_opts.nowebui = True
    originals = methods(any_webui)
    any_webui.load_scripts()
    assert not set(originals.values()) & set(methods(any_webui).values())


def test_section_is_built_for_both_tabs(any_webui: FakeWebUI) -> None:
    """ui() gives five inputs on each tab, off at first; only txt2img shows a picture of its own."""
    (script,) = scripts_among(any_webui.load_scripts())
    for is_img2img in (False, True):
        section = script()
        components = section.ui(is_img2img)
        assert 5 == len(components)
        assert components[0].value is False
        assert components[4].keywords["visible"] is not is_img2img


def test_pasted_infotext_switches_the_section_off(any_webui: FakeWebUI) -> None:
    """A pasted prompt is finished already; an infotext without our mark leaves the section as it is."""
    (script,) = scripts_among(any_webui.load_scripts())
    section = script()
    section.ui(True)
    ((_, changed),) = section.infotext_fields
    assert changed({"JoyTag model": "joytag"}) is False
    assert {"__type__": "update"} == changed({"Steps": "20"})


def test_tab_is_built_on_both_lines(any_webui: FakeWebUI) -> None:
    """The tab is built with what both lines of gradio know."""
    any_webui.load_scripts()
    ((tabs,),) = ([tab] for tab in any_webui.callbacks.run("on_ui_tabs"))
    ((_, title, element),) = tabs
    assert ("JoyTag", "joytag") == (title, element)
    ids = [component.elem_id for component in Component.all if component.elem_id]
    assert len(ids) == len(set(ids))


def test_script_file_is_a_signpost() -> None:
    """No relative import, no `annotations` import (dataclasses crash under the hosts' name), no package beside it."""
    tree = ast.parse(SCRIPT.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [0] * len(imports) == [node.level for node in imports]
    assert "__future__" not in [node.module for node in imports]
    assert ["joytag.py"] == sorted(path.name for path in SCRIPT.parent.iterdir() if path.name != "__pycache__")


@pytest.mark.parametrize("file", sorted((REPOSITORY / "joytag_webui").glob("*.py")), ids=lambda path: path.stem)
def test_host_is_imported_late(file: Path) -> None:
    """No module imports the host or gradio at its top: hosts reload their own modules, and tests need none."""
    tops = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [getattr(node, "module", None) or node.names[0].name for node in tops]
    assert [] == [name for name in names if name.split(".")[0] in ("modules", "gradio", "backend", "ldm_patched")]
