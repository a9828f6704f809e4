"""What the container logs, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from tests.serving.live import serving, start

from modelyard import Image, Tensors
from modelyard.errors import ModelyardError
from modelyard.serving import logs, settings
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("modelyard")
    before = root.level, ours.level, sys.excepthook, threading.excepthook
    yield
    root.handlers[:] = [one for one in root.handlers if not isinstance(one.formatter, logs.JSONLine | logs.TextLine)]
    level, ours_level, sys.excepthook, threading.excepthook = before
    root.setLevel(level)
    ours.setLevel(ours_level)
    logging.captureWarnings(False)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What was logged, each line parsed."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.set_up(Settings())
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_one_line(make_app: Callable[..., Flask], photo: bytes, lines: Lines) -> None:
    answer = (
        make_app()
        .test_client()
        .post(
            "/model/predict?threshold=secret",
            data=photo,
            content_type="image/png",
            headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        )
    )

    (line,) = lines()
    assert datetime.now(UTC) - datetime.fromisoformat(line.pop("timestamp")) < timedelta(minutes=1)
    assert line.pop("duration_ms") > 0
    assert line.pop("message").startswith("POST /model/predict 200 in ")
    assert line == {
        "level": "info",
        "request_id": TRACE,
        "method": "POST",
        "path": "/model/predict",
        "status": 200,
        "bytes_in": len(photo),
        "bytes_out": len(answer.data),
        "client_left": False,
    }


def test_neither_payloads_nor_file_names_are_logged(
    make_app: Callable[..., Flask], photo: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(Settings(log_level="debug"))
    client = make_app().test_client()
    client.post("/model/predict", data={"image": (io.BytesIO(photo), "holiday.png"), "note": "private"})
    client.post("/model/predict?query=private", data=b"private", content_type="image/png")
    client.post("/model/feedback", json={"input": "cHJpdmF0ZQ==", "expected": "private"})

    said = capsys.readouterr().err
    assert said.count("\n") == 3
    for secret in ("holiday", "private", "IHDR", "cHJpdmF0"):
        assert secret not in said


def test_health_checks_and_scrapes_are_no_news(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_app().test_client()
    for level, count in (("info", 0), ("debug", 3)):
        logs.set_up(Settings(log_level=level))
        for path in ("/health/live", "/health/ready", "/metrics"):
            client.get(path)
        assert capsys.readouterr().err.count("\n") == count


@pytest.mark.parametrize(("level", "count"), [("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_is_set_by_the_environment(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str], level: str, count: int
) -> None:
    logs.set_up(settings.read({"LOG_LEVEL": level.upper()}))
    make_app().test_client().get("/model/labels")
    logging.getLogger("waitress").warning("hm")

    assert capsys.readouterr().err.count("\n") == count


@pytest.mark.parametrize("variable", ["LOG_LEVEL", "LOG_FORMAT"])
def test_a_level_or_format_that_there_is_not_is_named(variable: str) -> None:
    with pytest.raises(ModelyardError, match=rf"{variable}='loud': it must be one of .*, .* or|one of"):
        settings.read({variable: "loud"})


def test_a_path_is_cut_short_and_can_not_forge_a_line(make_app: Callable[..., Flask], lines: Lines) -> None:
    make_app().test_client().get("/" + "x" * 5_000)
    make_app().test_client().get("/a%0A{%22level%22:%22error%22}%1b[2J%ff%ed%a0%80")

    long, forged = lines()
    assert len(long["path"]) < 250
    assert forged["path"].startswith('/a\n{"level":"error"}')
    assert forged["level"] == "info"


def test_as_text_a_request_can_not_forge_a_line_either(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(Settings(log_format="text"))
    make_app().test_client().get("/a%0Ab%1b[2J%C2%9b%E2%80%A8", headers={"traceparent": f"00-{TRACE}-{'1' * 16}-00"})

    (line,) = capsys.readouterr().err.splitlines()
    assert r"INFO GET /a\nb\x1b[2J\x9b\u2028 404 in " in line
    assert line.endswith(f"[{TRACE}]")


def test_a_terminal_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    logs.set_up(Settings())
    logging.getLogger("modelyard").info("hello")
    logs.set_up(Settings(log_format="json"))
    logging.getLogger("modelyard").info("hello")

    text, as_json = terminal.getvalue().splitlines()
    assert text.endswith("INFO hello")
    assert json.loads(as_json)["message"] == "hello"


def test_a_defect_is_logged_with_its_id_and_where_it_is(
    make_app: Callable[..., Flask], served: Served, photo: bytes, lines: Lines
) -> None:
    class Broken(type(served.pipeline)):  # type: ignore[misc]
        def preprocess(self, image: Image) -> Tensors:
            raise RuntimeError("the middle of it " + "payload " * 10_000)

    pipeline = Broken(served.pipeline.runtime)
    pipeline.load(Path())
    answer = make_app(pipeline=pipeline).test_client().post("/model/predict", data=photo, content_type="image/png")

    defect, request = lines()
    assert defect["level"] == "error"
    assert defect["request_id"] == request["request_id"] == answer.json["request_id"]
    assert "in preprocess" in defect["exception"]
    assert "RuntimeError: the middle of it" in defect["exception"]
    assert len(defect["exception"]) < 11_000
    assert defect["exception"].count("payload") < 40, "an exception's message may quote what was sent"


def test_warnings_and_other_libraries_logs_are_lines_too(lines: Lines) -> None:
    warnings.warn("careful\nnow", stacklevel=1)
    logging.getLogger("waitress").warning("Client disconnected %s", "early")
    logging.getLogger("PIL.PngImagePlugin").debug("STREAM %r", "payload")

    careful, waitress = lines()
    assert careful["logger"] == "py.warnings"
    assert "careful\nnow" in careful["message"]
    assert waitress == {**waitress, "logger": "waitress", "level": "warning", "message": "Client disconnected early"}
    assert waitress["request_id"] is None


@pytest.mark.parametrize("line", [logs.JSONLine(), logs.TextLine()])
def test_a_library_that_logs_carelessly_is_logged_all_the_same(line: logging.Formatter) -> None:
    careless = logging.LogRecord("careless", logging.WARNING, "", 0, "%d items", ("many",), None)

    assert "%d items" in line.format(careless)


def test_a_thread_that_fails_is_one_line(lines: Lines) -> None:
    def fail() -> None:
        raise ValueError("oh")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError("no"), None)

    of_thread, of_process = lines()
    assert of_thread["level"] == of_process["level"] == "critical"
    assert "ValueError: oh" in of_thread["exception"]


def test_what_is_no_unicode_is_logged_all_the_same(lines: Lines) -> None:
    logging.getLogger("modelyard").info("a file called \udcff")

    assert lines()[0]["message"] == "a file called \udcff"


def test_a_client_that_left_is_told(make_app: Callable[..., Flask], lines: Lines) -> None:
    make_app().test_client().get("/model/labels", environ_overrides={"waitress.client_disconnected": lambda: True})

    assert lines()[0]["client_left"] is True


def test_what_the_server_refuses_is_logged_under_its_id(lines: Lines) -> None:
    logs.refused(408, TRACE)

    (line,) = lines()
    assert line["status"] == 408
    assert line["request_id"] == TRACE


def test_all_that_a_server_writes_is_json(tmp_path: Path) -> None:
    with serving(tmp_path, quiet=True) as live:
        assert live.predict().status_code == 200
        assert live.predict(mischief="raise").status_code == 500
        assert requests.get(live.address + "/nowhere", timeout=10).status_code == 404
        with live.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")
            connection.recv(1_000)
        live.stop()
        assert live.process.wait(10) == 0
        assert live.process.stderr is not None
        said = [json.loads(line) for line in live.process.stderr.read().splitlines()]

    assert [line["status"] for line in said if "status" in line] == [200, 500, 404, 400]
    assert said[0]["message"].startswith("ready after ")
    assert sum("exception" in line for line in said) == 1


def test_a_setting_that_is_wrong_is_one_line(tmp_path: Path) -> None:
    process = start(tmp_path, 1, log_level="loud", quiet=True)

    assert process.wait(30) == 1
    assert process.stderr is not None
    assert process.stderr.read().decode().startswith("error: setting LOG_LEVEL='loud': it must be one of debug, info")
