"""How do tests stand in for the Hub? A server on this machine that speaks what huggingface_hub asks of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from huggingface_hub import constants, file_download

from joytag_core.model.folders import HUB_REPOSITORY, HUB_REVISION
from joytag_core.tags.vocabulary import Vocabulary
from tests.checkpoints import RELEASE_CONFIG, config_bytes, tag_bytes


def published_files(weights: bytes) -> dict[str, bytes]:
    """Return the three files of the published model, with weights that are none."""
    return {
        "config.json": config_bytes(RELEASE_CONFIG),
        "top_tags.txt": tag_bytes(Vocabulary.joytag().names),
        "model.safetensors": weights,
    }


def point_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library take an address for the Hub's, as HF_ENDPOINT does if set before the import."""
    monkeypatch.setattr(constants, "ENDPOINT", url)
    for module in (constants, file_download):  # versions before 0.37 copy it
        template = url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(module, "HUGGINGFACE_CO_URL_TEMPLATE", template, raising=False)


@dataclass
class HubStandIn:
    """Serve files of the published repository at the pinned revision, with the faults that a test wants.

    `break_after` holds, for a file name, after how many bytes each next answer's connection breaks off; `replaced`,
    content sent instead of what the metadata promise; `status`, an error to answer everything with;
    `fails_when_broken` answers GETs of a file whose connection has broken with an error.
    """

    files: dict[str, bytes]
    break_after: dict[str, list[int]] = field(default_factory=dict)
    replaced: dict[str, bytes] = field(default_factory=dict)
    status: int = 0
    fails_when_broken: bool = False
    stall: threading.Event | None = None
    ignore_ranges: bool = False
    busy: list[int] = field(default_factory=list)
    """Statuses that the next requests are answered with, with `retry_after`."""
    retry_after: str = "0"
    page: bytes = b""
    """A block page that GETs are answered with instead, of the kind `page_type`."""
    page_type: str = "text/html; charset=utf-8"
    without_sizes: bool = False
    """Say no length and no size of anything, as some mirrors do."""
    url: str = ""
    gets: list[tuple[str, str]] = field(default_factory=list)
    """Each GET so far: file name and Range header."""
    requests: int = 0

    def bytes_of(self, name: str) -> bytes:
        """Return what a GET of that file is answered with."""
        return self.replaced.get(name, self.files[name])


@contextmanager
def serving(hub: HubStandIn) -> Iterator[HubStandIn]:
    """Serve on a free port of 127.0.0.1 for the `with` block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        if hub.stall is not None:
            hub.stall.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: HubStandIn
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        self.hub.requests += 1
        if self.hub.busy:
            self._send(self.hub.busy.pop(0), b"", {"Retry-After": self.hub.retry_after})
            return
        prefix = f"/{HUB_REPOSITORY}/resolve/{HUB_REVISION}/"
        name = self.path[len(prefix) :].partition("?")[0]
        if self.hub.status or not self.path.startswith(prefix) or name not in self.hub.files:
            self._send(self.hub.status or HTTPStatus.NOT_FOUND, b"", {})
            return
        promised = self.hub.files[name]
        content = self.hub.bytes_of(name)
        headers = {
            "ETag": f'"{_etag(name, promised)}"',
            "X-Repo-Commit": HUB_REVISION,
            "Accept-Ranges": "bytes",
            "X-Linked-Size": str(len(promised)),
            "X-Linked-Etag": f'"{_etag(name, promised)}"',
        }
        if self.hub.without_sizes:
            del headers["X-Linked-Size"]
        if not with_body:
            self._send(HTTPStatus.OK, content, headers, with_body=False)
            return
        if self.hub.page:
            self._send(HTTPStatus.OK, self.hub.page, {"Content-Type": self.hub.page_type})
            return
        if self.hub.fails_when_broken and self.hub.break_after.get(name) == []:
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, b"", {})
            return
        wanted = self.headers.get("Range", "")
        self.hub.gets.append((name, wanted))
        if self.hub.stall is not None and name == "model.safetensors":
            self.hub.stall.wait(30)
        if wanted and not self.hub.ignore_ranges:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            if start >= len(content):
                self._send(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", {"Content-Range": f"bytes */{len(content)}"}
                )
                return
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(HTTPStatus.PARTIAL_CONTENT, content[start:], headers, name=name)
        else:
            self._send(HTTPStatus.OK, content, headers, name=name)

    def _send(
        self, status: int, content: bytes, headers: dict[str, str], *, with_body: bool = True, name: str = ""
    ) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        if self.hub.without_sizes and content:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not with_body:
            return
        breaks = self.hub.break_after.get(name)
        if breaks:
            self.wfile.write(content[: breaks.pop(0)])
            self.close_connection = True
        else:
            with suppress(ConnectionError):  # the other side may have been stopped
                self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@lru_cache(maxsize=16)
def _etag(name: str, content: bytes) -> str:
    """Return what the Hub gives: SHA-256 for large files, git's own hash for small ones."""
    if name.endswith(".safetensors"):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
