"""Holding a model to its samples, over whichever road the answers come."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Sample
from modelyard.tasks.task import Task

Send = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]
"""Posts an input with its parameters to a route, /model/predict as a rule: status and body of the answer."""


class SendMany(Protocol):
    """Does the same, also with several inputs in one request, which is answered by all their answers."""

    def __call__(self, data: bytes, parameters: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        ...


PREDICT, EXPLAIN = "/model/predict", "/model/explain"


@dataclass(frozen=True)
class SampleResult:
    """What became of one sample.

    Attributes:
        name: The sample's.
        passed: Whether the answer, or the refusal, is the expected one.
        said: One line: what was measured, or what was expected and what came.
        measures: How far the answer is from the expected one.
    """

    name: str
    passed: bool
    said: str
    measures: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def check_sample(
    folder: Path, sample: Sample, task: Task[Any, Any], labels: tuple[str, ...], send: Send
) -> SampleResult:
    """Sends a sample and compares what comes back with what its author expects.

    Args:
        folder: The asset's folder.
        sample: One of its samples.
        task: The asset's task, which knows how to compare.
        labels: The names of its classes.
        send: The road to the model.
    """
    code, body = send((folder / sample.input).read_bytes(), fields(sample))
    if sample.error is not None:
        said = f"expected a refusal with {sample.error}; got {code} {message(body)}"
        return SampleResult(sample.name, code == sample.error and is_error(body), said)
    if code != 200:
        return SampleResult(sample.name, False, f"expected an answer; got {code} {message(body)}")
    assert sample.expected is not None
    try:
        got = task.parse(body)
        expected = task.read(folder / sample.expected)
    except ModelyardError as error:
        return SampleResult(sample.name, False, str(error))
    compared = task.compare(expected, got, sample.tolerance, labels)
    return SampleResult(sample.name, compared.passed, compared.summary, compared.measures)


def fields(sample: Sample) -> dict[str, str]:
    """The parameters of a sample, as a request has them."""
    return {name: as_field(value) for name, value in sample.parameters.items()}


def as_field(value: str | int | float | bool) -> str:
    """The value of a parameter, as a request has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def is_error(body: bytes) -> bool:
    """Whether a body is a refusal in this server's form, with a message."""
    answer = _parsed(body)
    return isinstance(answer, dict) and answer.get("status") == "error" and bool(answer.get("message"))


def message(body: bytes) -> str:
    """The message of a refusal, or how another body begins, in brackets; nothing where there is neither."""
    answer = _parsed(body)
    said = answer.get("message", "") if isinstance(answer, dict) else body[:200].decode("utf-8", "replace")
    return f"({said})" if said else ""
