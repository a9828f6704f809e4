"""The plan: how long it takes over generated catalogs of growing size, all published."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from modelyard.catalog.planning.plan import plan
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace, find
from scripts.benchmarks import _generated

_SIZES = (100, 1_000, 2_000)
_GOAL = {1_000: "≤ 2 s"}
_RUNS = 5


def measure() -> Iterator[tuple[str, str, str]]:
    """Needs a registry on this machine; what it pushes there, under a folder with a random name, stays."""
    host = find(Path()).catalog.registry.partition("/")[0]
    medians = {}
    for size in _SIZES:
        prefix = f"{host}/bench-{uuid.uuid4().hex[:8]}"
        with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as name:
            folder = Path(name)
            _generated.write(folder, size, prefix)
            _generated.publish(plan(Workspace(folder), Registry(prefix)), prefix)
            seconds = [_timed(folder, size) for _ in range(_RUNS)]
        medians[size] = statistics.median(seconds)
        shown = f"{medians[size]:.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
        yield f"modelyard plan, {size:,} assets, all published, median of {_RUNS}", shown, _GOAL.get(size, "")
    small, middle, large = (medians[size] for size in _SIZES)
    more = (large - middle) / (_SIZES[2] - _SIZES[1]), (middle - small) / (_SIZES[1] - _SIZES[0])
    yield "each further asset, beyond 1,000 and below", f"{more[0] * 1e3:.2f} ms and {more[1] * 1e3:.2f} ms", "the same"


def _timed(folder: Path, size: int) -> float:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "modelyard.cli", "-C", str(folder), "plan"],
        env=os.environ | {"PYTHONPATH": str(folder / "framework")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    took = time.monotonic() - began
    if not done.stdout.endswith(f"\n{size} published\n"):
        raise SystemExit(f"the plan of {size} published images says {done.stdout[-200:]}")
    return took
