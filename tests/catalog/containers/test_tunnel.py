"""The road to a server in a container: a connection that nobody used for long is no sign of a broken server."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from modelyard.catalog.containers.tunnel import Tunnel
from modelyard.errors import ModelyardError

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Straight(Tunnel):
    """One that leads to a port of this machine."""

    def __init__(self, port: int) -> None:
        super(Tunnel, self).__init__("127.0.0.1", port, timeout=10)

    def connect(self) -> None:
        super(Tunnel, self).connect()


def closing(answers: list[bytes]) -> Iterator[Straight]:
    """The road to a server that gives each connection one of the answers, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        tunnel = Straight(listening.getsockname()[1])
        yield tunnel
        tunnel.close()
        server.join(10)


@pytest.fixture
def tunnel(request: pytest.FixtureRequest) -> Iterator[Straight]:
    yield from closing(request.param)


@pytest.mark.parametrize("tunnel", [[ANSWER, ANSWER]], indirect=True, ids=["closed in between"])
def test_a_connection_that_the_server_closed_is_opened_again(tunnel: Straight) -> None:
    assert tunnel.ask("GET", "/") == (200, b"hi")
    assert tunnel.ask("GET", "/") == (200, b"hi")


@pytest.mark.parametrize("tunnel", [[ANSWER, b""]], indirect=True, ids=["no answer the second time"])
def test_a_server_that_gives_no_answer_is_asked_no_third_time(tunnel: Straight) -> None:
    assert tunnel.ask("GET", "/") == (200, b"hi")
    with pytest.raises(ModelyardError, match="the container gave no answer"):
        tunnel.ask("GET", "/")


@pytest.mark.parametrize("tunnel", [[b""]], indirect=True, ids=["no answer"])
def test_a_new_connection_without_an_answer_is_a_fault(tunnel: Straight) -> None:
    with pytest.raises(ModelyardError, match="the container gave no answer"):
        tunnel.ask("GET", "/")


class Opened:
    """What Docker's client opens: it closes the socket when Python collects it."""

    def __init__(self, connection: socket.socket) -> None:
        self._sock = connection

    def __del__(self) -> None:
        self._sock.close()


def test_the_connection_stays_open_for_as_long_as_it_is_used() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        api = Mock(exec_create=lambda *_, **__: {"Id": "1"}, exec_start=lambda *_, **__: Opened(ours))
        tunnel = Tunnel(Mock(client=Mock(api=api)))
        tunnel.connect()
        gc.collect()
        tunnel.send(b"GET /")
        assert theirs.recv(5) == b"GET /"
        tunnel.close()
        assert theirs.recv(1) == b""
