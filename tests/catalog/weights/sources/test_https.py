"""`https:` streams a file, is patient with networks, and short with servers that mean no."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from modelyard.catalog.weights.sources import SourceContext
from modelyard.catalog.weights.sources.https import Patience, download, stream
from modelyard.errors import ModelyardError

BODY = bytes(range(256)) * 1000
HALF = 1 << 17
HASTY = Patience(attempts=3, pause=0.001, longest_pause=0.01)


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    status: int = 200
    body: bytes = BODY
    cut: int | None = None
    """Bytes after which the connection breaks."""
    length: bool = True
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    """A server that gives its answers in turn, the last one again and again."""

    url: str
    answers: list[Answer]
    ranges: list[str | None]
    """What part of the file each request asked for."""


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts a server with the given answers."""
    running: list[ThreadingHTTPServer] = []

    def start(*answers: Answer) -> Server:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.ranges.append(self.headers["Range"])
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.length:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut])

            def log_message(self, format: str, *args: object) -> None:
                pass

        listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(listener)
        server = Server(f"http://127.0.0.1:{listener.server_port}/w.onnx", list(answers), [])
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        return server

    yield start
    for listener in running:
        listener.shutdown()
        listener.server_close()


Serve = Callable[..., Server]


def get(server: Server, folder: Path, patience: Patience = HASTY) -> bytes:
    stream(server.url, folder / "w", lambda done, total: None, patience)
    return (folder / "w").read_bytes()


def test_a_file_is_streamed_to_the_disk(serve: Serve, folder: Path) -> None:
    assert get(serve(Answer()), folder) == BODY


def test_a_file_whose_length_the_server_keeps_to_itself_is_too(serve: Serve, folder: Path) -> None:
    assert get(serve(Answer(length=False)), folder) == BODY


def test_an_empty_file_is_a_file(serve: Serve, folder: Path) -> None:
    assert get(serve(Answer(body=b"")), folder) == b""


def test_its_progress_is_told(serve: Serve, folder: Path) -> None:
    told: list[tuple[int, int | None]] = []
    stream(serve(Answer()).url, folder / "w", lambda done, total: told.append((done, total)), HASTY)
    assert told[-1] == (len(BODY), len(BODY))


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_busy_server_is_asked_again(status: int, serve: Serve, folder: Path) -> None:
    server = serve(Answer(status, b"busy"), Answer())
    assert get(server, folder) == BODY
    assert len(server.ranges) == 2


def test_a_server_that_stays_busy_is_left_after_some_attempts(serve: Serve, folder: Path) -> None:
    server = serve(Answer(503, b"busy"))
    with pytest.raises(ModelyardError, match="3 attempts failed, the last because the server answered 503"):
        get(server, folder)
    assert len(server.ranges) == 3


@pytest.mark.parametrize("wait", ["0", "9999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", ""])
def test_a_server_may_ask_for_a_pause_within_reason(wait: str, serve: Serve, folder: Path) -> None:
    assert get(serve(Answer(503, b"", headers={"Retry-After": wait}), Answer()), folder) == BODY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204])
def test_a_server_that_means_no_is_asked_once(status: int, serve: Serve, folder: Path) -> None:
    server = serve(Answer(status, b""))
    with pytest.raises(ModelyardError, match=f"the server answered {status}"):
        get(server, folder)
    assert len(server.ranges) == 1


def test_a_download_that_breaks_off_is_tried_again(serve: Serve, folder: Path) -> None:
    server = serve(Answer(cut=HALF), Answer())
    assert get(server, folder) == BODY
    assert server.ranges == [None, None]


def test_it_goes_on_where_it_broke_off_if_the_server_can(serve: Serve, folder: Path) -> None:
    tag = {"ETag": '"v1"'}
    rest = Answer(206, BODY[HALF:], headers={"Content-Range": f"bytes {HALF}-{len(BODY) - 1}/{len(BODY)}"} | tag)
    server = serve(Answer(cut=HALF, headers=tag), Answer(503, b""), rest)
    assert get(server, folder) == BODY
    assert server.ranges == [None, f"bytes={HALF}-", f"bytes={HALF}-"]


def test_it_starts_over_if_the_file_has_changed_meanwhile(serve: Serve, folder: Path) -> None:
    server = serve(Answer(cut=HALF, headers={"ETag": '"v1"'}), Answer(body=b"v2", headers={"ETag": '"v2"'}))
    assert get(server, folder) == b"v2"


def test_it_starts_over_if_another_part_is_given_than_was_asked_for(serve: Serve, folder: Path) -> None:
    other = Answer(206, BODY[5:], headers={"Content-Range": "bytes 5-9/10"})
    server = serve(Answer(cut=HALF, headers={"ETag": '"v1"'}), other, Answer())
    assert get(server, folder) == BODY


def test_one_that_keeps_breaking_off_is_told(serve: Serve, folder: Path) -> None:
    with pytest.raises(ModelyardError, match="3 attempts failed, the last because the network failed"):
        get(serve(Answer(cut=HALF)), folder)


def test_a_server_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(ModelyardError, match="3 attempts failed, the last because the network failed"):
        stream("http://127.0.0.1:1/w", folder / "w", lambda done, total: None, HASTY)


@pytest.mark.parametrize("length", [True, False])
def test_a_body_above_the_bound_is_refused(length: bool, serve: Serve, folder: Path) -> None:
    server = serve(Answer(length=length))
    with pytest.raises(ModelyardError, match="more than 9,000 bytes"):
        get(server, folder, Patience(largest=9000))
    assert len(server.ranges) == 1


def test_a_server_that_drips_is_left(serve: Serve, folder: Path) -> None:
    with pytest.raises(ModelyardError, match="in all the time there is"):
        get(serve(Answer()), folder, Patience(seconds=-1))


def test_redirects_are_followed(serve: Serve, folder: Path) -> None:
    target = serve(Answer())
    assert get(serve(Answer(302, b"", headers={"Location": target.url})), folder) == BODY


def test_credentials_in_an_address_are_refused_and_not_repeated(folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="move them to ~/.netrc") as caught:
        download("//me:secret@mirror.example/w", "", folder, context)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("reference", ["", "/w", "///w", "w"])
def test_an_address_without_a_host_is_refused(reference: str, folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="names no host: write `https://HOST/PATH`"):
        download(reference, "", folder, context)
