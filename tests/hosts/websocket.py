"""How do tests hear what ComfyUI sends? A websocket reader of the standard library alone."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from typing import Any

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class WebSocket:
    """Read the JSON messages of a server on this machine; binary ones (previews) are passed over."""

    def __init__(self, port: int, path: str) -> None:
        """Connect to ws://127.0.0.1:port/path."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline()
        assert b" 101 " in status, status
        while self._stream.readline().strip():
            pass

    def receive(self, timeout: float = 60) -> dict[str, Any]:
        """Return the next JSON message; raises TimeoutError where none comes."""
        self._socket.settimeout(timeout)
        while True:
            kind, payload = self._frame()
            if kind == _TEXT:
                message: dict[str, Any] = json.loads(payload)
                return message
            if kind == _PING:
                self._send(_PONG, payload)
            if kind == _CLOSE:
                raise ConnectionError("the server closed the websocket")

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._read(8))
        payload = self._read(length)
        assert first & 0x80, "ComfyUI has never been seen to send a message in several frames"
        return first & 0x0F, payload

    def _read(self, count: int) -> bytes:
        received = self._stream.read(count)
        if received is None or len(received) < count:
            raise ConnectionError("the server hung up")
        return received

    def _send(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self._socket.sendall(struct.pack(">BB", 0x80 | kind, 0x80 | len(payload)) + mask + masked)
