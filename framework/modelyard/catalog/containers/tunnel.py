"""Speaking HTTP to a container that has no network: over the standard input and output of a command in it.

So the image is held to its samples under the very conditions that its users may run it in
(`docker run --network none`), on any engine that can be reached, and no port is opened.
"""

from __future__ import annotations

import http.client
import io
import socket
import struct
from collections.abc import Mapping
from typing import Any, cast

from docker.models.containers import Container

from modelyard.errors import ModelyardError

# Runs inside the container: carries bytes between its own standard streams and the server's port.
_RELAY = """
import os, socket, sys, threading
server = socket.create_connection(("127.0.0.1", int(os.environ.get("PORT", "5000"))))
def up():
    while data := os.read(0, 65536):
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := server.recv(65536):
    view = memoryview(data)
    while view:
        view = view[os.write(1, view):]
"""
_STANDARD_ERROR = 2
_SECONDS = 120
_LARGEST = 256_000_000


class _Stream(io.RawIOBase):
    """What the relay wrote to its standard output, taken out of Docker's frames."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._left = 0
        self.complaint = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._left == 0:
            header = self._exactly(8)
            if not header:
                return 0
            kind, size = header[0], struct.unpack(">I", header[4:])[0]
            if kind == _STANDARD_ERROR:
                self.complaint += self._exactly(size)
            else:
                self._left = size
        view = memoryview(buffer)[: self._left]
        got = self._connection.recv_into(view)
        self._left -= got
        return got

    def close(self) -> None:
        """Stays open: http.client closes what it read an answer from, and the next one comes the same way."""

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._connection.recv(size - len(data))
            if not part:
                return b""
            data += part
        return data


class _Socket:
    """As much of a socket as http.client uses.

    Args:
        connection: The socket.
        opened: What Docker's client opened. It closes the socket when nobody refers to it any more, whenever Python
            happens to collect it, so it is held for as long as the socket is in use.
    """

    def __init__(self, connection: socket.socket, opened: object) -> None:
        self._connection = connection
        self._opened = opened
        self._stream = _Stream(connection)

    def sendall(self, data: bytes) -> None:
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._stream)

    def close(self) -> None:
        self._connection.close()


class Tunnel(http.client.HTTPConnection):
    """An HTTP connection to the server in a container.

    Args:
        container: A running container of an image of Modelyard.
    """

    def __init__(self, container: Container) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._container = container

    def connect(self) -> None:
        """Starts a relay in the container."""
        assert self._container.client is not None
        api = self._container.client.api
        command = api.exec_create(self._container.id, ["python3", "-I", "-S", "-c", _RELAY], stdin=True)
        opened = api.exec_start(command["Id"], socket=True)
        # Over a local socket Docker's client gives a file upon the connection, elsewhere the connection.
        connection = cast(socket.socket, getattr(opened, "_sock", opened))
        connection.settimeout(_SECONDS)
        self.sock = cast(socket.socket, _Socket(connection, opened))

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of an answer.

        Raises:
            ModelyardError: The server closed the connection without an answer, or the answer has no end.
        """
        try:
            answer = self._answer(method, path, body, headers)
            content = answer.read(_LARGEST + 1)
            if answer.length and len(content) <= _LARGEST:
                raise http.client.IncompleteRead(content, answer.length)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            raise ModelyardError(f"{method} {path}: the container gave no answer ({error!r})") from None
        if len(content) > _LARGEST:
            self.close()
            raise ModelyardError(f"{method} {path}: the container's answer is larger than {_LARGEST:,} bytes")
        return answer.status, content

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None
    ) -> http.client.HTTPResponse:
        """The answer; over a new connection where the server closed the last one because nobody used it for long."""
        used = self.sock is not None
        try:
            self.request(method, path, body, dict(headers or {}))
            return self.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.close()
            if not used:
                raise
        self.request(method, path, body, dict(headers or {}))
        return self.getresponse()
