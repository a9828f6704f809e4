"""Asking an application for a prediction, and for what it counted."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse


def scraped(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    text = client.get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def predict(client: FlaskClient, data: bytes, **environ: Any) -> TestResponse:
    return client.post("/model/predict", data=data, content_type="image/png", environ_overrides=environ)
