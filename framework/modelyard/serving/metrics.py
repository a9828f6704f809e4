"""What is counted and timed, in the form that Prometheus reads.

A request's stages are added up in its own stopwatch and handed over once, at its end: several inputs, or a network
that is called in a loop, are still one observation a stage, and the whole takes some hundredths of a millisecond.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from modelyard.serving.profiling import Pairs, Profiling
from modelyard.serving.state import State
from modelyard.version import VERSION

if TYPE_CHECKING:
    from modelyard.serving.served import Served

STAGES = ("read", "decode", "preprocess", "queue", "infer", "postprocess", "profile", "encode")
"""On the way from a request's first byte to the last of its answer."""

UNMATCHED = "none"
"""The route of a request that matches none."""

FEEDBACK = ("kept", "refused", "failed", "off")
"""What becomes of feedback: kept; refused as malformed; the place for it is down; no place is set."""

_KINDS = {
    400: "bad_input",
    404: "no_such_address",
    405: "wrong_method",
    408: "too_slow",
    413: "too_large",
    415: "wrong_type",
    431: "too_large",
    500: "failed",
    501: "not_offered",
    503: "overloaded",
}
_LEFT = "client_left"
_OTHER = "other"
_SECONDS = (0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_ITEMS = (1, 2, 4, 8, 16, 32, 64, 128)
_CONFIDENCES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
_MOST_LABELS = 1_000
"""Labels that are counted one by one; each is a line of every scrape."""
_LONGEST_LABEL = 100

# A second line for each counter and histogram, with the time at which it was made, is of no use to anybody here.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Stopwatch:
    """Adds up the seconds that one request spends in each stage."""

    __slots__ = ("_batch", "seconds")

    def __init__(self, batch: Callable[[float], None]) -> None:
        self._batch = batch
        self.seconds: dict[str, float] = {}

    def observe(self, name: str, value: float) -> None:
        """Takes what `Caller.observe` takes: `queue`, `infer`, … in seconds, `batch_size` in items."""
        if name == "batch_size":
            self._batch(value)
        else:
            self.seconds[name] = self.seconds.get(name, 0.0) + value


class Metrics:
    """Everything that one application counts; several of them in a process don't meet."""

    def __init__(self, served: Served, state: State) -> None:
        self._labels = served.labels
        self._registry = registry = CollectorRegistry()
        # Prometheus finds the child of a label set by building a tuple of strings under a lock: done once each here.
        self._routes: dict[tuple[str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}
        self._predicted: dict[int | str, Callable[[], None]] = {}
        self._lock = threading.Lock()

        self._requests = Counter(
            "modelyard_requests", "Requests answered, by route and status.", ("route", "code"), registry=registry
        )
        self._request_seconds = Histogram(
            "modelyard_request_seconds",
            "From a request's having arrived whole to its answer, waiting included.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        stages = Histogram(
            "modelyard_stage_seconds",
            "What a request spent in each stage.",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._stages = {stage: stages.labels(stage).observe for stage in STAGES}
        self._batch_size = Histogram(
            "modelyard_batch_size", "Items that the network was given at once.", buckets=_ITEMS, registry=registry
        )
        self._in_flight = Gauge("modelyard_requests_in_flight", "Requests being answered now.", registry=registry)
        queue = Gauge(
            "modelyard_queue_length",
            "What waits now: requests for a thread, calls for the network.",
            ("queue",),
            registry=registry,
        )
        queue.labels("request").set_function(lambda: float(state.waiting()))
        queue.labels("network").set_function(lambda: _waiting_for(served.pipeline))
        errors = Counter("modelyard_errors", "Requests that got no answer, by kind.", ("kind",), registry=registry)
        kinds = sorted({*_KINDS.values(), _LEFT, _OTHER})
        self._errors = {kind: errors.labels(kind).inc for kind in kinds}
        self._predictions = Counter(
            "modelyard_predictions", "Labels in answers; one answer may have several.", ("label",), registry=registry
        )
        self._confidence = Histogram(
            "modelyard_confidence", "Probability of the labels in answers.", buckets=_CONFIDENCES, registry=registry
        )
        feedback = Counter("modelyard_feedback", "Feedback, by what became of it.", ("outcome",), registry=registry)
        self._feedback = {outcome: feedback.labels(outcome).inc for outcome in FEEDBACK}
        Info("modelyard_model", "What is served.", registry=registry).info(_about(served))
        self._profiling = (
            Profiling(served.profile, served.task.input.field, served.labels, registry) if served.profile else None
        )
        ProcessCollector(registry=registry)

    def stopwatch(self) -> Stopwatch:
        """For one request."""
        return Stopwatch(self._batch_size.observe)

    def began(self) -> None:
        """A request is being answered."""
        self._in_flight.inc()

    def ended(self) -> None:
        """It no longer is."""
        self._in_flight.dec()

    def answered(self, route: str, code: int, seconds: float, stopwatch: Stopwatch) -> None:
        """A request got its answer.

        Args:
            route: The rule that it matched: there are only so many.
            code: The answer's status.
            seconds: Since it had arrived.
            stopwatch: What it spent in each stage.
        """
        count, took = self._routes.get((route, code)) or self._bind_route(route, code)
        count()
        took(seconds)
        for stage, spent in stopwatch.seconds.items():
            if stage in self._stages:
                self._stages[stage](spent)

    def error(self, code: int, left: bool = False) -> None:
        """A request failed with this status; its client may have hung up before."""
        self._errors[_LEFT if left and code == 503 else _KINDS.get(code, _OTHER)]()

    def refused(self, code: int) -> None:
        """A request was refused before it reached the application."""
        self._requests.labels(UNMATCHED, str(code)).inc()
        self.error(code)

    def counted(self, sent: Any, pairs: Pairs) -> None:
        """An input was answered, and these labels stand in the answer, each with its probability where it has one."""
        self.predicted(pairs)
        if self._profiling is not None:
            self._profiling.answered(pairs)
            self._profiling.sent(sent)

    def predicted(self, pairs: Iterable[tuple[int | str, float | None]]) -> None:
        """An answer holds these labels, each with its probability where it has one."""
        for label, confidence in pairs:
            (self._predicted.get(label) or self._bind_label(label))()
            # Written so that a NaN, which would spoil the sum for good, is left out.
            if confidence is not None and confidence >= 0:
                self._confidence.observe(min(confidence, 1.0))

    def feedback(self, outcome: str) -> None:
        """Feedback came; the outcome is one of `FEEDBACK`."""
        self._feedback[outcome]()

    def text(self) -> bytes:
        """All of it, in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)

    def _bind_route(self, route: str, code: int) -> tuple[Callable[[], None], Callable[[float], None]]:
        bound = self._requests.labels(route, str(code)).inc, self._request_seconds.labels(route).observe
        self._routes[route, code] = bound
        return bound

    def _bind_label(self, label: int | str) -> Callable[[], None]:
        with self._lock:
            if len(self._predicted) >= _MOST_LABELS:
                return self._predictions.labels(_OTHER).inc
            name = self._labels[label] if isinstance(label, int) and 0 <= label < len(self._labels) else str(label)
            self._predicted[label] = self._predictions.labels(name[:_LONGEST_LABEL]).inc
            return self._predicted[label]


def _waiting_for(pipeline: object) -> int:
    """Calls that wait for any of the pipeline's networks."""
    waiting = (getattr(part, "waiting", 0) for part in vars(pipeline).values())
    return sum(count for count in waiting if isinstance(count, int))


def _about(served: Served) -> dict[str, str]:
    asset, deployment = served.asset, served.deployment
    return {
        "name": asset.name,
        "version": asset.version,
        "key": served.place.key,
        "task": asset.task,
        "variant": deployment.variant,
        "runtime": deployment.runtime,
        "modelyard": VERSION,
    }
