"""What the server costs: a pipeline that does nothing, served and called.

The pipeline takes a PNG of 8 × 6 pixels, whose header is read (as for every picture), and answers with a map of one
pixel. Three processes take turns in every round, all of one Python: the pipeline in a loop, from the bytes of the
picture to the bytes of the JSON; the same behind this project's server; and, beside them, a FastAPI application under
uvicorn that takes the same body and does not even look at it. What the server costs is the difference between the
first two.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import PIL.Image

from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find
from scripts.benchmarks import _load, _server
from scripts.benchmarks._environments import PEERS, python_of, version_of
from scripts.benchmarks._figures import Row, difference, failures, p50, per_second, spread
from scripts.benchmarks._load import Load, Request, alone, together

_ROUNDS = 7
_SECONDS = 3.0

_PIPELINE = '''
import numpy as np
from modelyard import Image, Pipeline, Segmentation

class Nothing(Pipeline[Image, Segmentation]):
    """Does nothing."""

    def load(self, weights):
        self.answer = Segmentation(np.zeros((1, 1), np.uint8))

    def preprocess(self, image):
        return {}

    def infer(self, tensors):
        return tensors

    def postprocess(self, tensors, image):
        return self.answer
'''


def measure() -> Iterator[Row]:
    """Needs nothing but the network, the first time, to install what it measures."""
    _load.require_tools()
    python = Local(find(Path()), open_cache(), Progress()).python("litert")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelyard-bench-")))
        environment = _asset(folder)
        request = Request("/model/predict", "image/png", (folder / "picture.png").read_bytes())
        bare = stack.enter_context(_Bare.running(python, environment))
        port = _server.free_port()
        command = [python, "-m", "modelyard.serving", "serve"]
        ours = stack.enter_context(_server.process(command, {**environment, "PORT": str(port)}, request, port=port))
        port = _server.free_port()
        command = [python_of("fastapi"), "-m", "uvicorn", "fastapi_noop:app", "--port", str(port), "--no-access-log"]
        other = stack.enter_context(_server.process(command, {}, request, port=port, folder=PEERS))
        if json.loads(ours.answer) != json.loads(other.answer):
            raise SystemExit(f"the servers don't answer the same: {ours.answer!r}, {other.answer!r}")
        servers = (ours, other)
        called: list[float] = []
        single: tuple[list[Load], list[Load]] = ([], [])
        many: tuple[list[Load], list[Load]] = ([], [])
        for number in range(_ROUNDS + 1):
            milliseconds = bare.p50_ms(_SECONDS)
            answered = [alone(server.port, request, _SECONDS) for server in servers]
            crowded = [together(server.port, request, _SECONDS) for server in servers]
            if number:  # The first round warms up.
                called.append(milliseconds)
                for i in (0, 1):
                    single[i].append(answered[i])
                    many[i].append(crowded[i])
        memory = _server.resident(ours.processes()[0]) - _server.resident(bare.pid)
        own, fastapi = "our server", f"FastAPI {version_of('fastapi', 'fastapi')}"
        yield "the bare pipeline, p50", spread(called, " ms", 3), ""
        yield f"{own}, 1 connection, p50", spread(p50(single[0]), " ms", 3) + failures(single[0]), ""
        yield f"{own} over the bare pipeline, p50", difference(p50(single[0]), called, " ms", 3), "≤ 0.5 ms"
        yield (
            f"{own}'s memory after all that, resident, over the bare pipeline's {_server.resident(bare.pid):.0f} MiB",
            f"{memory:.1f} MiB",
            "≤ 38.1 MiB (40 MB)",
        )
        yield f"{own}, 16 connections", spread(per_second(many[0]), " a second", 0) + failures(many[0]), ""
        yield (
            f"{fastapi}, uvicorn {version_of('fastapi', 'uvicorn')}, 1 connection, p50",
            spread(p50(single[1]), " ms", 3) + failures(single[1]),
            "",
        )
        yield f"{fastapi}, 16 connections", spread(per_second(many[1]), " a second", 0) + failures(many[1]), ""
        yield (
            "start to first answer, and resident after all that: ours, FastAPI",
            f"{ours.ready:.2f} s, {ours.resident():.0f} MiB; {other.ready:.2f} s, {other.resident():.0f} MiB",
            "",
        )


class _Bare:
    """The pipeline in a process of its own, waiting to be measured."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    @classmethod
    @contextmanager
    def running(cls, python: Path, environment: Mapping[str, str]) -> Iterator[_Bare]:
        process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("_bare.py"))],
            env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            bare = cls(process)
            if bare._read() != "ready":
                raise SystemExit("the bare pipeline doesn't start")
            yield bare
        finally:
            process.kill()
            process.wait(15)

    def p50_ms(self, seconds: float) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        return float(json.loads(self._read())["p50_ms"])

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _asset(folder: Path) -> dict[str, str]:
    """An asset that does nothing, and the environment that leads a server to it."""
    (folder / "pipeline.py").write_text(_PIPELINE)
    PIL.Image.new("RGB", (8, 6), "white").save(folder / "picture.png")
    (folder / "labels.txt").write_text("nothing\n")
    asset = {
        "name": "nothing", "version": "1.0.0", "title": "Nothing", "summary": "Does nothing.",
        "task": "image-segmentation", "license": "Apache-2.0", "source": "here", "pipeline": "pipeline:Nothing",
        "variants": {"cpu": "litert"}, "labels": "labels.txt", "weights": [],
        "samples": [{"input": "picture.png", "expected": "-", "license": "CC0-1.0", "origin": "made here"}],
    }  # fmt: skip
    (folder / "asset.json").write_text(json.dumps({"asset": asset, "variant": "cpu", "runtime": "litert"}))
    return {
        "PYTHONPATH": str(find(Path()).framework.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MODELYARD_ASSET": str(folder),
        "MODELYARD_WEIGHTS": str(folder),
        "HOST": "127.0.0.1",
    }
