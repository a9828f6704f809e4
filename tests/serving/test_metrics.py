"""What GET /metrics tells."""

from __future__ import annotations

import io
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from tests.serving.scrape import predict, scraped

from modelyard import Image, Segmentation, Tensors
from modelyard.serving import watch
from modelyard.serving.connection import BEGAN, RECEIVED
from modelyard.serving.metrics import FEEDBACK, STAGES, Metrics
from modelyard.serving.served import Served
from modelyard.serving.state import State


def test_it_is_prometheus_text(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_client().get("/metrics", headers={"Accept": "text/plain; version=x; escaping=y"})

    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "_created" not in answer.text


def test_requests_are_counted_by_route_and_status(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    predict(client, photo)
    predict(client, photo)
    predict(client, b"no picture")
    for number in range(50):
        client.get(f"/nowhere/{number}")

    found = scraped(client)
    assert found["modelyard_requests_total", "200", "/model/predict"] == 2
    assert found["modelyard_requests_total", "400", "/model/predict"] == 1
    assert found["modelyard_requests_total", "404", "none"] == 50
    assert found["modelyard_request_seconds_count", "/model/predict"] == 3


def test_each_stage_is_timed_once_a_request(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    predict(client, photo)
    predict(client, photo)

    found = scraped(client)
    for stage in ("read", "decode", "preprocess", "queue", "infer", "postprocess"):
        assert found["modelyard_stage_seconds_count", stage] == 2, stage
    assert found["modelyard_stage_seconds_sum", "decode"] > 0


def test_every_stage_is_there_from_the_start(make_app: Callable[..., Flask]) -> None:
    found = scraped(make_app().test_client())

    assert all(found["modelyard_stage_seconds_count", stage] == 0 for stage in STAGES)


def test_what_the_network_reports_is_handed_on(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    predict(client, photo)

    found = scraped(client)
    assert found["modelyard_stage_seconds_sum", "infer"] == pytest.approx(0.03)
    assert found["modelyard_stage_seconds_sum", "queue"] == pytest.approx(0.002)
    assert found["modelyard_batch_size_sum",] == 4


def test_several_calls_of_the_network_are_added_up(
    make_app: Callable[..., Flask], served: Served, photo: bytes
) -> None:
    class Twice(type(served.pipeline)):  # type: ignore[misc]
        def infer(self, tensors: Tensors) -> Tensors:
            return self.model(self.model(tensors))

    pipeline = Twice(served.pipeline.runtime)
    pipeline.load(Path())
    client = make_app(pipeline=pipeline).test_client()
    predict(client, photo)

    found = scraped(client)
    assert found["modelyard_stage_seconds_count", "infer"] == 1
    assert found["modelyard_stage_seconds_sum", "infer"] == pytest.approx(0.06)
    assert found["modelyard_batch_size_count",] == 2


def test_arriving_and_waiting_for_a_thread_are_stages_too(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    now = time.monotonic()
    predict(client, photo, **{BEGAN: now - 3, RECEIVED: now - 1})
    client.get("/model/labels", environ_overrides={BEGAN: now - 3, RECEIVED: now - 1})

    found = scraped(client)
    assert found["modelyard_stage_seconds_sum", "read"] == pytest.approx(2, abs=0.01)
    assert found["modelyard_stage_seconds_sum", "queue"] == pytest.approx(1, abs=0.2)
    assert found["modelyard_stage_seconds_count", "read"] == 1, "labels don't ask the model"
    assert found["modelyard_request_seconds_sum", "/model/predict"] == pytest.approx(1, abs=0.2)


def test_errors_are_counted_by_kind(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app(max_body=1_000).test_client()
    predict(client, b"no picture")
    predict(client, b"x" * 2_000)
    client.post("/model/predict", data="x", content_type="text/css")
    client.get("/model/predict")
    client.get("/nowhere")

    found = scraped(client)
    kinds = {labels[1]: value for labels, value in found.items() if labels[0] == "modelyard_errors_total" and value}
    assert kinds == {"bad_input": 1, "too_large": 1, "wrong_type": 1, "wrong_method": 1, "no_such_address": 1}


def test_a_pipeline_that_fails_is_an_error_of_its_own_kind(
    make_app: Callable[..., Flask], served: Served, photo: bytes
) -> None:
    class Broken(type(served.pipeline)):  # type: ignore[misc]
        def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
            raise RuntimeError("no")

    pipeline = Broken(served.pipeline.runtime)
    pipeline.load(Path())
    client = make_app(pipeline=pipeline).test_client()
    assert predict(client, photo).status_code == 500

    found = scraped(client)
    assert found["modelyard_errors_total", "failed"] == 1
    assert found["modelyard_stage_seconds_count", "preprocess"] == 1
    assert found["modelyard_stage_seconds_count", "postprocess"] == 0


def test_a_container_that_is_not_ready_is_no_error(make_app: Callable[..., Flask]) -> None:
    client = make_app(State(ready=False)).test_client()
    assert client.get("/health/ready").status_code == 503

    assert scraped(client)["modelyard_errors_total", "overloaded"] == 0


def test_what_the_server_refuses_is_counted_too(make_app: Callable[..., Flask]) -> None:
    state = State(ready=True)
    client = make_app(state).test_client()
    state.refused(408, "0" * 32)

    found = scraped(client)
    assert found["modelyard_requests_total", "408", "none"] == 1
    assert found["modelyard_errors_total", "too_slow"] == 1


def test_who_hung_up_is_told_from_who_was_turned_away(make_app: Callable[..., Flask], served: Served) -> None:
    metrics = Metrics(served, State())
    metrics.error(503, left=True)
    metrics.error(503)

    assert 'modelyard_errors_total{kind="client_left"} 1.0' in metrics.text().decode()
    assert 'modelyard_errors_total{kind="overloaded"} 1.0' in metrics.text().decode()


def test_requests_in_flight_and_queues_are_read_when_asked(
    make_app: Callable[..., Flask], served: Served, photo: bytes
) -> None:
    state = State(ready=True)
    inside, go = threading.Event(), threading.Event()

    class Slow(type(served.pipeline)):  # type: ignore[misc]
        def preprocess(self, image: Image) -> Tensors:
            inside.set()
            assert go.wait(10)
            return dict(super().preprocess(image))

    pipeline = Slow(served.pipeline.runtime)
    pipeline.load(Path())
    app = make_app(state, pipeline=pipeline)
    asking = threading.Thread(target=lambda: predict(app.test_client(), photo))
    asking.start()
    assert inside.wait(10)
    state.waiting = lambda: 5
    pipeline.model.waiting = 7
    found = scraped(app.test_client())
    go.set()
    asking.join()

    assert found["modelyard_requests_in_flight",] == 2, "the slow one, and the scrape"
    assert found["modelyard_queue_length", "request"] == 5
    assert found["modelyard_queue_length", "network"] == 7
    assert scraped(app.test_client())["modelyard_requests_in_flight",] == 1


def test_a_pipeline_without_a_network_has_no_queue(make_app: Callable[..., Flask], served: Served) -> None:
    pipeline = type(served.pipeline)(served.pipeline.runtime)

    assert scraped(make_app(pipeline=pipeline).test_client())["modelyard_queue_length", "network"] == 0


def test_two_applications_in_a_process_do_not_meet(make_app: Callable[..., Flask], photo: bytes) -> None:
    one, other = make_app().test_client(), make_app().test_client()
    predict(one, photo)

    assert scraped(one)["modelyard_stage_seconds_count", "decode"] == 1
    assert scraped(other)["modelyard_stage_seconds_count", "decode"] == 0


def test_it_says_what_is_served_and_by_which_process(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    (about,) = [line for line in client.get("/metrics").text.splitlines() if line.startswith("modelyard_model_info{")]

    for pair in (
        'name="bright"',
        'version="1.2.3"',
        'key="sha256:0123"',
        'task="image-segmentation"',
        'runtime="litert"',
    ):
        assert pair in about
    found = scraped(client)
    assert found["process_resident_memory_bytes",] > 1_000_000
    assert found["process_cpu_seconds_total",] > 0
    assert found["process_start_time_seconds",] < time.time()


def test_feedback_has_a_line_for_each_outcome(make_app: Callable[..., Flask]) -> None:
    found = scraped(make_app().test_client())

    assert all(found["modelyard_feedback_total", outcome] == 0 for outcome in FEEDBACK)


def test_a_stage_can_be_timed_by_whoever_answers(make_app: Callable[..., Flask]) -> None:
    app = make_app()

    def answer() -> str:
        with watch.stage("encode"):
            time.sleep(0.01)
        watch.stopwatch.get().observe("infer", 0.5)
        return "done"

    app.add_url_rule("/probe", view_func=answer)
    client = app.test_client()
    client.get("/probe")

    found = scraped(client)
    assert found["modelyard_stage_seconds_sum", "encode"] >= 0.01
    assert found["modelyard_stage_seconds_sum", "infer"] == 0.5


def test_measuring_a_request_takes_little(served: Served, photo: bytes) -> None:
    metrics = Metrics(served, State())
    pairs: list[tuple[int | str, float | None]] = [(0, 0.5), (1, 0.9)]

    def one_request() -> None:
        metrics.began()
        stopwatch = metrics.stopwatch()
        for stage in STAGES:
            stopwatch.observe(stage, 0.0123)
        stopwatch.observe("batch_size", 4)
        metrics.predicted(pairs)
        metrics.answered("/model/predict", 200, 0.05, stopwatch)
        metrics.ended()

    one_request()
    best = math.inf
    for _ in range(20):
        began = time.thread_time()
        for _ in range(100):
            one_request()
        best = min(best, (time.thread_time() - began) / 100)
    assert best < 60e-6, "some 15 µs"


def test_the_task_of_an_answer_is_read_from_a_request(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app().test_client()
    answer = client.post("/model/predict", data={"image": (io.BytesIO(photo), "secret-name.png")})

    assert answer.status_code == 200
    assert "secret-name" not in client.get("/metrics").text
