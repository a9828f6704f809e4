"""What the server does with clients that are slow, greedy, many, rude or gone, and when it is told to stop."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.serving.live import Live, picture, serving, start


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("obedient"), max_body=2_000_000, threads=2) as server:
        yield server


def is_error(response: requests.Response) -> bool:
    body = response.json()
    return body["status"] == "error" and bool(body["message"]) and bool(body["request_id"])


def read_all(connection: socket.socket) -> bytes:
    data = b""
    try:
        while part := connection.recv(65536):
            data += part
    except ConnectionResetError:
        pass
    return data


def header(length: int, kind: str = "image/png") -> bytes:
    return (
        f"POST /model/predict HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
    )


def test_an_answer(live: Live) -> None:
    answer = live.predict().json()

    assert answer == {"status": "ok", "image_size": [8, 6], "seg_map": [[0] * 4 + [1] * 4] * 6}


def test_every_response_says_which_model_answered(live: Live) -> None:
    for response in (live.predict(), live.predict(b"no picture"), requests.get(live.address + "/nowhere", timeout=9)):
        assert response.headers["X-Model-Version"] == "1.2.3"
        assert response.headers["X-Image-Key"] == "local"
        assert response.headers["X-Request-Id"]


def test_a_body_over_the_limit_is_refused_before_it_is_read(live: Live) -> None:
    before = live.resident()
    with live.connect() as connection:
        connection.sendall(header(300_000_000))
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == "error"
    assert live.resident() - before < 5_000_000


def test_what_is_refused_below_v2_before_it_is_read_has_the_protocols_shape(live: Live) -> None:
    with live.connect() as connection:
        connection.sendall(header(300_000_000).replace(b"/model/predict", b"/v2/models/tiny/infer"))
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2]).keys() == {"error"}


def test_a_client_that_sends_all_of_a_large_body_still_sees_the_answer(live: Live) -> None:
    response = live.predict(b"x" * 20_000_000)

    assert response.status_code == 413
    assert is_error(response)


def test_a_chunked_body_over_the_limit_is_refused(live: Live) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    with live.connect() as connection:
        connection.sendall(header(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
        try:
            for part in parts():
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        except OSError:
            pass
        assert read_all(connection).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS to a plain port\r\n\r\n",
        b"POST /model/predict HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /model/predict HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /model/predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 400_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_a_4xx_in_the_one_shape(live: Live, bytes_sent: bytes) -> None:
    with live.connect() as connection:
        with contextlib.suppress(OSError):
            connection.sendall(bytes_sent)
        answer = read_all(connection)

    assert answer[:10] == b"HTTP/1.0 4"[:5] + answer[5:8] + b" 4"
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == "error"


def test_a_pipeline_that_raises_keeps_its_secrets(live: Live) -> None:
    response = live.predict(mischief="raise")

    assert response.status_code == 500
    assert is_error(response)
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"seconds": "soon"}, "a number"), ({"seconds": 21}, "at most 20"), ({"mischief": "sing"}, "one of")],
)
def test_a_parameter_out_of_bounds_is_named(live: Live, parameters: dict[str, object], message: str) -> None:
    response = live.predict(**parameters)

    assert response.status_code == 400
    assert message in response.json()["message"]
    assert len(response.content) < 1_000


def test_a_health_check_never_waits_for_the_model(live: Live) -> None:
    with ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(live.predict, seconds=1.5) for _ in range(8)]
        time.sleep(0.3)
        began = time.monotonic()
        assert requests.get(live.address + "/health/live", timeout=5).status_code == 200
        assert time.monotonic() - began < 1
        assert all(one.result().status_code == 200 for one in slow)


def test_too_many_requests_get_503_and_when_to_come_back(tmp_path: Path) -> None:
    with serving(tmp_path, queue=2, threads=1) as live, ThreadPoolExecutor(20) as pool:
        responses = [one.result() for one in [pool.submit(live.predict, seconds=1) for _ in range(20)]]

        refused = [one for one in responses if one.status_code != 200]
        assert 10 <= len(refused) < 20
        assert all(one.status_code == 503 and is_error(one) and one.headers["Retry-After"] for one in refused)
        assert live.predict().status_code == 200


def test_clients_that_send_a_byte_a_second_neither_starve_others_nor_stay(tmp_path: Path) -> None:
    with serving(tmp_path, body_timeout=3, threads=2) as live:
        slow = [live.connect() for _ in range(64)]
        stop = threading.Event()

        def drip() -> None:
            for connection in slow:
                connection.sendall(header(10_000))
            while not stop.wait(1):
                for connection in slow:
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        continue

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            time.sleep(0.5)
            began = time.monotonic()
            assert [live.predict().status_code for _ in range(4)] == [200] * 4
            assert time.monotonic() - began < 2
            answers = [read_all(connection) for connection in slow]
        finally:
            stop.set()
            dripping.join()
            for connection in slow:
                connection.close()
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)


def test_bodies_in_memory_are_bounded_over_all_clients(tmp_path: Path) -> None:
    with serving(tmp_path, max_body=1_000_000, body_timeout=60) as live:
        connections = [live.connect() for _ in range(40)]
        for connection in connections:
            connection.sendall(header(900_000))
            connection.sendall(b"x" * 800_000)
        time.sleep(1)
        try:
            assert live.predict(timeout=30).status_code in (200, 503)
            refused = 0
            for connection in connections:
                connection.settimeout(0.2)
                try:
                    refused += connection.recv(12).startswith(b"HTTP/1.1 503")
                except OSError:
                    continue
            assert refused >= 20
        finally:
            for connection in connections:
                connection.close()


def test_a_request_whose_client_hung_up_is_not_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path, threads=1) as live:
        body = picture()
        for _ in range(3):
            with live.connect() as connection:
                connection.sendall(header(len(body)).replace(b"predict", b"predict?seconds=0.2") + body)
        assert live.predict(timeout=20).status_code == 200


def test_sigterm_answers_what_was_begun_and_exits_with_0(tmp_path: Path) -> None:
    with serving(tmp_path) as live, ThreadPoolExecutor(4) as pool:
        begun = [pool.submit(live.predict, seconds=2) for _ in range(3)]
        time.sleep(0.5)
        live.stop()
        time.sleep(0.3)

        assert requests.get(live.address + "/health/ready", timeout=5).status_code == 503
        assert live.predict().status_code == 503, "what begins now goes to another container"
        assert [one.result().status_code for one in begun] == [200] * 3
        assert live.process.wait(5) == 0


def test_sigterm_ends_within_the_set_time(tmp_path: Path) -> None:
    with serving(tmp_path, stop_timeout=1) as live, ThreadPoolExecutor(1) as pool:
        pool.submit(live.predict, seconds=15)
        time.sleep(0.5)
        began = time.monotonic()
        live.stop()

        assert live.process.wait(5) == 0
        assert time.monotonic() - began < 4


def test_idle_keep_alive_connections_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with serving(tmp_path) as live, live.connect() as idle:
        idle.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        live.stop()
        assert live.process.wait(3) == 0


def test_a_model_that_can_not_be_loaded_ends_the_container(tmp_path: Path) -> None:
    process = start(tmp_path, 18123, broken=1, quiet=True)

    assert process.wait(30) == 1
    assert process.stderr is not None
    assert b"no weights today" in process.stderr.read()


def test_a_request_that_kills_the_runtime_ends_the_container(tmp_path: Path) -> None:
    with serving(tmp_path) as live:
        with pytest.raises(requests.RequestException):
            live.predict(mischief="die")
        assert live.process.wait(5) == 139


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path, live: Live) -> None:
    process = start(tmp_path, live.port, quiet=True)

    assert process.wait(30) == 1
    assert process.stderr is not None
    said = process.stderr.read().decode()
    assert f"port {live.port}" in said
    assert "set PORT" in said
    assert "Traceback" not in said
