"""How do tests run a real ComfyUI and talk to it? As its page does: over HTTP and a websocket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hosts.websocket import WebSocket

REPOSITORY = Path(__file__).parents[2]
ENDINGS = ("execution_success", "execution_error", "execution_interrupted")
BOOT_SECONDS = 360  # a machine that does other work as well takes its time

Prompt = dict[str, dict[str, Any]]


@dataclass
class Run:
    """Hold what a page hears of one prompt, in order."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Tell whether the prompt has ended; ComfyUI still says afterwards that no node is running."""
        return bool(self.messages) and self.ending in ENDINGS

    @property
    def ending(self) -> str:
        """Return how it ended: one of `ENDINGS`."""
        return str(self.messages[-1]["type"])

    @property
    def error(self) -> str:
        """Return the message that the person reads in the error dialog."""
        return str(self.messages[-1]["data"]["exception_message"])

    def shown(self, node: str) -> list[str]:
        """Return the texts that a node was sent to show."""
        texts: list[str] = next(m["data"]["output"]["text"] for m in self.of("executed") if m["data"]["node"] == node)
        return texts

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one kind."""
        return [message for message in self.messages if message["type"] == kind]


class ComfyServer:
    """Run a ComfyUI with this repository as its only pack, in folders of its own."""

    def __init__(
        self, path: Path, base: Path, *, hub: str = "", memory: str = "--cpu", flags: Sequence[str] = ()
    ) -> None:
        """Take ComfyUI's checkout, a folder for all that it reads and writes, the Hub's address, and flags.

        Without `hub` it is offline. Flags for `memory` but `--cpu` count as on a GPU that is nearly full.
        """
        self.path, self.base, self._memory, self._flags = path, base, memory, flags
        self._hub = {"HF_ENDPOINT": hub} if hub else {"HF_HUB_OFFLINE": "1"}
        self.port = _free_port()
        self.client_id = uuid.uuid4().hex
        self.log = base / "server.log"
        for name in ("input", "output", "temp", "user", "models/joytag", "custom_nodes"):
            (base / name).mkdir(parents=True, exist_ok=True)
        pack = base / "custom_nodes" / "joytag-pack"
        if not pack.exists():
            pack.symlink_to(REPOSITORY)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        python = os.environ.get("COMFYUI_PYTHON", sys.executable)
        main = "main.py" if self._memory == "--cpu" else str(Path(__file__).with_name("comfyui_as_on_a_gpu.py"))
        command = [
            python, main, self._memory, "--base-directory", str(self.base), "--database-url", "sqlite:///:memory:",
            "--disable-api-nodes", "--listen", "127.0.0.1", "--port", str(self.port), *self._flags,
        ]  # fmt: skip
        environment = {**os.environ, **self._hub, "HF_HOME": str(self.base / "hub")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.path, env=environment, stdout=log, stderr=log)
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        while not self._answers():
            assert process.poll() is None, f"ComfyUI stopped:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < deadline, f"ComfyUI did not answer:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.5)

    def stop(self) -> None:
        """End it, and wait for its end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def get(self, path: str) -> Any:
        """Return the JSON of a path."""
        with urllib.request.urlopen(self._url(path), timeout=60) as response:
            return json.load(response)

    def status(self, path: str) -> int:
        """Return the HTTP status of a path."""
        try:
            with urllib.request.urlopen(self._url(path), timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Send JSON; return the status and the JSON that came back, if any."""
        request = urllib.request.Request(
            self._url(path), data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, _json_or_none(response.read())
        except urllib.error.HTTPError as error:
            return error.code, _json_or_none(error.read())

    def run(self, prompt: Prompt, *, meanwhile: Callable[[dict[str, Any]], None] = lambda message: None) -> Run:
        """Queue a prompt and hear it to its end; `meanwhile` sees every message as it comes."""
        return self.run_all([prompt], meanwhile=meanwhile)[0]

    def run_all(
        self, prompts: Sequence[Prompt], *, meanwhile: Callable[[dict[str, Any]], None] = lambda message: None
    ) -> list[Run]:
        """Queue several prompts at once and hear them all to their ends."""
        socket_ = WebSocket(self.port, f"/ws?clientId={self.client_id}")
        try:
            runs = {self.queue(prompt): Run() for prompt in prompts}
            for message in _messages(socket_):
                run = runs.get(message["data"].get("prompt_id"))
                if run is not None and not run.ended:
                    run.messages.append(message)
                    meanwhile(message)
                if all(run.ended for run in runs.values()):
                    break
            return list(runs.values())
        finally:
            socket_.close()

    def queue(self, prompt: Prompt) -> str:
        """Queue a prompt that is valid and return its id."""
        status, answer = self.post("/prompt", {"prompt": prompt, "client_id": self.client_id})
        assert status == 200, json.dumps(answer, indent=1)
        return str(answer["prompt_id"])

    def _answers(self) -> bool:
        try:
            self.get("/system_stats")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def _messages(socket_: WebSocket) -> Iterator[dict[str, Any]]:
    while True:
        yield socket_.receive(timeout=300)


def _json_or_none(body: bytes) -> Any:
    return json.loads(body) if body.strip() else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
