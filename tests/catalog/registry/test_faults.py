"""Networks that fail, registries that are busy, and registries that lie."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.catalog.registry.servers import Asked, Said, running, scripted

from modelyard.catalog.registry import Registry, RegistryDown
from modelyard.catalog.registry.manifest import OCI_MANIFEST, digest_of
from modelyard.errors import ModelyardError

TAGS = b'{"tags": ["b", "a"]}'


@pytest.mark.engine
def test_a_registry_that_goes_away_and_returns_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path) as real:
        catalog = Registry(f"{real.address}/x")
        catalog.keep("thing", "one", "text/plain", b"hello")
        real.kill()
        back = threading.Timer(1, real.start)
        back.start()
        catalog.keep("thing", "two", "text/plain", b"hello again")
        back.join()
        assert catalog.kept("thing", "one") == b"hello"
        assert catalog.tags("thing") == ["one", "two"]


def test_a_registry_that_is_not_there_is_said_at_once() -> None:
    with scripted(lambda asked: (200, {}, b"{}")) as server:
        address = server.address
    with pytest.raises(RegistryDown, match=f"{address} can't be reached"):
        Registry(f"{address}/x").check()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_registry_is_asked_again(status: int) -> None:
    answers: Iterator[Said] = iter([(status, {"Retry-After": "0"}, b""), (status, {}, b""), (200, {}, TAGS)])
    with scripted(lambda asked: next(answers)) as server:
        assert Registry(f"{server.address}/x").tags("thing") == ["a", "b"]


def test_a_registry_that_stays_busy_is_given_up() -> None:
    with scripted(lambda asked: (503, {"Retry-After": "1"}, b"")) as server:
        with pytest.raises(ModelyardError, match="answers 503 to GET /v2/x/thing/tags/list"):
            Registry(f"{server.address}/x").tags("thing")
        assert 1 < len(server.asked) <= 10


@pytest.mark.parametrize("status", [400, 403, 405, 409, 500])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    said = json.dumps({"errors": [{"message": "no\nnever"}]}).encode()
    with scripted(lambda asked: (status, {}, said)) as server:
        with pytest.raises(ModelyardError, match=f"answers {status}") as error:
            Registry(f"{server.address}/x").delete("thing", "sha256:0")
        assert len(server.asked) == 1
        assert "\n" not in str(error.value)


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    answers: Iterator[Said] = iter([(200, {"Content-Length": "1000"}, TAGS), (200, {}, TAGS)])
    with scripted(lambda asked: next(answers)) as server:
        assert Registry(f"{server.address}/x").tags("thing") == ["a", "b"]


def test_a_tag_that_is_being_written_is_read_again() -> None:
    answers: Iterator[Said] = iter([(500, {}, b""), (200, {}, TAGS)])
    with scripted(lambda asked: next(answers)) as server:
        assert Registry(f"{server.address}/x").tags("thing") == ["a", "b"]


def test_an_upload_whose_answer_was_lost_is_found_to_be_done() -> None:
    stored: list[str] = []

    def registry(asked: Asked) -> Said:
        if asked.method == "HEAD":
            return (200 if stored else 404), {}, b""
        if asked.method == "POST":
            return 202, {"Location": "/v2/x/thing/blobs/uploads/1?_state=s"}, b""
        stored.append(asked.query["digest"])
        return 404, {}, b""  # what the second try gets, where the first was carried out

    with scripted(registry) as server:
        Registry(f"{server.address}/x")._put_blob("thing", b"hello")
    assert stored == [digest_of(b"hello")]


def test_a_blob_that_another_builder_uploads_at_this_moment_is_waited_for() -> None:
    unknown = json.dumps({"errors": [{"code": "MANIFEST_BLOB_UNKNOWN", "message": "blob unknown"}]}).encode()
    answers: Iterator[Said] = iter([(400, {}, unknown), (201, {}, b"")])
    with scripted(lambda asked: next(answers) if asked.method == "PUT" else (200, {}, b"")) as server:
        Registry(f"{server.address}/x").keep("thing", "one", "text/plain", b"hello")
        assert [one.method for one in server.asked].count("PUT") == 2


def test_a_manifest_that_is_not_taken_is_an_error() -> None:
    with (
        scripted(lambda asked: (404 if asked.method == "PUT" else 200, {}, b"")) as server,
        pytest.raises(ModelyardError, match="takes no manifests"),
    ):
        Registry(f"{server.address}/x").keep("thing", "one", "text/plain", b"hello")


def test_bytes_that_are_not_those_of_the_digest_are_refused_and_not_asked_for_again() -> None:
    digest = digest_of(b"hello")
    manifest = json.dumps({"layers": [{"digest": digest}], "config": {"digest": digest}}).encode()

    def registry(asked: Asked) -> Said:
        return 200, {"Content-Type": OCI_MANIFEST}, manifest if "manifests" in asked.path else b"hellO"

    with scripted(registry) as server:
        catalog = Registry(f"{server.address}/x")
        with pytest.raises(ModelyardError, match=f"{digest}: the registry gives other bytes"):
            catalog.kept("thing", "one")
        with pytest.raises(ModelyardError, match="gives other bytes"):
            catalog.manifest("thing", digest)
        assert len(server.asked) == 3


def test_an_answer_without_an_end_is_not_read_to_the_end() -> None:
    with (
        scripted(lambda asked: (200, {"Docker-Content-Digest": "x"}, b"x" * 5_000_000)) as server,
        pytest.raises(ModelyardError, match="more than 4 MB"),
    ):
        Registry(f"{server.address}/x").manifest("thing", "one")


def test_the_body_of_a_redirect_is_not_read() -> None:
    def registry(asked: Asked) -> Said:
        if asked.path == "/v2/elsewhere":
            return 200, {}, TAGS
        return 307, {"Location": "/v2/elsewhere", "Content-Length": str(1 << 40)}, b"x"

    with scripted(registry) as server:
        assert Registry(f"{server.address}/x").tags("thing") == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_one_line(content: bytes) -> None:
    with (
        scripted(lambda asked: (200, {}, content)) as server,
        pytest.raises(ModelyardError, match="answers what is not JSON"),
    ):
        Registry(f"{server.address}/x").tags("thing")


def test_all_pages_of_tags_are_read() -> None:
    def registry(asked: Asked) -> Said:
        last = int(asked.query.get("last", "0"))
        following = {"Link": f'</v2/x/thing/tags/list?last={last + 1}&n=1>; rel="next"'} if last < 4 else {}
        return 200, following, json.dumps({"tags": [f"tag-{last}"]}).encode()

    with scripted(registry) as server:
        assert Registry(f"{server.address}/x").tags("thing") == [f"tag-{n}" for n in range(5)]


def test_pages_without_an_end_are_given_up() -> None:
    following = {"Link": '</v2/x/thing/tags/list?again>; rel="next"'}
    with (
        scripted(lambda asked: (200, following, b'{"tags": ["a"]}')) as server,
        pytest.raises(ModelyardError, match="pages of tags"),
    ):
        Registry(f"{server.address}/x").tags("thing")


@pytest.mark.parametrize("to", ["http://[", "mailto:x", "a:@evil.example.org/"])
def test_an_upload_is_sent_to_no_address_that_cant_be_read(to: str) -> None:
    with scripted(lambda asked: (202 if asked.method == "POST" else 404, {"Location": to}, b"")) as server:
        with pytest.raises(ModelyardError, match="an address that can't be read"):
            Registry(f"{server.address}/x").keep("thing", "one", "text/plain", b"hello")
        assert [one.method for one in server.asked] == ["HEAD", "POST"]


def test_an_upload_is_sent_to_the_registry_whatever_it_calls_itself() -> None:
    def registry(asked: Asked) -> Said:
        status = {"HEAD": 404, "POST": 202, "PUT": 201}[asked.method]
        return status, {"Location": "http://inner.example.org/v2/x/thing/blobs/uploads/1?_state=s"}, b""

    with scripted(registry) as server:
        Registry(f"{server.address}/x").keep("thing", "one", "text/plain", b"hello")
        uploads = [one.path for one in server.asked if "_state=s&digest=sha256%3A" in one.path]
        assert len(uploads) == 2


@pytest.mark.parametrize("to", ["/v2/again", "file:///etc/passwd", "http://["])
def test_redirects_without_an_end_are_given_up(to: str) -> None:
    with scripted(lambda asked: (307, {"Location": to}, b"")) as server:
        with pytest.raises(ModelyardError, match="round in circles"):
            Registry(f"{server.address}/x").tags("thing")
        assert len(server.asked) < 10


def test_a_registry_on_this_machine_without_tls_is_spoken_to_in_plain_http() -> None:
    with scripted(lambda asked: (200, {}, TAGS)) as server:
        catalog = Registry(f"{server.address}/x")
        assert catalog.tags("thing") == catalog.tags("thing") == ["a", "b"]
        assert len(server.asked) == 2, "how it is spoken to is remembered"
