"""What does the extension see of a WebUI? A stand-in for the modules that it imports, one family member at a time."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections import defaultdict
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from tests.webui.fake_gradio import Component, Event, make_gradio

REPOSITORY = Path(__file__).parents[2]
SCRIPT = REPOSITORY / "scripts" / "joytag.py"
GRADIO = {"a1111": "3.41.2", "forge": "4.40.0", "reforge": "3.41.2", "neo": "4.40.0"}
KINDS = tuple(GRADIO)
_INTERROGATORS = ("modules.deepbooru", "modules.interrogate")
_LACKING = {
    "neo": (*_INTERROGATORS, "modules.lowvram", "modules.sd_hijack", "modules.sd_models.model_data.lock",
            "modules.api.api.Api.interrogateapi", "modules.generation_parameters_copypaste.ParamBinding",
            "modules.shared.cmd_opts.use_cpu", "modules.shared.cmd_opts.no_half", "modules.shared.cmd_opts.medvram",
            "modules.shared.cmd_opts.precision"),
    "forge": ("modules.sd_models.model_data.lock",),
}  # fmt: skip
"""What a kind does not have of what the others have; joytag_webui/family.py says where it is instead."""


class Callbacks(ModuleType):
    """Stand for modules.script_callbacks: keep what is registered until scripts are loaded again."""

    def __init__(self) -> None:
        super().__init__("modules.script_callbacks")
        self.registered: dict[str, list[Any]] = defaultdict(list)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("on_"):
            raise AttributeError(name)
        return lambda callback, **_: self.registered[name].append(callback)

    def run(self, name: str, *values: Any) -> list[Any]:
        """Call all that is registered for one event."""
        return [callback(*values) for callback in self.registered[name]]


class Options:
    """Stand for shared.opts: stored values, else the defaults of the options that were added."""

    def __init__(self, **stored: Any) -> None:
        self.data = dict(stored)
        self.data_labels: dict[str, Any] = {}

    def add_option(self, key: str, info: Any) -> None:
        """Add one option to the settings page."""
        self.data_labels[key] = info

    def __getattr__(self, name: str) -> Any:
        if name in self.data:
            return self.data[name]
        if name in self.data_labels:
            return self.data_labels[name].default
        raise AttributeError(name)


class OptionInfo:
    """Stand for shared.OptionInfo."""

    def __init__(
        self, default: Any = None, label: str = "", component: Any = None, component_args: Any = None, *,
        section: Any = None,
    ) -> None:  # fmt: skip
        self.default, self.label, self.component, self.component_args = default, label, component, component_args
        self.section, self.comment_after = section, ""

    def info(self, text: str) -> OptionInfo:
        """Add help."""
        self.comment_after += text
        return self


class Script:
    """Stand for scripts.Script."""

    def postprocess_image(self, p: Any, pp: Any, *values: Any) -> None:
        """See a made picture."""

    def postprocess_image_after_composite(self, p: Any, pp: Any, *values: Any) -> None:
        """See a made picture after all else was done to it."""


class AxisOption:
    """Stand for an axis of the X/Y/Z plot."""

    def __init__(  # noqa: PLR0917 - as the hosts'
        self, label: str, type: Any, apply: Any, format_value: Any = None, confirm: Any = None, cost: float = 0.0,
        choices: Any = None, prepare: Any = None,
    ) -> None:  # fmt: skip
        self.label, self.type, self.apply, self.confirm, self.choices = label, type, apply, confirm, choices


class FakeApi:
    """Stand for modules.api.api.Api."""

    def interrogateapi(self, interrogatereq: Any) -> str:
        """Answer as the WebUI does for its own models."""
        return f"the WebUI's own {interrogatereq.model}"

    def init_script_args(self, request: Any, *_: Any, **__: Any) -> str:
        """Collect the scripts' arguments."""
        return "collected"


class FakeWebUI:
    """Install the stand-ins for one test; `kind` is one of `KINDS`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str = "a1111", **stored: Any) -> None:
        self.kind, self.folder, self._monkeypatch = kind, folder, monkeypatch
        self.callbacks = Callbacks()
        self.opts = Options(**stored)
        self.cmd_opts = SimpleNamespace(
            use_cpu=[], no_half=False, precision="autocast", lowvram=False, medvram=False, nowebui=False, api=True,
            api_auth=None, hide_ui_dir_config=False, no_gradio_queue=False,
        )  # fmt: skip
        self.state = FakeState()
        self.sent_to_cpu: list[bool] = []
        self.sent: list[Any] = []
        self.page_logins: list[tuple[str, ...]] = []
        self.queue_lock = threading.Lock()
        self.plot = SimpleNamespace(AxisOption=AxisOption, axis_options=[AxisOption("Nothing", str, None)])
        self.gradio = make_gradio(GRADIO[kind])
        Component.all, Component.watchers, Event.all = [], [], []
        monkeypatch.setitem(sys.modules, "gradio", self.gradio)
        for name, module in self._modules().items():
            monkeypatch.setitem(sys.modules, name, module)
        for name in _LACKING.get(kind, ()):
            self.take_away(name)
        monkeypatch.setattr("joytag_core.tagging.session._shared", None)

    def take_away(self, name: str) -> None:
        """Take away a module, or something in one, for the rest of the test: `modules.paths`, `modules.shared.opts`."""
        if name in sys.modules:
            self._monkeypatch.setitem(sys.modules, name, None)
            return
        words = name.split(".")
        depth = next(depth for depth in range(len(words), 0, -1) if sys.modules.get(".".join(words[:depth])))
        owner: Any = sys.modules[".".join(words[:depth])]
        for word in words[depth:-1]:
            owner = getattr(owner, word)
        self._monkeypatch.delattr(owner, words[-1])

    def load_scripts(self) -> ModuleType:
        """Load scripts/joytag.py as the hosts do: under its file name, out of sys.modules, callbacks cleared before."""
        self.callbacks.registered.clear()
        path = sys.path
        sys.path = [str(REPOSITORY), *path]
        try:
            spec = importlib.util.spec_from_file_location(SCRIPT.name, SCRIPT)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        finally:
            sys.path = path
        return module

    def _sending(self) -> dict[str, Any]:
        return {"ParamBinding": SimpleNamespace, "register_paste_params_button": self.sent.append}

    def _modules(self) -> dict[str, ModuleType]:
        component = self.gradio.Button
        patches = _patches()
        return {
            "modules": _package("modules"),
            "modules.script_callbacks": self.callbacks,
            **_made({
                "scripts": {
                    "Script": Script, "AlwaysVisible": object(),
                    "scripts_data": [SimpleNamespace(path="scripts/xyz_grid.py", module=self.plot)],
                },
                "shared": {
                    "opts": self.opts, "cmd_opts": self.cmd_opts, "state": self.state, "OptionInfo": OptionInfo,
                },
                "options": {"OptionHTML": OptionInfo},
                "paths": {"models_path": str(self.folder / "models"), "data_path": str(self.folder)},
                "devices": {"get_optimal_device": lambda: torch.device("cpu"), "torch_gc": lambda: None},
                "lowvram": {"send_everything_to_cpu": lambda: self.sent_to_cpu.append(True)},
                "call_queue": {"queue_lock": self.queue_lock},
                "patches": patches,
                "api": {},
                "api.api": {"Api": _own_class(FakeApi)},
                "api.models": {"InterrogateResponse": lambda caption: {"caption": caption}},
                "initialize_util": {"get_gradio_auth_creds": lambda: iter(self.page_logins)},
                "sd_models": {"model_data": SimpleNamespace(sd_model=None, lock=threading.Lock())},
                "ui_components": {"ToolButton": component, "InputAccordion": self.gradio.Checkbox},
                "ui_common": {"create_refresh_button": lambda *_: None},
                "sd_hijack": {"model_hijack": SimpleNamespace(get_prompt_lengths=lambda text: (len(text.split()), 75))},
                **{name.partition(".")[2]: {} for name in _INTERROGATORS},
                "infotext_utils": self._sending(), "generation_parameters_copypaste": self._sending(),
            }),
        }  # fmt: skip


class FakeState:
    """Stand for shared.state."""

    def __init__(self) -> None:
        self.interrupted, self.job, self.textinfo = False, "", None

    def begin(self, job: str) -> None:
        """Start a job: an old interrupt is forgotten."""
        self.job, self.interrupted = job, False

    def end(self) -> None:
        """End the job."""
        self.job = ""

    def interrupt(self) -> None:
        """Ask the job to stop."""
        self.interrupted = True


def _own_class(kind: type) -> type:
    """Return a copy of a class that a test may patch."""
    return type("Api", (), {name: value for name, value in vars(kind).items() if not name.startswith("__")})


def _package(name: str) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = []
    return package


def _made(contents: dict[str, dict[str, Any]]) -> dict[str, ModuleType]:
    modules = {}
    for name, values in contents.items():
        module = ModuleType(f"modules.{name}")
        module.__spec__ = ModuleSpec(module.__name__, None)
        for key, value in values.items():
            setattr(module, key, value)
        modules[f"modules.{name}"] = module
    return modules


def _patches() -> dict[str, Any]:
    originals: dict[Any, Any] = {}

    def patch(key: str, obj: Any, field: str, replacement: Any) -> None:
        if (key, obj, field) in originals:
            raise RuntimeError("already applied")
        originals[key, obj, field] = getattr(obj, field)
        setattr(obj, field, replacement)

    def undo(key: str, obj: Any, field: str) -> None:
        setattr(obj, field, originals.pop((key, obj, field)))

    return {"patch": patch, "undo": undo, "original": lambda key, obj, field: originals.get((key, obj, field))}
