"""Which container engine is meant, as Docker's own command would understand it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from modelyard.catalog.containers.engine import NoEngine, connect

SOCKET = Path("/var/run/docker.sock")


@pytest.fixture
def contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's settings of Docker, with nothing in them."""
    # The last two would take the place of a context's own authority in the SDK.
    for name in ("DOCKER_HOST", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/config.json").write_text("{}")
    return tmp_path


def create(name: str, settings: str, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["docker", "context", "create", name, "--docker", settings], check=True, capture_output=True)
    monkeypatch.setenv("DOCKER_CONTEXT", name)


def test_a_context_that_does_not_exist_is_named(contexts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "big")

    with pytest.raises(NoEngine, match="there is no Docker context 'big'"):
        connect()


@pytest.mark.engine
def test_a_context_over_ssh_says_how_to_forward_the_socket(contexts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create("big", "host=ssh://builder@big", monkeypatch)

    with pytest.raises(NoEngine, match=r"ssh -fNL FILE:/var/run/docker.sock builder@big"):
        connect()


@pytest.mark.engine
def test_a_context_of_another_socket_is_used(contexts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create("small", f"host=unix://{contexts}/small.sock", monkeypatch)

    with pytest.raises(NoEngine):
        connect()
    (contexts / "small.sock").symlink_to(SOCKET)
    assert connect().ping()


@pytest.mark.engine
def test_a_context_with_tls_is_used(contexts: Path, monkeypatch: pytest.MonkeyPatch, tls: dict[str, str]) -> None:
    """As two machines speak, with a certificate each."""
    files = ",".join(f"{name}={file}" for name, file in tls.items())
    create("big", files, monkeypatch)

    client = connect()

    assert client.api.base_url.startswith("https://")
    assert client.version()["Version"]


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The engine behind TLS that wants its client's certificate."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    own = authority.issue_cert("builder")
    files = {"ca": tmp_path / "ca.pem", "cert": tmp_path / "cert.pem", "key": tmp_path / "key.pem"}
    authority.cert_pem.write_to_path(files["ca"])
    own.cert_chain_pems[0].write_to_path(files["cert"])
    own.private_key_pem.write_to_path(files["key"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server, context), daemon=True).start()
        yield {
            "host": f"tcp://localhost:{server.getsockname()[1]}",
            **{name: str(file) for name, file in files.items()},
        }


def serve(server: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with suppress(ssl.SSLError):
                secure = context.wrap_socket(connection, server_side=True)
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(os.fspath(SOCKET))
                for source, target in ((secure, engine), (engine, secure)):
                    threading.Thread(target=carry, args=(source, target), daemon=True).start()


def carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
