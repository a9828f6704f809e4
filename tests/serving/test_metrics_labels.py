"""What GET /metrics tells of the answers: which labels, how sure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from flask import Flask
from tests.serving.scrape import predict, scraped

from modelyard import Segmentation, tasks
from modelyard.serving.metrics import Metrics
from modelyard.serving.served import Served
from modelyard.serving.state import State


def test_predicted_labels_are_counted_by_name(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    predict(client, photo)
    predict(client, photo)
    predict(client, b"no picture")

    found = scraped(client)
    assert found["modelyard_predictions_total", "dark"] == 2
    assert found["modelyard_predictions_total", "bright"] == 2
    assert found["modelyard_confidence_count",] == 0, "a segmentation has none"


def test_confidence_is_a_histogram(make_app: Callable[..., Flask], served: Served, photo: bytes) -> None:
    task = replace(served.task, observe=lambda _: [(1, 0.93), ("cat", None), (99, 1.0000001)])
    client = make_app(task=task).test_client()
    predict(client, photo)

    found = scraped(client)
    assert found["modelyard_confidence_count",] == 2
    assert found["modelyard_confidence_bucket", "0.9"] == 0
    assert found["modelyard_confidence_bucket", "0.95"] == 1
    assert {key[1] for key in found if key[0] == "modelyard_predictions_total"} == {"bright", "cat", "99"}


def test_a_confidence_that_is_no_number_spoils_nothing(served: Served) -> None:
    metrics = Metrics(served, State())
    metrics.predicted([(0, math.nan), (0, -1.0), (0, 0.5)])

    assert "modelyard_confidence_sum 0.5" in metrics.text().decode()


def test_the_number_of_labels_is_bounded(served: Served) -> None:
    metrics = Metrics(served, State())
    metrics.predicted((f"word {number} " + "x" * 10_000, None) for number in range(3_000))
    text = metrics.text().decode()

    assert text.count("modelyard_predictions_total{") == 1_001
    assert 'modelyard_predictions_total{label="other"} 2000.0' in text
    assert len(text) < 300_000


def test_classes_of_a_segmentation_are_those_present() -> None:
    task = tasks.load("image-segmentation")
    classes = np.zeros((513, 385), np.uint8)
    classes[100:200, 50:60] = 15
    classes[-20:] = 255

    assert list(task.observe(Segmentation(classes))) == [(0, None), (15, None), (255, None)]
    assert list(task.observe(Segmentation(np.ones((1, 1), np.uint8)))) == [(1, None)]


def test_a_classification_counts_as_its_most_likely_class() -> None:
    from modelyard.tasks.image_classification import Classification

    task = tasks.load("image-classification")

    assert list(task.observe(Classification((7, 3), ("b", "a"), (0.75, 0.25)))) == [(7, 0.75)]
    assert list(task.observe(Classification((), (), ()))) == []
