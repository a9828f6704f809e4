"""POST /model/feedback: what is kept, where, and what is refused."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.serving.kept import GOOD, counted, is_error

from modelyard.errors import ModelyardError, Overloaded
from modelyard.serving.feedback import File, open_place
from modelyard.serving.settings import Settings


@pytest.fixture
def client(make_app: Callable[..., Flask], tmp_path: Path) -> FlaskClient:
    return make_app(feedback_file=str(tmp_path / "feedback.jsonl"), max_body=3_000_000).test_client()


def kept(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "feedback.jsonl").read_text().splitlines()]


def test_feedback_is_a_line_of_the_file(client: FlaskClient, tmp_path: Path) -> None:
    answer = client.post("/model/feedback", json=GOOD)

    assert answer.status_code == 200
    assert answer.json == {"status": "ok"}
    (line,) = kept(tmp_path)
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("id") == answer.headers["X-Request-Id"]
    assert line == {**GOOD, "model": "bright", "version": "1.2.3", "key": "sha256:0123"}
    assert counted(client) == {"kept": 1}


def test_the_input_may_stand_for_the_request(client: FlaskClient, tmp_path: Path) -> None:
    encoded = base64.b64encode(b"\xff\xd8 a photo").decode()
    for text in (encoded, f"data:image/jpeg;base64,{encoded}"):
        assert client.post("/model/feedback", json={"input": text, "expected": {"a": [1]}}).status_code == 200

    assert [line["input"] for line in kept(tmp_path)] == [encoded, encoded]
    assert "request_id" not in kept(tmp_path)[0]


@pytest.mark.parametrize(
    "expected", ["a label", 7, 0, False, "", [], {"predictions": [{"label": "cat"}]}, [[0, 1]] * 1_000]
)
def test_what_is_expected_may_be_any_json(client: FlaskClient, tmp_path: Path, expected: Any) -> None:
    assert client.post("/model/feedback", json={**GOOD, "expected": expected}).status_code == 200
    assert kept(tmp_path)[0]["expected"] == expected


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b'{"expected": NaN}', 400, "no JSON"),
        (b'{"expected": "\xff"}', 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
        (b"[]", 400, "must be an object"),
        (b'"text"', 400, "must be an object"),
        (b"{}", 400, "'expected' is missing"),
        (b'{"expected": null, "request_id": "a"}', 400, "'expected' is missing"),
        (b'{"expected": 1}', 400, "'request_id' (its X-Request-Id), or 'input'"),
        (b'{"expected": 1, "request_id": 7}', 400, "'request_id' must be text"),
        (b'{"expected": 1, "request_id": ""}', 400, "'request_id' must be text"),
        (b'{"expected": 1, "request_id": "a\\nb"}', 400, "'request_id' must be text"),
        (json.dumps({"expected": 1, "request_id": "a" * 101}).encode(), 400, "'request_id' must be text"),
        (b'{"expected": 1, "input": 7}', 400, "'input' must be text"),
        (b'{"expected": 1, "input": "%%%"}', 400, "'input' is no base64"),
        (b'{"expected": 1, "input": "\xc3\xa9"}', 400, "'input' is no base64"),
        (b'{"expected": 1, "input": ""}', 400, "'input' is empty"),
        (b'{"expected": 1, "request_id": "a", "note": []}', 400, "'note' must be text"),
        (json.dumps({"expected": 1, "request_id": "a", "note": "x" * 2_001}).encode(), 413, "longer than 2,000"),
        (json.dumps({"expected": "x" * 1_000_001, "request_id": "a"}).encode(), 413, "larger than 1,000,000"),
        (b'{"request_id": "a", "expected": ' + b"[" * 600 + b"]" * 600 + b"}", 400, "nested too deeply"),
        (b'{"expected": 1, "request_id": "a", "expcted": 2}', 400, "field 'expcted' is unknown"),
        (json.dumps({"x" * 100_000: 1}).encode(), 400, "is unknown"),
        (b"x" * 3_000_001, 413, "larger than 3,000,000 bytes"),
    ],
)  # fmt: skip
def test_what_says_too_little_or_too_much_is_refused(
    client: FlaskClient, tmp_path: Path, body: bytes, code: int, message: str
) -> None:
    assert is_error(client.post("/model/feedback", data=body, content_type="application/json"), code, message)
    assert kept(tmp_path) == []
    assert counted(client) == {"refused": 1}


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {}, {"Content-Type": "multipart/form-data"}])
def test_it_is_json_or_415(client: FlaskClient, headers: dict[str, str]) -> None:
    assert is_error(client.post("/model/feedback", data=json.dumps(GOOD), headers=headers), 415, "application/json")


def test_a_coded_body_is_415(client: FlaskClient) -> None:
    assert is_error(client.post("/model/feedback", json=GOOD, headers={"Content-Encoding": "gzip"}), 415, "JSON only")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from(["request_id", "input", "expected", "note", "more"]), json_values))
def test_whatever_is_sent_is_kept_or_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    sent = json.dumps(body).encode()

    assert client.post("/model/feedback", data=sent, content_type="application/json").status_code in (200, 400, 413)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1" + "0" * 30])
def test_numbers_beyond_bounds_do_no_harm(client: FlaskClient, number: str) -> None:
    body = f'{{"request_id": "a", "expected": {number}}}'

    assert client.post("/model/feedback", data=body, content_type="application/json").status_code in (200, 400)


def test_where_no_place_is_set_it_says_so(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()

    assert is_error(client.post("/model/feedback", json=GOOD), 501, "set FEEDBACK_FILE or FEEDBACK_URL")
    assert counted(client) == {"off": 1}


def test_lines_of_many_clients_stay_whole(client: FlaskClient, tmp_path: Path) -> None:
    def send(number: int) -> int:
        body = {"request_id": str(number), "expected": "x" * 50_000}
        return client.application.test_client().post("/model/feedback", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(64))) == [200] * 64
    assert {line["request_id"] for line in kept(tmp_path)} == {str(number) for number in range(64)}


def test_a_full_file_is_503_and_grows_no_further(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    client = make_app(feedback_file=str(tmp_path / "feedback.jsonl"), feedback_file_size=1_000).test_client()
    answers = [client.post("/model/feedback", json=GOOD) for _ in range(10)]

    assert is_error(answers[-1], 503, "is full")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert (tmp_path / "feedback.jsonl").stat().st_size <= 1_000
    assert counted(client) == {"kept": len(kept(tmp_path)), "failed": 10 - len(kept(tmp_path))}


def test_a_file_that_is_moved_away_is_begun_anew(client: FlaskClient, tmp_path: Path) -> None:
    client.post("/model/feedback", json=GOOD)
    (tmp_path / "feedback.jsonl").rename(tmp_path / "yesterday.jsonl")
    client.post("/model/feedback", json=GOOD)

    assert len(kept(tmp_path)) == 1


def test_a_folder_that_is_gone_is_503(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    client = make_app(feedback_file=str(folder / "feedback.jsonl")).test_client()
    (folder / "feedback.jsonl").unlink()
    folder.rmdir()
    answer = client.post("/model/feedback", json=GOOD)

    assert is_error(answer, 503, "send it again later")
    assert str(tmp_path) not in answer.text


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a disk that is always full")
def test_a_full_disk_is_503() -> None:
    with pytest.raises(Overloaded, match="again later"):
        File("/dev/full", 1_000_000).append(b"line\n")


def test_a_line_that_fits_in_part_only_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = File(str(tmp_path / "f"), 1_000)
    file.append(b"first\n")
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    with pytest.raises(Overloaded):
        file.append(b"second\n")
    monkeypatch.undo()
    file.append(b"third\n")

    assert (tmp_path / "f").read_bytes() == b"first\nthird\n"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"feedback_file": "/nowhere/at/all"}, "FEEDBACK_FILE='/nowhere/at/all'.*No such file"),
        ({"feedback_file": "/tmp"}, "FEEDBACK_FILE='/tmp'.*directory"),
        ({"feedback_file": "/tmp/f", "feedback_url": "http://x/"}, "set only one"),
        ({"feedback_url": "file:///etc/passwd"}, "FEEDBACK_URL"),
        ({"feedback_url": "ftp://host/"}, "FEEDBACK_URL"),
        ({"feedback_url": "http://"}, "FEEDBACK_URL"),
        ({"feedback_url": "http://user:secret@host/"}, "without a user"),
        ({"feedback_url": "http://host:port/"}, "FEEDBACK_URL"),
        ({"feedback_url": "http://[::1/"}, "FEEDBACK_URL"),
        ({"feedback_url": "http://host/a b"}, "FEEDBACK_URL"),
        ({"feedback_url": "http://host/\r\nX: y"}, "FEEDBACK_URL"),
    ],
)
def test_a_place_that_is_none_stops_the_start(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ModelyardError, match=message) as raised:
        open_place(Settings(**settings))
    assert "secret" not in str(raised.value)


def test_swagger_describes_it(make_app: Callable[..., Flask]) -> None:
    described = make_app().test_client().get("/swagger.json").json
    post = described["paths"]["/model/feedback"]["post"]

    assert set(post["responses"]) == {"200", "400", "413", "415", "501", "503"}
    assert "application/json" in post.get("consumes", described["consumes"])
    assert set(described["definitions"]["Feedback"]["properties"]) == {"request_id", "input", "expected", "note"}
    assert described["definitions"]["Feedback"]["example"]["expected"]
    assert described["paths"]["/metrics"]["get"]["produces"] == ["text/plain"]
