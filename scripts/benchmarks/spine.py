"""The spine: how soon a container is ready, how large its image is, how long a release of nothing takes."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from modelyard.catalog.workspace import find

_RUNS = 7


def measure() -> Iterator[tuple[str, str, str]]:
    """Needs what scripts/quickstart leaves: an engine, a registry, and the catalog published."""
    workspace = find(Path())
    image = f"{workspace.catalog.registry}/image-segmenter"
    seconds = [_ready(image) for _ in range(_RUNS)]
    yield f"docker run to the first 200 of /health/ready, median of {_RUNS}", _spread(seconds), "≤ 2 s"
    size = int(_output("docker", "image", "inspect", "-f", "{{.Size}}", image))
    yield "image-segmenter (LiteRT) on disk", f"{size / 1e6:.0f} MB", "≤ 350 MB"
    seconds = [_timed(sys.executable, "-m", "modelyard.cli", "release") for _ in range(_RUNS)]
    yield f"modelyard release with nothing to do, median of {_RUNS}", _spread(seconds), "≤ 3 s"


def _ready(image: str) -> float:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    container = _output("docker", "run", "-d", "--rm", "-p", f"127.0.0.1:{port}:5000", image)
    try:
        while time.monotonic() - began < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1) as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.01)
        raise SystemExit(f"{image} was not ready in a minute")
    finally:
        subprocess.run(["docker", "rm", "-f", container], capture_output=True, check=True)


def _timed(*command: str) -> float:
    began = time.monotonic()
    subprocess.run(command, capture_output=True, check=True)
    return time.monotonic() - began


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
