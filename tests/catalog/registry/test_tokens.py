"""A registry that takes tokens: one for each thing to be done, for as long as it holds, from nowhere unsafe."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.catalog.registry.conftest import Login
from tests.catalog.registry.servers import NAME, PASSWORD, Asked, Said, TokenServer, running, scripted

from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine


@contextmanager
def with_tokens(tokens: TokenServer) -> Iterator[Registry]:
    """A real registry, and the server that it sends to for tokens."""
    with (
        scripted(tokens) as server,
        running(tokens.folder, auth=tokens.auth(f"http://{server.address}/token")) as registry,
    ):
        yield Registry(f"{registry.address}/team-{uuid.uuid4().hex[:8]}")


def test_a_login_is_turned_into_tokens_that_the_registry_takes(tmp_path: Path, login: Login) -> None:
    tokens = TokenServer(tmp_path / "registry")
    with with_tokens(tokens) as catalog:
        login(catalog.host, NAME, PASSWORD)
        catalog.check()
        catalog.keep("thing", "one", "text/plain", b"hello")
        assert catalog.kept("thing", "one") == b"hello"

        asked = [one.query.get("scope") for one in tokens.requests]
        folder = catalog.prefix.partition("/")[2]
        assert {one.query["service"] for one in tokens.requests} == {"test"}
        assert asked[0] is None, "to see whether the registry answers takes no right"
        assert {frozenset(scope.rpartition(":")[2].split(",")) for scope in asked[1:] if scope} == {
            frozenset({"pull"}), frozenset({"pull", "push"}),
        }  # fmt: skip
        assert all(scope.startswith(f"repository:{folder}/thing:") for scope in asked[1:] if scope)


def test_a_token_is_used_until_it_expires(tmp_path: Path, login: Login) -> None:
    tokens = TokenServer(tmp_path / "registry")
    with with_tokens(tokens) as catalog:
        login(catalog.host, NAME, PASSWORD)
        for _ in range(5):
            assert catalog.tags("thing") == []
        assert len(tokens.requests) == 1
        assert catalog.tags("other") == []
        assert len(tokens.requests) == 2


def test_a_token_is_renewed_when_its_time_is_over(tmp_path: Path, login: Login) -> None:
    tokens = TokenServer(tmp_path / "registry", lifetime=0.1)
    with with_tokens(tokens) as catalog:
        login(catalog.host, NAME, PASSWORD)
        assert catalog.tags("thing") == []
        time.sleep(0.15)
        assert catalog.tags("thing") == []
        assert len(tokens.requests) == 2


def test_a_token_that_is_refused_before_its_time_is_replaced() -> None:
    tokens = iter(range(9))
    used: set[str] = set()

    def registry(asked: Asked) -> Said:
        token = asked.headers.get("Authorization", "")
        if not token or token in used:
            return 401, {"WWW-Authenticate": f'Bearer realm="http://{realm.address}/"'}, b""
        used.add(token)
        return 200, {}, b"{}"

    with scripted(lambda asked: (200, {}, json.dumps({"token": str(next(tokens))}).encode())) as realm:
        with scripted(registry) as server:
            catalog = Registry(f"{server.address}/x")
            assert catalog.tags("thing") == catalog.tags("thing") == []
        assert len(realm.asked) == 2


def test_an_identity_token_is_posted(tmp_path: Path, docker_config: Path) -> None:
    tokens = TokenServer(tmp_path / "registry")
    with with_tokens(tokens) as catalog:
        auths = {catalog.host: {"auth": "", "identitytoken": tokens.identity}}
        (docker_config / "config.json").write_text(json.dumps({"auths": auths}))
        catalog.keep("thing", "one", "text/plain", b"hello")
        assert catalog.kept("thing", "one") == b"hello"
        assert {one.method for one in tokens.requests} == {"POST"}
        assert all(tokens.identity not in one.path for one in tokens.requests)


def test_guests_read_without_a_login(tmp_path: Path) -> None:
    tokens = TokenServer(tmp_path / "registry", guests=True)
    with with_tokens(tokens) as catalog:
        assert catalog.tags("thing") == []
        assert all("Authorization" not in one.headers for one in tokens.requests)


def test_a_login_that_the_token_server_refuses_is_one_line(tmp_path: Path, login: Login) -> None:
    with with_tokens(TokenServer(tmp_path / "registry")) as catalog:
        login(catalog.host, NAME, "wrong-and-secret")
        with pytest.raises(ModelyardError, match=f"log in with docker login {catalog.host}") as error:
            catalog.check()
        assert "wrong-and-secret" not in str(error.value)


def demanding(realm: str) -> Iterator[Said]:
    while True:
        yield 401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="test"'}, b""


@pytest.mark.parametrize(
    "realm",
    [
        "http://tokens.example.org/token",
        "ftp://127.0.0.1/x",
        "",
        "//",
        "http://[",
        "http://u:p@127.0.0.1/",
        "http://localhost:x/",
    ],
)
def test_a_login_is_sent_nowhere_unsafe(realm: str, login: Login) -> None:
    with scripted(lambda asked: next(demanding(realm))) as server:
        login(server.address, NAME, PASSWORD)
        with pytest.raises(ModelyardError, match="without TLS|names no address") as error:
            Registry(f"{server.address}/x").check()
    assert PASSWORD not in str(error.value)
    assert all("Authorization" not in one.headers for one in server.asked)


def test_a_token_server_that_sends_on_is_not_followed(login: Login) -> None:
    with (
        scripted(lambda asked: (200, {}, b'{"token": "stolen"}')) as thief,
        scripted(lambda asked: (307, {"Location": f"http://{thief.address}/"}, b"")) as realm,
        scripted(lambda asked: next(demanding(f"http://{realm.address}/"))) as server,
    ):
        login(server.address, NAME, PASSWORD)
        with pytest.raises(ModelyardError, match="answers 307"):
            Registry(f"{server.address}/x").check()
    assert thief.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"token": 3}', b'{"token": "a\\r\\nb: c"}', b'{"token": "a", "expires_in": "x"}']
)
def test_what_is_no_token_is_refused(body: bytes) -> None:
    with (
        scripted(lambda asked: (200, {}, body)) as realm,
        scripted(lambda asked: next(demanding(f"http://{realm.address}/"))) as server,
        pytest.raises(ModelyardError, match="gave none that can be read"),
    ):
        Registry(f"{server.address}/x").check()


def test_the_storage_behind_a_redirect_never_sees_the_login(login: Login) -> None:
    content = b"{}"
    with scripted(lambda asked: (200, {}, content)) as storage:

        def registry(asked: Asked) -> Said:
            if "Authorization" not in asked.headers:
                return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""
            return 307, {"Location": f"http://{storage.address}/signed?signature=secret"}, b""

        with scripted(registry) as server:
            login(server.address, NAME, PASSWORD)
            assert Registry(f"{server.address}/x").tags("thing") == []
        assert len(storage.asked) == 1
        assert "Authorization" not in storage.asked[0].headers


def test_the_storage_behind_a_redirect_can_ask_for_no_login(login: Login) -> None:
    with (
        scripted(lambda asked: (200, {}, b'{"token": "x"}')) as thief,
        scripted(lambda asked: next(demanding(f"http://{thief.address}/"))) as storage,
        scripted(lambda asked: (307, {"Location": f"http://{storage.address}/?signature=secret"}, b"")) as server,
    ):
        login(server.address, NAME, PASSWORD)
        with pytest.raises(ModelyardError) as error:
            Registry(f"{server.address}/x").tags("thing")
    assert thief.asked == []
    assert "signature" not in str(error.value)


def test_a_registry_that_repeats_the_password_is_not_quoted(login: Login) -> None:
    def registry(asked: Asked) -> Said:
        if "Authorization" not in asked.headers:
            return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""
        said = f"bad {PASSWORD} in {asked.headers['Authorization']}"
        return 400, {}, json.dumps({"errors": [{"message": said}]}).encode()

    with scripted(registry) as server:
        login(server.address, NAME, PASSWORD)
        with pytest.raises(ModelyardError, match=r"bad \*\*\* in Basic \*\*\*"):
            Registry(f"{server.address}/x").check()
