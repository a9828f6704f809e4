"""How fast the pipeline is on this machine, without a server around it."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from modelyard.serving.encode import to_json
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings


@dataclass(frozen=True)
class Speed:
    """What was measured, from the bytes of an input to the bytes of its answer.

    Attributes:
        callers: Threads that asked at the same time, each the next as soon as the last was answered.
        seconds: How long they did.
        answers: How many answers they got.
        per_second: Answers a second.
        p50_ms: The median latency.
        p99_ms: The latency that one answer in a hundred exceeds.
    """

    callers: int
    seconds: float
    answers: int
    per_second: float
    p50_ms: float
    p99_ms: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def measure(
    served: Served, settings: Settings, data: bytes, parameters: Mapping[str, Any], callers: int, seconds: float
) -> Speed:
    """Asks the pipeline for the same input over and over.

    Args:
        served: The asset, loaded and warm.
        settings: The limits.
        data: The input.
        parameters: The request's parameters.
        callers: How many threads ask at the same time.
        seconds: For how long.
    """
    taken: list[list[float]] = [[] for _ in range(callers)]
    start = threading.Barrier(callers + 1)
    ends = float("inf")

    def ask(times: list[float]) -> None:
        start.wait()
        while (began := time.perf_counter()) < ends:
            to_json({"status": "ok", **served.answer(data, parameters, settings)})
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask, args=(times,)) for times in taken]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    ends = began + seconds
    start.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times = sorted(second for one in taken for second in one)
    return Speed(
        callers=callers,
        seconds=took,
        answers=len(times),
        per_second=len(times) / took,
        p50_ms=statistics.median(times) * 1e3,
        p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))] * 1e3,
    )
