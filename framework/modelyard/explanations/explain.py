"""One explanation, from the input that was sent to what counted in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from modelyard.caller import Caller, working_for
from modelyard.errors import BadInput
from modelyard.explanations import Explainer
from modelyard.explanations.asking import Asking
from modelyard.explanations.explanation import Explanation, Wanted
from modelyard.parameters import parameters_of
from modelyard.pipeline import Pipeline
from modelyard.tasks.task import Task

_LEAST = 4
"""Queries below which nothing can be said."""


@dataclass(frozen=True)
class Bound:
    """What an explanation may take.

    Attributes:
        seconds: Time.
        threads: How many queries at once.
    """

    seconds: float
    threads: int


@dataclass(frozen=True)
class Explained:
    """An explanation, and what it took.

    Attributes:
        target: What is explained, in words.
        score: How much of it the answer to the whole input says, 0 to 1.
        queries: How often the pipeline was asked with parts gone.
        complete: Whether there was time for all that was wanted.
        explanation: What counted.
    """

    target: str
    score: float
    queries: int
    complete: bool
    explanation: Explanation


def explain(
    pipeline: Pipeline[Any, Any],
    task: Task[Any, Any],
    explainer: Explainer,
    sent: Any,
    parameters: Mapping[str, Any],
    wanted: Wanted,
    bound: Bound,
    caller: Caller,
) -> Explained:
    """Explains what a pipeline answers to an input.

    Args:
        pipeline: The pipeline; it may be asked by several threads.
        task: Its task.
        explainer: What takes parts of the input away.
        sent: The input.
        parameters: The request's, for the pipeline.
        wanted: What is to be explained, and how thoroughly.
        bound: What it may take.
        caller: Who waits for it.

    Raises:
        BadInput: The input is refused, there is no such target, or each answer takes too long.
        Overloaded: The client hung up.
    """
    assert task.target is not None
    asked = wanted.queries
    until = min(time.monotonic() + bound.seconds, caller.deadline - 1)
    opened = {**parameters, **_opened(pipeline, task)}
    began = time.monotonic()
    with working_for(Caller(caller.deadline, caller.left)):
        # What is usually explained is what the client is told; what it names may hardly be there.
        answer = pipeline.predict(sent, **(opened if wanted.target else parameters))
        target = task.target(answer, wanted.target, pipeline.labels)
        # The first answer to a size of input takes longer than others.
        again = time.monotonic()
        pipeline.predict(sent, **opened)
        took = min(time.monotonic() - again, again - began)
    # Where there is no time for all of them, fewer and larger parts are told apart.
    affordable = bound.threads * max(0.0, until - time.monotonic()) / max(1e-6, took)
    wanted = replace(wanted, queries=max(_LEAST, min(wanted.queries, int(affordable))))
    asking: Asking[Any] = Asking(
        lambda one: target.says(pipeline.predict(one, **opened)), caller, until, wanted.queries, bound.threads
    )
    explanation = explainer.explain(sent, asking, wanted)
    in_time = time.monotonic() < until and wanted.queries == asked
    if asking.queries < _LEAST and time.monotonic() >= until:
        raise BadInput(
            f"within {bound.seconds:g} s the model answers too few changed copies of this input to explain anything: "
            "send a smaller one, or set EXPLAIN_SECONDS higher",
            code=413,
        )
    return Explained(target.name, float(target.says(answer)), asking.queries, in_time, explanation)


def _opened(pipeline: Pipeline[Any, Any], task: Task[Any, Any]) -> dict[str, Any]:
    """The parameters of the pipeline with which answers leave the least out."""
    declared = (*parameters_of(pipeline.preprocess), *parameters_of(pipeline.postprocess))
    found = {}
    for one in declared:
        if one.name in task.opened and one.type in (int, float):
            least = one.rule.minimum if one.rule.minimum is not None else float("-inf")
            most = one.rule.maximum if one.rule.maximum is not None else float("inf")
            found[one.name] = one.type(min(max(task.opened[one.name], least), most))
    return found
