"""A real network, served and called: the image classifier's published image, a JPEG of 640 × 480, every core.

Served: the container with its defaults, asked over HTTP for the photo in a form, as clients send it. Called: the same
image's `benchmark`, which puts the same bytes through the same pipeline in a loop, from the file to the JSON, with one
caller, and with as many as keep every core busy (the number of callers that gets the most done). They take turns, in
changing order; while the one is measured the other sleeps or is not there.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from modelyard.catalog.workspace import find
from scripts.benchmarks import _classifier, _load, _server
from scripts.benchmarks._figures import Row, failures, p50, per_second, ratio, spread
from scripts.benchmarks._load import Load, alone, together

_ROUNDS = 5
_SECONDS = 4.0


def measure() -> Iterator[Row]:
    """Needs an engine, and the image classifier published in the catalog's registry."""
    _load.require_tools()
    workspace = find(Path())
    image = _classifier.image(workspace)
    with ExitStack() as stack:
        photo = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelyard-bench-"))) / "photo.jpg"
        photo.write_bytes(_classifier.photo(workspace))
        photo.chmod(0o444)
        sample = f"/asset/{_classifier.sample(workspace).input}"
        request = _classifier.question(photo.read_bytes())
        callers = sorted({1, len(os.sched_getaffinity(0)), 16})
        bare: dict[int, list[Load]] = {count: [] for count in callers}
        single: list[Load] = []
        many: list[Load] = []
        server = stack.enter_context(_server.container(image, request))
        idle = server.resident()

        def served() -> None:
            single.append(alone(server.port, request, _SECONDS))
            many.append(together(server.port, request, _SECONDS))

        def called() -> None:
            for count, speed in _bare(image, photo, sample, callers).items():
                bare[count].append(speed)

        alone(server.port, request, 1)
        together(server.port, request, 1)
        for number in range(_ROUNDS):
            for step in (served, called) if number % 2 else (called, served):
                step()
        busiest = max(callers, key=lambda count: sum(per_second(bare[count])))
        size = len(photo.read_bytes()) / 1e3
        yield f"the bare pipeline, 1 caller, p50 (photo of {size:.0f} kB)", spread(p50(bare[1]), " ms"), ""
        yield "our server, 1 connection, p50", spread(p50(single), " ms") + failures(single), ""
        yield "our server over the bare pipeline, p50", ratio(p50(single), p50(bare[1])), "≤ 1.15 ×"
        yield f"the bare pipeline, {busiest} callers", spread(per_second(bare[busiest]), " a second", 1), ""
        yield "our server, 16 connections", spread(per_second(many), " a second", 1) + failures(many), ""
        yield (
            "our server's throughput over the bare pipeline's",
            ratio(per_second(many), per_second(bare[busiest])),
            "≥ 0.85 ×",
        )
        yield (
            "our server: start to first answer; resident when ready, and after all that",
            f"{server.ready:.2f} s; {idle:.0f} MiB, {server.resident():.0f} MiB",
            "",
        )


def _bare(image: str, photo: Path, sample: str, callers: list[int]) -> dict[int, Load]:
    """The pipeline in a container of its own, the photo laid over its first sample."""
    said = _server.output(
        "docker", "run", "--rm", "--network", "none", "-v", f"{photo}:{sample}:ro", image,
        "benchmark", "--json", "--seconds", str(_SECONDS), *(f"--callers={count}" for count in callers),
    )  # fmt: skip
    return {
        one["callers"]: Load(one["answers"], 0, one["per_second"], one["p50_ms"], one["p99_ms"])
        for one in json.loads(said)["measured"]
    }
