"""What `modelyard drift` reads: containers, files, Prometheus; and what only pretends to be one of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from click.testing import CliRunner, Result

from modelyard.catalog.drift import prometheus, reading
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError

RECORDED = json.loads((Path(__file__).parent / "prometheus.json").read_text())
"""Answers of Prometheus 2.42, as they came."""


def metrics(light: tuple[int, int, int], name: str = "seer", usual: tuple[int, int, int] = (100, 100, 100)) -> str:
    lines = [f'modelyard_model_info{{name="{name}",version="1.0.0"}} 1.0']
    for bin, count, items in zip(("9.5", "20", "+Inf"), light, usual, strict=True):
        lines.append(f'modelyard_profiled_total{{statistic="light",bin="{bin}"}} {count}.0')
        lines.append(f'modelyard_profile_items{{statistic="light",bin="{bin}"}} {items}.0')
    return "\n".join(sorted(lines)) + "\n"


@contextmanager
def answering(answer: dict[str, bytes] | bytes, code: int = 200) -> Iterator[str]:
    """A small HTTP server; a dict has answers by a word of the query."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlparse(self.path).query).get("query", [""])[0]
            body = answer if isinstance(answer, bytes) else next(v for k, v in answer.items() if k in query)
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def drift(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)])


@pytest.mark.parametrize(
    ("light", "code", "said"),
    [
        ((70, 66, 64), 0, "seer: no drift in 200 requests"),
        ((2, 8, 190), 1, "seer: 1 of 1 statistics drifted"),
        ((5, 5, 5), 3, "seer: 15 requests are too few: a verdict needs 50"),
    ],
)
def test_a_container_is_asked_and_the_exit_code_tells(light: tuple[int, int, int], code: int, said: str) -> None:
    with answering(metrics(light).encode()) as url:
        done = drift("seer", "--url", url)

    assert (done.exit_code, done.stdout.splitlines()[-1]) == (code, said)


def test_programs_get_json() -> None:
    with answering(metrics((2, 8, 190)).encode()) as url:
        told = json.loads(drift("seer", "--url", f"{url}/metrics", "--json").stdout)

    assert (told["verdict"], told["statistics"][0]["name"]) == ("drift", "light")
    assert [one["bin"] for one in told["statistics"][0]["bins"]] == ["9.5", "20", "+Inf"], "in the order of numbers"


def test_prometheus_is_asked_with_its_own_answers() -> None:
    answers = {"increase(": json.dumps(RECORDED["live"]).encode(), "_items": json.dumps(RECORDED["usual"]).encode()}
    with answering(answers) as url:
        done = drift("text-sentiment-classifier", "--prometheus", url, "--since", "5m")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "text-sentiment-classifier: 1 of 2 statistics drifted"
    assert next(line for line in done.stdout.splitlines() if line.startswith("surprise")).endswith("drift")


def test_only_what_came_between_two_looks(tmp_path: Path) -> None:
    (tmp_path / "monday").write_text(metrics((1_000, 1_000, 1_000)))
    (tmp_path / "tuesday").write_text(metrics((1_000, 1_010, 1_190)))
    restarted = tmp_path / "wednesday"
    restarted.write_text(metrics((30, 30, 30)))

    assert drift("seer", "--saved", tmp_path / "tuesday").exit_code == 0
    assert drift("seer", "--saved", tmp_path / "tuesday", "--before", tmp_path / "monday").exit_code == 1
    again = drift("seer", "--saved", restarted, "--before", tmp_path / "monday")
    assert again.exit_code == 0
    assert "the container was started anew in between" in again.stdout


def test_other_traffic_may_be_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "first week").write_text(metrics((100, 900, 9_000)))
    (tmp_path / "now").write_text(metrics((10, 90, 900)))

    assert drift("seer", "--saved", tmp_path / "now").exit_code == 1
    assert drift("seer", "--saved", tmp_path / "now", "--usual", tmp_path / "first week").exit_code == 0


def test_counts_in_bins_of_another_profile_are_left_out_and_said() -> None:
    usual = [("light", "5", 100.0), ("light", "+Inf", 100.0)]
    found = reading.counted("seer", usual, [("light", "5", 60.0), ("light", "4", 40.0), ("gone", "1", 2.0)])

    assert found.live == {"light": {"5": 60.0, "+Inf": 0.0}}
    assert found.notes == ("42 counts in bins of another profile are left out",)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"", 200, "gives no metrics of a model"),
        (b"\xff\xfe", 200, "gives no metrics"),
        (b"<html>", 200, "gives no metrics"),
        (b'modelyard_model_info{name="seer"} 1\n', 200, "seer has no profile: write one with modelyard profile seer"),
        (b'modelyard_model_info{name="seer"} 1\nmodelyard_profile_items{x="y"} 1\n', 200, "gives no metrics"),
        (b"no", 404, "answers 404 with 2 bytes: no"),
        (metrics((1, 2, 3), name="another").encode(), 200, "that is a container of another, and not of seer"),
    ],
)
def test_what_is_no_container_of_the_model_is_no_verdict(body: bytes, code: int, said: str) -> None:
    with answering(body, code) as url:
        done = drift("seer", "--url", url)

    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"data": 3}', b'{"data": {"resultType": "matrix", "result": []}}', b"[" * 100_000,
     b'{"data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "2"]}]}}'],
)  # fmt: skip
def test_what_is_no_prometheus_is_no_verdict(body: bytes) -> None:
    with answering(body) as url:
        assert drift("seer", "--prometheus", url).exit_code == 2


def test_nobody_there_is_no_verdict(tmp_path: Path) -> None:
    done = drift("seer", "--url", "http://127.0.0.1:9")
    assert (done.exit_code, "doesn't answer" in done.stderr) == (2, True)
    assert drift("seer", "--saved", tmp_path / "nothing").exit_code == 2


def test_a_time_is_what_prometheus_takes_for_one() -> None:
    with pytest.raises(ModelyardError, match="such as 7d"):
        prometheus.counted("http://127.0.0.1:9", "seer", "1d]) or vector(1")


def test_a_model_that_prometheus_does_not_know_is_told() -> None:
    with answering(b'{"data": {"resultType": "vector", "result": []}}') as url:
        done = drift("seer", "--prometheus", url)

    assert done.exit_code == 2
    assert "knows no container of seer with a profile" in done.stderr
