"""What would a page look like? Fakes of gradio's two lines that remember how they were built and wired."""

from __future__ import annotations

from types import ModuleType
from typing import Any

_EVENTS = ("click", "input", "change", "clear", "upload", "select", "then", "release")
_KINDS = (
    "Button", "Checkbox", "CheckboxGroup", "Dropdown", "File", "HTML", "Image", "Number", "Radio", "Slider", "State",
    "Textbox",
)  # fmt: skip
_CONTAINERS = ("Accordion", "Blocks", "Column", "Row", "TabItem", "Tabs")
# What only the 4 line knows; the 3 line raises TypeError at it.
_NEW_IN_4 = {"show_download_button", "key"}


class Event:
    """Remember one wiring: which event, which function, from what to what."""

    all: list[Event] = []  # noqa: RUF012

    def __init__(  # noqa: PLR0917 - as many as there are things to remember
        self, kind: str, fn: Any, inputs: Any, outputs: Any, js: str | None, api_name: Any = None
    ) -> None:
        self.kind, self.fn, self.js, self.api_name = kind, fn, js, api_name
        self.inputs, self.outputs = list(inputs or []), list(outputs or [])
        Event.all.append(self)

    def then(
        self, fn: Any = None, inputs: Any = None, outputs: Any = None, _js: str | None = None, api_name: Any = None,
        **_: Any,
    ) -> Event:  # fmt: skip
        """Wire what follows."""
        return Event("then", fn, inputs, outputs, _js, api_name)


class Component:
    """Remember one component: its keywords and its events."""

    watchers: list[Any] = []  # noqa: RUF012 - the hosts' own hook is a global too
    all: list[Component] = []  # noqa: RUF012

    def __init__(self, value: Any = None, **keywords: Any) -> None:
        self.value, self.keywords = value, keywords
        self.elem_id = keywords.get("elem_id")
        self.elem_classes = keywords.get("elem_classes") or []
        self.parent: Any = keywords.pop("parent", "a page")
        self.events: list[Event] = []
        Component.all.append(self)
        for watch in list(Component.watchers):
            watch(self, **keywords)

    def __getattr__(self, name: str) -> Any:
        if name not in _EVENTS:
            raise AttributeError(name)

        def wire(
            fn: Any = None, inputs: Any = None, outputs: Any = None, _js: str | None = None, api_name: Any = None,
            **_: Any,
        ) -> Event:  # fmt: skip
            event = Event(name, fn, inputs, outputs, _js, api_name)
            self.events.append(event)
            return event

        return wire

    def preprocess(self, value: Any) -> Any:
        """Return what a handler gets for what the page sent."""
        return value

    def __enter__(self) -> Component:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class PageError(Exception):
    """Stand for gradio.Error, which shows its message on the page."""


def make_gradio(version: str) -> ModuleType:
    """Return a module that looks like one line of gradio, `3.41.2` or `4.40.0`."""
    gradio = ModuleType("gradio")
    for kind in (*_KINDS, *_CONTAINERS):
        setattr(gradio, kind, type(kind, (Component,), {"__init__": _strict_init(version)}))
    contents: dict[str, Any] = {
        "__version__": version, "Error": PageError, "Progress": lambda: None, "told": [],
        "update": lambda **changes: {"__type__": "update", **changes},
    }  # fmt: skip
    contents["Info"] = contents["Warning"] = contents["told"].append
    for name, value in contents.items():
        setattr(gradio, name, value)
    return gradio


def find(elem_id: str) -> Component:
    """Return the component with an element id that was made last."""
    return next(component for component in reversed(Component.all) if component.elem_id == elem_id)


def _strict_init(version: str) -> Any:
    def init(self: Component, value: Any = None, **keywords: Any) -> None:
        if version.startswith("3") and set(keywords) & _NEW_IN_4:
            raise TypeError(f"unexpected keyword {sorted(set(keywords) & _NEW_IN_4)}")
        Component.__init__(self, value, **keywords)

    return init
