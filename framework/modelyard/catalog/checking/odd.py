"""Holding a model to odd but real inputs, over whichever road the answers come."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard import tasks
from modelyard.catalog import kinds
from modelyard.catalog.checking.schema import faults, of_answer
from modelyard.catalog.kinds import Odd
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Sample
from modelyard.serving.encode import to_json
from modelyard.serving.samples import SampleResult, Send, fields, is_error, message
from modelyard.tasks.task import Task

_SHOWN = 3


@dataclass(frozen=True)
class Held:
    """What became of the odd inputs.

    Attributes:
        results: Of each that was sent.
        left: How many were not sent, for lack of time.
    """

    results: tuple[SampleResult, ...]
    left: int = 0

    @property
    def failed(self) -> tuple[SampleResult, ...]:
        """Those that were not treated as they must be."""
        return tuple(one for one in self.results if not one.passed)

    def summary(self) -> str:
        """One line."""
        good = len(self.results) - len(self.failed)
        left = f"; {self.left} more take too long to try now" if self.left else ""
        return f"{good} of {len(self.results)} odd inputs answered or refused as they must be{left}"


def hold(folder: Path, asset: Asset, labels: Sequence[str], send: Send, seconds: float | None = None) -> Held:
    """Sends the odd inputs of an asset's kind, made of its first good sample, with that one's parameters.

    Args:
        folder: The asset's folder.
        asset: What it declares.
        labels: The names of its classes.
        send: The road to the model.
        seconds: When no further one is begun; all are sent if left out.

    Raises:
        ModelyardError: There is no file for its kind of input, or its sample can't be read.
    """
    task = tasks.load(asset.task)
    sample = next((sample for sample in asset.samples if sample.error is None), None)
    inputs = kinds.of(task).odd((folder / sample.input).read_bytes() if sample else None)
    holder = _Holder(task, sample, labels, send)
    began = time.monotonic()
    results: list[SampleResult] = []
    for one in inputs:
        if seconds is not None and time.monotonic() - began > seconds:
            return Held(tuple(results), sum(1 for _ in itertools.chain((one,), inputs)))
        results.append(holder.look(one))
    return Held(tuple(results))


class _Holder:
    """Remembers answers, to compare those that must be alike."""

    def __init__(self, task: Task[Any, Any], sample: Sample | None, labels: Sequence[str], send: Send) -> None:
        self._task, self._labels, self._send = task, labels, send
        self._parameters = fields(sample) if sample else {}
        self._tolerance = sample.tolerance if sample else {}
        self._answers: dict[str, Any] = {}

    def look(self, odd: Odd) -> SampleResult:
        """Sends one."""
        try:
            code, body = self._send(odd.data, self._parameters)
        except ModelyardError as error:
            return SampleResult(odd.name, False, str(error))
        passed, said = self._judge(odd, code, body)
        return SampleResult(odd.name, passed, said)

    def _judge(self, odd: Odd, code: int, body: bytes) -> tuple[bool, str]:
        if 400 <= code < 500:
            if not is_error(body):
                return False, f"refused with {code} and no message"
            if odd.must == "answer":
                return False, f"must be answered; got {code} {message(body)}"
            return True, f"refused with {code} {message(body)}"
        if code != 200:
            return False, f"a client must never get {code} {message(body)}"
        if odd.must == "refusal":
            return False, "must be refused; it was answered"
        return self._judge_answer(odd, body)

    def _judge_answer(self, odd: Odd, body: bytes) -> tuple[bool, str]:
        try:
            answer = self._task.parse(body)
            found = json.loads(body) if not self._task.file else self._as_json(answer)
        except (ModelyardError, ValueError) as error:
            return False, str(error)
        if wrong := list(itertools.islice(faults(found, of_answer(self._task.schema)), _SHOWN)):
            return False, f"the answer is against its schema: {'; '.join(wrong)}"
        self._answers[odd.name] = answer
        if odd.like is None:
            return True, self._task.describe(answer, self._labels)
        if odd.like not in self._answers:
            return False, f"answered, where {odd.like!r}, which says the same, was not"
        compared = self._task.compare(self._answers[odd.like], answer, self._tolerance, self._labels)
        return compared.passed, f"compared with {odd.like!r}: {compared.summary}"

    def _as_json(self, answer: Any) -> Any:
        """What a client gets who asks for JSON where the answer is a file."""
        return {"status": "ok", **json.loads(to_json(self._task.encode(answer)))}
