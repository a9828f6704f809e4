"""Feedback that is good, and what is said of any."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

GOOD = {"request_id": "4bf92f3577b34da6a3ce929d0e0e4736", "expected": "tabby cat", "note": "at night"}


def counted(client: FlaskClient) -> dict[str, int]:
    found = [line for line in client.get("/metrics").text.splitlines() if line.startswith("modelyard_feedback_total{")]
    return {line.split('"')[1]: int(float(line.split()[-1])) for line in found if not line.endswith(" 0.0")}


def is_error(answer: Any, code: int, message: str) -> bool:
    body = answer.json
    assert answer.status_code == code, body
    assert body["status"] == "error"
    assert message in body["message"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return len(answer.data) < 1_000
