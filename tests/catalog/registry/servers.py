"""Real registries on free ports, the server that gives one its tokens, and servers that misbehave as they are told."""

from __future__ import annotations

import base64
import datetime
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

NAME = "tester"
PASSWORD = "correct horse"
HTPASSWD = "tester:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n"


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


@dataclass
class RealRegistry:
    """The program docker-registry with settings of its own, on data that stay when it is killed."""

    folder: Path
    http: dict[str, Any] = field(default_factory=dict)
    auth: dict[str, Any] = field(default_factory=dict)
    address: str = field(default_factory=free_address)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings: dict[str, Any] = {
            "version": "0.1",
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": {"addr": self.address, "secret": "a-secret-of-this-test", **self.http},
        }
        if self.auth:
            settings["auth"] = self.auth
        file = self.folder / "registry.yml"
        file.write_text(json.dumps(settings))  # JSON is YAML
        self.process = subprocess.Popen(
            ["docker-registry", "serve", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        name, _, port = self.address.partition(":")
        for _ in range(400):
            try:
                socket.create_connection((name, int(port)), 1).close()
                return
            except OSError:
                time.sleep(0.025)
        raise AssertionError("the registry doesn't listen")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[RealRegistry]:
    if shutil.which("docker-registry") is None:
        pytest.skip("the program docker-registry is not here")
    folder.mkdir(parents=True, exist_ok=True)
    registry = RealRegistry(folder, **settings)
    registry.start()
    try:
        yield registry
    finally:
        registry.kill()


def basic_auth(folder: Path) -> dict[str, Any]:
    """Settings of a registry with one login."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "htpasswd").write_text(HTPASSWD)
    return {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}


def tls(folder: Path, authority: trustme.CA, *names: str) -> dict[str, Any]:
    """Settings of a registry with a certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = authority.issue_cert(*(names or ("127.0.0.1",)))
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "cert.pem", append=True)
    return {"tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}}


@dataclass(frozen=True)
class Asked:
    """What a server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


Said = tuple[int, Mapping[str, str], bytes]


@dataclass
class Scripted:
    """A server that answers as a function says, and remembers what it was asked."""

    server: ThreadingHTTPServer
    asked: list[Asked]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@contextmanager
def scripted(answer: Callable[[Asked], Said], context: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(Asked(self.command, self.path, dict(self.headers), body))
            status, headers, content = answer(asked[-1])
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
                if headers.get("Content-Length", str(len(content))) != str(len(content)):
                    self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, address = super().get_request()
            connection.settimeout(10)
            if context is None and connection.recv(1, socket.MSG_PEEK) == b"\x16":
                connection.close()  # a handshake of TLS
                raise OSError
            return connection, address

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Scripted(server, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class TokenServer:
    """Gives tokens as distribution's specification has it, signed so that a real registry takes them."""

    folder: Path
    guests: bool = False
    lifetime: float = 300
    identity: str = "an-identity-token"
    authority: trustme.CA = field(default_factory=lambda: trustme.CA(key_type=trustme.KeyType.ECDSA))
    requests: list[Asked] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority.cert_pem.write_to_path(self.folder / "issuer.pem")
        self.certificate = self.authority.issue_cert("issuer.example.org", key_type=trustme.KeyType.ECDSA)

    def auth(self, realm: str) -> dict[str, Any]:
        """Settings of the registry that takes its tokens."""
        bundle = str(self.folder / "issuer.pem")
        return {"token": {"realm": realm, "service": "test", "issuer": "test-issuer", "rootcertbundle": bundle}}

    def __call__(self, asked: Asked) -> Said:
        self.requests.append(asked)
        login = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
        if asked.method == "POST":
            wanted, field_ = asked.form, "access_token"
            good = wanted.get("refresh_token") == self.identity and wanted.get("grant_type") == "refresh_token"
        else:
            wanted, field_ = asked.query, "token"
            good = asked.headers.get("Authorization", "") == (f"Basic {login}" if not self.guests else "")
        if not good:
            return 401, {}, b'{"details": "who are you"}'
        token = self.sign(wanted.get("scope", ""))
        self.given.append(token)
        return 200, {}, json.dumps({field_: token, "expires_in": self.lifetime}).encode()

    def sign(self, scope: str) -> str:
        now = int(datetime.datetime.now(datetime.UTC).timestamp())
        access = []
        for one in scope.split():
            kind, name, actions = one.split(":")
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        key = serialization.load_pem_private_key(self.certificate.private_key_pem.bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        chain = [x509.load_pem_x509_certificate(pem.bytes()) for pem in self.certificate.cert_chain_pems]
        header = {
            "typ": "JWT", "alg": "ES256",
            "x5c": [base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in chain],
        }  # fmt: skip
        claims = {
            "iss": "test-issuer", "sub": NAME, "aud": "test", "exp": now + 3600, "nbf": now - 60, "iat": now,
            "jti": uuid.uuid4().hex, "access": access,
        }  # fmt: skip
        signed = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
        r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
