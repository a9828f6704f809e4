"""Evaluating a model over HTTP, beside calling its pipeline in a loop: the same items, the same packages, every core.

Evaluated: `modelyard evaluate --local`'s road, from the labelled items to the figures with their intervals, once the
data is fetched and the server ready. Called: the same inputs put through the same pipeline on as many threads, from the
file to the JSON, and nothing made of the answers. They take turns, in changing order. Where other work keeps the cores
busy, the seconds on the clock are its doing; the processor's seconds, of server and builder together, are not.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from modelyard import tasks
from modelyard.catalog.building.fetching import fetch_data
from modelyard.catalog.checking import beside
from modelyard.catalog.evaluation import evaluate, labelled, measures
from modelyard.catalog.evaluation.evaluate import Held
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find
from scripts.benchmarks._figures import Row, ratio, spread

_ROUNDS = 3
_ITEMS = 600
_NAMES = ("clothing-classifier", "text-sentiment-classifier", "spam-filter", "face-detector")
_INSIDE = Path(__file__).with_name("_evaluated.py")


def measure() -> Iterator[Row]:
    """Needs the weights and the data of the assets, which are fetched where they aren't here."""
    workspace = find(Path())
    here = Local(workspace, open_cache(), Progress())
    for name in _NAMES:
        yield from _measured(here, name)


def _measured(here: Local, name: str) -> Iterator[Row]:
    # Corruptions and swapped words are more items, and no other work.
    asset = here.workspace.asset(name)
    assert asset.evaluation is not None
    plain = asset.evaluation.model_copy(update={"robustness": None, "counterfactuals": {}})
    asset = asset.model_copy(update={"evaluation": plain})
    data = fetch_data(here.workspace, here.cache, asset, here.progress)
    items = list(islice(labelled.items(here.workspace, asset, data), _ITEMS))
    jobs, most = beside.jobs(), tasks.load(asset.task).input.most
    called: list[float] = []
    evaluated: list[float] = []
    figures: list[float] = []
    worked: dict[str, list[float]] = {"called": [], "evaluated": []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelyard-bench-")))
        for number, item in enumerate(items):
            (folder / f"{number:06}").write_bytes(item.data)
        send = stack.enter_context(here.answering(asset, "cpu"))
        python, environment = stack.enter_context(here.prepared(asset, "cpu"))
        command = [str(python), str(_INSIDE), str(folder), str(jobs)]
        bare = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        stack.callback(bare.wait)
        stack.callback(bare.terminate)
        assert bare.stdin is not None
        assert bare.stdout is not None
        bare.stdout.readline()

        server = _children() - {bare.pid}

        def call() -> None:
            before = _processor({bare.pid})
            bare.stdin.write(b"\n")  # type: ignore[union-attr]
            bare.stdin.flush()  # type: ignore[union-attr]
            called.append(float(bare.stdout.readline()))  # type: ignore[union-attr]
            worked["called"].append(_processor({bare.pid}) - before)

        def ask() -> None:
            before = _processor({os.getpid(), *server})
            began = time.perf_counter()
            found = evaluate.evaluate(asset, Held("", items), send, jobs, together=most)
            evaluated.append(time.perf_counter() - began)
            worked["evaluated"].append(_processor({os.getpid(), *server}) - before)
            began = time.perf_counter()
            rows = [item.row for item in found.items if item.row is not None]
            evaluate.bootstrap.drawn_at(len(rows), measures.of(asset.task).prepared(rows))
            figures.append(time.perf_counter() - began)

        call()
        for number in range(_ROUNDS):
            for step in (call, ask) if number % 2 else (ask, call):
                step()
    called, worked["called"] = called[1:], worked["called"][1:]
    yield f"{name}, {len(items):,} items, called on {jobs} threads", spread(called, " s"), ""
    yield f"{name}, evaluated, {jobs} at a time", spread(evaluated, " s"), ""
    yield f"{name}: evaluated over called", ratio(evaluated, called), "≤ 1.2 ×"
    yield f"{name}: the processor's seconds, called", spread(worked["called"], " s"), ""
    yield f"{name}: the processor's seconds, evaluated", spread(worked["evaluated"], " s"), ""
    yield f"{name}: the processor's, evaluated over called", ratio(worked["evaluated"], worked["called"]), "≤ 1.2 ×"
    yield f"{name}: of that, the interval of the figures over all items", spread(figures, " s"), ""


def _children() -> set[int]:
    """The processes that this one started and that still run."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def _processor(processes: set[int]) -> float:
    """Seconds that processors worked for some processes so far, their threads' among them."""
    ticks = 0
    for pid in processes:
        # After the name, which may hold anything, in brackets.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
