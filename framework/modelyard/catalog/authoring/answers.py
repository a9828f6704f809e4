"""Answers that a new asset can give before it has a network: made of the example that its task declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelyard.errors import ModelyardError
from modelyard.tasks.task import Task


def example(task: Task[Any, Any]) -> dict[str, Any]:
    """The body of the answer that a task's documentation shows."""
    return {name: said["example"] for name, said in task.schema.items() if "example" in said}


def strong(task: Task[Any, Any]) -> Any:
    """That answer."""
    return task.decode(example(task))


def weak(task: Task[Any, Any]) -> Any | None:
    """An answer that says less than it: nothing found, or half as sure; None where a task's answers allow neither."""
    best = strong(task)
    for body in _lesser(example(task)):
        try:
            answer = task.decode(body)
            if any(task.difference(best, answer).values()):
                return answer
        except (ModelyardError, ArithmeticError, TypeError, ValueError, LookupError):
            continue  # Such a body is no answer of this task.
    return None


def _lesser(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Bodies of the same form, each with one field that says less."""
    for lessened in (_nothing, _zero, _half):
        for name, value in body.items():
            less = lessened(value)
            if less != value:
                yield {**body, name: less}


def _nothing(value: Any) -> Any:
    """No object where a list has some."""
    return [] if isinstance(value, list) and value and isinstance(value[0], dict) else value


def _zero(value: Any) -> Any:
    """Class 0 in a map of classes: a list of lists of whole numbers."""
    rows = isinstance(value, list) and value and all(isinstance(row, list) for row in value)
    if rows and all(type(one) is int for row in value for one in row):
        return [[0] * len(row) for row in value]
    return value


def _half(value: Any) -> Any:
    """Every number with a point, halved."""
    return _each(value, lambda number: number / 2)


def _each(value: Any, change: Callable[[float], float]) -> Any:
    if isinstance(value, Mapping):
        return {name: _each(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    return change(value) if type(value) is float else value
