"""How do tests use a WebUI's page: through a real browser, as a person does?"""

from __future__ import annotations

import base64
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hosts.webui_server import PAGE_LOGIN, WebUIServer

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_AS_TRANSFER = """([name, content]) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, {type: "image/png"}));
    return transfer;
}"""
WAIT = 90_000
"""Milliseconds that a page may take on a busy machine before a test gives up."""


class WebUIPage:
    """Hold one logged-in page of a WebUI."""

    def __init__(self, browser: Any, server: WebUIServer) -> None:
        """Log in and open the page."""
        self.server = server
        self.context = browser.new_context(viewport={"width": 1400, "height": 1000})
        self.context.set_default_timeout(WAIT)
        self.page = self.context.new_page()
        self.page_errors: list[str] = []
        self.page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        user, password = PAGE_LOGIN
        self.context.request.post(server.url("/login"), form={"username": user, "password": password})
        self.open()

    def open(self) -> None:
        """Load the page anew and wait until its scripts run."""
        self._let_it_rest()
        self.page.goto(self.server.url("/?__theme=dark"), wait_until="domcontentloaded")
        self.page.wait_for_selector("#txt2img_prompt textarea", state="attached")
        self.page.wait_for_function("typeof gradioApp === 'function' && typeof joytagUnload === 'function'")
        # The hosts give no sign of when their own scripts have seen the whole page.
        self.page.wait_for_timeout(4000)

    def close(self) -> None:
        """Leave the page."""
        self._let_it_rest()
        self.context.close()

    @property
    def cookies(self) -> str:
        """Return the page's cookies as a request header."""
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.context.cookies())

    def show_tab(self, name: str) -> None:
        """Open one of the tabs: txt2img, img2img, or JoyTag."""
        if name == "JoyTag":
            self.open_tab(name)
        else:
            self.page.evaluate(f"switch_to_{name}()")
            self.page.wait_for_timeout(500)

    def open_tab(self, name: str, *, among: str = "body") -> None:
        """Click on a tab that is to be seen."""
        self.tabs(name, among=among).first.click()
        self.page.wait_for_timeout(500)

    def tabs(self, name: str, *, among: str = "body") -> Any:
        """Find the tabs of a name that are to be seen; gradio's two lines make tabs of different elements."""
        tabs = self.page.locator(f"{among} .tab-nav > button, {among} [role=tab]")
        return tabs.filter(has_text=re.compile(rf"^\s*{name}\s*$")).locator("visible=true")

    def open_batch_tab(self, source: Path | str, target: Path | str) -> None:
        """Open img2img's batch tab and name its folders."""
        self.show_tab("img2img")
        self.open_tab("Batch")
        if self.tabs("From directory").count():  # where it takes uploaded pictures too
            self.open_tab("From directory")
        self.fill("#img2img_batch_input_dir", str(source))
        self.fill("#img2img_batch_output_dir", str(target))

    def switch_section_on(self) -> None:
        """Switch automatic prompts on in img2img, show their section, and ask for pictures that are quickly made."""
        for name, value in {"steps": "1", "width": "64", "height": "64"}.items():
            self.fill(f"#img2img_{name}", value)
        if self.page.locator("#joytag_img2img_enabled-visible-checkbox").count():
            self.click("#joytag_img2img_enabled-visible-checkbox")
            self.page.wait_for_timeout(500)
        self.click("#joytag_img2img_enabled .label-wrap")  # up to A1111 1.7 what is open is on
        self.page.wait_for_timeout(500)
        self.page.locator("#joytag_img2img_exclude").scroll_into_view_if_needed()

    def section_is_on(self) -> bool:
        """Say whether automatic prompts are switched on in img2img."""
        return bool(self.page.locator("#joytag_img2img_enabled-checkbox input").first.is_checked())

    def upload(self, selector: str, *paths: Path) -> None:
        """Choose files in a file box."""
        self.page.locator(f"{selector} input[type=file]").first.set_input_files([str(path) for path in paths])
        self.page.wait_for_timeout(1500)

    def clear(self, selector: str) -> None:
        """Empty a picture box, if there is anything in it."""
        button = self.page.locator(
            f"{selector} button[aria-label='Clear'], {selector} button[aria-label='Remove Image']"
        )
        if button.count():
            button.first.evaluate("element => element.click()")
            self.page.wait_for_timeout(1000)

    def drop(self, selector: str, path: Path) -> None:
        """Drop a file onto an element, as if from a file manager."""
        transfer = self.page.evaluate_handle(_AS_TRANSFER, [path.name, base64.b64encode(path.read_bytes()).decode()])
        self.page.dispatch_event(selector, "dragover", {"dataTransfer": transfer})
        self.page.dispatch_event(selector, "drop", {"dataTransfer": transfer})

    def fill(self, selector: str, text: str) -> None:
        """Type into a text or number box."""
        kinds = ("textarea", "input[type=number]", "input[type=text]", "input:not([type])")
        box = self.page.locator(", ".join(f"{selector} {kind}" for kind in kinds)).first
        box.fill(text)
        box.dispatch_event("change")
        box.blur()

    def text_of(self, selector: str) -> str:
        """Return what is in a text box."""
        return str(self.page.locator(f"{selector} textarea").first.input_value())

    def _let_it_rest(self) -> None:
        # A page left while the host counts tokens leaves gradio 3.41 a connection for ever, and "Reload UI" hangs.
        self.page.wait_for_timeout(3000)

    def is_in_view(self, selector: str) -> bool:
        """Say whether an element's upper edge is on the screen."""
        top = self.page.locator(selector).first.evaluate("element => element.getBoundingClientRect().top")
        height: int = self.page.viewport_size["height"]
        return bool(0 <= top < height)

    def click(self, selector: str) -> None:
        """Click an element, hidden by other tabs or not."""
        self.page.locator(selector).first.evaluate("element => element.click()")

    def keep(self, name: str) -> None:
        """Keep a screenshot where the person asked for them: in the folder JOYTAG_SCREENSHOTS."""
        if folder := os.environ.get("JOYTAG_SCREENSHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"webui-{self.server.kind}-{name}.png"))


def wait_for(wanted: Callable[[], Any], *, seconds: float = WAIT / 1000) -> Any:
    """Return the first true value of a function, or its last value when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := wanted()) and time.monotonic() < deadline:
        time.sleep(0.25)
    return value
