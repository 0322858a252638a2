"""How do tests run a real A1111, Forge, reForge or Forge Neo on the CPU, and talk to it as page and clients do?"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
MODEL = "demo"
THRESHOLD = 0.3
BOOT_SECONDS = 900
_ENVIRONMENT = {"COMMANDLINE_ARGS": "", "GRADIO_ANALYTICS_ENABLED": "0"}
API_LOGIN = ("api-user", "api-word")
PAGE_LOGIN = ("page-user", "page-word")
LOGINS = {"--api-auth": API_LOGIN, "--gradio-auth": PAGE_LOGIN}
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", "tests", "*.log")

# A second extension, loaded after ours: it answers on one of the tagger's routes, refines pictures with copies of the
# processing object as detailers do, and makes the WebUI need all of the memory.
_OTHER_EXTENSION = """
import copy

from modules import processing, script_callbacks, scripts


class Detailer(scripts.Script):
    def title(self):
        return "Detailer of a test"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        import gradio as gr

        return [gr.Checkbox(False, visible=False)]

    def postprocess_image(self, p, pp, enabled, *_):
        if not enabled or hasattr(p, "is_a_copy"):
            return
        slot = p.iteration * p.batch_size + p.batch_index
        inner = copy.copy(p)
        inner.is_a_copy, inner.init_images, inner.prompt = True, [pp.image], p.all_prompts[slot]
        inner.batch_size = inner.n_iter = 1
        inner.do_not_save_samples = inner.do_not_save_grid = True
        inner.cached_c, inner.cached_uc = [None, None], [None, None]
        pp.image = processing.process_images(inner).images[0]
        p.extra_generation_params["Detailed"] = slot
        p.batch_index = slot % p.batch_size


def free_memory():
    try:
        from backend import memory_management as management
    except ImportError:
        try:
            from ldm_patched.modules import model_management as management
        except ImportError:
            return
    management.free_memory(1e30, management.get_torch_device())


def add_routes(_, app):
    app.add_api_route("/tagger/v1/interrogators", lambda: {"models": ["of another extension"]}, methods=["GET"])
    app.add_api_route("/test/free_memory", free_memory, methods=["POST"])


script_callbacks.on_app_started(add_routes)
"""


class WebUIServer:
    """Run one WebUI with this repository as its extension, in folders of its own."""

    def __init__(
        self,
        path: Path,
        base: Path,
        *,
        settings: Mapping[str, Any],
        flags: Sequence[str] = (),
        logins: Mapping[str, tuple[str, str]] = LOGINS,
        hub: str = "",
    ) -> None:
        """Take the WebUI's checkout, a folder for all that it writes, what its settings page stored, its passwords.

        `hub` is the address of a stand-in for the Hub; without one the network is forbidden.
        """
        self._hub = {"HF_ENDPOINT": hub} if hub else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        self.path, self.base, self.flags, self.logins = path, base, tuple(flags), logins
        self.port = _free_port()
        self.log_file = base / "server.log"
        shutil.copytree(REPOSITORY, base / "extensions" / "joytag", ignore=_NOT_COPIED)
        other = base / "extensions" / "zz-other" / "scripts"
        other.mkdir(parents=True)
        (other / "other.py").write_text(_OTHER_EXTENSION)
        (base / "styles.csv").write_text('name,prompt,negative_prompt\nof a test,"before, {prompt}, behind",\n')
        quiet = {"live_previews_enable": False, "show_progress_type": "Approx cheap"}
        quiet |= {"save_to_dirs": True, "samples_filename_pattern": ""}  # A1111 1.6 misses what is not stored
        (base / "config.json").write_text(json.dumps({**self._stamp(), **quiet, **settings}))
        # What Forge Neo leaves out of its very first page, and then pastes nothing into (2.26; fine from then on).
        (base / "ui-config.json").write_text(json.dumps({f"{tab}/Prompt/value": "" for tab in ("txt2img", "img2img")}))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def kind(self) -> str:
        """Return which of the family it is: a1111, forge, reforge or neo."""
        if (self.path / "ldm_patched").is_dir():
            return "reforge"
        if not (self.path / "backend").is_dir():
            return "a1111"
        return "forge" if (self.path / "modules" / "interrogate.py").is_file() else "neo"

    @property
    def model_folder(self) -> Path:
        """Return the folder of the demo model that this WebUI has: the repository's own may change meanwhile."""
        return self.base / "extensions" / "joytag" / "joytag_core" / "demo"

    @property
    def log(self) -> str:
        """Return what it has printed so far."""
        return self.log_file.read_text(errors="replace")

    def __enter__(self) -> WebUIServer:
        try:
            self.start()
        except BaseException:  # nobody else would end what did not come up
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until our routes answer."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), cwd=self.path, env={**os.environ, **_ENVIRONMENT, **self._hub},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait_until_it_answers(self._process)

    def wait_until_it_answers(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """Wait for the first start, or for the end of "Reload UI"."""
        process = process or self._process
        assert process is not None
        deadline = time.monotonic() + BOOT_SECONDS
        login = next(iter(self.logins.values()), None)
        # A request that comes before all routes and middleware are there makes the WebUI's own start fail.
        while "Startup time" not in self.log or self.status("/joytag/v1/models", login=login) != 200:
            assert process.poll() is None, f"the WebUI stopped:\n{self.log[-3000:]}"
            assert time.monotonic() < deadline, f"the WebUI did not answer:\n{self.log[-3000:]}"
            time.sleep(0.5)

    def stop(self) -> None:
        """End it, and wait for its end."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=30)
            self._process = None

    def call(
        self, path: str, body: Any = None, *, login: tuple[str, str] | None = API_LOGIN, cookie: str = ""
    ) -> tuple[int, Any]:
        """Send a request, with a body as JSON or as the bytes given; return the status and the JSON that came back."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url(path), data=sent)
        request.add_header("Content-Type", "application/json")
        if login:
            request.add_header("Authorization", "Basic " + base64.b64encode(":".join(login).encode()).decode())
        if cookie:
            request.add_header("Cookie", cookie)
        try:
            with urllib.request.urlopen(request, timeout=300) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def status(self, path: str, body: Any = None, *, login: tuple[str, str] | None = API_LOGIN) -> int:
        """Return the status of a request; 0 where nobody answers."""
        try:
            return self.call(path, body, login=login)[0]
        except (OSError, ValueError):
            return 0

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def peak_megabytes(self) -> float:
        """Return the most memory that it has had so far, in megabytes (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s*(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024 / 1_000_000

    def _command(self) -> list[str]:
        checkpoint = os.environ.get("WEBUI_CHECKPOINT")
        folder = Path(checkpoint).parent if checkpoint else self.base / "checkpoints"
        folder.mkdir(exist_ok=True)
        known = self._known_flags()
        on_cpu = next((flag for flag in ("--always-cpu", "--cpu") if flag in known), "--use-cpu all").split()
        flags = [
            "--skip-prepare-environment", "--skip-python-version-check", "--skip-torch-cuda-test", "--skip-install",
            "--no-half", "--no-half-vae", "--disable-nan-check", "--do-not-download-clip", "--no-download-sd-model",
            "--server-name", "127.0.0.1", "--port", str(self.port), "--api", *on_cpu,
            *(word for flag, login in self.logins.items() for word in (flag, ":".join(login))),
            "--data-dir", str(self.base), "--gradio-allowed-path", str(self.path),
            "--ckpt-dir", str(folder), "--ckpt-dirs", str(folder), *self.flags,
        ]  # fmt: skip
        return [os.environ.get("WEBUI_PYTHON", sys.executable), "launch.py", *_only_known(flags, known)]

    def _known_flags(self) -> set[str]:
        """Return all flags that this WebUI's parsers know: most of them end the start at one that they do not."""
        return set(re.findall(r"""["'](--[a-z][a-z0-9-]+)["']""", "".join(self._texts_of(
            "modules/cmd_args.py", "modules/paths_internal.py", "modules_forge/shared.py",
            "backend/args.py", "ldm_patched/modules/args_parser.py",
        ))))  # fmt: skip

    def _stamp(self) -> dict[str, str]:
        """Return what Forge Neo's launcher must find in stored settings, or it waits for Enter."""
        found = re.search(r'VERSION_UID[^=\n]*= "(\w+)"', "".join(self._texts_of("modules/launch_utils.py")))
        return {"VERSION_UID": found[1]} if found else {}

    def _texts_of(self, *names: str) -> Iterator[str]:
        for path in (self.path / name for name in names):
            if path.is_file():
                yield path.read_text(encoding="utf-8")


def _only_known(words: Sequence[str], known: set[str]) -> Iterator[str]:
    """Yield flags that are known, each with the values behind it."""
    is_known = True
    for word in words:
        is_known = word in known if word.startswith("--") else is_known
        if is_known:
            yield word


def encoded(path: Path) -> str:
    """Return a picture file as a client sends it."""
    return base64.b64encode(path.read_bytes()).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
