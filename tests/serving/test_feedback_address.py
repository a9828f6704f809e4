"""FEEDBACK_URL: feedback that is posted to somebody else's address."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from tests.serving.kept import GOOD, counted, is_error

from modelyard.errors import Overloaded
from modelyard.serving.feedback import Address


class Taker:
    """An address that takes feedback, or doesn't."""

    def __init__(self) -> None:
        self.code = 204
        self.seconds = 0.0
        self.taken: list[tuple[str, str, Any]] = []
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(taker.seconds)
                taker.taken.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(taker.code)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                taker.taken.append((self.path, "GET", None))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/feedback?token=hush"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()


@pytest.fixture
def taker() -> Iterator[Taker]:
    it = Taker()
    yield it
    it.server.shutdown()
    it.server.server_close()
    it.thread.join()


def test_feedback_is_posted_to_the_address(make_app: Callable[..., Flask], taker: Taker) -> None:
    client = make_app(feedback_url=taker.url).test_client()
    assert client.post("/model/feedback", json=GOOD).status_code == 200

    ((path, kind, body),) = taker.taken
    assert (path, kind) == ("/feedback?token=hush", "application/json")
    assert body == {**body, **GOOD, "model": "bright"}
    assert counted(client) == {"kept": 1}


@pytest.mark.parametrize("code", [302, 307, 400, 404, 500, 503])
def test_an_address_that_does_not_take_it_is_503(
    make_app: Callable[..., Flask], taker: Taker, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    taker.code = code
    client = make_app(feedback_url=taker.url).test_client()
    answer = client.post("/model/feedback", json=GOOD)

    assert is_error(answer, 503, "send it again later")
    assert answer.headers["Retry-After"]
    assert len(taker.taken) == 1, "no redirect is followed"
    assert counted(client) == {"failed": 1}
    assert f"it answers {code}" in caplog.text
    assert "hush" not in caplog.text


def test_an_address_where_nobody_listens_is_503(make_app: Callable[..., Flask], taker: Taker) -> None:
    taker.server.shutdown()
    taker.server.server_close()
    client = make_app(feedback_url=taker.url).test_client()

    assert is_error(client.post("/model/feedback", json=GOOD), 503, "send it again later")


def test_an_address_that_does_not_answer_holds_few_threads_for_a_short_time(
    taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelyard.serving.feedback._POST_SECONDS", 0.5)
    taker.seconds = 1.5
    address = Address(taker.url)

    def post(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(Overloaded):
            address.post(b"{}\n")
        return time.monotonic() - began

    with ThreadPoolExecutor(8) as pool:
        took = sorted(pool.map(post, range(8)))
    assert took[5] < 0.3, "six of eight are sent away at once"
    assert took[7] < 1.4
