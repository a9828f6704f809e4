"""A real server in a process of its own, with a small pipeline that does as it is told."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import requests

FRAMEWORK = Path(__file__).parents[2] / "framework"

_PIPELINE = '''
import os, time
from pathlib import Path
from typing import Annotated
import numpy as np
from modelyard import Image, Parameter, Pipeline, Segmentation, Tensors

class Obedient(Pipeline[Image, Segmentation]):
    """Marks the bright pixels; sleeps, raises or dies on request."""

    def load(self, weights: Path) -> None:
        if os.environ.get("BROKEN"):
            raise RuntimeError("no weights today")

    def preprocess(self, image: Image, *, seconds: Annotated[float, Parameter("sleep", 0, 20)] = 0.0,
                   mischief: Annotated[str, Parameter("what to do", choices=("", "raise", "die"))] = "") -> Tensors:
        time.sleep(seconds)
        if mischief == "raise":
            raise RuntimeError("a secret of the pipeline")
        if mischief == "die":
            os._exit(139)
        return {"pixels": image.pixels()}

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
        return Segmentation((tensors["pixels"].mean(axis=2) > 127).astype(np.uint8))
'''


def picture(width: int = 8, height: int = 6, format: str = "PNG") -> bytes:
    """A picture, its right half bright."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 255
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, format)
    return file.getvalue()


@dataclass
class Live:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def predict(self, data: bytes | None = None, timeout: float = 30, **parameters: object) -> requests.Response:
        return requests.post(
            f"{self.address}/model/predict",
            files={"image": data if data is not None else picture()},
            params={name: str(value) for name, value in parameters.items()},
            timeout=timeout,
        )

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def resident(self) -> int:
        """Bytes of memory that the process holds."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Live]:
    """The server with the obedient pipeline, ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start(folder, port, **settings)
    live = Live(process, port)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if requests.get(f"{live.address}/health/ready", timeout=5).status_code == 200:
                    break
            except requests.RequestException:
                pass
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server is not ready after a minute"
            time.sleep(0.02)
        yield live
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def start(folder: Path, port: int, **settings: object) -> subprocess.Popen[bytes]:
    """Starts the server; doesn't wait for anything."""
    (folder / "pipeline.py").write_text(_PIPELINE)
    (folder / "labels.txt").write_text("dark\nbright\n")
    asset = {
        "name": "obedient", "version": "1.2.3", "title": "Obedient", "summary": "Marks bright pixels.",
        "task": "image-segmentation", "license": "Apache-2.0", "source": "here", "pipeline": "pipeline:Obedient",
        "variants": {"cpu": "litert"}, "labels": "labels.txt", "weights": [],
        "samples": [{"input": "samples/a.png", "expected": "samples/a.expected.png", "license": "CC0-1.0",
                     "origin": "made here"}],
    }  # fmt: skip
    (folder / "samples").mkdir(exist_ok=True)
    (folder / "samples/a.png").write_bytes(picture())
    (folder / "asset.json").write_text(json.dumps({"asset": asset, "variant": "cpu", "runtime": "litert"}))
    environment = {
        **os.environ,
        "PYTHONPATH": str(FRAMEWORK),
        "MODELYARD_ASSET": str(folder),
        "MODELYARD_WEIGHTS": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **{name.upper(): str(value) for name, value in settings.items()},
    }
    return subprocess.Popen(
        [sys.executable, "-m", "modelyard.serving", "serve"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE if settings.get("quiet") else None,
    )
